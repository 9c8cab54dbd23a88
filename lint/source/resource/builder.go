package resource

import (
	"cmp"
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Builder gathers the resources of one input and makes a model of them.
type Builder struct {
	model *iam.Model
	syms  *policy.Symbols

	echoes     []echo
	exclusives []exclusive
	documents  []*Resource // of documents, until it is known who holds them
	merged     []string    // the texts that went into other documents
	held       []*iam.Document
	// parsed are the documents by their text: many holders have the same.
	parsed map[parsedText]*parsedDocument
	// carrier is the ARN that was made last.
	carrier carrierText
	// common are the elements that documents have in common.
	common    policy.Common
	providers map[string]*iam.Provider
	// regions are what data sources told of where a provider deploys.
	regions map[string][]string

	keepPlanned bool

	// secret are the sensitive texts that the model has already.
	secret map[string]bool

	setBoundaries []boundaryAttachment
	// targets are what organization policies are attached to, controls those
	// policies whose ids are known.
	targets  []policyTarget
	controls map[string]*iam.OrganizationPolicy
}

// NewBuilder starts a model of input. syms is shared by all inputs of a run.
func NewBuilder(input iam.Input, syms *policy.Symbols) *Builder {
	return &Builder{
		model:     &iam.Model{Input: input, Symbols: syms},
		syms:      syms,
		providers: map[string]*iam.Provider{},
		regions:   map[string][]string{},
		controls:  map[string]*iam.OrganizationPolicy{},
		parsed:    map[parsedText]*parsedDocument{},
	}
}

// reader turns one resource of its type into parts of the model.
type reader func(b *Builder, r Resource)

// kind is how a type is read, and of which of its attributes and nested blocks
// (see newParts) the model is made. A reader is given no other.
type kind struct {
	read  reader
	parts []string
}

// The parts that several types have.
var (
	tagParts    = []string{"tags", "tags_all"}
	entityParts = append([]string{"name", "name_prefix", "path", "permissions_boundary"}, tagParts...)
	roleParts   = append([]string{"assume_role_policy", "inline_policy.name", "inline_policy.policy", "managed_policy_arns"}, entityParts...)
	policyParts = []string{"name", "name_prefix", "path", "policy"}
)

// managed and data are all the types that the model is made of. A new type is
// a line here and a function beside its kind; a new attribute that a function
// reads is a part here.
var (
	managed = map[string]kind{
		"aws_iam_role":  {(*Builder).role, roleParts},
		"aws_iam_user":  {(*Builder).user, entityParts},
		"aws_iam_group": {(*Builder).group, []string{"name", "path"}},

		"aws_iam_policy":       {(*Builder).managedPolicy, policyParts},
		"aws_iam_role_policy":  inlinePolicy(iam.HolderRole, "role"),
		"aws_iam_user_policy":  inlinePolicy(iam.HolderUser, "user"),
		"aws_iam_group_policy": inlinePolicy(iam.HolderGroup, "group"),

		"aws_iam_role_policy_attachment":             attachment(iam.HolderRole, "role"),
		"aws_iam_user_policy_attachment":             attachment(iam.HolderUser, "user"),
		"aws_iam_group_policy_attachment":            attachment(iam.HolderGroup, "group"),
		"aws_iam_policy_attachment":                  {(*Builder).policyAttachment, []string{"policy_arn", "roles", "users", "groups"}},
		"aws_iam_role_policy_attachments_exclusive":  exclusiveAttachments(iam.HolderRole, "role_name"),
		"aws_iam_user_policy_attachments_exclusive":  exclusiveAttachments(iam.HolderUser, "user_name"),
		"aws_iam_group_policy_attachments_exclusive": exclusiveAttachments(iam.HolderGroup, "group_name"),
		"aws_iam_role_policies_exclusive":            exclusiveInline(iam.HolderRole, "role_name"),
		"aws_iam_user_policies_exclusive":            exclusiveInline(iam.HolderUser, "user_name"),
		"aws_iam_group_policies_exclusive":           exclusiveInline(iam.HolderGroup, "group_name"),
		"aws_iam_group_membership":                   {(*Builder).groupMembership, []string{"users", "group"}},
		"aws_iam_user_group_membership":              {(*Builder).userGroupMembership, []string{"user", "groups"}},
		"aws_iam_instance_profile":                   {(*Builder).instanceProfile, profileParts},
		"aws_iam_access_key":                         credential("access-key", "user"),
		"aws_iam_user_login_profile":                 credential("login-profile", "user"),
		"aws_organizations_policy":                   {(*Builder).organizationPolicy, []string{"id", "type", "content"}},
		"aws_organizations_policy_attachment":        {(*Builder).organizationAttachment, []string{"policy_id", "target_id"}},
		"aws_cloudformation_stack":                   stack("stack"),
		"aws_cloudformation_stack_set":               stack("stack set"),

		"aws_iam_openid_connect_provider": identityProvider(iam.OIDCProvider),
		"aws_iam_saml_provider":           identityProvider(iam.SAMLProvider),
		"aws_lambda_permission":           {(*Builder).lambdaPermission, lambdaPermissionParts},
		"aws_cloudwatch_event_permission": {(*Builder).eventPermission, []string{"event_bus_name", "action", "principal", "condition"}},

		"aws_ssoadmin_permission_set":               {(*Builder).permissionSet, append([]string{"name"}, tagParts...)},
		"aws_ssoadmin_permission_set_inline_policy": {(*Builder).permissionSetInline, []string{"permission_set_arn", "inline_policy"}},
		"aws_ssoadmin_managed_policy_attachment": {
			(*Builder).permissionSetManaged,
			[]string{"permission_set_arn", "managed_policy_arn"},
		},
		"aws_ssoadmin_customer_managed_policy_attachment": {
			(*Builder).permissionSetCustomer,
			[]string{"permission_set_arn", "customer_managed_policy_reference"},
		},
		"aws_ssoadmin_permissions_boundary_attachment": {
			(*Builder).permissionSetBoundary,
			[]string{"permission_set_arn", "permissions_boundary"},
		},
		"awscc_sso_permission_set": {(*Builder).ccPermissionSet, []string{
			"name", "permission_set_arn", "tags", "managed_policies", "customer_managed_policy_references", "inline_policy", "permissions_boundary",
		}},

		"awscc_iam_role": {(*Builder).ccRole, append([]string{"policies"}, twinParts(roleParts, ccRole)...)},
		"awscc_iam_user": {(*Builder).ccUser, append([]string{"managed_policy_arns", "policies", "groups", "login_profile"},
			twinParts(entityParts, ccUser)...)},
		"awscc_iam_group": {(*Builder).ccGroup, []string{"group_name", "path", "managed_policy_arns", "policies"}},
		"awscc_iam_managed_policy": {
			(*Builder).ccManagedPolicy,
			append([]string{"policy_arn", "roles", "users", "groups"}, twinParts(policyParts, ccPolicy)...),
		},
		"awscc_iam_instance_profile": twin(kind{(*Builder).instanceProfile, profileParts}, ccProfile),
		"awscc_iam_role_policy":      twin(inlinePolicy(iam.HolderRole, "role_name"), ccInline),
		"awscc_iam_user_policy":      twin(inlinePolicy(iam.HolderUser, "user_name"), ccInline),
		"awscc_iam_group_policy":     twin(inlinePolicy(iam.HolderGroup, "group_name"), ccInline),
		"awscc_iam_oidc_provider":    identityProvider(iam.OIDCProvider),
		"awscc_iam_saml_provider":    identityProvider(iam.SAMLProvider),
	}
	data = map[string]kind{
		"aws_iam_policy_document": {(*Builder).policyDocument, append([]string{
			"json", "minified_json", "version", "policy_id", "statement",
		}, mergedDocuments...)},
		"aws_iam_policy":           lookup("name", "policy"),
		"aws_iam_role":             lookup("name"),
		"aws_iam_user":             lookup("user_name"),
		"aws_iam_group":            lookup("group_name"),
		"aws_iam_instance_profile": lookup("name"),
		"aws_caller_identity":      {(*Builder).callerIdentity, []string{"account_id"}},
		"aws_partition":            lookup("partition"),
		"aws_region":               {(*Builder).region, RegionArguments},

		"aws_iam_openid_connect_provider": identityProvider(iam.OIDCProvider),
		"aws_iam_saml_provider":           identityProvider(iam.SAMLProvider),
	}
)

// Add takes one resource instance or data source into the model. Types that
// are no part of it are passed over.
func (b *Builder) Add(r Resource) {
	parts := PartsOf(r.Type, r.Data)
	if parts == nil {
		return
	}
	if r.Location.Address == "" {
		r.Location.Address = r.Address
	}
	if r.Existence != "" {
		if b.model.Existence == nil {
			b.model.Existence = map[string]string{}
		}
		b.model.Existence[r.Address] = r.Existence
	}
	if r.PreviousAddress != "" && r.PreviousAddress != r.Address {
		b.Moved(r.Address, r.PreviousAddress)
	}
	if !r.Data {
		b.stateAccount(r)
	}
	if r.Change == iam.ChangeDelete || r.Change == iam.ChangeForget {
		// What goes away is told as it was.
		if len(r.Values) == 0 {
			r.Values = r.Before
		}
	}
	r.Values = parts.of(r.Values)
	b.secrets(Value{Kind: Object, Object: r.Values})
	for _, values := range []map[string]Value{r.Before, r.DriftBefore, r.DriftAfter} {
		b.secrets(Value{Kind: Object, Object: parts.of(values)})
	}
	b.read(r)
	b.plan(r)
}

// read takes a resource for all that it is.
func (b *Builder) read(r Resource) {
	if r.Data {
		data[r.Type].read(b, r)
		return
	}
	if k, ok := managed[r.Type]; ok {
		k.read(b, r)
	}
	if carriers[r.Type] != nil {
		b.carrying(r)
	}
	if policyPlaces[r.Type].service != "" {
		b.granting(r)
	}
}

// Moved notes that a resource had another address before.
func (b *Builder) Moved(address, before string) {
	if b.model.Moved == nil {
		b.model.Moved = map[string]string{}
	}
	b.model.Moved[address] = before
}

// Provider is the provider configuration of that name, made if need be. The
// source fills in what it knows of it.
func (b *Builder) Provider(name string) *iam.Provider {
	p := b.providers[name]
	if p == nil {
		p = &iam.Provider{Name: name}
		b.providers[name] = p
		b.model.Providers = append(b.model.Providers, p)
	}
	return p
}

// Unchecked notes something that the source saw and could not follow.
func (b *Builder) Unchecked(u iam.Unchecked) { b.model.Unchecked = append(b.model.Unchecked, u) }

// Diagnose notes what the source has to say about the input.
func (b *Builder) Diagnose(d iam.Diagnostic) {
	b.model.Diagnostics = append(b.model.Diagnostics, d)
}

// Ignore notes an inline suppression comment.
func (b *Builder) Ignore(i iam.Ignore) { b.model.Ignores = append(b.model.Ignores, i) }

// Model is the model of all that was added, everything sorted by address so
// that equal inputs give equal models. It is not linked.
func (b *Builder) Model() *iam.Model {
	b.settleEchoes()
	b.settleBoundaries()
	b.settleTargets()
	b.settleDocuments()
	b.settleRegions()
	m := b.model
	slices.SortStableFunc(m.Entities, func(x, y *iam.Entity) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Groups, func(x, y *iam.Group) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Policies, func(x, y *iam.ManagedPolicy) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Attachments, func(x, y *iam.Attachment) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Inline, func(x, y *iam.InlinePolicy) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Memberships, func(x, y *iam.Membership) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Profiles, func(x, y *iam.InstanceProfile) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Credentials, func(x, y *iam.Credential) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Lookups, func(x, y *iam.Lookup) int { return cmp.Compare(x.Address, y.Address) })
	slices.SortStableFunc(m.Providers, func(x, y *iam.Provider) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortStableFunc(m.Documents, func(x, y *iam.Document) int {
		return cmp.Compare(x.Location.Address, y.Location.Address)
	})
	return m
}
