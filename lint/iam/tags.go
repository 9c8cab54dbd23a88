package iam

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// Tags are what something is tagged with. The zero value is not tags.
type Tags struct {
	// Values are sorted by their keys: there may be many things with few tags
	// each, for which a map is large.
	Values []Tag
	// Hidden tells that there may be others besides Values.
	Hidden bool
	// Own tells that those are missing which the provider puts on everything.
	Own bool
}

// Tag is one tag.
type Tag struct {
	Key   string
	Value policy.Text
}

// SortedTags are the tags of a map.
func SortedTags(values map[string]policy.Text) []Tag {
	if len(values) == 0 {
		return nil
	}
	out := make([]Tag, 0, len(values))
	for key, value := range values {
		out = append(out, Tag{key, value})
	}
	slices.SortFunc(out, func(x, y Tag) int { return strings.Compare(x.Key, y.Key) })
	return out
}

// Value is the value of a tag, and whether it is there.
func (t Tags) Value(key string) (policy.Text, bool) {
	i := slices.IndexFunc(t.Values, func(x Tag) bool { return x.Key == key })
	if i < 0 {
		return policy.Text{}, false
	}
	return t.Values[i].Value, true
}

// Map are the tags by their keys.
func (t Tags) Map() map[string]policy.Text {
	if len(t.Values) == 0 {
		return nil
	}
	out := make(map[string]policy.Text, len(t.Values))
	for _, x := range t.Values {
		out[x.Key] = x.Value
	}
	return out
}

// resolveTags rewrites tags, and takes into account what the provider adds.
// Most stay as they are.
func (r *resolver) resolveTags(t *Tags, provider string) {
	values, hidden := map[string]policy.Text{}, t.Hidden
	for _, p := range r.model.Providers {
		if t.Own && providerName(p.Name) == providerName(provider) {
			hidden = hidden || p.DefaultTags.Hidden
			for _, x := range p.DefaultTags.Values {
				values[x.Key] = r.text(x.Value)
			}
		}
	}
	isKnown := !slices.ContainsFunc(t.Values, func(x Tag) bool { return !x.Value.IsKnown() })
	if isKnown && hidden == t.Hidden && len(values) == 0 {
		return
	}
	for _, x := range t.Values {
		values[x.Key] = r.text(x.Value)
	}
	r.model.links.tags[t] = *t
	*t = Tags{Values: SortedTags(values), Hidden: hidden, Own: t.Own}
}

// restoreTags puts back the tags that the source gave.
func (l *links) restoreTags(t *Tags) {
	if written, ok := l.tags[t]; ok {
		*t = written
	}
}
