package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// HavingDocument are those that are judged and have a document.
var HavingDocument = NewDerived(func(a *Account) map[*policy.Document][]*Holder {
	out := map[*policy.Document][]*Holder{}
	for _, h := range slices.Concat(a.Actors(), a.Unattached) {
		for _, g := range h.Grants {
			if g.Document != nil {
				out[g.Document.Document] = append(out[g.Document.Document], h)
			}
		}
	}
	return out
})

// HavingText are the actors by the statements that they have, see textCause.
var HavingText = NewDerived(func(a *Account) map[string][]*Holder {
	out := map[string][]*Holder{}
	for _, h := range a.Actors() {
		for _, g := range h.Grants {
			if g.Document == nil || g.Document.Document == nil {
				continue
			}
			for _, s := range g.Document.Statements {
				cause := g.TextCause(s)
				if n := len(out[cause]); n == 0 || out[cause][n-1] != h {
					out[cause] = append(out[cause], h)
				}
			}
		}
	}
	return out
})
