package escalation

import (
	"sync"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
)

// ofWays are the actions that the known ways to gain privileges take, by name.
var ofWays = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, w := range Ways() {
		if w.Closed {
			continue
		}
		for _, step := range w.Steps {
			if step.Optional {
				continue
			}
			out[step.Action] = true
			for _, other := range step.Alternatives {
				out[other.Action] = true
			}
		}
	}
	return out
})

// IsSensitive reports whether new access to an action is worth a second look:
// AWS classes it as permissions management, a known way to gain privileges takes
// it, or the catalog does not know it.
func IsSensitive(g *authz.Gain) bool {
	return g.Action == nil || g.Action.AccessLevel == catalog.AccessPermissionsManagement || ofWays()[g.Name]
}
