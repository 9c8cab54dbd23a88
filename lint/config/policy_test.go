package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
)

var (
	policyDay   = time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	policyRules = []*lint.Rule{
		{ID: "boundary-missing", Severity: lint.Error},
		{ID: "wildcard-grant", Severity: lint.Warning, OffByDefault: true},
		{ID: "name-prefix", Severity: lint.Warning},
		{ID: lint.PolicyLoosened, Severity: lint.Error},
		{ID: "apply-denied", Severity: lint.Error, Topic: lint.DeployerTopic},
		{ID: "boundary-removed", Severity: lint.Error, StandsInFor: []string{"boundary-missing"}},
	}
)

// policyFile is the configuration or policy that a text is.
func policyFile(t *testing.T, name, text string) *lint.Settings {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range policyRules {
		ids = append(ids, r.ID)
	}
	load := LoadPolicy
	if name == FileName {
		load = Load
	}
	s, err := load(path, ids)
	if err != nil {
		t.Fatal(err)
	}
	s.Today = policyDay
	return s
}

// layered is a configuration under policies.
func layered(t *testing.T, own string, policies ...string) *lint.Settings {
	t.Helper()
	var stack []*lint.Settings
	for _, text := range policies {
		stack = append(stack, policyFile(t, "org.hcl", text))
	}
	s, err := Layer(stack, policyFile(t, FileName, own), policyRules)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refusals are what was refused, in short.
func refusals(s *lint.Settings) []string {
	var out []string
	for _, l := range s.Refused {
		out = append(out, l.Address+" "+l.What+" / "+l.Why)
	}
	return out
}

func TestLayerRefuses(t *testing.T) {
	t.Parallel()
	exempt := func(more string) string {
		return "exempt \"x\" {\n  rules = [\"boundary-missing\"]\n  reason = \"SEC-12\"\n" + more + "}\n"
	}
	const locksOne = "rule \"boundary-missing\" {\n  locked = true\n}\n"
	const allows = "allow_exempt \"boundary-missing\" {\n  max_days = 90\n  require = \"regex:SEC-[0-9]+\"\n}\n"
	for name, c := range map[string]struct {
		policy, own string
		refused     string // "" for nothing
	}{
		"nothing": {"locked = true", "", ""},
		"a deployer": {
			"locked = true\ndeployer \"arn:aws:iam::111122223333:role/ci\" {}\n", "deployer \"arn:aws:iam::111122223333:role/other\" {}\n",
			`deployer."arn:aws:iam::111122223333:role/other" says who applies the configuration / locks it`,
		},
		"a deployer where the policy has none": {"locked = true", "deployer \"ci\" {}\n", ""},
		"a rule off":                           {"locked = true", "rule \"boundary-missing\" {\n  enabled = false\n}", `rule."boundary-missing" turns the rule off / locks it`},
		"one that is locked":                   {locksOne, "rule \"boundary-missing\" {\n  enabled = false\n}", `rule."boundary-missing" turns the rule off / locks it`},
		"one that is not":                      {locksOne, "rule \"name-prefix\" {\n  enabled = false\n}", ""},
		"off by default":                       {"locked = true", "rule \"wildcard-grant\" {\n  enabled = false\n}", ""},
		"on":                                   {"locked = true", "rule \"wildcard-grant\" {\n  enabled = true\n}", ""},
		"lower":                                {"locked = true", "rule \"name-prefix\" {\n  severity = \"note\"\n}", `rule."name-prefix" lowers the rule from warning to note / locks it`},
		"lower than the policy":                {"locked = true\nrule \"name-prefix\" {\n  severity = \"error\"\n}", "rule \"name-prefix\" {\n  severity = \"warning\"\n}", `rule."name-prefix" lowers the rule from error to warning / locks it`},
		"higher":                               {"locked = true", "rule \"name-prefix\" {\n  severity = \"error\"\n}", ""},
		"the watch itself":                     {"account_id = \"111122223333\"", "rule \"policy-loosened\" {\n  enabled = false\n}", `rule."policy-loosened" turns the rule off / is what it watches over`},
		"a boundary":                           {"locked = true", "boundary \"x\" {\n  arns = [\"*\"]\n}", `boundary."x" approves a boundary of its own / locks it`},
		"beside a locked one":                  {"boundary \"o\" {\n  arns = [\"*\"]\n  locked = true\n}", "boundary \"x\" {\n  arns = [\"*\"]\n}", `boundary."x" approves a boundary of its own / locks it`},
		"beside an open one":                   {"boundary \"o\" {\n  arns = [\"*\"]\n}", "boundary \"x\" {\n  arns = [\"*\"]\n}", ""},
		"names":                                {"locked = true", "naming \"aws_iam_role\" {\n  name = \"*\"\n}", `naming."aws_iam_role" asks for other names / locks it`},
		"the same names":                       {"locked = true", "naming \"aws_iam_role\" {\n  name = \"app-*\"\n}", ""},
		"names of a twin":                      {"locked = true", "naming \"awscc_iam_role\" {\n  name = \"*\"\n}", `naming."awscc_iam_role" asks for other names / locks it`},
		"names nobody asked for":               {"locked = true", "naming \"aws_iam_policy\" {\n  name = \"p-*\"\n}", ""},
		"locked names":                         {"naming \"aws_iam_policy\" {\n  name = \"p-*\"\n  locked = true\n}", "naming \"aws_iam_policy\" {\n  name = \"*\"\n}", `naming."aws_iam_policy" asks for other names / locks it`},
		"exclude":                              {locksOne, "exclude = [\"x\"]", "exclude leaves out directories / locks it"},
		"exclude without a lock":               {"preset = \"audit\"", "exclude = [\"x\"]", ""},
		"account":                              {"locked = true", "account_id = \"111122223333\"", "account_id says which account is deployed to / locks it"},
		"the policy's account":                 {"locked = true\naccount_id = \"111122223333\"", "account_id = \"111122223333\"", ""},
		"workspaces":                           {"locked = true", "workspaces = [\"x\"]", "workspaces says which workspaces are judged / locks it"},
		"preset":                               {"locked = true\npreset = \"audit\"", "preset = \"default\"", "preset turns off the rules that the policy's preset turns on / locks it"},
		"preset that adds":                     {"locked = true", "preset = \"audit\"", ""},
		"trust":                                {locksOne, "trusted \"x\" {\n  reason = \"r\"\n}", `trusted."x" trusts an entity / has no allow_exempt "*", which trusting takes`},
		"trust without a lock":                 {"preset = \"audit\"", "trusted \"x\" {\n  reason = \"r\"\n}", ""},
		"trust that is allowed":                {"locked = true\nallow_exempt \"*\" {}", "trusted \"x\" {\n  reason = \"r\"\n}", ""},
		"trust for ever":                       {"locked = true\nallow_exempt \"*\" {\n  max_days = 9\n}", "trusted \"x\" {\n  reason = \"r\"\n}", `trusted."x" trusts an entity / allows one for 9 days, and it has no end`},
		"trust of one rule":                    {"locked = true\n" + allows, "trusted \"x\" {\n  reason = \"SEC-1\"\n}", `trusted."x" trusts an entity / has no allow_exempt "*", which trusting takes`},
		"exempt":                               {locksOne, exempt(""), `exempt."x" exempts from boundary-missing / allows no exemption from it`},
		"exempt from another":                  {strings.ReplaceAll(locksOne, "boundary-missing", "name-prefix"), exempt(""), ""},
		"exempt from what stands in for it":    {locksOne, strings.Replace(exempt(""), "boundary-missing", "boundary-removed", 1), `exempt."x" exempts from boundary-removed / allows no exemption from it`},
		"exempt for ever":                      {allows, exempt(""), `exempt."x" exempts from boundary-missing / allows one for 90 days, and it has no end`},
		"the last day":                         {allows, exempt("  until = \"2027-02-20\"\n"), ""},
		"a day too long":                       {allows, exempt("  until = \"2027-02-21\"\n"), `exempt."x" exempts from boundary-missing / allows one for 90 days, until 2027-02-20, and it ends on 2027-02-21`},
		"another reason":                       {strings.ReplaceAll(allows, "SEC", "OPS"), exempt("  until = \"2027-02-20\"\n"), `exempt."x" exempts from boundary-missing / asks for a reason that matches "regex:OPS-[0-9]+"`},
		"one of two allowances":                {allows + "allow_exempt \"*\" {}", exempt(""), ""},
	} {
		s := layered(t, c.own, c.policy)
		if got := strings.Join(refusals(s), "\n"); got != c.refused {
			t.Errorf("%s: refused %q, want %q", name, got, c.refused)
		}
		for _, l := range s.Refused {
			if l.Location.File != s.File || l.Location.Range.Start.Line == 0 || l.By.File != s.Policies[0].File {
				t.Errorf("%s: %+v", name, l)
			}
		}
	}
}

// TestLayerTakes: what is not locked is a default, and what makes a locked rule
// stricter counts.
func TestLayerTakes(t *testing.T) {
	t.Parallel()
	s := layered(t, "account_id = \"111122223333\"\nexclude = [\"b\"]\nrule \"name-prefix\" {\n  severity = \"error\"\n}\nrule \"boundary-missing\" {\n  severity = \"note\"\n}\n"+
		"naming \"aws_iam_role\" {\n  name = \"x-*\"\n}\nboundary \"own\" {\n  arns = [\"*\"]\n}\nboundary \"org\" {\n  references = [\"var.x\"]\n}\n",
		"account_id = \"999988887777\"\nrule \"boundary-missing\" {\n  severity = \"warning\"\n}\nnaming \"aws_iam_role\" {\n  name = \"y-*\"\n}\nboundary \"org\" {\n  arns = [\"*\"]\n}\n"+
			"trusted \"org\" {\n  reason = \"r\"\n}\n")
	severity, _ := s.SeverityOf("boundary-missing")
	naming, _ := s.NamingFor("aws_iam_role")
	if len(s.Refused) > 0 || s.AccountID != "111122223333" || severity != lint.Note || naming.Name != "x-*" || len(s.Boundaries) != 2 || len(s.Trusted) != 1 {
		t.Errorf("%+v", s)
	}
	s = layered(t, "rule \"name-prefix\" {\n  severity = \"error\"\n}\n", "locked = true\n")
	if floor, ok := s.FloorOf("name-prefix"); !ok || floor != lint.Error {
		t.Errorf("%+v", s.Rules)
	}
	own := policyFile(t, FileName, "")
	if alone, err := Layer(nil, own, policyRules); err != nil || alone != own {
		t.Error("without a policy something changes")
	}
}

// TestStack: of several policies the stricter wins.
func TestStack(t *testing.T) {
	t.Parallel()
	s := layered(t, "", "rule \"name-prefix\" {\n  enabled = false\n}\nrule \"boundary-missing\" {\n  severity = \"note\"\n}\nnaming \"aws_iam_role\" {\n  name = \"app-*\"\n}\nworkspaces = [\"a\"]\n"+
		"boundary \"a\" {\n  arns = [\"arn:aws:iam::*:policy/org/*\"]\n  references = [\"var.x\"]\n}\nexempt \"x\" {\n  rules = [\"boundary-missing\", \"name-prefix\"]\n  reason = \"r\"\n}\n",
		"rule \"name-prefix\" {\n  enabled = true\n}\nrule \"boundary-missing\" {\n  severity = \"warning\"\n  locked = true\n}\nnaming \"aws_iam_role\" {\n  name = \"app-b-*\"\n  path = \"/teams/*\"\n}\n"+
			"preset = \"audit\"\nworkspaces = [\"b\"]\nboundary \"b\" {\n  arns = [\"arn:aws:iam::*:policy/org/one\", \"arn:aws:iam::*:policy/other\"]\n  applies_to = [\"app-*\"]\n}\n")
	severity, _ := s.SeverityOf("boundary-missing")
	naming, _ := s.NamingFor("aws_iam_role")
	if !s.Enabled(policyRules[2]) || severity != lint.Warning || naming.Name != "app-b-*" || naming.Path != "/teams/*" || s.Preset != lint.AuditPreset ||
		!reflect.DeepEqual(s.Workspaces, []string{"a", "b"}) {
		t.Errorf("%+v", s)
	}
	if len(s.Boundaries) != 1 || !reflect.DeepEqual(s.Boundaries[0].ARNs, []string{"arn:aws:iam::*:policy/org/one"}) || len(s.Boundaries[0].References) != 0 ||
		!reflect.DeepEqual(s.Boundaries[0].AppliesTo, []string{"app-*"}) {
		t.Errorf("%+v", s.Boundaries)
	}
	if len(s.Exemptions) != 1 || !reflect.DeepEqual(s.Exemptions[0].Rules, []string{"name-prefix"}) || len(s.Refused) != 1 {
		t.Errorf("%+v, %+v", s.Exemptions, s.Refused)
	}
	// Boundaries of which none is approved by both leave none.
	s = layered(t, "", "boundary \"a\" {\n  arns = [\"arn:aws:iam::*:policy/a\"]\n}\n", "boundary \"b\" {\n  arns = [\"arn:aws:iam::*:policy/b\"]\n}\n")
	if len(s.Boundaries) != 1 || len(s.Boundaries[0].ARNs) > 0 {
		t.Errorf("%+v", s.Boundaries)
	}
	for _, pair := range [][2]string{
		{"account_id = \"111122223333\"", "account_id = \"999988887777\""},
		{"naming \"aws_iam_role\" {\n  name = \"a-*\"\n}", "naming \"aws_iam_role\" {\n  name = \"b-*\"\n}"},
		{"naming \"aws_iam_role\" {\n  name = \"regex:a\"\n}", "naming \"aws_iam_role\" {\n  name = \"regex:b\"\n}"},
	} {
		stack := []*lint.Settings{policyFile(t, "a.hcl", pair[0]), policyFile(t, "b.hcl", pair[1])}
		if _, err := Layer(stack, &lint.Settings{}, policyRules); err == nil || !strings.Contains(err.Error(), "b.hcl:1:1: another policy ") {
			t.Errorf("%s: %v", pair, err)
		}
	}
}

// TestPolicySyntax: what a policy alone has is refused in a configuration, and has to
// make sense in a policy.
func TestPolicySyntax(t *testing.T) {
	t.Parallel()
	ids := []string{"boundary-missing"}
	for text, want := range map[string]string{
		"locked = true\n": "1:1: locked stands in an organisation's policy, which --policy names, and not in a configuration",
		"rule \"boundary-missing\" {\n  locked = true\n}\n":       "2:3: locked stands in an organisation's policy, which --policy names, and not in a configuration",
		"allow_exempt \"boundary-missing\" {\n}\n":                "1:1: allow_exempt stands in an organisation's policy, which --policy names, and not in a configuration",
		"#p\nlocked = \"x\"\n":                                    "2:10: locked is true or false",
		"#p\nallow_exempt \"x\" {\n}\n":                           "2:14: there is no rule \"x\"; there are boundary-missing, *",
		"#p\nallow_exempt \"*\" {\n  max_days = 0\n}\n":           "3:14: max_days is a number of days from 1 to 3660",
		"#p\nallow_exempt \"*\" {\n  max_days = \"x\"\n}\n":       "3:14: max_days is a number of days from 1 to 3660",
		"#p\nallow_exempt \"*\" {\n  require = \"regex:(\"\n}\n":  "3:13: the regular expression is wrong: missing closing ): `(`",
		"#p\nallow_exempt \"*\" {\n  entities = []\n}\n":          "3:14: entities names none: leave it out for all",
		"#p\nallow_exempt \"*\" {\n}\nallow_exempt \"*\" {\n}\n":  "4:1: allow_exempt \"*\" stands in line 2 already",
		"#p\nallow_exempt \"*\" {\n  until = \"2027-01-01\"\n}\n": "3:3: Unsupported argument: An argument named \"until\" is not expected here",
	} {
		path := filepath.Join(t.TempDir(), "x.hcl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		load := Load
		if strings.HasPrefix(text, "#p") {
			load = LoadPolicy
		}
		if _, err := load(path, ids); err == nil || err.Error() != filepath.ToSlash(path)+":"+want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
