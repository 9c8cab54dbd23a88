// Package iam is the model of one AWS account as an input describes it: the
// roles and users, their permissions boundaries, and who holds which policy
// by which route. Sources build a Model and call [Model.Link]; rules read it.
package iam

import (
	"net/url"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/policy"
)

// InputKind is the kind of an input.
type InputKind string

// The kinds of inputs.
const (
	InputPlan    InputKind = "plan"
	InputState   InputKind = "state"
	InputConfig  InputKind = "config" // raw HCL
	InputAccount InputKind = "account"
)

// Input says where a Model comes from.
type Input struct {
	// Path is as the user named it; "-" is standard input.
	Path string
	Kind InputKind
	// Root names the root module for fingerprints and automation ids: its
	// directory, or the path of the plan, relative to the repository.
	Root string
	// Complete is false for a plan that says so (targeted, deferred) and for
	// one that errored. Reasons say why.
	Complete bool
	Reasons  []string
	// More tells that a dump says of itself that it goes on; Lacks are the
	// policies and groups that a principal in it has, and that it has not.
	More  bool
	Lacks []string
	// Absent are the lists that a dump does not have at all, Odd the places in
	// it that are not as IAM answers.
	Absent, Odd []string
	// Errored tells that the plan ended in an error.
	Errored bool
	// ReusableModule tells that a directory is a module for others to call,
	// not a root: what depends on a variable's default is judged leniently.
	ReusableModule bool
	// Workspace is terraform.workspace where the configuration asks for it and
	// one is known, "" elsewhere: one root module may be evaluated in several.
	Workspace string
	// WorkspaceUnknown tells that the configuration asks for terraform.workspace
	// and that nothing names the one.
	WorkspaceUnknown bool
	// Undeclared are the variables that were given a value on the command line
	// and that the root module does not declare.
	Undeclared []string
	// Files are those that were read for the configuration, as the file system
	// has them; the root modules below one directory share them.
	Files []string
	// TerraformVersion as the input tells it; "" where it does not.
	TerraformVersion string
	// Tool is the one as which a directory was read, where Terraform and
	// OpenTofu read different files of it; "" where they do not. There is then
	// one model for each.
	Tool Tool
	// Nothing tells that there is nothing in the input to judge: no
	// configuration in a directory.
	Nothing bool
}

// Tool is a program that reads configuration.
type Tool string

// The tools.
const (
	Terraform Tool = "terraform"
	OpenTofu  Tool = "opentofu"
)

// Name is the tool as people write it.
func (t Tool) Name() string {
	switch t {
	case Terraform:
		return "Terraform"
	case OpenTofu:
		return "OpenTofu"
	}
	return string(t)
}

// Coverage says what a reader has looked at in a directory of configuration,
// and what not. Paths are as people see them. Other inputs have none: a plan
// holds everything that will be there.
type Coverage struct {
	// Roots counts the root modules: several in a model that is made of several.
	Roots int
	// Read are the directories whose configuration the root module is made of.
	Read []string
	// Unread are the directories with configuration, in and below the path that
	// was named, that no root module judged is made of. The first model of a
	// path has them.
	Unread []string
	// Calls counts the module calls that were followed, each once however many
	// instances it makes.
	Calls int
	// Empty are the addresses of blocks of which there is certainly no
	// instance: module calls, and the resources that the model is made of.
	Empty []string
}

// ValidWorkspace reports whether Terraform takes a name for a workspace: one
// that needs no escaping in the path of a URL.
func ValidWorkspace(name string) bool { return name != "" && name == url.PathEscape(name) }

// Name is how messages call the input: its path and, where one is known, its
// workspace.
func (in Input) Name() string {
	if in.Workspace == "" {
		return in.Path
	}
	return in.Path + " in the workspace " + in.Workspace
}

// LeastSecret is the length, in bytes, below which a sensitive text is too
// common a word to be kept or to be looked for in sentences.
const LeastSecret = 4

// Model is what one input says about IAM.
type Model struct {
	Input Input
	// Deployment is where the default provider lands; Link fills it.
	Deployment Deployment
	Symbols    *policy.Symbols
	// Secrets are the sensitive texts that the input names as such, wherever
	// it uses them.
	Secrets []string
	// Providers are the AWS provider configurations, as far as the input
	// tells where they deploy. One that is not listed says nothing.
	Providers []*Provider

	// Entities are the roles and users, sorted by address.
	Entities []*Entity
	Groups   []*Group
	// PermissionSets are those of IAM Identity Center, as the roles that they
	// make in each account that they are assigned to.
	PermissionSets []*Entity
	// Policies are the customer-managed policies that the input declares.
	Policies []*ManagedPolicy
	// Attachments, Inline and Memberships are the routes as the input spells
	// them; Link follows them and fills the entities' and groups' fields.
	Attachments []*Attachment
	Inline      []*InlinePolicy
	Memberships []*Membership
	Profiles    []*InstanceProfile
	// Compute is what runs with roles; IdentityProviders are those of the
	// account.
	Compute           []*Compute
	IdentityProviders []*IdentityProvider
	// Planned are the resources as whoever applies them has them; nil where the
	// source was not asked for them.
	Planned []*Planned
	// Credentials are access keys and login profiles of their own address;
	// Link gives them to their users.
	Credentials []*Credential
	// Reported are the users of a credential report, the root user among them; nil
	// where there is none.
	Reported []*ReportedUser
	// ResourcePolicies are policies attached to other resources.
	ResourcePolicies []*ResourcePolicy
	// OrganizationPolicies are service and resource control policies.
	OrganizationPolicies []*OrganizationPolicy
	// Organization is the one that the accounts of a dump are in; nil where the
	// input does not tell its tree.
	Organization *Organization
	// Neighbors are what of other accounts matters to this one; nil where the model
	// is judged by itself.
	Neighbors *Neighbors
	// Documents are data sources and other documents that no principal holds.
	Documents []*Document
	// Lookups are data sources that read IAM objects or the place where the
	// input is deployed.
	Lookups []*Lookup
	// Existence tells of resources that may not exist, by address, what hides
	// it, for messages: a count or for_each and why its value is not known.
	Existence map[string]string
	// Moved leads from a resource's address to the one that it had before, as
	// moved blocks and a plan's previous_address tell it.
	Moved map[string]string
	// Unchecked are what the source saw and could not follow: a module whose
	// source is missing, a CloudFormation stack.
	Unchecked []Unchecked
	// Diagnostics are what the source has to say about the input itself.
	Diagnostics []Diagnostic
	// Ignores are inline suppression comments found in the configuration.
	Ignores []Ignore
	// Coverage says what of the configuration was looked at.
	Coverage Coverage

	// otherOrganizations are those of the models that this one is made of.
	otherOrganizations []*Organization

	links  *links
	joiner *joiner
	// merged tells that references were resolved in the models that this one
	// is made of.
	merged bool
}

// Deployment is where a configuration lands. Unknown parts are symbols.
type Deployment struct {
	Account, Partition, Region policy.Text
	// AccountFrom says how the account was found, for messages.
	AccountFrom string
	// AccountSensitive tells that nothing but sensitive values says which
	// account it is.
	AccountSensitive bool
}

// Provider is one configuration of the AWS provider and what it says about
// where its resources land. Sources fill it; Link reads it.
//
// A source that knows a text to be the account, partition or region of a
// provider (data.aws_caller_identity.current.account_id and the like) interns
// a symbol of kind SymbolAccount, SymbolPartition or SymbolRegion named
// account, partition or region, with the provider's Name as its Scope. Link
// replaces it where it finds out.
type Provider struct {
	// Name is as in Entity.Provider: "aws", "aws.west".
	Name string
	// Region is as written, or symbols; empty where nothing is written.
	Region policy.Text
	// Partition is set where the input tells it outright
	// (data.aws_partition in a prior state).
	Partition string
	// StateAccounts are the accounts in ARNs of managed resources before the
	// plan, and those that data.aws_caller_identity answered.
	StateAccounts []string
	// AllowedAccounts is allowed_account_ids.
	AllowedAccounts []string
	// AssumeRole is the role ARN in assume_role, or else that in
	// assume_role_with_web_identity, empty for none.
	AssumeRole policy.Text
	// SessionPolicy tells that session policies limit the role that it assumes.
	SessionPolicy bool
	// Sensitive tells that AllowedAccounts or AssumeRole is sensitive.
	Sensitive bool
	// DefaultTags are default_tags, for all that it makes.
	DefaultTags Tags
	// Credentials stands for what it signs in with other than assume_role
	// (profile, keys), equal for equal credentials, "" for the environment's.
	// It is compared and never printed: sources give a hash of secrets.
	Credentials string
}

// Lookup is a data source that reads one IAM object (aws_iam_policy,
// aws_iam_role, aws_iam_user, aws_iam_group, aws_iam_instance_profile), or
// where the input is deployed (aws_caller_identity, aws_partition,
// aws_region). Link resolves references to it.
type Lookup struct {
	Declared
	// Type is the type of the data source.
	Type string
	// Name, Path and ARN are what it asks for or, in a state or a plan that
	// has read it, what it found. For aws_caller_identity ARN is the caller's
	// and Name the account; for aws_partition and aws_region Name is theirs.
	Name, Path, ARN Value
	// Document is the one of an aws_iam_policy that was read, nil otherwise.
	Document *Document
	// Found is the ARN of the IAM object that it finds; filled by Link.
	Found policy.Text
}

// HasDocument reports whether it has read a policy document.
func (l *Lookup) HasDocument() bool {
	return l.Document != nil && l.Document.Document != nil && l.Document.Unknown == nil
}

// EntityKind tells roles from users.
type EntityKind string

// The kinds of entities.
const (
	Role EntityKind = "role"
	User EntityKind = "user"
	// PermissionSet is one of IAM Identity Center. It is none of
	// [Model.Entities]: IAM's own calls do not make or change it.
	PermissionSet EntityKind = "permission-set"
)

// Change is what a plan does to a resource.
type Change string

// The changes; state and configuration have ChangeNone.
const (
	ChangeNone    Change = ""
	ChangeNoOp    Change = "no-op"
	ChangeCreate  Change = "create"
	ChangeUpdate  Change = "update"
	ChangeReplace Change = "replace"
	ChangeDelete  Change = "delete"
	ChangeForget  Change = "forget"
	ChangeRead    Change = "read"
)

// Declared is what a resource of the input has in common with all others.
type Declared struct {
	// Address is that of the resource or data source; in an account dump it is
	// an ARN.
	Address string
	Change  Change
	// Provider is the provider configuration that manages it ("aws",
	// "aws.west"): several aliases may be several accounts.
	Provider string
	// Deployment is where it is deployed to, where Link tells.
	Deployment Deployment
	Location   Location
	// MayNotExist is set where it is not known whether it exists, or how many
	// of them: count or for_each is hidden.
	MayNotExist bool
}

// Gone reports whether the plan destroys or forgets it.
func (d *Declared) Gone() bool { return isGone(d.Change) }

func isGone(c Change) bool { return c == ChangeDelete || c == ChangeForget }

// Entity is a role or user.
type Entity struct {
	Declared
	Kind EntityKind
	// Type is the resource type, such as aws_iam_role or awscc_iam_role.
	Type string
	// Name is not set where the provider generates it; NamePrefix is then
	// what it starts with, if that is set.
	Name, NamePrefix Value
	// Path is "/" unless set.
	Path Value
	// ARN is composed by Link from partition, account, path and name where
	// the input does not tell it. That of a permission set is its role's.
	ARN policy.Text
	// SetARN is the ARN of a permission set itself.
	SetARN policy.Text
	// Boundary is the permissions_boundary attribute.
	Boundary Value
	// Trust is the role's assume_role_policy; nil for users and where unset.
	Trust *Document
	Tags  Tags

	// Before is the boundary in the state before the plan; it counts only
	// where HasBefore is set.
	Before    Value
	HasBefore bool
	// Drift is the boundary found outside of Terraform, where a plan tells
	// that it drifted.
	Drift *Drift
	// IgnoreChanges are the attributes covered by lifecycle ignore_changes;
	// "all" covers every one. IgnoreChangesAt is the place of the list.
	IgnoreChanges   []string
	IgnoreChangesAt Location
	// Maybe is by what it is hidden whether it exists, as in [Attachment].
	Maybe []*policy.Symbol
	// FromDefault are the attributes whose value depends on the default of an
	// input variable of a reusable module.
	FromDefault []string
	// Credentials are access keys and login profiles.
	Credentials []Credential

	// Filled by Link.

	// Inline and Attached are the entity's own identity-based policies.
	Inline   []*InlinePolicy
	Attached []*Attachment
	// Groups are those a user is a member of, as far as the input declares
	// them.
	Groups []*Group
	// UnseenGroups are those that a user is put into and that the input does not
	// declare. A dump of an account has all groups, or tells that it lacks some.
	UnseenGroups []Value
	// BoundaryPolicy is the declared policy the boundary is, nil where the
	// input does not declare it.
	BoundaryPolicy *ManagedPolicy
	// BoundaryMaybe are declared policies that the boundary may be, where
	// something hides which one it is.
	BoundaryMaybe []*ManagedPolicy
	// Profiles are the instance profiles that hold the role.
	Profiles []*InstanceProfile
	// PoliciesUnknown is set where a route to the entity's policies is
	// hidden: it may hold more than the model knows.
	PoliciesUnknown *policy.Symbol
	// Unsettled are policies that it may have, where something hides who has
	// them.
	Unsettled []*Unsettled
	name      policy.Text
}

// NameText is the name that the entity will have. Where the provider
// generates it, it is what is certain of it and a symbol for the rest.
func (e *Entity) NameText() policy.Text { return e.name }

// AWSOwned reports whether the entity is one of AWS's own, which no principal can
// give a boundary: its path is below /aws-service-role/ or /aws-reserved/.
func (e *Entity) AWSOwned() bool {
	path := e.Path.Text.Prefix()
	return e.Path.Set && (strings.HasPrefix(path, "/aws-service-role/") || strings.HasPrefix(path, "/aws-reserved/"))
}

// Drift is a boundary changed outside of Terraform.
type Drift struct {
	Before, After Value
}

// Credential is a long-lived credential of a user.
type Credential struct {
	Declared
	Kind string // access-key or login-profile
	// Place tells apart the two access keys that a user may have in a
	// credential report: "1" or "2".
	Place string
	// Root tells that it is the root user's of the account.
	Root bool
	User Value
	// Active is false for one that is known to be switched off.
	Active bool
	// The times and MFA, whether its user has a device, come from a
	// credential report; KnownFromCredsFile tells that there is one.
	Created, LastUsed  time.Time
	MFA                bool
	KnownFromCredsFile bool
}

// ReportedUser is one row of a credential report (IAM User Guide, getting
// credential reports).
type ReportedUser struct {
	// Address is the ARN.
	Address, Name string
	// Root tells that it is the root user of the account.
	Root bool
	// Created is when the user was made. Password tells that there is one, NoPassword
	// that there is none: of the root user, a report may say neither. PasswordUsed is when
	// it was last used, MFA whether a device is active.
	Created, PasswordChanged, PasswordUsed time.Time
	Password, NoPassword, MFA              bool
	Keys                                   [2]ReportedKey
	// Certificates tells that a signing certificate is active.
	Certificates bool
}

// ReportedKey is one of the two access keys that a user may have. The times are
// zero for never.
type ReportedKey struct {
	Active        bool
	Rotated, Used time.Time
}

// Group is an IAM group.
type Group struct {
	Declared
	Name, Path Value
	ARN        policy.Text

	// Filled by Link.
	Inline          []*InlinePolicy
	Attached        []*Attachment
	Members         []*Entity
	PoliciesUnknown *policy.Symbol
	// MembersUnknown is set where a membership may put a user of the input
	// into the group and something hides whether it does.
	MembersUnknown *policy.Symbol
	// Unsettled are policies that it may have, where something hides who has
	// them.
	Unsettled []*Unsettled
}

// ManagedPolicy is a customer-managed policy that the input declares.
type ManagedPolicy struct {
	Declared
	Name, NamePrefix Value
	Path             Value
	ARN              policy.Text
	Document         *Document // nil where the attribute is not set
	// Before is the document in the state before a plan that changes it; nil
	// where it does not.
	Before *Document
	// Older are the documents of its stored versions that are not in force;
	// they count only where OlderKnown tells that the input has them.
	Older      []*Document
	OlderKnown bool
	// Versions are all stored versions, the earliest first, where the input has them
	// with the times at which they were made.
	Versions []PolicyVersion

	// Filled by Link: who has it as boundary, and who holds it.
	BoundaryOf   []*Entity
	HeldBy       []*Entity
	HeldByGroups []*Group
	// UseUnknown is set where an attachment or a boundary of the input may be
	// this policy's and something hides whether it is.
	UseUnknown *policy.Symbol
	// BoundaryUnknown is set where a boundary of the input may be this policy
	// and something hides whether it is.
	BoundaryUnknown *policy.Symbol
	name            policy.Text
}

// PolicyVersion is a stored version of a managed policy.
type PolicyVersion struct {
	// ID is "v1", Created when it was made.
	ID      string
	Created time.Time
	// InForce tells that it is the default version.
	InForce  bool
	Document *Document
}

// NameText is the name that the policy will have. Where the provider
// generates it, it is what is certain of it and a symbol for the rest.
func (p *ManagedPolicy) NameText() policy.Text { return p.name }

// HolderKind is the kind of a holder reference.
type HolderKind string

// The kinds of holders.
const (
	HolderRole          HolderKind = "role"
	HolderUser          HolderKind = "user"
	HolderGroup         HolderKind = "group"
	HolderPermissionSet HolderKind = "permission-set"
)

// Attachment attaches a managed policy to a holder.
type Attachment struct {
	Declared
	// HolderKind and Holder say to whom: by name, id, ARN or symbol.
	HolderKind HolderKind
	Holder     Value
	PolicyARN  Value
	// Route is the resource type or attribute by which it is attached:
	// aws_iam_role_policy_attachment, managed_policy_arns.
	Route string
	// Maybe is what it depends on whether it exists; see [Attachment.Doubt].
	Maybe []*policy.Symbol

	// Filled by Link.

	// Policy is the declared policy, nil where the input has none.
	Policy *ManagedPolicy
	// HeldByNobody tells that no entity or group of the input certainly is the
	// holder; HolderUnknown is what hides one that may be.
	HeldByNobody  bool
	HolderUnknown *policy.Symbol
}

// InlinePolicy is a policy embedded in a holder.
type InlinePolicy struct {
	Declared
	HolderKind HolderKind
	Holder     Value
	Name       Value
	Document   *Document
	Route      string
	Maybe      []*policy.Symbol // as in [Attachment]

	// Filled by Link. HeldByNobody tells that no entity or group of the input
	// certainly has the policy; HolderUnknown is what hides one that may.
	HeldByNobody  bool
	HolderUnknown *policy.Symbol
}

// Unsettled are policies of which the same thing hides who has them. All
// entities and groups that may have them share one.
type Unsettled struct {
	Inline   []*InlinePolicy
	Attached []*Attachment
}

// Membership puts a user into groups.
type Membership struct {
	Declared
	User, Group Value
	Maybe       []*policy.Symbol // as in [Attachment]
}

// InstanceProfile hands a role to EC2 instances.
type InstanceProfile struct {
	Declared
	Name, Path Value
	ARN        policy.Text
	Role       Value
	// Entity is the declared role; filled by Link. Hidden is set where
	// something hides which role it is.
	Entity *Entity
	Hidden *policy.Symbol
}

// OrganizationPolicy is a service control or resource control policy.
type OrganizationPolicy struct {
	Declared
	// Type is ServiceControlPolicy or ResourceControlPolicy, or "" where it is
	// hidden: Doubt tells by what.
	Type     string
	Document *Document
	// Accounts are those that it binds, where the input attaches it to
	// accounts and to nothing else; nil where it binds any. One that is not
	// known is the symbol of a provider's own.
	Accounts []Value
	// Doubt is set where something hides its type, or which accounts it binds
	// besides.
	Doubt *policy.Symbol
	// Unattached tells that the input attaches it to nothing.
	Unattached bool
	// InTree tells that it is attached in the tree of [Model.Organization], and binds by
	// its place there alone.
	InTree bool
}

// Kind is the grammar of the policy's document; AnyPolicy where its type is
// hidden.
func (p *OrganizationPolicy) Kind() policy.Kind {
	switch p.Type {
	case ServiceControlPolicy:
		return policy.ServiceControlPolicy
	case ResourceControlPolicy:
		return policy.ResourceControlPolicy
	}
	return policy.AnyPolicy
}

// The types of organization policies.
const (
	ServiceControlPolicy  = "SERVICE_CONTROL_POLICY"
	ResourceControlPolicy = "RESOURCE_CONTROL_POLICY"
)

// Unchecked is something that the source saw and could not follow.
type Unchecked struct {
	// Kind is UncheckedModule or UncheckedStack.
	Kind string
	// Source is what a module call names as its source, "" where that is not
	// known.
	Source   string
	Location Location
	// Message says what it is, and why it was not followed; Fix what to do.
	Message, Fix string
}

// The kinds of what was not followed: a module call, a CloudFormation stack.
const (
	UncheckedModule = "module"
	UncheckedStack  = "stack"
)

// Diagnostic is what a source has to say about its input: not a finding
// about IAM.
type Diagnostic struct {
	// Error tells that a part of the input could not be read.
	Error    bool
	Summary  string
	Detail   string
	Location Location
}

// Ignore is an inline suppression comment.
type Ignore struct {
	Rule, Reason, Until string
	// NearMiss tells that the comment is probably meant to be one, and is not
	// written so; it has no Rule.
	NearMiss bool
	// Covers are the lines of File that it speaks for; Addresses are the
	// resources and modules, where it stands on a block.
	File      string
	From, To  int
	Addresses []string
	Location  Location
}
