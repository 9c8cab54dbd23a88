package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// PrincipalKind is what makes a request.
type PrincipalKind uint8

// The kinds of principals. The zero value is one of which nothing is known.
const (
	KindUnknown PrincipalKind = iota
	// KindRole is a session of a role: roles act through sessions only.
	KindRole
	// KindUser is an IAM user with its own credentials.
	KindUser
	// KindFederatedUser is a session that an IAM user got by
	// sts:GetFederationToken.
	KindFederatedUser
	// KindRoot is the root user of an account.
	KindRoot
	// KindService is an AWS service; its ARN is its name, such as
	// lambda.amazonaws.com.
	KindService
	// KindFederated is a person or workload that an identity provider vouches
	// for; its ARN is that of the provider, or its host name.
	KindFederated
)

// Origins are ways in which the sessions of a role begin: who assumes it, as
// its trust policy allows. They decide which condition keys the sessions carry
// (IAM User Guide, global condition context keys, properties of the role
// session).
type Origins uint16

// The origins.
const (
	// FromService: an AWS service assumes the role.
	FromService Origins = 1 << iota
	// FromUser: an IAM user or a root user does, perhaps with a device for
	// multi-factor authentication.
	FromUser
	// FromRole: a session of another role does.
	FromRole
	// FromWebIdentity and FromSAML: an identity provider vouches for the
	// caller.
	FromWebIdentity
	FromSAML
	// FromSourceIdentity comes with the others: a principal that assumes the role may
	// set a source identity, or has one already.
	FromSourceIdentity
	// FromInstance and FromFunction come with FromService: the service hands the
	// session to an EC2 instance, or to a Lambda function.
	FromInstance
	FromFunction
	// FromHidden is alone: who begins sessions is written, but cannot be seen.
	FromHidden
)

// sessionKeys are keys that only sessions of roles carry: who began a session
// puts them there (IAM User Guide, global condition context keys; for those of
// instances and functions the guides of EC2 and Lambda).
var sessionKeys = map[string]Origins{
	"aws:sourceidentity":               FromSourceIdentity,
	"aws:federatedprovider":            FromWebIdentity | FromSAML,
	"aws:ec2instancesourcevpc":         FromInstance,
	"aws:ec2instancesourceprivateipv4": FromInstance,
	"ec2:roledelivery":                 FromInstance,
	"ec2:sourceinstancearn":            FromInstance,
	"lambda:sourcefunctionarn":         FromFunction,
}

// carries tells whether requests of the principal carry a key that depends on
// how its session began. A user's own credentials begin none.
func (p *Principal) carries(lowered string) (kind keyKind, depends bool) {
	if _, ofSessions := sessionKeys[lowered]; ofSessions && p.Kind == KindUser {
		return keyNever, true
	}
	return p.Origins.carries(lowered)
}

// Lacks reports whether no request of the principal carries a condition key,
// because of how its sessions begin.
func (p *Principal) Lacks(key string) bool {
	kind, depends := p.carries(strings.ToLower(key))
	return depends && kind == keyNever
}

// carries tells whether sessions that begin in these ways carry a key that
// depends on it. kind is keyFree where the requester can bring it about.
func (o Origins) carries(lowered string) (kind keyKind, depends bool) {
	chained := func(from Origins) keyKind {
		switch {
		case o&from != 0:
			return keyFree
		case o&(FromRole|FromHidden) != 0:
			// What a session hands on to the next one is not documented for
			// every key.
			return keyUnseen
		}
		return keyNever
	}
	prefix, _, _ := strings.Cut(lowered, ":")
	switch {
	case o == 0:
	case lowered == keyMFAPresent, lowered == "aws:multifactorauthage":
		return chained(FromUser), true
	case lowered == "aws:sourceidentity" && o&(FromSourceIdentity|FromHidden) == 0:
		// To hand one on to the next session needs sts:SetSourceIdentity, too.
		return keyNever, true
	case sessionKeys[lowered] != 0:
		if k := chained(sessionKeys[lowered]); k != keyFree {
			return k, true
		}
	case strings.Contains(prefix, "."):
		if k := chained(FromWebIdentity | FromSAML); k != keyFree {
			return k, true
		}
	case prefix == "saml":
		if k := chained(FromSAML); k != keyFree {
			return k, true
		}
	}
	return keyFree, false
}

// Principal is who makes a request, with all policies that apply to it.
type Principal struct {
	Kind PrincipalKind
	// ARN is the role's ARN for KindRole (not the session's), the user's for
	// KindUser and KindFederatedUser.
	ARN policy.Text
	// Session is the name of the session of a role or federated user; ""
	// where it does not matter.
	Session string
	// Account is the account id; taken from the ARN where it is empty.
	Account policy.Text
	// Tags are the tags of the principal. With TagsKnown set it has no
	// others.
	Tags      map[string]policy.Text
	TagsKnown bool
	// Origins are the ways in which sessions of a role begin; none where they
	// are not known.
	Origins Origins

	// Identity are the identity-based policies: the principal's own and, for
	// a user, those of its groups.
	Identity []*Policy
	// Boundary is the permissions boundary; nil for none. A boundary whose
	// document is not known is [Hidden].
	Boundary *Policy
	// Session policies; nil for none. All of them count as one layer of
	// which one must allow.
	SessionPolicies []*Policy
	// SCPs and RCPs are the service and resource control policies of each
	// level of the organization, root first: every level must allow.
	SCPs, RCPs [][]*Policy
	// Organization is the one of which the accounts are known; nil for none. RCPs
	// are then those of the principal's own account: on resources of another one
	// those of that account count.
	Organization *Organization
}

// account is the principal's account, empty where it is not known.
func (p *Principal) account() policy.Text {
	if !p.Account.IsEmpty() {
		return p.Account
	}
	if s, known := p.ARN.Known(); known {
		// The common case, without taking memory.
		for range arnSegments - 2 {
			_, rest, found := strings.Cut(s, ":")
			if !found {
				return policy.Text{}
			}
			s = rest
		}
		account, _, _ := strings.Cut(s, ":")
		return policy.Literal(account)
	}
	if a, ok := policy.ParseARN(p.ARN); ok {
		return a.Account
	}
	return policy.Text{}
}

// implied is what the principal makes of a key that its requests carry
// (IAM User Guide, global condition context keys).
func (p *Principal) implied(k *contextKey) (policy.Text, keyState) {
	switch k.implied {
	case impliedARN:
		if p.ARN.IsEmpty() {
			return policy.Text{}, keyHidden
		}
		return p.ARN, keyPresent
	case impliedAccount:
		if account := p.account(); !account.IsEmpty() {
			return account, keyPresent
		}
		return policy.Text{}, keyHidden
	case impliedType:
		return p.principalType()
	case impliedIsService:
		return policy.Literal(boolText(p.Kind == KindService)), keyPresent
	case impliedUsername:
		return p.username()
	case impliedUserID:
		return p.userID()
	case impliedTag:
		return p.tag(k.name[len(principalTagPrefix):])
	case notImplied:
	}
	return policy.Text{}, keyAbsent
}

// Own is what requests of the principal hold under a condition key that follows
// from who makes them, such as aws:username; has is false where they lack it.
// ok is false where that is not certain, and for all other keys. A principal
// that may tag itself can have another tag than the one it has.
func (p *Principal) Own(key string) (value policy.Text, has, ok bool) {
	k := newContextKey(key)
	if k.implied == notImplied {
		return policy.Text{}, false, false
	}
	x, state := p.implied(&k)
	if k.implied == impliedTag && state == keyAbsent && !p.TagsKnown {
		return policy.Text{}, false, false
	}
	return x, state == keyPresent, state != keyHidden
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func (p *Principal) principalType() (policy.Text, keyState) {
	switch p.Kind {
	case KindRole:
		return policy.Literal("AssumedRole"), keyPresent
	case KindUser:
		return policy.Literal("User"), keyPresent
	case KindFederatedUser:
		return policy.Literal("FederatedUser"), keyPresent
	case KindRoot:
		return policy.Literal("Account"), keyPresent
	case KindService, KindFederated:
		return policy.Text{}, keyAbsent
	case KindUnknown:
	}
	return policy.Text{}, keyHidden
}

// username exists for IAM users only and carries no path.
func (p *Principal) username() (policy.Text, keyState) {
	switch p.Kind {
	case KindUnknown:
		return policy.Text{}, keyHidden
	case KindUser:
	case KindRole, KindFederatedUser, KindRoot, KindService, KindFederated:
		return policy.Text{}, keyAbsent
	}
	if s, known := p.ARN.Known(); known {
		i := strings.LastIndexByte(s, '/')
		if i < 0 {
			return policy.Text{}, keyHidden
		}
		return policy.Literal(s[i+1:]), keyPresent
	}
	parts := p.ARN.Parts()
	for i, part := range slices.Backward(parts) {
		if part.Symbol != nil {
			if part.Symbol.Kind != policy.SymbolDerived && i == len(parts)-1 {
				// The symbol may hide a path.
				return policy.Text{}, keyHidden
			}
			continue
		}
		if j := strings.LastIndexByte(part.Literal, '/'); j >= 0 {
			rest := append([]policy.Part{{Literal: part.Literal[j+1:]}}, parts[i+1:]...)
			return policy.NewText(rest...), keyPresent
		}
	}
	return policy.Text{}, keyHidden
}

// What AWS makes up when an entity is created, and who begins a session names.
var (
	uniqueID    = &policy.Symbol{Kind: policy.SymbolReference, Name: "unique ID", Attribute: "unique_id"}
	sessionName = &policy.Symbol{Kind: policy.SymbolReference, Name: "session name", Attribute: "name"}
)

// userID is the principal's unique ID, and for a session its name behind it
// (IAM User Guide, "Where you can use policy variables" and "IAM identifiers":
// those of users begin with AIDA, of roles with AROA).
func (p *Principal) userID() (policy.Text, keyState) {
	session := policy.Part{Symbol: sessionName}
	if p.Session != "" {
		session = policy.Part{Literal: p.Session}
	}
	id := policy.Part{Symbol: uniqueID}
	switch p.Kind {
	case KindUser:
		return policy.NewText(policy.Part{Literal: "AIDA"}, id), keyPresent
	case KindRole:
		return policy.NewText(policy.Part{Literal: "AROA"}, id, policy.Part{Literal: ":"}, session), keyPresent
	case KindRoot:
		if account := p.account(); !account.IsEmpty() {
			return account, keyPresent
		}
	case KindFederatedUser:
		if account := p.account(); !account.IsEmpty() {
			return policy.NewText(append(account.Parts(), policy.Part{Literal: ":"}, session)...), keyPresent
		}
	case KindUnknown, KindService, KindFederated:
	}
	return policy.Text{}, keyHidden
}

func (p *Principal) tag(lowered string) (policy.Text, keyState) {
	for name, value := range p.Tags {
		if strings.EqualFold(name, lowered) {
			return value, keyPresent
		}
	}
	return policy.Text{}, keyAbsent
}

// fewPolicies is with how many policies each of a principal is compared.
const fewPolicies = 8

// distinct is the principal without identity-based policies that say the same
// as one before them: what is allowed is the same.
func (p *Principal) distinct() *Principal {
	var kept []*Policy
	for _, one := range p.Identity {
		if !slices.ContainsFunc(kept[:min(len(kept), fewPolicies)], func(o *Policy) bool { return o.Like() == one.Like() }) {
			kept = append(kept, one)
		}
	}
	if len(kept) == len(p.Identity) {
		return p
	}
	q := *p
	q.Identity = kept
	return &q
}
