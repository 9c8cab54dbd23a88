package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// documentOf is a document of exactly that many characters that count.
func documentOf(size int, syms *policy.Symbols, tail string) *iam.Document {
	const head, end = `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::`, `"}]}`
	return written("{ \n\t"+head[1:]+strings.Repeat("x", size-len(head)-len(end))+tail+end, "d", policy.IdentityPolicy, syms)
}

func inline(kind iam.HolderKind, address string, size int) *iam.InlinePolicy {
	return &iam.InlinePolicy{Declared: iam.Declared{Address: address}, HolderKind: kind, Document: documentOf(size, nil, "")}
}

func TestPolicyTooLong(t *testing.T) {
	var syms policy.Symbols
	hidden := syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "x"}))
	m := &iam.Model{
		Policies: []*iam.ManagedPolicy{
			{Declared: iam.Declared{Address: "p.fits"}, Document: documentOf(6144, nil, "")},
			{Declared: iam.Declared{Address: "p.long"}, Document: documentOf(6145, nil, "")},
			{Declared: iam.Declared{Address: "p.hidden"}, Document: documentOf(6000, &syms, strings.Repeat(hidden, 100))},
			{Declared: iam.Declared{Address: "p.least"}, Document: documentOf(6200, &syms, hidden)},
			{Declared: iam.Declared{Address: "p.gone", Change: iam.ChangeDelete}, Document: documentOf(9000, nil, "")},
			{Declared: iam.Declared{Address: "p.unset"}},
		},
		Entities: []*iam.Entity{
			{Kind: iam.Role, Declared: iam.Declared{Address: "r.trust"}, Trust: documentOf(2049, nil, "")},
			{Kind: iam.Role, Declared: iam.Declared{Address: "r.never"}, Trust: documentOf(8193, nil, "")},
			{Kind: iam.Role, Declared: iam.Declared{Address: "r.fits"}, Trust: documentOf(2048, nil, ""), Inline: []*iam.InlinePolicy{inline(iam.HolderRole, "i.a", 5120), inline(iam.HolderRole, "i.b", 5120)}},
			{Kind: iam.Role, Declared: iam.Declared{Address: "r.sum"}, Inline: []*iam.InlinePolicy{inline(iam.HolderRole, "i.c", 5120), inline(iam.HolderRole, "i.d", 5121)}},
			{Kind: iam.User, Declared: iam.Declared{Address: "u.one"}, Inline: []*iam.InlinePolicy{inline(iam.HolderUser, "i.e", 2049)}},
			{Kind: iam.User, Declared: iam.Declared{Address: "u.maybe"}, Inline: []*iam.InlinePolicy{inline(iam.HolderUser, "i.f", 2000), {Declared: iam.Declared{Address: "i.g", MayNotExist: true}, Document: documentOf(2000, nil, "")}}},
		},
		Groups: []*iam.Group{{Declared: iam.Declared{Address: "g"}, Inline: []*iam.InlinePolicy{inline(iam.HolderGroup, "i.h", 5121)}}},
	}
	for _, e := range m.Entities {
		m.Inline = append(m.Inline, e.Inline...)
	}
	m.Inline = append(m.Inline, m.Groups[0].Inline...)
	m.Inline = append(m.Inline, inline(iam.HolderUser, "i.elsewhere", 3000), inline(iam.HolderPermissionSet, "i.set", 9000))
	many := &iam.Entity{Kind: iam.User, Declared: iam.Declared{Address: "u.many"}}
	for i := range 22 {
		arn := iam.Value{Set: true, Text: policy.Literal(fmt.Sprintf("arn:aws:iam::aws:policy/p%d", i%21))}
		many.Attached = append(many.Attached, &iam.Attachment{PolicyARN: arn})
	}
	m.Entities = append(m.Entities, many)
	s := &lint.Settings{Boundaries: []lint.ApprovedBoundary{{Name: "b", Document: documentOf(7000, nil, "")}}}
	allOf(t, judge(t, PolicyTooLong, m, s),
		"error ... p.long: ... 6145 ... 6144",
		"p.least: ... at least 6200",
		"boundary.b: ... 7000",
		"warning ... r.trust: ... 2049",
		"error ... r.never: ... 8193",
		"r.sum: ... 10241 ... 10240",
		"u.one: ... 2049",
		"g: ... 5121",
		"i.elsewhere: ... 3000",
		"u.many: 21 ... never more than 20",
	)
}

// TestManyAttachments counts what is attached for certain, each policy once.
func TestManyAttachments(t *testing.T) {
	const limit = 20 // of a user (IAM User Guide, IAM and AWS STS quotas)
	arn := func(s string) iam.Value { return iam.Value{Set: true, Text: policy.Literal(s)} }
	hidden := iam.Value{Set: true, Text: policy.SymbolText(&policy.Symbol{Name: "x"})}
	for name, c := range map[string]struct {
		one  iam.Attachment
		many bool
	}{
		"one more":             {iam.Attachment{PolicyARN: arn("arn:aws:iam::aws:policy/more")}, true},
		"one of the input":     {iam.Attachment{PolicyARN: hidden, Policy: &iam.ManagedPolicy{Declared: iam.Declared{Address: "aws_iam_policy.more"}}}, true},
		"the same once more":   {iam.Attachment{PolicyARN: arn("arn:aws:iam::aws:policy/p0")}, false},
		"one that is hidden":   {iam.Attachment{PolicyARN: hidden}, false},
		"one that may not be":  {iam.Attachment{PolicyARN: arn("arn:aws:iam::aws:policy/more"), Declared: iam.Declared{MayNotExist: true}}, false},
		"one that is detached": {iam.Attachment{PolicyARN: arn("arn:aws:iam::aws:policy/more"), Declared: iam.Declared{Change: iam.ChangeDelete}}, false},
		"one that is let go":   {iam.Attachment{PolicyARN: arn("arn:aws:iam::aws:policy/more"), Declared: iam.Declared{Change: iam.ChangeForget}}, false},
	} {
		e := &iam.Entity{Kind: iam.User, Declared: iam.Declared{Address: "u"}, Attached: []*iam.Attachment{&c.one}}
		for i := range limit {
			e.Attached = append(e.Attached, &iam.Attachment{PolicyARN: arn(fmt.Sprintf("arn:aws:iam::aws:policy/p%d", i))})
		}
		if got := judge(t, PolicyTooLong, &iam.Model{Entities: []*iam.Entity{e}}, nil); (len(got) > 0) != c.many {
			t.Errorf("%s: %v", name, got)
		}
	}
}
