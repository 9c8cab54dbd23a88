package generate

import (
	"fmt"
	"slices"
	"strings"
)

const (
	developersName = "developers"
	exampleName    = "example"
	// maxDocument is IAM's quota for a managed policy, in characters without white
	// space (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
	maxDocument = 6144
)

// Delegation is a delegation that can be written in several forms.
type Delegation struct {
	options Options
	// The documents: what caps everybody, what developers are allowed within it, who
	// may be a developer, and who the example.
	boundary, developers, trust, exampleTrust document
}

// New makes the delegation for some options. The error is an *OptionError.
func New(o Options) (*Delegation, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	d := build(o)
	if n := d.boundary.size(&o); n > maxDocument {
		return nil, &OptionError{"services", fmt.Sprintf("make a boundary of %d characters, and IAM takes %d of a policy: an entity has one "+
			"boundary, which cannot be split; name fewer services", n, maxDocument)}
	}
	return d, nil
}

func build(o Options) *Delegation {
	allowed := append(document{o.workloads()}, o.iam()...)
	d := &Delegation{options: o, developers: allowed, boundary: slices.Concat(allowed, o.denied()), trust: document{o.people()}}
	d.exampleTrust = d.trust
	if list := o.principals(); len(list) > 0 {
		d.exampleTrust = document{{
			sid: "Service", effect: allow, actions: []string{"sts:AssumeRole"}, principalType: "Service", principals: list[:1],
			why: "The service assumes the role, and its sessions are limited by the boundary.",
		}}
	}
	return d
}

// WithoutRoles are the files of the same delegation if no role could be handed to a
// service, nor anything be used that has one: what the rules say of that is what
// they say of the rest. It is nil where nothing of it is delegated.
func (d *Delegation) WithoutRoles() []File {
	if len(d.options.principals()) == 0 {
		return nil
	}
	o := d.options
	o.withoutRoles = true
	return build(o).Terraform()
}

func (o *Options) workloads() statement {
	s := statement{
		sid: "Workloads", effect: allow, resources: []string{"*"},
		why: "The services that workloads use. The boundary caps each role and user; their own policies grant what they need of it.",
	}
	for _, name := range o.Services {
		s.actions = append(s.actions, name+":*")
	}
	return s
}

// named are the ARNs of the developers' own of some types.
func (o *Options) named(types ...string) []string {
	var out []string
	for _, t := range types {
		out = append(out, "arn:aws:iam::"+account+":"+t+o.Path+o.Prefix+"*")
	}
	return out
}

// entities are what is done to each kind of entity that developers create.
func (o *Options) entities() []string {
	if o.Users {
		return []string{"role", "user"}
	}
	return []string{"role"}
}

// boundActions are actions on entities whose requests carry iam:PermissionsBoundary:
// the boundary that a new entity is to have, or that the entity has.
func (o *Options) boundActions() []string {
	out := []string{
		"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary",
		"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
	}
	if o.Users {
		out = append(out, "iam:AttachUserPolicy", "iam:CreateUser", "iam:DeleteUserPolicy", "iam:DetachUserPolicy",
			"iam:PutUserPermissionsBoundary", "iam:PutUserPolicy")
	}
	return out
}

// iam are what developers are allowed of IAM, in the boundary and in their policy.
func (o *Options) iam() []statement {
	kept := []string{"iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole"}
	without := ""
	if o.Users {
		kept = append(kept, "iam:DeleteUser", "iam:TagUser", "iam:UntagUser")
		without = " Access keys and passwords are left out, because requests for them do not carry the boundary."
	}
	out := []statement{
		{
			sid: "Look", effect: allow, actions: []string{"iam:Get*", "iam:List*"}, resources: []string{"*"},
			why: "Terraform reads what it manages. These actions give no access.",
		},
		{
			sid: "OnlyUnderTheBoundary", effect: allow, actions: o.boundActions(), resources: o.named(o.entities()...),
			operator: "StringEquals", key: "iam:PermissionsBoundary", values: []string{boundary},
			why: "Roles are created only with the boundary, and changed only if they have it. StringEquals does not match a request without " +
				"the key; StringEqualsIfExists and ForAllValues do. The ARN is written in full: a pattern would also match policies that " +
				"developers create.",
		},
		{
			sid: "Keep", effect: allow, actions: kept, resources: o.named(o.entities()...),
			why: "What else it takes to manage them. The name keeps it to the developers' own." + without,
		},
		{
			sid: "Policies", effect: allow, resources: o.named("policy"),
			actions: []string{
				"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion",
				"iam:TagPolicy", "iam:UntagPolicy",
			},
			why: "Policies for these roles. What they allow beyond the boundary has no effect. A statement below protects the boundary itself.",
		},
	}
	if list := o.principals(); len(list) > 0 {
		out = append(out, statement{
			sid: "Pass", effect: allow, actions: []string{"iam:PassRole"}, resources: o.named("role"),
			operator: "StringEquals", key: "iam:PassedToService", values: list,
			why: "Requests for iam:PassRole do not carry the boundary, so only the name limits which roles are passed. A role that has the name " +
				"and not the boundary could be passed, too: boundary-missing finds it. The services are those above that act with roles.",
		})
	}
	if o.profiles() {
		out = append(out, statement{
			sid: "Profiles", effect: allow, resources: o.named("instance-profile"),
			actions: []string{
				"iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile",
			},
			why: "An instance gets its role by an instance profile. Adding a role to one needs iam:PassRole, too.",
		})
	}
	return out
}

// denied are the statements that only the boundary has.
func (o *Options) denied() []statement {
	out := []statement{
		{
			sid: "KeepTheBoundary", effect: deny, resources: []string{boundary},
			actions: []string{
				"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion",
			},
			why: "No holder of the boundary can edit it, or delete it and create another policy with its name.",
		},
		{
			sid: "KeepBoundaries", effect: deny, resources: []string{"*"},
			actions: []string{"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"},
			why:     "No holder of the boundary can remove one, whatever is allowed above in the future.",
		},
	}
	for _, name := range o.Services {
		x := services[name]
		own := strings.NewReplacer("PREFIX", o.Prefix)
		if len(x.byName) > 0 {
			s := statement{
				sid: title(name) + "ByName", effect: deny, actions: x.byName,
				why: "Each of these actions changes or uses a resource that runs with a role of its own, and needs no iam:PassRole. The role may " +
					"be one without the boundary, so these actions are limited to resources that have the prefix.",
			}
			for _, arn := range x.own {
				s.notResources = append(s.notResources, own.Replace(arn))
			}
			if o.withoutRoles {
				s.resources, s.notResources = []string{"*"}, nil
			}
			out = append(out, s)
		}
		if len(x.never) > 0 {
			out = append(out, statement{
				sid: title(name) + "Never", effect: deny, actions: x.never, resources: []string{"*"},
				why: "Each of these actions can run code with the role that a resource has already, which may be one without the boundary. The ARNs " +
					"of these resources hold no name that could tell which ones are the developers', so the actions are denied.",
			})
		}
	}
	if len(o.Regions) > 0 {
		out = append(out, o.elsewhere())
	}
	return out
}

func (o *Options) elsewhere() statement {
	s := statement{
		sid: "OnlyInRegion", effect: deny, notActions: []string{"iam:*"}, resources: []string{"*"},
		operator: "StringNotEquals", key: "aws:RequestedRegion", values: o.Regions,
		why: "Nothing is done in other regions. IAM and other global services are left out, because their requests go to one fixed region.",
	}
	if len(o.Regions) > 1 {
		s.sid = "OnlyInRegions"
	}
	for _, name := range o.Services {
		if slices.Contains(global, name) {
			s.notActions = append(s.notActions, name+":*")
		}
	}
	return s
}

// people is the trust in those who may be developers.
func (o *Options) people() statement {
	return statement{
		sid: "Developers", effect: allow, actions: []string{"sts:AssumeRole"},
		principalType: "AWS", principals: []string{"arn:aws:iam::" + account + ":root"},
		operator: "Bool", key: "aws:MultiFactorAuthPresent", values: []string{"true"},
		why: "Every principal of the account that is allowed to assume the role and has signed in with MFA. Put your own principals here.",
	}
}

// ownerPath is the path of what developers are not to change: their own role and
// its policy have the prefix, too, and are told apart by the path.
func (o *Options) ownerPath() string {
	for _, path := range []string{"/", "/delegation/"} {
		if !strings.HasPrefix(path+o.Prefix+developersName, o.Path+o.Prefix) {
			return path
		}
	}
	return "/owners/"
}

// title is the prefix of a service of the table as the beginning of a Sid.
func title(service string) string {
	return strings.ToUpper(service[:1]) + service[1:]
}
