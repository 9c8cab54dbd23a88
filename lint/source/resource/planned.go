package resource

import (
	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/iam"
)

// KeepPlanned has the builder keep each resource as the provider that applies it
// has it, in [iam.Model.Planned].
func (b *Builder) KeepPlanned() { b.keepPlanned = true }

// HasCalls reports whether the calls are known that change resources of a type.
func HasCalls(typ string) bool { return calls.Of(typ) != nil }

// plan keeps a resource whose calls are known.
func (b *Builder) plan(r Resource) {
	typ := r.Type
	if r.Data {
		typ = calls.Data + typ
	}
	t := calls.Of(typ)
	if t == nil || !b.keepPlanned {
		return
	}
	p := &iam.Planned{Declared: r.declared(), Type: typ, Changed: r.Changed}
	if p.Gone() {
		p.Before, p.TagsBefore = b.attributes(&r, t), r.tags()
		b.model.Planned = append(b.model.Planned, p)
		return
	}
	p.After, p.Tags = b.attributes(&r, t), r.tags()
	if r.Before != nil {
		before := r
		before.Values = r.Before
		p.Before, p.TagsBefore = b.attributes(&before, t), before.tags()
	}
	b.model.Planned = append(b.model.Planned, p)
}

// attributes are those that the calls depend on and that are set.
func (b *Builder) attributes(r *Resource, t *calls.Type) map[string][]*iam.Value {
	out := map[string][]*iam.Value{}
	for _, path := range t.Attributes() {
		for _, v := range b.follow(r, path) {
			out[path] = append(out[path], &v)
		}
	}
	return out
}
