package compute

import "sync"

// Sharing says what the resource-based policy of a kind of resource can allow to principals
// of other accounts, of what techniques do to it.
type Sharing struct {
	// Change is the action without which no technique uses it from there.
	Change string
	// Besides are others that techniques ask for.
	Besides []string
}

// Sharing is what resources of that kind can allow to principals of other accounts: nothing
// where it is the zero value. Of what runs code with a role only Lambda functions have a
// policy of their own for an action that changes what runs. For their configuration and for
// their policy no other account can be let in (AWS Lambda Developer Guide, resource-based
// policies, supported API actions).
func (t Kind) Sharing() Sharing {
	if t == Function {
		return Sharing{Change: "lambda:UpdateFunctionCode", Besides: []string{"lambda:InvokeFunction", "lambda:TagResource"}}
	}
	return Sharing{}
}

// shareable are the actions that some kind of resource can allow to principals of other
// accounts.
var shareable = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, i := range all() {
		s := i.Kind.Sharing()
		for _, action := range append(s.Besides, s.Change) {
			out[action] = action != ""
		}
	}
	return out
})

// IsShareable reports whether some kind of resource can allow an action, by its name in the
// catalog, to principals of other accounts.
func IsShareable(action string) bool { return shareable()[action] }
