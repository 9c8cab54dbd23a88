package tfplan

import "testing"

// TestAssumedRole tells the role that a provider signs in as, and whether session
// policies limit it.
func TestAssumedRole(t *testing.T) {
	const ci, other = `"role_arn":{"constant_value":"arn:aws:iam::111122223333:role/ci"}`,
		`"role_arn":{"constant_value":"arn:aws:iam::111122223333:role/other"}`
	for expressions, want := range map[string]struct {
		role    string
		limited bool
	}{
		`{}`:                             {"", false},
		`{"assume_role":[{` + ci + `}]}`: {"ci", false},
		`{"assume_role":[{` + ci + `,"policy":{"constant_value":"{}"}}]}`:                            {"ci", true},
		`{"assume_role":[{` + ci + `,"policy":{"constant_value":null}}]}`:                            {"ci", false},
		`{"assume_role":[{` + ci + `,"policy":{"references":["var.p"]}},{` + other + `}]}`:           {"other", false},
		`{"assume_role_with_web_identity":[{` + other + `,"policy_arns":{"references":["var.p"]}}]}`: {"other", true},
		`{"assume_role":[{` + ci + `}],"assume_role_with_web_identity":[{` + other + `}]}`:           {"ci", false},
	} {
		m := read(t, `{"format_version":"1.2","resource_changes":[`+role("x", `"create"`, "null", is, "{}")+
			`],"configuration":{"provider_config":{"aws":{"name":"aws","full_name":"registry.terraform.io/hashicorp/aws","expressions":`+expressions+`}}}}`)
		if len(m.Providers) != 1 {
			t.Fatalf("%s: %d providers", expressions, len(m.Providers))
		}
		role := ""
		if want.role != "" {
			role = "arn:aws:iam::111122223333:role/" + want.role
		}
		if p := m.Providers[0]; p.AssumeRole.String() != role || p.SessionPolicy != want.limited {
			t.Errorf("%s: the provider is %s, limited %t", expressions, p.AssumeRole, p.SessionPolicy)
		}
	}
}
