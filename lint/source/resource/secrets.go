package resource

import (
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// mostSecret bounds the length of the texts that are remembered as sensitive: one
// that is longer is a document, of which the parts are covered.
const mostSecret = 1024

// secrets remembers the sensitive texts in what a resource says, wherever it
// says them.
func (b *Builder) secrets(v Value) {
	if v.hasSensitive() {
		b.addSecrets(v)
	}
}

func (b *Builder) addSecrets(v Value) {
	switch v.Kind {
	case Scalar:
		s, known := v.Text.Known()
		if v.Sensitive && known && !v.NotString && len(s) >= iam.LeastSecret && len(s) <= mostSecret && !b.secret[s] {
			if b.secret == nil {
				b.secret = map[string]bool{}
			}
			b.secret[s] = true
			b.model.Secrets = append(b.model.Secrets, s)
		}
	case List:
		for _, e := range v.List {
			e.Sensitive = e.Sensitive || v.Sensitive
			b.addSecrets(e)
		}
	case Object:
		for _, name := range slices.Sorted(maps.Keys(v.Object)) {
			e := v.Object[name]
			e.Sensitive = e.Sensitive || v.Sensitive
			b.addSecrets(e)
			if e.Sensitive && slices.Contains(tagParts, name) {
				for _, key := range slices.Sorted(maps.Keys(e.Object)) {
					b.addSecrets(Value{Kind: Scalar, Text: policy.Literal(key), Sensitive: true})
				}
			}
		}
	case Null, Unknown:
	}
}

// hasSensitive reports whether the value, or one in it, is sensitive.
func (v Value) hasSensitive() bool {
	if v.Sensitive {
		return true
	}
	for _, e := range v.List {
		if e.hasSensitive() {
			return true
		}
	}
	for _, e := range v.Object {
		if e.hasSensitive() {
			return true
		}
	}
	return false
}
