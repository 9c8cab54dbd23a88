package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestSecrets(t *testing.T) {
	hidden := func(s string) iam.Value {
		return iam.Value{Text: policy.Literal(s), Set: true, Sensitive: true}
	}
	doc, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*",
		"Resource":["arn:aws:iam::111122223333:role/hush-*","*"],"Condition":{"StringEquals":{"aws:PrincipalTag/t":"quiet"}}}]}`,
		&policy.Symbols{}, policy.ParseOptions{})
	m := &iam.Model{
		Entities: []*iam.Entity{{Name: hidden("whisper"), Boundary: hidden("arn:aws:iam::111122223333:policy/murmur")}},
		Groups:   []*iam.Group{{Name: hidden("dev")}}, // too short to be looked for
		Inline:   []*iam.InlinePolicy{{Document: &iam.Document{Document: doc, Sensitive: true}}},
	}
	s := SecretsOf(m)
	f := Finding{
		Message:     "The role whisper has the boundary arn:aws:iam::111122223333:policy/murmur, and whispers are no secret in dev.",
		Remediation: `"Resource": "arn:aws:iam::111122223333:role/hush-*"`,
		Because:     "the tag may be quiet",
		Related:     []Related{{Message: "whisper again"}},
		Witness: &Witness{
			Principal: "arn:aws:iam::111122223333:role/whisper", Resource: "arn:aws:iam::111122223333:role/hush-a",
			Context: map[string][]string{"aws:PrincipalTag/t": {"quiet"}, "aws:SourceVpc": {"vpc-1"}},
		},
		Steps: []Step{{Message: "To whisper.", Witness: []Witness{{Resource: "arn:aws:iam::111122223333:role/hush-b"}}}},
	}
	shared := f.Witness
	s.cover(&f)
	got := fmt.Sprintf("%s %s %s %s %+v %+v", f.Message, f.Remediation, f.Because, f.Related[0].Message, *f.Witness, f.Steps)
	for _, secret := range []string{"whisper ", "/whisper", "murmur", "hush", "quiet"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s is shown: %s", secret, got)
		}
	}
	for _, kept := range []string{"whispers are no secret in dev", "vpc-1"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is not shown: %s", kept, got)
		}
	}
	if shared.Resource != "arn:aws:iam::111122223333:role/hush-a" {
		t.Error("a shared witness was changed")
	}
	if got, want := s.Cover("on arn:aws:iam::111122223333:role/hush-c (role whisper)\n"), "on (sensitive) (role (sensitive))\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	m.Entities, m.Inline = nil, nil
	if none := SecretsOf(m); none != nil || none.Cover("dev") != "dev" {
		t.Errorf("%+v", none)
	}
}
