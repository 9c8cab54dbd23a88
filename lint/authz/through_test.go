package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func TestThrough(t *testing.T) {
	const (
		read     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::data/*"},{"Effect":"Allow","Action":["sts:AssumeRole","kms:*"],"Resource":"*"}]}`
		nothing  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}]}`
		denying  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`
		boundary = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:*","sts:*"],"Resource":"*"}]}`
		bucket   = "arn:aws:s3:::data"
		role     = "arn:aws:iam::111122223333:role/target"
		key      = "arn:aws:kms:eu-west-1:111122223333:key/k"
	)
	to := func(effect, principal, action, resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"` + action + `"` + resource + `}]}`
	}
	objects := `,"Resource":"arn:aws:s3:::data/*"`
	for name, c := range map[string]struct {
		kind               PrincipalKind
		identity, boundary string
		resource           string
		on                 []string
		action             string
		want               Verdict
	}{
		"own grant":                      {KindUser, read, "", to("Allow", `"*"`, "s3:ListBucket", `,"Resource":"arn:aws:s3:::data"`), []string{bucket, bucket + "/*"}, "s3:GetObject", Allowed},
		"own grant, denied there":        {KindUser, read, "", to("Deny", `"*"`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"own grant, denied to another":   {KindUser, read, "", to("Deny", `{"AWS":"arn:aws:iam::111122223333:user/other"}`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Allowed},
		"own grant under boundary":       {KindUser, read, boundary, to("Deny", `"*"`, "s3:PutObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"user named, over its boundary":  {KindUser, nothing, boundary, to("Allow", `{"AWS":"arn:aws:iam::111122223333:user/x"}`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Allowed},
		"role named, under its boundary": {KindRole, nothing, boundary, to("Allow", `{"AWS":"arn:aws:iam::111122223333:role/x"}`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"role named, no boundary":        {KindRole, nothing, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:role/x"}`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Allowed},
		"session named":                  {KindRole, nothing, boundary, to("Allow", `{"AWS":"arn:aws:sts::111122223333:assumed-role/x/me"}`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Allowed},
		"named, own deny":                {KindUser, denying, "", to("Allow", `"*"`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"account named":                  {KindUser, nothing, "", to("Allow", `{"AWS":"111122223333"}`, "s3:GetObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"another action":                 {KindUser, nothing, "", to("Allow", `"*"`, "s3:PutObject", objects), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"outside of the resource":        {KindUser, nothing, "", to("Allow", `"*"`, "s3:GetObject", `,"Resource":"arn:aws:s3:::other/*"`), []string{bucket, bucket + "/*"}, "s3:GetObject", Denied},
		"trust of the account":           {KindRole, read, "", to("Allow", `{"AWS":"111122223333"}`, "sts:AssumeRole", ""), []string{role}, "sts:AssumeRole", Allowed},
		"trust of the account alone":     {KindRole, nothing, "", to("Allow", `{"AWS":"111122223333"}`, "sts:AssumeRole", ""), []string{role}, "sts:AssumeRole", Denied},
		"trust of the role":              {KindRole, nothing, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:role/x"}`, "sts:AssumeRole", ""), []string{role}, "sts:AssumeRole", Allowed},
		"trust of another":               {KindRole, read, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:role/y"}`, "sts:AssumeRole", ""), []string{role}, "sts:AssumeRole", Denied},
		"key of the account":             {KindRole, read, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:root"}`, "kms:*", `,"Resource":"*"`), []string{key}, "kms:Decrypt", Allowed},
		"key of another":                 {KindRole, read, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:role/y"}`, "kms:*", `,"Resource":"*"`), []string{key}, "kms:Decrypt", Denied},
		"other account, both":            {KindRole, read, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:root"}`, "kms:*", `,"Resource":"*"`), []string{"arn:aws:kms:eu-west-1:444455556666:key/k"}, "kms:Decrypt", Allowed},
		"other account, it alone":        {KindRole, nothing, "", to("Allow", `{"AWS":"arn:aws:iam::111122223333:role/x"}`, "kms:*", `,"Resource":"*"`), []string{"arn:aws:kms:eu-west-1:444455556666:key/k"}, "kms:Decrypt", Denied},
	} {
		t.Run(name, func(t *testing.T) {
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
			kind := map[PrincipalKind]string{KindUser: "user", KindRole: "role"}[c.kind]
			p := &Principal{Kind: c.kind, ARN: policy.Literal("arn:aws:iam::111122223333:" + kind + "/x"), Identity: []*Policy{parsedText(t, c.identity, policy.IdentityPolicy)}}
			if c.boundary != "" {
				p.Boundary = parsedText(t, c.boundary, policy.IdentityPolicy)
			}
			k := policy.ResourcePolicy
			if c.action == "sts:AssumeRole" {
				k = policy.TrustPolicy
			}
			var on []policy.Text
			for _, x := range c.on {
				on = append(on, policy.Literal(x))
			}
			q := &Query{Actions: []string{c.action}, Resources: on}
			resource := parsedText(t, c.resource, k)
			got := Through(p, u, q, resource, on)
			if got.Verdict != c.want {
				t.Fatalf("%v %v, want %v", got.Verdict, got.Reasons, c.want)
			}
			if got.Witness == nil {
				return
			}
			// The request by itself, with the policy in its place.
			if name == "session named" {
				p.Session = "me"
			}
			r := got.Witness.Request(p)
			r.ResourcePolicy = resource
			if d := Decide(r); d.Verdict != Allowed {
				t.Errorf("Decide says %v of %s", d, got.Witness)
			}
		})
	}
}

// TestThroughUnknownAccount asks for a queue in an account that a variable
// names. Its policy grants by itself within one account, and between accounts
// only together with the policies of the holder (IAM User Guide, cross-account
// policy evaluation logic).
func TestThroughUnknownAccount(t *testing.T) {
	const sends, nothing = `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}`, `{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}`
	for name, c := range map[string]struct {
		identity, queue, policy string
		want                    Verdict
	}{
		"both allow":               {sends, "<var.account>", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}`, Allowed},
		"the queue's alone":        {nothing, "<var.account>", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}`, Undetermined},
		"the holder's alone":       {sends, "<var.account>", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/y"}`, Denied},
		"neither":                  {nothing, "<var.account>", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/y"}`, Denied},
		"the queue's denies":       {sends, "<var.account>", `"Effect":"Deny","Principal":"*"`, Denied},
		"own account, alone":       {nothing, "111122223333", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}`, Allowed},
		"own account, the account": {nothing, "111122223333", `"Effect":"Allow","Principal":{"AWS":"111122223333"}`, Denied},
		"another account, alone":   {nothing, "444455556666", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}`, Denied},
	} {
		t.Run(name, func(t *testing.T) {
			var w world
			w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.account"})
			doc, diags := policy.Parse(w.encode(one(`{`+c.policy+`,"Action":"sqs:SendMessage","Resource":"*"}`)), &w.Symbols, policy.ParseOptions{Kind: policy.ResourcePolicy})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			p := &Principal{Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/x"), Identity: []*Policy{w.policy(t, one(c.identity))}}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
			on := []policy.Text{w.text("arn:aws:sqs:eu-west-1:" + c.queue + ":jobs")}
			got := Through(p, u, &Query{Actions: []string{"sqs:SendMessage"}, Resources: on}, Compile(doc), on)
			if got.Verdict != c.want {
				t.Errorf("got %v %v, want %v", got.Verdict, got.Reasons, c.want)
			}
		})
	}
}
