package iam

import "github.com/boundlint/boundlint/lint/policy"

// Tags are what something is tagged with. The zero value is not tags.
type Tags struct {
	Values map[string]policy.Text
	// Hidden tells that there may be others besides Values.
	Hidden bool
	// Own tells that those are missing which the provider puts on everything.
	Own bool
}

// resolveTags rewrites tags, and takes into account what the provider adds.
func (r *resolver) resolveTags(t Tags, provider string) Tags {
	out := Tags{Values: map[string]policy.Text{}, Hidden: t.Hidden, Own: t.Own}
	for _, p := range r.model.Providers {
		if t.Own && providerName(p.Name) == providerName(provider) {
			out.Hidden = out.Hidden || p.DefaultTags.Hidden
			for k, v := range p.DefaultTags.Values {
				out.Values[k] = r.text(v)
			}
		}
	}
	for k, v := range t.Values {
		out.Values[k] = r.text(v)
	}
	return out
}

// writtenTags are tags as the source has them: those that were kept, or else
// those that are there.
func (l *links) writtenTags(of any, tags Tags) Tags {
	if written, ok := l.tags[of]; ok {
		return written
	}
	return tags
}
