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
			why: "The service acts with the role, and so under its boundary.",
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
		why: "What workloads use. The boundary caps it, the policies of each role and user grant of it what they need.",
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
		without = " Access keys and passwords are not among it: their actions carry no boundary."
	}
	out := []statement{
		{
			sid: "Look", effect: allow, actions: []string{"iam:Get*", "iam:List*"}, resources: []string{"*"},
			why: "Terraform reads what it manages. None of it gives access.",
		},
		{
			sid: "OnlyUnderTheBoundary", effect: allow, actions: o.boundActions(), resources: o.named(o.entities()...),
			operator: "StringEquals", key: "iam:PermissionsBoundary", values: []string{boundary},
			why: "What is created has the boundary, and only what has it is changed. StringEquals refuses a request without the key; " +
				"StringEqualsIfExists and ForAllValues would let it pass. The ARN is written in full: a pattern takes what developers create under it.",
		},
		{
			sid: "Keep", effect: allow, actions: kept, resources: o.named(o.entities()...),
			why: "The rest of what it takes to keep them, by name." + without,
		},
		{
			sid: "Policies", effect: allow, resources: o.named("policy"),
			actions: []string{
				"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion",
				"iam:TagPolicy", "iam:UntagPolicy",
			},
			why: "Policies for those roles, by name: what they allow beyond the boundary has no effect. The boundary itself is denied below.",
		},
	}
	if list := o.principals(); len(list) > 0 {
		out = append(out, statement{
			sid: "Pass", effect: allow, actions: []string{"iam:PassRole"}, resources: o.named("role"),
			operator: "StringEquals", key: "iam:PassedToService", values: list,
			why: "iam:PassRole carries no boundary, so the name has to stand for it: a role of that name without the boundary could be passed, " +
				"and boundary-missing finds one. The services are those that act with roles.",
		})
	}
	if o.profiles() {
		out = append(out, statement{
			sid: "Profiles", effect: allow, resources: o.named("instance-profile"),
			actions: []string{
				"iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile",
			},
			why: "An instance takes its role in an instance profile; adding one needs iam:PassRole, too.",
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
			why: "Nobody under the boundary edits it, or puts another policy in its place under its name.",
		},
		{
			sid: "KeepBoundaries", effect: deny, resources: []string{"*"},
			actions: []string{"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"},
			why:     "Nobody under the boundary takes one off, whatever is allowed above later.",
		},
	}
	for _, name := range o.Services {
		x := services[name]
		own := strings.NewReplacer("PREFIX", o.Prefix)
		if len(x.byName) > 0 {
			s := statement{
				sid: title(name) + "ByName", effect: deny, actions: x.byName,
				why: "Each of these makes what it acts on do other work with the role that it has, which may be one without the boundary. " +
					"No iam:PassRole is asked for; so they are kept to what has the name.",
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
				why: "Each of these runs code with the role that something has already, which may be one without the boundary. " +
					"What they act on has no name by which to tell; so they are denied.",
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
		why: "Nothing is done in other regions. IAM and what else has one region for the whole world is left out of it, for its requests go to " +
			"that region.",
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
		why: "Who in the account is allowed to assume the role, and has logged in with a second factor. Name your own people here.",
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
