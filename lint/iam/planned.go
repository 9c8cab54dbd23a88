package iam

import (
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Planned is a resource as the provider that applies it has it: what it is to
// be, what it was, and what of it changes. Sources make them where they are
// asked to; only of types for whose changes package calls has the calls, and
// with the attributes that those depend on.
type Planned struct {
	Declared
	// Type is the resource type; data.TYPE for a data source.
	Type string
	// After are the attributes as they will be, Before as they were, by their
	// paths: the elements of a list, of a scalar one. What is not set is not
	// there. After is nil for what is destroyed, Before for what is created.
	After, Before map[string][]*Value
	// Tags and TagsBefore are those that the resource will have, and had.
	Tags, TagsBefore Tags
	// Changed are the attributes that an update changes, sorted; the block, for
	// what is in one.
	Changed []string
}

// eachPlanned visits every value of what is planned.
func (m *Model) eachPlanned(visit func(v *Value, provider string)) {
	for _, p := range m.Planned {
		for _, attributes := range []map[string][]*Value{p.After, p.Before} {
			for _, name := range slices.Sorted(maps.Keys(attributes)) {
				for _, v := range attributes[name] {
					visit(v, p.Provider)
				}
			}
		}
	}
}

// resolvePlanned rewrites what is planned.
func (r *resolver) resolvePlanned() {
	for _, p := range r.model.Planned {
		p.Deployment = r.place(p.Provider)
		r.resolveTags(&p.Tags, p.Provider)
		r.resolveTags(&p.TagsBefore, p.Provider)
	}
}

// restorePlanned puts back the tags that the source gave.
func (l *links) restorePlanned(list []*Planned) {
	for _, p := range list {
		for _, tags := range []*Tags{&p.Tags, &p.TagsBefore} {
			l.restoreTags(tags)
		}
	}
}

// ObjectARN is the ARN of something of IAM by its kind (role, user, policy), path
// and name.
func ObjectARN(d Deployment, kind string, path, name policy.Text) policy.Text {
	return composeARN(d, kind, path, name)
}

// UnseenARN is the ARN of something of IAM that the input names and does not
// declare: below a path that nothing tells.
func (m *Model) UnseenARN(d Deployment, kind string, name policy.Text) policy.Text {
	return composeARN(d, kind, (&resolver{model: m}).unseenPath(kind, name), name)
}
