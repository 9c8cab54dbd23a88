package inquiry

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// trustsNobody is the trust policy of a described role: that the tests describe
// it opens no way to it.
const trustsNobody = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}`

// describe is a model with the entities that the file describes besides.
func (t *Tests) describe(model *iam.Model) (*iam.Model, error) {
	out := *model
	out.Entities, out.Inline = slices.Clone(model.Entities), slices.Clone(model.Inline)
	out.Attachments, out.Policies = slices.Clone(model.Attachments), slices.Clone(model.Policies)
	for _, d := range t.file.Entities {
		if found := t.Find(string(d.Kind) + "/" + d.Name.Text); len(found) > 0 {
			return nil, unresolved(d.Name.At, "the input has a %s of this name, %s: describe one of another name, or ask about that one",
				d.Kind, found[0].Address)
		}
		if err := t.add(&out, d); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// add puts one described entity into a model.
func (t *Tests) add(m *iam.Model, d *expect.Entity) error {
	at := d.At
	at.Address = d.Address()
	e := &iam.Entity{
		Declared: iam.Declared{Address: d.Address(), Location: at}, Kind: d.Kind, Type: "aws_iam_" + string(d.Kind),
		Name: given(policy.Literal(d.Name.Text), at), Path: given(policy.Literal(d.Path), at),
	}
	tags := map[string]policy.Text{}
	for key, value := range d.Tags {
		tags[key] = policy.Literal(value)
	}
	e.Tags.Values = iam.SortedTags(tags)
	if d.Kind == iam.Role {
		document, diags := policy.Parse(trustsNobody, nil, policy.ParseOptions{Kind: policy.TrustPolicy})
		e.Trust = &iam.Document{Document: document, Text: policy.Literal(trustsNobody), Diagnostics: diags, Location: at}
	}
	m.Entities = append(m.Entities, e)
	holder := given(t.refer(m, e.Address, "name"), at)
	for i := range d.Policies {
		p := &d.Policies[i]
		if p.Document != nil {
			m.Inline = append(m.Inline, &iam.InlinePolicy{
				Declared: iam.Declared{Address: e.Address, Location: p.Document.Location}, HolderKind: iam.HolderKind(d.Kind), Holder: holder,
				Document: p.Document, Route: "policies",
			})
			continue
		}
		arn, err := t.managed(p.Name)
		if err != nil {
			return err
		}
		m.Attachments = append(m.Attachments, &iam.Attachment{
			Declared: iam.Declared{Address: e.Address, Location: at}, HolderKind: iam.HolderKind(d.Kind), Holder: holder,
			PolicyARN: given(arn, p.Name.At), Route: "policies",
		})
	}
	return t.bound(m, e, d)
}

// bound gives a described entity its boundary.
func (t *Tests) bound(m *iam.Model, e *iam.Entity, d *expect.Entity) error {
	switch b := d.Boundary; {
	case b == nil:
	case b.Document != nil:
		own := &iam.ManagedPolicy{
			Declared: iam.Declared{Address: e.Address + ".boundary", Location: b.Document.Location},
			Name:     given(policy.Literal(d.Name.Text+"-boundary"), e.Location), Path: given(policy.Literal("/"), e.Location), Document: b.Document,
		}
		m.Policies = append(m.Policies, own)
		e.Boundary = given(t.refer(m, own.Address, "arn"), e.Location)
	default:
		arn, err := t.managed(b.Name)
		if err != nil {
			return err
		}
		e.Boundary = given(arn, b.Name.At)
	}
	return nil
}

func given(x policy.Text, at iam.Location) iam.Value {
	return iam.Value{Text: x, Set: true, Location: at}
}

// refer is the symbol of an attribute of what the file describes.
func (t *Tests) refer(m *iam.Model, address, attribute string) policy.Text {
	name := address + "." + attribute
	return policy.NewText(policy.Part{Symbol: m.Symbols.Intern(policy.Symbol{
		Kind: policy.SymbolReference, Name: name, Scope: t.file.Name, Address: address, Attribute: attribute, References: []string{name},
	})})
}

// managed is the ARN of a managed policy: boundary.NAME, the address or ARN of
// one of the input, an ARN of any other, or the name of one of AWS's.
func (t *Tests) managed(v expect.Value) (policy.Text, error) {
	if len(v.Parts) == 1 && v.Parts[0].Boundary != "" {
		list, err := t.boundary(v.Parts[0].Boundary, v.At)
		if err != nil {
			return policy.Text{}, err
		}
		if i := slices.IndexFunc(list, func(x policy.Text) bool { s, known := x.Known(); return !known || !isPattern(s) }); i >= 0 {
			return list[i], nil
		}
		return t.inOwnAccount(list[0]), nil
	}
	text := v.String()
	if strings.HasPrefix(text, "arn:") {
		return policy.Literal(text), nil
	}
	if arn, ok := catalog.ManagedPolicyARN(text); ok {
		return policy.Literal(arn), nil
	}
	var known []string
	for _, p := range t.Model.Policies {
		name := shownName(p)
		if !p.Gone() && (p.Address == text || name == text) {
			return p.ARN, nil
		}
		known = append(known, p.Address, name)
	}
	return policy.Text{}, unresolved(v.At, "%s is no policy: write jsonencode, a .json file, boundary.NAME, or the address, ARN or name of "+
		"a managed policy%s", text, lint.Suggest(text, known))
}

// inOwnAccount is a pattern of ARNs with the own account and partition in the
// place of wildcards.
func (t *Tests) inOwnAccount(pattern policy.Text) policy.Text {
	arn, ok := policy.ParseARN(pattern)
	if !ok {
		return pattern
	}
	own := t.Model.Deployment
	for part, with := range map[*policy.Text]policy.Text{&arn.Account: own.Account, &arn.Partition: own.Partition} {
		if text, known := part.Known(); known && isPattern(text) && !with.IsEmpty() {
			*part = with
		}
	}
	return arn.Text()
}

// taking adds texts to a list that does not have them.
func taking(list *[]policy.Text) func(policy.Text) {
	return func(x policy.Text) {
		if !x.IsEmpty() && !slices.ContainsFunc(*list, x.Equal) {
			*list = append(*list, x)
		}
	}
}

// configured are the ARNs of the boundary block of a name, and the names of all.
func (t *Tests) configured(name string) (out []policy.Text, known []string) {
	take := taking(&out)
	for i := range t.settings.Boundaries {
		b := &t.settings.Boundaries[i]
		known = append(known, b.Name)
		if b.Name != name {
			continue
		}
		for _, reference := range b.References {
			t.referred(reference, take)
		}
		for _, arn := range b.ARNs {
			take(policy.Literal(arn))
		}
	}
	return out, known
}

// boundary are the ARNs, or patterns of ARNs, that boundary.NAME stands for: of
// the boundary block of that name, or else of a policy of that name that the
// input declares or uses as a boundary.
func (t *Tests) boundary(name string, at iam.Location) ([]policy.Text, error) {
	if known, ok := t.boundaries[name]; ok {
		return known, nil
	}
	out, known := t.configured(name)
	if len(out) > 0 {
		t.boundaries[name] = out
		return out, nil
	}
	take := taking(&out)
	var declared []string
	for _, p := range t.Model.Policies {
		own := shownName(p)
		label := p.Address[strings.LastIndexByte(p.Address, '.')+1:]
		if known = append(known, label, own); !p.Gone() && (own == name || label == name) {
			before := len(out)
			if take(p.ARN); len(out) > before {
				declared = append(declared, p.Address)
			}
		}
	}
	if len(declared) > 1 {
		return nil, unresolved(at, "boundary.%s may be one of %d: %s; write the address or ARN of one in its place, as a text", name,
			len(declared), strings.Join(declared, ", "))
	}
	for _, e := range t.Entities() {
		if arn, ok := policy.ParseARN(e.Boundary.Text); ok && e.Boundary.Set && !e.Boundary.Sensitive {
			own, _ := iam.LastSegment(arn.Resource).Known()
			if known = append(known, own); own == name {
				take(e.Boundary.Text)
			}
		}
	}
	if len(out) == 0 {
		return nil, unresolved(at, "there is no boundary %s: neither a boundary block of the configuration nor a policy of the input is called "+
			"so%s", name, lint.Suggest(name, known))
	}
	t.boundaries[name] = out
	return out, nil
}

// shownName is the name of a policy, "" where it is not known or not to be
// shown.
func shownName(p *iam.ManagedPolicy) string {
	if p.Name.Sensitive {
		return ""
	}
	name, _ := p.Name.Known()
	return name
}

// referred takes the ARN that a reference of a boundary block leads to.
func (t *Tests) referred(reference string, take func(policy.Text)) {
	for _, p := range t.Model.Policies {
		if !p.Gone() && (p.Address == reference || p.Address+".arn" == reference) {
			take(p.ARN)
		}
	}
	for _, e := range t.Entities() {
		if e.Boundary.Set && slices.Contains(e.Boundary.References, reference) {
			take(e.Boundary.Text)
		}
	}
}
