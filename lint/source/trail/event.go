package trail

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Event is one call that concerns permissions boundaries.
type Event struct {
	ID   string
	Time time.Time
	// SharedID is the same in the records that several accounts have of one call, ""
	// where only one has.
	SharedID string
	// Kind is what was done, Name the call, as the API has it.
	Kind Kind
	Name string
	// Service is that of the call: "iam", "s3".
	Service string
	// Account is the one in which it was done.
	Account string
	// Actor is the ARN of the user or role that did it, or what CloudTrail says of
	// any other; Session is the name of a role's session, SourceIP the address that
	// the call came from.
	Actor, Session, SourceIP string
	// ErrorCode and ErrorMessage are "" for a call that succeeded.
	ErrorCode, ErrorMessage string

	// Entity is the name of the role or user that it was done to, or the id of the
	// permission set, EntityKind "role", "user" or "permissionSet"; "" for calls about
	// policies.
	Entity, EntityKind string
	// Boundary is the ARN of the boundary that an entity is made with or given; ""
	// for none.
	Boundary string
	// Policy is the ARN of the managed policy, Version the id of its version, and
	// Document its text, where the call has them; of a role that is made, or given
	// another trust policy, Document is the text of that. InForce tells that the version
	// is the default one from then on.
	Policy, Version, Document string
	InForce                   bool
	// By is how a refusal was worded: whether the boundary denies, or does not allow.
	By Refusal
	// Action and Resource are what was refused.
	Action, Resource string
}

// Kind is what a call does.
type Kind string

// The kinds.
const (
	Created         Kind = "created"          // a role or user
	BoundaryPut     Kind = "boundary-put"     // of a role, user or permission set
	BoundaryRemoved Kind = "boundary-deleted" // of a role, user or permission set
	TrustPut        Kind = "trust-put"        // of a role
	PolicyCreated   Kind = "policy-created"
	VersionCreated  Kind = "version-created"
	DefaultSet      Kind = "default-set"
	VersionDeleted  Kind = "version-deleted"
	PolicyDeleted   Kind = "policy-deleted"
	// Refused is any call that a permissions boundary refused.
	Refused Kind = "refused"
)

// Refusal is how a permissions boundary refuses a call.
type Refusal string

// The refusals (IAM User Guide, access denied error messages).
const (
	NotAllowed Refusal = "no permissions boundary allows"
	Denied     Refusal = "an explicit deny in a permissions boundary"
)

// kinds are the calls that change boundaries, or whom a role trusts, by their services.
// What changes other policies of roles and users (AttachRolePolicy, PutUserPolicy) is
// not among them: a boundary limits whatever they allow.
var kinds = map[string]map[string]Kind{
	"iam": {
		"CreateRole": Created, "CreateUser": Created, "UpdateAssumeRolePolicy": TrustPut,
		"PutRolePermissionsBoundary": BoundaryPut, "PutUserPermissionsBoundary": BoundaryPut,
		"DeleteRolePermissionsBoundary": BoundaryRemoved, "DeleteUserPermissionsBoundary": BoundaryRemoved,
		"CreatePolicy": PolicyCreated, "CreatePolicyVersion": VersionCreated, "SetDefaultPolicyVersion": DefaultSet,
		"DeletePolicyVersion": VersionDeleted, "DeletePolicy": PolicyDeleted,
	},
	"sso": {
		"PutPermissionsBoundaryToPermissionSet": BoundaryPut, "DeletePermissionsBoundaryFromPermissionSet": BoundaryRemoved,
	},
}

// record is a record as CloudTrail writes it (CloudTrail User Guide, record
// contents), as far as it is read.
type record struct {
	EventID            string          `json:"eventID"`
	SharedEventID      string          `json:"sharedEventID"`
	EventTime          string          `json:"eventTime"`
	EventName          string          `json:"eventName"`
	EventSource        string          `json:"eventSource"`
	RecipientAccountID string          `json:"recipientAccountId"`
	SourceIPAddress    string          `json:"sourceIPAddress"`
	ErrorCode          string          `json:"errorCode"`
	ErrorMessage       string          `json:"errorMessage"`
	UserIdentity       identity        `json:"userIdentity"`
	RequestParameters  json.RawMessage `json:"requestParameters"`
	ResponseElements   json.RawMessage `json:"responseElements"`
}

// identity is who made a call (CloudTrail User Guide, userIdentity element), as far as
// it is read.
type identity struct {
	Type           string `json:"type"`
	ARN            string `json:"arn"`
	AccountID      string `json:"accountId"`
	InvokedBy      string `json:"invokedBy"`
	PrincipalID    string `json:"principalId"`
	SessionContext struct {
		SessionIssuer struct {
			ARN string `json:"arn"`
		} `json:"sessionIssuer"`
	} `json:"sessionContext"`
}

// parameters and response are those of the calls of IAM that are read; other
// services have members of the same names and other types.
type parameters struct {
	RoleName            string `json:"roleName"`
	UserName            string `json:"userName"`
	PermissionsBoundary string `json:"permissionsBoundary"`
	TrustPolicy         string `json:"assumeRolePolicyDocument"`
	PolicyARN           string `json:"policyArn"`
	PolicyDocument      string `json:"policyDocument"`
	VersionID           string `json:"versionId"`
	SetAsDefault        flag   `json:"setAsDefault"`
}

// setParameters are those of the calls of IAM Identity Center that are read (IAM
// Identity Center API Reference, PutPermissionsBoundaryToPermissionSet).
type setParameters struct {
	PermissionSetARN    string              `json:"permissionSetArn"`
	PermissionsBoundary nested[setBoundary] `json:"permissionsBoundary"`
}

type setBoundary struct {
	ManagedPolicyARN               string `json:"managedPolicyArn"`
	CustomerManagedPolicyReference struct {
		Name string `json:"name"`
		Path string `json:"path"`
	} `json:"customerManagedPolicyReference"`
}

type response struct {
	Policy        nested[createdPolicy]  `json:"policy"`
	PolicyVersion nested[createdVersion] `json:"policyVersion"`
}

type createdPolicy struct {
	ARN              string `json:"arn"`
	DefaultVersionID string `json:"defaultVersionId"`
}

type createdVersion struct {
	VersionID        string `json:"versionId"`
	IsDefaultVersion flag   `json:"isDefaultVersion"`
}

// nested is a member that is an object, or its text: CloudTrail Lake has the members of
// parameters as texts.
type nested[T any] struct{ Value T }

// UnmarshalJSON reads either form.
func (n *nested[T]) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err == nil {
		b = []byte(cmp.Or(text, "null"))
	}
	return json.Unmarshal(b, &n.Value)
}

// flag is a truth value, or its text.
type flag bool

// UnmarshalJSON reads either form.
func (f *flag) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(bytes.Trim(b, `"`), (*bool)(f))
}

// decode makes an event of a record; nil of one that does not matter. A call that
// failed changes nothing: it matters where a boundary refused it.
func decode(raw []byte) (*Event, error) {
	var r record
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, misread(err)
	}
	return r.event()
}

// event is the event of a record, nil of one that does not matter.
func (r *record) event() (*Event, error) {
	e := &Event{
		ID: r.EventID, SharedID: r.SharedEventID, Time: parseTime(r.EventTime), Name: r.EventName, Account: r.account(),
		SourceIP: r.SourceIPAddress, ErrorCode: r.ErrorCode, ErrorMessage: r.ErrorMessage,
	}
	e.Service, _, _ = strings.Cut(r.EventSource, ".")
	e.Actor, e.Session = r.actor()
	if r.ErrorCode != "" {
		return e.refusal(), nil
	}
	kind, ok := kinds[e.Service][r.EventName]
	if !ok {
		return nil, nil
	}
	e.Kind = kind
	if e.Service == "sso" {
		return e, e.takeSet(r.RequestParameters)
	}
	return e, e.take(r)
}

// take takes what a call of IAM is about.
func (e *Event) take(r *record) error {
	var p parameters
	var out response
	for member, to := range map[*json.RawMessage]any{&r.RequestParameters: &p, &r.ResponseElements: &out} {
		if err := into(*member, to); err != nil {
			return err
		}
	}
	switch {
	case strings.Contains(r.EventName, "Role"):
		e.Entity, e.EntityKind = p.RoleName, "role"
	case strings.Contains(r.EventName, "User"):
		e.Entity, e.EntityKind = p.UserName, "user"
	}
	e.Boundary, e.Policy, e.Version = p.PermissionsBoundary, p.PolicyARN, p.VersionID
	e.Document = cmp.Or(p.TrustPolicy, p.PolicyDocument)
	switch e.Kind {
	case PolicyCreated:
		e.Policy, e.Version, e.InForce = out.Policy.Value.ARN, out.Policy.Value.DefaultVersionID, true
	case VersionCreated:
		made := out.PolicyVersion.Value
		e.Version, e.InForce = made.VersionID, bool(p.SetAsDefault || made.IsDefaultVersion)
	case DefaultSet:
		e.InForce = true
	case Created, BoundaryPut, BoundaryRemoved, TrustPut, VersionDeleted, PolicyDeleted, Refused:
	}
	return nil
}

// takeSet takes the permission set that a call of IAM Identity Center is about. Each
// account has its own policy of the name that a boundary refers to: it is taken as that
// of the account in which the call was made.
func (e *Event) takeSet(raw json.RawMessage) error {
	var p setParameters
	if err := into(raw, &p); err != nil {
		return err
	}
	e.Entity, e.EntityKind = p.PermissionSetARN[strings.LastIndexByte(p.PermissionSetARN, '/')+1:], "permissionSet"
	e.Boundary = p.PermissionsBoundary.Value.ManagedPolicyARN
	if ref := p.PermissionsBoundary.Value.CustomerManagedPolicyReference; ref.Name != "" {
		partition := "aws"
		if parts := strings.SplitN(p.PermissionSetARN, ":", 3); len(parts) > 2 {
			partition = parts[1]
		}
		e.Boundary = "arn:" + partition + ":iam::" + e.Account + ":policy" + cmp.Or(ref.Path, "/") + ref.Name
	}
	return nil
}

// into reads a member of a record, which may be missing.
func into(member json.RawMessage, to any) error {
	if len(member) == 0 {
		return nil
	}
	if err := json.Unmarshal(member, to); err != nil {
		return misread(err)
	}
	return nil
}

func misread(err error) error {
	return &stream.Error{Problem: "a record is not as CloudTrail writes them", Err: err}
}

// account is where the call was made.
func (r *record) account() string {
	if r.RecipientAccountID != "" {
		return r.RecipientAccountID
	}
	return r.UserIdentity.AccountID
}

// actor is who made the call: of a session the role that issued it.
func (r *record) actor() (arn, session string) {
	u := &r.UserIdentity
	if issuer := u.SessionContext.SessionIssuer.ARN; issuer != "" && strings.Contains(u.ARN, ":assumed-role/") {
		return issuer, u.ARN[strings.LastIndexByte(u.ARN, '/')+1:]
	}
	for _, known := range []string{u.ARN, u.InvokedBy, u.PrincipalID, u.Type} {
		if known != "" {
			return known, ""
		}
	}
	return "", ""
}

// refusal is the event as one that a permissions boundary refused; nil for another
// error. The message is one of those that AWS documents:
//
//	User: ARN is not authorized to perform: ACTION on resource: RESOURCE because no permissions boundary allows the ACTION action
//	User: ARN is not authorized to perform: ACTION on resource: RESOURCE with an explicit deny in a permissions boundary
func (e *Event) refusal() *Event {
	e.Kind = Refused
	switch {
	case strings.Contains(e.ErrorMessage, "because no "+boundaryWords+" allows"):
		e.By = NotAllowed
	case strings.Contains(e.ErrorMessage, "explicit deny in a "+boundaryWords):
		e.By = Denied
	default:
		return nil
	}
	words := strings.Fields(e.ErrorMessage)
	if at := slices.Index(words, "perform:"); at >= 0 && at+1 < len(words) {
		e.Action = words[at+1]
	}
	if _, rest, found := strings.Cut(e.ErrorMessage, "resource: "); found {
		resource, _, _ := strings.Cut(rest, " ")
		if quoted, isQuoted := strings.CutPrefix(rest, `"`); isQuoted { // by S3, whose keys may have spaces
			resource, _, _ = strings.Cut(quoted, `"`)
		}
		if _, ok := policy.ParseARN(policy.Literal(resource)); ok {
			e.Resource = resource
		}
	}
	return e
}

const boundaryWords = "permissions boundary"
