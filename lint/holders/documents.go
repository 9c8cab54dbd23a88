package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Compile prepares a document of the input, once.
func (a *Account) Compile(d *iam.Document, address string) *authz.Policy {
	if c, ok := a.compiled[d.Document]; ok {
		return c
	}
	var c *authz.Policy
	if same := d.Statements; len(same) == 0 {
		c = authz.Compile(d.Document)
	} else if first := a.saying[same[0]]; first != nil && SameDocument(first.Document, d.Document) {
		c = authz.CompileLike(d.Document, first)
	} else {
		c = authz.Compile(d.Document)
		a.saying[same[0]] = c
	}
	a.compiled[d.Document] = c
	a.Standing[c] = Grant{Policy: c, Document: d, Address: address}
	return c
}

// SameDocument reports whether two documents with the first statement in common
// are of the same text.
func SameDocument(x, y *policy.Document) bool {
	return slices.Equal(x.Statements, y.Statements) && x.Version.Equal(y.Version) && x.Unknown == y.Unknown && x.Invalid == y.Invalid
}

// AWSManaged is the AWS-managed policy of that ARN, nil where neither the
// catalog nor the input knows it. The partition does not matter to the
// document.
func (a *Account) AWSManaged(arn string) *authz.Policy {
	if c, ok := a.managed[arn]; ok {
		return c
	}
	var c *authz.Policy
	if source, ok := catalog.ManagedPolicy(arn); ok {
		document, _ := policy.Parse(source, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		c = authz.Compile(document)
		a.Standing[c] = Grant{Policy: c, Address: arn}
	} else {
		c = a.found(arn)
	}
	a.managed[arn] = c
	return c
}

// The ARNs of the policies of AWS that AWS Organizations attaches where a type of
// policies is switched on (AWS Organizations User Guide, attaching policies).
const (
	fullAWSAccess    = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
	rcpFullAWSAccess = "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess"
)

// fullAccess is the policy of AWS that lets everything through at a level of an
// organization, under its own name: it says what AdministratorAccess says.
func (a *Account) fullAccess(kind string) *authz.Policy {
	arn := fullAWSAccess
	if kind == iam.ResourceControlPolicy {
		arn = rcpFullAWSAccess
	}
	c := a.managed[arn]
	if c == nil {
		administrator := a.AWSManaged("arn:aws:iam::aws:policy/AdministratorAccess")
		c = authz.CompileLike(administrator.Document, administrator)
		a.Standing[c] = Grant{Policy: c, Address: arn}
		a.managed[arn] = c
	}
	return c
}

// PolicyDocument is the document of a customer-managed policy by its ARN.
func (a *Account) PolicyDocument(arn policy.Text) *authz.Policy {
	if found, _ := a.Model.FindPolicy(arn); found != nil {
		if found.Document == nil || found.Document.Document == nil {
			return nil
		}
		return a.Compile(found.Document, found.Address)
	}
	return a.boundaryDocument(arn, iam.Value{})
}

// wider tells whether a stored version of a policy allows more than the one in
// force, by what the input has of them.
func (a *Account) wider(arn policy.Text) authz.Verdict {
	found, _ := a.Model.FindPolicy(arn)
	if found == nil || !found.OlderKnown {
		return authz.Undetermined
	}
	known := widened.Of(a)
	if answer, ok := known[found]; ok {
		return answer
	}
	answer := a.widerVersion(found)
	known[found] = answer //mutate:work it is remembered
	return answer
}

// widened tells of policies whether an older version allows more.
var widened = Remembered[*iam.ManagedPolicy, authz.Verdict]()

func (a *Account) widerVersion(p *iam.ManagedPolicy) authz.Verdict {
	answer := authz.Denied
	for _, older := range p.Older {
		if p.Document == nil || p.Document.Document == nil || older.Document == nil {
			return authz.Undetermined
		}
		if IsWide(older.Document) == policy.True && IsWide(p.Document.Document) == policy.False {
			return authz.Allowed
		}
		// That one which allows something else makes anybody stronger is for a
		// person to say.
		if authz.AllowsMore(a.Compile(older, p.Address), a.Compile(p.Document, p.Address), a.Universe(p.Deployment)) != authz.Denied {
			answer = authz.Undetermined
		}
	}
	return answer
}

// inUse tells whether a managed policy is attached or a boundary, so that it
// cannot be deleted. Outside of the input no principal knows.
func (a *Account) inUse(arn policy.Text) authz.Verdict {
	found, _ := a.Model.FindPolicy(arn)
	if found != nil && len(found.BoundaryOf)+len(found.HeldBy)+len(found.HeldByGroups) > 0 {
		return authz.Allowed
	}
	for _, e := range a.Model.AllEntities() {
		if !e.Gone() && e.Boundary.Set && e.Boundary.Text.Equal(arn) {
			return authz.Allowed
		}
	}
	if found != nil && a.isClosed() {
		return authz.Denied
	}
	return authz.Undetermined
}

// IsText reports whether a text is certainly the one that is given.
func IsText(x policy.Text, s string) bool {
	known, ok := x.Known()
	return ok && known == s
}

// IsForeignPolicy reports whether an ARN names a customer-managed policy, so
// that the only thing hidden is where it is deployed, or the path below which
// a data source has found its name.
func IsForeignPolicy(arn policy.Text) bool {
	_, ok := iam.PolicyName(arn)
	return ok
}
