package resource

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/schema"
)

// TestShapes holds attributes to the types that the provider gives them.
func TestShapes(t *testing.T) {
	for _, c := range []struct{ typ, attributes, want string }{
		{"aws_iam_role", `{"assume_role_policy":"{}","path":null,"tags":{"a":"b"},"managed_policy_arns":["x"],"inline_policy":[{"name":null,"policy":"{}"}],"max_session_duration":"x"}`, ""},
		{"aws_iam_role", `{"assume_role_policy":null,"name":null,"inline_policy":null}`, "assume_role_policy: want a text, found null; name: want a text, found null; inline_policy: want a list, found null"},
		{"aws_iam_role", `{"permissions_boundary":5,"tags":{"a":1},"managed_policy_arns":[null]}`, "permissions_boundary: want a text or null, found a number; tags.a: want a text or null, found a number; managed_policy_arns[0]: want a text, found null; assume_role_policy: it is missing"},
		{"aws_iam_role", `{"assume_role_policy":"{}","inline_policy":[{"policy":{}}]}`, "inline_policy[0].policy: want a text or null, found an object"},
		{"aws_ssoadmin_permissions_boundary_attachment", `{"permission_set_arn":"x","permissions_boundary":"x"}`, "permissions_boundary: want a list, found a text"},
		{"aws_ssoadmin_permissions_boundary_attachment", `{"permission_set_arn":"x","permissions_boundary":[{"managed_policy_arn":null,"customer_managed_policy_reference":[{"name":"x","path":"/"}]}]}`, ""},
		{"aws_s3_bucket_policy", `{"bucket":"x"}`, "policy: it is missing"},
		{"aws_s3_bucket", `{"bucket":"x","policy":null,"tags":null,"region":7}`, ""},
		{"aws_launch_template", `{"iam_instance_profile":[{"name":["x"],"arn":null}],"placement":5}`, "iam_instance_profile[0].name: want a text or null, found a list"},
		{"aws_cognito_identity_pool_roles_attachment", `{"roles":{"authenticated":{}}}`, "roles.authenticated: want a text or null, found an object"},
		{"aws_cognito_identity_pool", `{"allow_unauthenticated_identities":"true"}`, "allow_unauthenticated_identities: want true or false or null, found a text"},
		{"data.aws_iam_policy_document", `{"statement":[{"actions":["x"],"condition":[{"test":"x","variable":null,"values":["x"]}],"principals":null}],"json":null}`, "statement[0].condition[0].variable: want a text, found null"},
		{"data.aws_iam_policy_document", `{"statement":[{"principals":[{"type":5}]}],"source_policy_documents":"x"}`, "statement[0].principals[0].type: want a text, found a number; source_policy_documents: want a list or null, found a text"},
		{"awscc_iam_role", `{"assume_role_policy_document":{},"policies":[{"policy_name":"x","policy_document":"{}"}],"tags":[{"key":"a","value":1}]}`, "assume_role_policy_document: want a text or null, found an object; tags[0].value: want a text or null, found a number"},
		{"awscc_sso_permission_set", `{"permissions_boundary":{"managed_policy_arn":[]},"inline_policy":"{}"}`, "permissions_boundary.managed_policy_arn: want a text or null, found a list"},
		{"aws_vpc", `{"cidr_block":{}}`, ""},
	} {
		name, isData := strings.CutPrefix(c.typ, "data.")
		found, err := Shape(name, isData).Mismatches(json.RawMessage(c.attributes), "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range found {
			got = append(got, m.String())
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: got %s, want %s", c.attributes, s, c.want)
		}
	}
}

// TestFilled: what must not be null is in the schema.
func TestFilled(t *testing.T) {
	for _, table := range []map[string][]string{required, filled} {
		for typ, paths := range table {
			for _, path := range paths {
				if !hasPath(typ, path) {
					t.Errorf("%s has no %s", typ, path)
				}
			}
		}
	}
}

func hasPath(typ, path string) bool {
	block := schema.Resource(typ)
	if name, isData := strings.CutPrefix(typ, "data."); isData {
		block = schema.DataSource(name)
	}
	for {
		step, rest, inside := strings.Cut(path, ".")
		n := block.Nested(step)
		switch {
		case !inside:
			return n != nil || block.Attribute(step) != nil
		case n == nil:
			return false
		}
		block, path = n.Block(), rest
	}
}
