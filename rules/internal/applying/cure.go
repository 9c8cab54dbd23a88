package applying

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Cure is a change of the resource with which AWS allows the call.
type Cure struct {
	// Boundary is the boundary to set, Name and Path what to call it, Tags how to
	// tag it. What need not change is empty.
	Boundary   policy.Text
	Name, Path string
	// Prefix is name_prefix, for a name that the provider makes up.
	Prefix   string
	TagKey   string
	TagValue string
}

// IsBoundaryAlone reports whether nothing but another boundary is needed.
func (c Cure) IsBoundaryAlone() bool {
	return !c.Boundary.IsEmpty() && c.Name == "" && c.Prefix == "" && c.TagKey == ""
}

// change is one thing about a request that the resource could have otherwise.
type change struct {
	cure  Cure
	apply func(*authz.Request)
}

// maxChanges bounds how many changes are tried, each by itself and with each
// other one.
const maxChanges = 24

// Cure is what would make the request pass, as the statements that decide it ask;
// false where nothing about the resource does. It is decided, not guessed.
func (r *Refusal) Cure() (Cure, bool) {
	list := r.possible()
	passes := func(changes ...change) bool {
		request := r.Request.Request
		request.Context = r.Request.Context.Clone()
		for _, c := range changes {
			c.apply(&request)
		}
		return authz.Decide(&request).Verdict == authz.Allowed
	}
	for _, c := range list {
		if passes(c) {
			return c.cure, true
		}
	}
	for i, c := range list {
		for _, d := range list[i+1:] {
			if passes(c, d) {
				return c.cure.and(d.cure), true
			}
		}
	}
	return Cure{}, false
}

// and is two cures in one.
func (c Cure) and(o Cure) Cure {
	if !o.Boundary.IsEmpty() {
		c.Boundary = o.Boundary
	}
	if o.Name != "" || o.Prefix != "" {
		c.Name, c.Prefix, c.Path = o.Name, o.Prefix, o.Path
	}
	if o.TagKey != "" {
		c.TagKey, c.TagValue = o.TagKey, o.TagValue
	}
	return c
}

// possible are the changes that statements about the action ask for.
func (r *Refusal) possible() []change {
	var out []change
	for _, m := range r.Misses {
		if m.Effect != policy.Allow {
			continue
		}
		for _, c := range m.Conditions {
			out = append(out, r.ofCondition(c)...)
		}
		if s := m.Source(); m.Resource && s != nil {
			out = append(out, r.ofResources(s)...)
		}
	}
	if s := r.Decision.By.Source(); r.Decision.Explicit && s != nil {
		for _, c := range s.Condition {
			out = append(out, r.ofCondition(c)...)
		}
	}
	return out[:min(len(out), maxChanges)]
}

// ofCondition are the values that a condition names, for a key that the resource
// decides.
func (r *Refusal) ofCondition(c policy.Condition) []change {
	key, _ := c.Key.Known()
	var out []change
	for _, v := range c.Values {
		value := r.Deployer.place(v.Text)
		switch {
		case strings.EqualFold(key, policy.BoundaryKey) && r.asksForBoundary():
			value = inAccount(value, r.Deployer.Account)
			if text, known := value.Known(); known && strings.ContainsAny(text, "*?$") {
				continue
			}
			out = append(out, change{Cure{Boundary: value}, func(q *authz.Request) { q.Context.SetTexts(policy.BoundaryKey, value) }})
		case len(key) > len(requestTag) && strings.EqualFold(key[:len(requestTag)], requestTag) && r.Request.Call.Tags:
			text, known := value.Known()
			if !known || strings.ContainsAny(text, "*?$") {
				continue
			}
			name := key[len(requestTag):]
			out = append(out, change{Cure{TagKey: name, TagValue: text}, func(q *authz.Request) {
				q.Context.Set(requestTag+name, text)
				q.Context.SetTexts(tagKeys, append(slices.Clone(q.Context.Get(tagKeys)), policy.Literal(name))...)
			}})
		}
	}
	return out
}

// inAccount puts an account in the place of a wildcard in an ARN.
func inAccount(x, account policy.Text) policy.Text {
	arn, ok := policy.ParseARN(x)
	if !ok || !holders.IsText(arn.Account, "*") || account.IsEmpty() {
		return x
	}
	arn.Account = account
	return arn.Text()
}

// ofResources are the names under which a statement covers the resource, where
// its own name decides what the call is about: what a pattern begins with, and
// the name that it has.
func (r *Refusal) ofResources(s *policy.Statement) []change {
	if target := r.Request.Call.On; target != nil && !target.Own || !r.Request.own || r.Planned.Before != nil {
		return nil // what is there is not renamed to be read
	}
	arn, ok := policy.ParseARN(r.Request.Resource)
	kind, _, isPath := strings.Cut(arn.Resource.Prefix(), "/")
	if !ok || !isPath {
		return nil
	}
	last := iam.LastSegment(arn.Resource)
	name, known := last.Known()
	if !known {
		last = policy.SymbolText(last.Symbols()[0]) // what the provider makes up
	}
	var out []change
	for _, e := range s.Resource {
		pattern, ok := policy.ParseARN(e.Text)
		glob, spelt := pattern.Resource.Known()
		if !ok || !spelt || !strings.HasPrefix(glob, kind+"/") {
			continue
		}
		start, rest, _ := strings.Cut(glob, "*")
		if rest != "" || strings.ContainsAny(start, "?$") || start == glob {
			continue
		}
		renamed := arn
		renamed.Resource = policy.Concat(policy.Literal(start), last)
		text := renamed.Text()
		slash := strings.LastIndexByte(start, '/')
		cure := Cure{Path: start[len(kind) : slash+1]}
		if known {
			cure.Name = start[slash+1:] + name
		} else {
			cure.Prefix = start[slash+1:]
		}
		out = append(out, change{cure, func(q *authz.Request) { q.Resource = text }})
	}
	return out
}
