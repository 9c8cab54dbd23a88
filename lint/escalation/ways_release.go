package escalation

const controlRelease = "Leave the action out of what does not administer the organization, or scope its Resource to policies and places " +
	"that hold nothing: a service control policy does not bind the management account, and so cannot stop it there."

// The actions that change which service control policies bind an account.
const (
	updatePolicy = "organizations:UpdatePolicy"
	detachPolicy = "organizations:DetachPolicy"
	moveAccount  = "organizations:MoveAccount"
	disableType  = "organizations:DisablePolicyType"
)

// releasing is a way by which a principal of the management account changes which service
// control policies bind a member account.
func releasing(id, name, action string) *Way {
	return &Way{
		ID: id, Name: name, Kind: Release, Target: TargetBound, Gains: Releases,
		Steps: calls(OnTarget, action), Control: controlRelease, References: refs("derived"),
	}
}

// releaseWays are the ways to take the service control policies of a member account out of
// force. Policies are written and attached from the management account of the organization
// (AWS Organizations User Guide, managing organization policies). What two principals could
// only do together is no way: who takes the policies off has to act as the principal that they
// held, too.
func releaseWays() []*Way {
	return []*Way{
		releasing("x-org-update", "rewrite the service control policies that bind a member account", updatePolicy),
		releasing("x-org-detach", "detach the service control policies that bind a member account", detachPolicy),
		releasing("x-org-move", "move a member account out of the units whose service control policies bind it", moveAccount),
		releasing("x-org-disable", "switch service control policies off in the organization", disableType),
	}
}
