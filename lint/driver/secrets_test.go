package driver

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// fill writes a text into every string that can be reached, but those at the
// paths given, and makes one element of every list and map.
func fill(v reflect.Value, path, text string, but []string) {
	if slices.Contains(but, path) || !v.CanSet() {
		return
	}
	kind := v.Kind()
	if kind == reflect.String {
		v.SetString(text)
	}
	if kind == reflect.Struct {
		for i := range v.NumField() {
			fill(v.Field(i), path+"."+v.Type().Field(i).Name, text, but)
		}
	}
	if kind == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path, text, but)
	}
	if kind == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), path, text, but)
	}
	if kind == reflect.Map {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, path, text, but)
		fill(value, path, text, but)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	}
}

// TestEverythingIsCovered: a field that is added to what reports show is
// covered, too, or it is one of those that no value can get into.
func TestEverythingIsCovered(t *testing.T) {
	const secret = "whispered"
	s := &Secrets{values: []string{secret}}
	var f lint.Finding
	fill(reflect.ValueOf(&f).Elem(), "", secret, []string{
		".Rule", ".Verdict", ".Related.Rule", ".Steps.Way", ".Related.Steps.Way", ".Workspaces", // names that are not the input's
		".Location", ".Related.Location", // source files keep no place of what is sensitive
		".Fix", ".Fingerprint",
	})
	s.cover(&f)
	if got := fmt.Sprintf("%+v %+v", f, *f.Witness); strings.Contains(got, secret) {
		t.Errorf("it is shown: %s", got)
	}
	var in lint.InputSummary
	fill(reflect.ValueOf(&in).Elem(), "", secret, []string{
		".Path", ".Kind", ".Root", ".Workspace", ".TerraformVersion", ".Tool", // of the command line, or public
		".Entities.Kind", ".Entities.Location", ".Entities.Bounded", ".Coverage.Directories", ".Coverage.Unread",
	})
	s.summary(&in)
	if got := fmt.Sprintf("%+v", in); strings.Contains(got, secret) {
		t.Errorf("it is shown: %s", got)
	}
}

// TestSecretsOfAll: whatever list of the model they stand in.
func TestSecretsOfAll(t *testing.T) {
	hidden := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true, Sensitive: true} }
	syms := &policy.Symbols{}
	late := policy.SymbolText(syms.Intern(policy.Symbol{Name: "random_id.r.hex"}))
	implied := policy.Concat(policy.Literal("arn:aws:iam::111122223333:policy/implied-"), late)
	m := &iam.Model{
		PermissionSets: []*iam.Entity{{Name: hidden("murmured")}},
		Attachments:    []*iam.Attachment{{PolicyARN: hidden("breathed")}},
		Profiles:       []*iam.InstanceProfile{{Name: hidden("hinted")}},
		Groups:         []*iam.Group{{Name: iam.Value{Text: implied, Written: implied, Set: true, Sensitive: true}}},
	}
	doc, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*",
		"Condition":{"StringEquals":{"aws:Sighed":"a","aws:SourceVpc":"b"}}}]}`, syms, policy.ParseOptions{})
	m.Inline = []*iam.InlinePolicy{{Document: &iam.Document{Document: doc, Sensitive: true}}}
	s := SecretsOf(m, func(key string) bool { return key == "aws:SourceVpc" })
	text := "murmured, breathed, hinted, implied-x, aws:Sighed"
	for word := range strings.SplitSeq(s.sentence(text), ", ") {
		if !strings.Contains(word, redacted) {
			t.Errorf("%s is shown", word)
		}
	}
	if kept := "aws:SourceVpc arn:aws:iam::aws:policy/ReadOnlyAccess"; s.sentence(kept) != kept {
		t.Errorf("%s becomes %s", kept, s.sentence(kept))
	}
}

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
	s := SecretsOf(m, nil)
	f := lint.Finding{
		Message:     "The role whisper has the boundary arn:aws:iam::111122223333:policy/murmur, and whispers are not a secret in dev.",
		Remediation: `"Resource": "arn:aws:iam::111122223333:role/hush-*"`,
		Because:     "the tag may be quiet",
		Related:     []lint.Related{{Message: "whisper again"}},
		Witness: &lint.Witness{
			Principal: "arn:aws:iam::111122223333:role/whisper", Resource: "arn:aws:iam::111122223333:role/hush-a",
			Context: map[string][]string{"aws:PrincipalTag/t": {"quiet"}, "aws:SourceVpc": {"vpc-1"}},
		},
		Steps: []lint.Step{{Message: "To whisper.", Witness: []lint.Witness{{Resource: "arn:aws:iam::111122223333:role/hush-b"}}}},
	}
	shared := f.Witness
	s.cover(&f)
	got := fmt.Sprintf("%s %s %s %s %+v %+v", f.Message, f.Remediation, f.Because, f.Related[0].Message, *f.Witness, f.Steps)
	for _, secret := range []string{"whisper ", "/whisper", "murmur", "hush", "quiet"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s is shown: %s", secret, got)
		}
	}
	for _, kept := range []string{"whispers are not a secret in dev", "vpc-1"} {
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
	if none := SecretsOf(m, nil); none != nil || none.Cover("dev") != "dev" {
		t.Errorf("%+v", none)
	}
}

// TestManySecrets: covering costs by what a text holds, not by how many secrets
// there are.
func TestManySecrets(t *testing.T) {
	s := &Secrets{}
	for i := range 50_000 {
		s.values = append(s.values, fmt.Sprintf("x%07d-secret", i))
	}
	text := "The role x0000042-secret has no permissions boundary, and x0000042-public has one."
	want := "The role (sensitive) has no permissions boundary, and x0000042-public has one."
	for range 2000 {
		if got := s.sentence(text); got != want {
			t.Fatal(got)
		}
		if plain := "The role app has none."; s.sentence(plain) != plain {
			t.Fatal(s.sentence(plain))
		}
	}
}
