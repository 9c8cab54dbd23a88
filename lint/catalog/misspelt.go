package catalog

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// MisspeltKey returns the condition key that an unlisted name certainly is
// meant to be: one that differs from it by a letter or two, or has the same
// name under another prefix. A name that is like none may be of a key that is
// newer than the data, and is not one.
func MisspeltKey(name string) (meant string, ok bool) {
	if _, listed := LookupKey(name); listed {
		return "", false
	}
	prefix, rest, found := strings.Cut(name, ":")
	if !found {
		return "", false
	}
	if near := policy.NearestWithin(name, KeysOf(prefix), min(2, len(name)/3)); near != "" {
		return near, true
	}
	if head, tail, found := strings.Cut(name, "/"); found {
		var heads []string
		for _, key := range KeysOf(prefix) {
			if h, _, found := strings.Cut(key, "/"); found {
				heads = append(heads, h)
			}
		}
		if near := policy.NearestWithin(head, heads, min(2, len(head)/3)); near != "" {
			return near + "/" + tail, true
		}
	}
	for _, other := range [...]string{"aws", "iam", "sts"} {
		for _, key := range KeysOf(other) {
			if _, k, _ := strings.Cut(key, ":"); strings.EqualFold(k, rest) {
				return key, true
			}
		}
	}
	return "", false
}

// KeysOf lists the documented names of the keys with a prefix, in any case:
// the global ones for aws, else those of the service.
func KeysOf(prefix string) []string {
	var names []string
	if strings.EqualFold(prefix, "aws") {
		for _, k := range GlobalKeys() {
			names = append(names, k.Name)
		}
		return names
	}
	if s, ok := LookupService(prefix); ok {
		for k := range s.Keys() {
			names = append(names, k.Name)
		}
	}
	return names
}
