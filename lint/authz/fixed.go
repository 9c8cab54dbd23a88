package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Some requests AWS decides without a look at policies.

// Fixed is a decision that no policy changes.
type Fixed struct {
	Verdict Verdict
	// Why is a phrase without a full stop that follows "because".
	Why string
}

// FixedDecision tells how AWS decides a request whatever the policies say; ok
// is false where they count.
//
//   - sts:GetCallerIdentity needs no permission, and no Deny stops it (AWS STS
//     API Reference, GetCallerIdentity).
//   - Roles under /aws-service-role/ and /aws-reserved/ are changed by the
//     services that own them alone (IAM User Guide, service-linked roles).
//   - No principal can make a request for an action on a resource of a type that the
//     action does not take (Service Authorization Reference).
func FixedDecision(action string, resource policy.Text) (f Fixed, ok bool) {
	facts := allFacts.of(action)
	verdict := facts.fixed(resource)
	switch verdict {
	case notFixed:
		return Fixed{}, false
	case fixedAllowed:
		return Fixed{Allowed, "AWS needs no permission for it, and no Deny stops it"}, true
	case fixedReserved:
		return Fixed{Denied, "only the AWS service that owns the role can change it"}, true
	case fixedType:
	}
	return Fixed{Denied, fmt.Sprintf("there is no such request: %s does not act on %s", action, resource)}, true
}

type fixedKind uint8

const (
	notFixed fixedKind = iota
	fixedAllowed
	fixedReserved
	fixedType
)

// changesRole reports whether an action is refused on roles that are reserved.
func changesRole(a *catalog.Action) bool {
	return a.Service == "iam" && slices.Contains(changingRole, a.Name)
}

// typeGlob is a glob of the ARNs of a type, in lower case.
type typeGlob struct {
	glob string
	of   *catalog.ResourceType
}

// typesOf are globs of the ARNs that an action acts on; none where any resource
// will do.
func typesOf(a *catalog.Action) []typeGlob {
	var out []typeGlob
	for _, r := range a.ResourceTypes {
		for _, glob := range r.Type.Patterns() {
			out = append(out, typeGlob{strings.ToLower(glob), r.Type})
		}
	}
	return out
}

func (f *actionFacts) fixed(resource policy.Text) fixedKind {
	if f.lowered == "sts:getcalleridentity" {
		return fixedAllowed
	}
	s, known := resource.Known()
	if !known || len(f.types) == 0 || s == "" || s == wholeResource || strings.Count(s, ":") < arnSegments-1 {
		return notFixed
	}
	if f.changesRole && isReserved(s) {
		return fixedReserved
	}
	for _, t := range f.types {
		if policy.GlobFold(t.glob, s) && !isWithin(t.of, s) {
			return notFixed
		}
	}
	return fixedType
}

// isReserved reports whether a literal ARN is that of a role under one of the
// paths that AWS keeps to itself.
func isReserved(arn string) bool {
	_, tail, found := strings.Cut(arn, ":role/")
	return found && (strings.HasPrefix(tail, "aws-service-role/") || strings.HasPrefix(tail, "aws-reserved/"))
}
