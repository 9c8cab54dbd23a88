package organization_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
)

const dump = `{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[{"Arn":"arn:aws:iam::222222222222:role/r","RoleName":"r"}],"Policies":[]}`

// answered are answers in the form of the examples of the AWS CLI Command Reference.
var answered = map[string]string{
	"describe-organization.json": `{"Organization":{"MasterAccountArn":"arn:aws:organizations::111111111111:account/o-exampleorgid/111111111111",
		"MasterAccountEmail":"bill@example.com","MasterAccountId":"111111111111","Id":"o-exampleorgid","FeatureSet":"ALL",
		"Arn":"arn:aws:organizations::111111111111:organization/o-exampleorgid","AvailablePolicyTypes":[{"Status":"ENABLED","Type":"SERVICE_CONTROL_POLICY"}]}}`,
	"list-roots.json": `{"Roots":[{"Name":"Root","Arn":"arn:aws:organizations::111111111111:root/o-exampleorgid/r-examplerootid111",
		"Id":"r-examplerootid111","PolicyTypes":[{"Status":"ENABLED","Type":"SERVICE_CONTROL_POLICY"}]}]}`,
	"list-accounts.json": `{"Accounts":[{"Arn":"arn:aws:organizations::111111111111:account/o-exampleorgid/111111111111","JoinedMethod":"INVITED",
		"Name":"Master Account","Email":"bill@example.com","Id":"111111111111","Status":"ACTIVE"},
		{"Arn":"arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222","Name":"Production Account","Id":"222222222222"}]}`,
	"list-organizational-units-for-parent-r-examplerootid111.json": `{"OrganizationalUnits":[{"Name":"AccountingDepartment",
		"Arn":"arn:aws:organizations::111111111111:ou/o-exampleorgid/ou-examplerootid111-exampleouid111","Id":"ou-examplerootid111-exampleouid111"}]}`,
	"list-accounts-for-parent-ou-examplerootid111-exampleouid111.json": `{"Accounts":[{"Arn":"arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222","Id":"222222222222"}]}`,
	"list-policies-SERVICE_CONTROL_POLICY.json": `{"Policies":[{"Type":"SERVICE_CONTROL_POLICY","Name":"AllowAllS3Actions","AwsManaged":false,
		"Id":"p-examplepolicyid111","Arn":"arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111"}]}`,
	"describe-policy-p-examplepolicyid111.json": `{"Policy":{"Content":"{\n  \"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}",
		"PolicySummary":{"Arn":"arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111",
		"Type":"SERVICE_CONTROL_POLICY","Id":"p-examplepolicyid111","AwsManaged":false,"Name":"AllowAllS3Actions"}}}`,
	"list-policies-for-target-r-examplerootid111.json":                     `{"Policies":[` + full + `]}`,
	"list-policies-for-target-ou-examplerootid111-exampleouid111.json":     `{"Policies":[` + full + `]}`,
	"list-policies-for-target-222222222222-SERVICE_CONTROL_POLICY.json":    `{"Policies":[` + full + `]}`,
	"list-targets-for-policy-p-examplepolicyid111.json":                    `{"Targets":[{"Name":"Production Account","TargetId":"222222222222","Type":"ACCOUNT"}]}`,
	"list-delegated-administrators.json":                                   `{"DelegatedAdministrators":[{"Id":"222222222222","Status":"ACTIVE"}]}`,
	"list-aws-service-access-for-organization.json":                        `{"EnabledServicePrincipals":[{"ServicePrincipal":"sso.amazonaws.com","DateEnabled":1}]}`,
	"list-delegated-services-for-account-222222222222.json":                `{"DelegatedServices":[{"ServicePrincipal":"guardduty.amazonaws.com","DelegationEnabledDate":1}]}`,
	"list-permission-sets.json":                                            `{"PermissionSets":["arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-1111222233334444"]}`,
	"describe-permission-set-ps-1111222233334444.json":                     `{"PermissionSet":{"Name":"Admin","PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-1111222233334444","SessionDuration":"PT1H"}}`,
	"list-account-assignments-222222222222-ps-1111222233334444.json":       `{"AccountAssignments":[{"AccountId":"222222222222","PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-1111222233334444","PrincipalType":"GROUP","PrincipalId":"g-1"}]}`,
	"get-inline-policy-for-permission-set-ps-1111222233334444.json":        `{"InlinePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`,
	"get-permissions-boundary-for-permission-set-ps-1111222233334444.json": `{"PermissionsBoundary":{"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}`,
	"list-managed-policies-in-permission-set-ps-1111222233334444.json":     `{"AttachedManagedPolicies":[{"Name":"AdministratorAccess","Arn":"arn:aws:iam::aws:policy/AdministratorAccess"}]}`,
	"generate-organizations-access-report.json":                            `{"JobId":"EXAMPLE1-8d2d-4d1c"}`,
	"get-account-authorization-details-222222222222.json":                  dump,
	"README.md": "not read",
}

const full = `{"Name":"FullAWSAccess","AwsManaged":true,"Id":"p-FullAWSAccess","Type":"SERVICE_CONTROL_POLICY",
	"Arn":"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"}`

func TestAnswers(t *testing.T) {
	models, err := organization.Read(organization.Options{Path: write(t, answered)})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	m, o := models[0], models[0].Organization
	if o == nil || o.ID != "o-exampleorgid" || o.Management != "111111111111" || len(o.Accounts) != 2 || !o.ServiceControl || o.ResourceControl {
		t.Fatalf("%+v", o)
	}
	if path, known := o.Path("222222222222"); !known || path != "o-exampleorgid/r-examplerootid111/ou-examplerootid111-exampleouid111/" {
		t.Error(path)
	}
	levels, known := o.Levels("222222222222", iam.ServiceControlPolicy)
	if !known || len(levels) != 3 || len(levels[2]) != 2 {
		t.Fatalf("%v", levels)
	}
	for _, level := range levels {
		for _, p := range level {
			if p.Document == nil {
				t.Errorf("%s is not known", p.Address)
			}
		}
	}
	if len(o.Delegated) != 1 || o.Delegated[0].Service != "guardduty.amazonaws.com" || o.Accounts["222222222222"].Name != "Production Account" {
		t.Errorf("%+v", o.Delegated)
	}
	if !slices.Equal(o.Trusted, []string{"sso.amazonaws.com"}) {
		t.Errorf("trusted access of %q", o.Trusted)
	}
	if s := o.PermissionSets; len(s) != 1 || s[0].Accounts[0] != "222222222222" || s[0].Assignments[0].PrincipalType != "GROUP" {
		t.Errorf("%+v", s)
	}
	if s := m.PermissionSets; len(s) != 1 || s[0].Boundary.String() != "arn:aws:iam::aws:policy/ReadOnlyAccess" || len(m.Attachments) != 1 || len(m.Inline) != 1 {
		t.Errorf("%+v", s)
	}
	if p := m.OrganizationPolicies; len(p) != 1 || !p[0].InTree || !strings.HasSuffix(p[0].Location.File, "describe-policy-p-examplepolicyid111.json") {
		t.Errorf("%+v", p)
	}
}

// TestAnswersFaults: answers that are missing hide what they would tell, and wrong ones
// are named.
func TestAnswersFaults(t *testing.T) {
	const ou = "ou-examplerootid111-exampleouid111"
	for name, c := range map[string]struct {
		file, content string // "-" takes the file away
		err           string
		known         bool
		hidden        int
	}{
		"no policies of the unit":  {"list-policies-for-target-" + ou + ".json", "-", "", true, 1},
		"no document":              {"describe-policy-p-examplepolicyid111.json", "-", "", true, 1},
		"no unit":                  {"list-organizational-units-for-parent-r-examplerootid111.json", "-", "", false, 0},
		"children and parents":     {"list-children-r-examplerootid111.json", `{"Children":[{"Id":"` + ou + `","Type":"ORGANIZATIONAL_UNIT"}]}`, "", true, 0},
		"an access report":         {"get-organizations-access-report.json", `{"JobStatus":"COMPLETED","AccessDetails":[{"EntityPath":"o-exampleorgid/r-examplerootid111/` + ou + `/222222222222"}]}`, "", true, 0},
		"an account in two units":  {"list-parents-222222222222.json", `{"Parents":[{"Id":"r-examplerootid111","Type":"ROOT"}]}`, "it has the account 222222222222 in r-examplerootid111, and what was read before has it in " + ou, false, 0},
		"a unit in two units":      {"list-parents-" + ou + ".json", `{"Parents":[{"Id":"ou-examplerootid111-exampleouid222","Type":"ORGANIZATIONAL_UNIT"}]}`, "it has the organizational unit " + ou + " in", false, 0},
		"the same once more":       {"list-parents-222222222222.json", `{"Parents":[{"Id":"` + ou + `","Type":"ORGANIZATIONAL_UNIT"}]}`, "", true, 0},
		"a report in progress":     {"get-organizations-access-report.json", `{"JobStatus":"IN_PROGRESS"}`, "the report is not complete (JobStatus IN_PROGRESS)", true, 0},
		"no target":                {"list-policies-for-target.json", `{"Policies":[]}`, "its name does not say of which target the answer is: name it list-policies-for-target-ID.json", true, 0},
		"a page":                   {"list-accounts-2.json", `{"Accounts":[],"NextToken":"x"}`, "it is not the whole answer (NextToken)", true, 0},
		"another organization":     {"describe-organization-2.json", `{"Organization":{"Id":"o-otherorgid1"}}`, "put each organization into a directory of its own", true, 0},
		"of another command":       {"list-roots.json", `{"Accounts":[]}`, "list-roots.json: Roots: it is missing", true, 0},
		"a text":                   {"list-accounts.json", `"x"`, "list-accounts.json: the document: want an object", true, 0},
		"cut off":                  {"list-accounts.json", `{"Accounts":[`, "list-accounts.json: the JSON is cut off", true, 0},
		"something else":           {"other.json", `{"a":1}`, "other.json: ", true, 0},
		"a dump of nobody":         {"empty.json", `{"RoleDetailList":[]}`, "it is the dump of an account with nothing in it", true, 0},
		"a dump that is cut off":   {"111111111111.json", `{"RoleDetailList":[`, "111111111111.json: the JSON is cut off", true, 0},
		"not really compressed":    {"333333333333.json.gz", "\x1f\x8b\x08", "333333333333.json.gz: it is compressed, and cut off", true, 0},
		"compressed":               {"list-accounts-all.json.zst", string(zstandard(`{"Accounts":[{"Id":"333333333333"}]}`)), "", true, 0},
		"compressed by its gzip":   {"list-accounts-all.json", gzipped(`{"Accounts":[{"Id":"333333333333"}]}`), "", true, 0},
		"another spelling":         {"list-parents-222222222222.JSON", `{"Parents":[{"Id":"r-examplerootid111","Type":"ROOT"}]}`, "it has the account 222222222222 in", true, 0},
		"a file of text":           {"list-parents-222222222222.txt", `{"Parents":[{"Id":"r-examplerootid111","Type":"ROOT"}]}`, "it has the account 222222222222 in", true, 0},
		"no JSON":                  {"list-parents-222222222222.Txt", "PARENTS\tr-examplerootid111\tROOT", "list-parents-222222222222.Txt: ", true, 0},
		"text of something else":   {"notes.txt", "to do", "", true, 0},
		"a mark before UTF-8":      {"list-parents-222222222222.json", "\xEF\xBB\xBF" + `{"Parents":[{"Id":"` + ou + `"}]}`, "", true, 0},
		"UTF-16":                   {"list-parents-222222222222.json", utf16Of(`{"Parents":[{"Id":"`+ou+`"}]}`, true), "", true, 0},
		"UTF-16 without a mark":    {"list-parents-222222222222.json", utf16Of(`{"Parents":[{"Id":"`+ou+`"}]}`, false), "", true, 0},
		"UTF-16 with a fault":      {"list-parents-222222222222.json", utf16Of(`{"Parents":[`, true), "list-parents-222222222222.json: the JSON is cut off", true, 0},
		"a dump in UTF-16":         {"444444444444.json", utf16Of(`{"RoleDetailList":[`, true), "444444444444.json: the JSON is cut off", true, 0},
		"a permission set unnamed": {"list-managed-policies-in-permission-set.json", `{"AttachedManagedPolicies":[]}`, "of which permission set", true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(answered)
			if c.content == "-" {
				delete(files, c.file)
			} else {
				files[c.file] = c.content
			}
			models, err := organization.Read(organization.Options{Path: write(t, files)})
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("%v, want %q", err, c.err)
			}
			if len(models) != 1 {
				t.Fatalf("%d models", len(models))
			}
			if c.err != "" && c.known {
				return
			}
			levels, known := models[0].Organization.Levels("222222222222", iam.ServiceControlPolicy)
			hidden := 0
			for _, level := range levels {
				for _, p := range level {
					if p.Document == nil {
						hidden++
					}
				}
			}
			if known != c.known || hidden != c.hidden {
				t.Errorf("known is %v, %d hidden", known, hidden)
			}
		})
	}
	files := maps.Clone(answered)
	delete(files, "get-account-authorization-details-222222222222.json")
	if _, err := organization.Read(organization.Options{Path: write(t, files)}); err == nil || !strings.Contains(err.Error(), "it has answers about an organization and no account") {
		t.Error(err)
	}
}

// utf16Of is a text as PowerShell redirects it, with the byte order mark or without.
func utf16Of(text string, mark bool) string {
	var b strings.Builder
	if mark {
		b.WriteString("\xFF\xFE")
	}
	for _, c := range text { // it is ASCII
		b.Write([]byte{byte(c), 0})
	}
	return b.String()
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err := errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

func zstandard(text string) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err) // without options there is nothing to refuse
	}
	return w.EncodeAll([]byte(text), nil)
}
