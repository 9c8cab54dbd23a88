package resource

import (
	"encoding/json"

	"github.com/boundlint/boundlint/lint/iam"
)

// canonical is a text that two documents share if they say the same in other
// order of keys and with other white space; lists keep their order. A text
// that is no JSON is its own canonical form.
func (b *Builder) canonical(d *iam.Document) string {
	src := b.syms.Encode(d.Text)
	var v any
	if json.Unmarshal([]byte(src), &v) != nil {
		return src
	}
	out, err := json.Marshal(v)
	if err != nil {
		return src
	}
	return string(out)
}
