package rules

import "github.com/boundlint/boundlint/lint"

// All lists the rules in the order of the rule table: first leg, second leg,
// third leg, hygiene, the run itself.
func All() []*lint.Rule {
	return []*lint.Rule{
		BoundaryMissing,
		BoundaryNotApproved,
		BoundaryInvalid,
		BoundaryRemoved,
		BoundaryIgnored,
		NamePrefix,
		PathPrefix,

		DelegationWithoutBoundary,
		BoundaryConditionIneffective,
		DelegationOutsidePrefix,

		BoundaryLeaks,
		BoundaryAllowsNothing,
		BoundaryRemovable,
		BoundaryEditable,
		SelfPolicyEditable,
		ResourcePolicyBypassesBoundary,
		EscalationPath,
		ApplyDenied,
		BoundaryChanged,

		AdminAttached,
		TrustTooOpen,
		PolicyInvalid,
		PolicyTooLong,
		WildcardGrant,
		MFANotRequired,
		LongLivedCredentials,

		ExemptionExpired,
		ExemptionUnused,
		InputIncomplete,
		ModuleNotChecked,
		PolicyLoosened,
	}
}
