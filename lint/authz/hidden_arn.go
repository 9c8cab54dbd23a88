package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// addHidden adds to the domains of an action the resources that policies name
// by ARNs which are symbols as a whole.
func (s *searcher) addHidden(groups [][]*domain, action *catalog.Action) [][]*domain {
	for _, x := range s.hiddenARNs(action) {
		for i := range groups {
			groups[i] = append(groups[i], &domain{exact: []policy.Text{x}, unsure: len(groups) > 1 || !isTakenBy(action, x)})
		}
	}
	return groups
}

// isTakenBy reports whether an ARN that begins with a symbol is certainly of a
// resource that the action takes: going by the type of the resource whose
// attribute it is, and for a bucket by whether an object follows.
func isTakenBy(action *catalog.Action, x policy.Text) bool {
	parts := x.Parts()
	service, kind, _ := strings.Cut(strings.TrimPrefix(policy.TypeOf(parts[0].Symbol.Address), "aws_"), "_")
	if len(parts) > 1 {
		if service != "s3" || kind != "bucket" || !strings.HasPrefix(parts[1].Literal, "/") {
			return false
		}
		kind = "object"
	}
	return service == action.Service && slices.ContainsFunc(action.ResourceTypes, func(r catalog.ActionResource) bool {
		return r.Type.Service == service && strings.EqualFold(r.Type.Name, kind)
	})
}

// hiddenARNs are what the policies name by ARNs that are symbols as a whole,
// of which it is not known what they are ARNs of. Statements about no such
// resource are not looked at.
func (s *searcher) hiddenARNs(action *catalog.Action) []policy.Text {
	lowered := strings.ToLower(action.String())
	var out []policy.Text
	add := func(pattern policy.Text) {
		parts := pattern.Parts()
		if len(parts) == 0 || parts[0].Symbol == nil || !isName(parts[0].Symbol) || !strings.HasSuffix(parts[0].Symbol.Attribute, "arn") {
			return
		}
		x := policy.Concat(policy.SymbolText(parts[0].Symbol), spelledOut(parts[1:]))
		if !slices.ContainsFunc(out, x.Equal) && ofService(parts[0].Symbol, action.Service) && takes(action, x) {
			out = append(out, x)
		}
	}
	for _, x := range s.query.Resources {
		add(x)
	}
	s.eachPolicy(func(p *Policy) {
		if !p.symbolic {
			return
		}
		for _, st := range p.statements {
			if st.coversAction(lowered) == policy.False {
				continue
			}
			for _, r := range st.resource {
				add(r.source)
			}
		}
	})
	return out
}

// ofService reports whether the symbol may be the ARN of something of the
// service: the types of Terraform's resources begin with the service's name,
// though not always with that which IAM has for it. The ARNs of what IAM has
// are known by their types.
func ofService(s *policy.Symbol, service string) bool {
	rest, found := strings.CutPrefix(policy.TypeOf(s.Address), "aws_")
	if !found {
		return service != "iam"
	}
	word, _, _ := strings.Cut(rest, "_")
	if word == service {
		return true
	}
	_, known := catalog.LookupService(word)
	return !known && service != "iam"
}

// spelledOut writes a readable word in the place of each wildcard.
func spelledOut(parts []policy.Part) policy.Text {
	out := make([]policy.Part, len(parts))
	for i, p := range parts {
		p.Literal = strings.NewReplacer("*", "x", "?", "x").Replace(p.Literal)
		out[i] = p
	}
	return policy.NewText(out...)
}
