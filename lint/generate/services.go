package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
)

// service is how a service is delegated that acts with roles, or by which a principal
// can take over the roles of others.
type service struct {
	// principal is what the roles trust that the service acts with; "" where it
	// is given none.
	principal string
	// byName are actions that are denied on resources other than the developers'
	// own: by each of them a principal takes over the role of the resource.
	byName []string
	// own are the ARNs of the developers' own resources, with PREFIX for what their
	// names begin with.
	own []string
	// never are such actions that are denied on everything, because the ARNs of
	// their resources hold no name.
	never []string
	// profiles tells that the service takes roles in instance profiles.
	profiles bool
}

// services are those with a closed form of their own. All others are delegated as a
// whole if no technique of escalation takes one of their actions.
var services = map[string]service{
	"apigateway": {principal: "apigateway.amazonaws.com"},
	"codebuild": {
		principal: "codebuild.amazonaws.com",
		byName: []string{
			"codebuild:RetryBuild", "codebuild:RetryBuildBatch", "codebuild:StartBuild", "codebuild:StartBuildBatch",
			"codebuild:StartSandbox", "codebuild:UpdateProject",
		},
		own: []string{"arn:aws:codebuild:*:ACCOUNT:project/PREFIX*"},
	},
	"ec2": {
		principal: "ec2.amazonaws.com",
		never: []string{
			"ec2:CreateLaunchTemplateVersion", "ec2:CreateReplaceRootVolumeTask", "ec2:EnableSerialConsoleAccess",
			"ec2:ModifyInstanceAttribute", "ec2:ModifyLaunchTemplate",
		},
		profiles: true,
	},
	"ecs": {
		principal: "ecs-tasks.amazonaws.com",
		byName:    []string{"ecs:ExecuteCommand"},
		own:       []string{"arn:aws:ecs:*:ACCOUNT:cluster/PREFIX*", "arn:aws:ecs:*:ACCOUNT:task/PREFIX*"},
	},
	"events":   {principal: "events.amazonaws.com"},
	"firehose": {principal: "firehose.amazonaws.com"},
	"lambda": {
		principal: "lambda.amazonaws.com",
		byName:    []string{"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"},
		own:       []string{"arn:aws:lambda:*:ACCOUNT:function:PREFIX*"},
	},
	"pipes":     {principal: "pipes.amazonaws.com"},
	"scheduler": {principal: "scheduler.amazonaws.com"},
	"ssm": {
		byName: []string{"ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"},
		own:    []string{"arn:aws:ssm:*:ACCOUNT:document/PREFIX*"},
		never: []string{
			"ssm:CreateAssociation", "ssm:CreateAssociationBatch", "ssm:ResumeSession", "ssm:SendCommand", "ssm:StartAutomationExecution",
			"ssm:StartSession", "ssm:UpdateAssociation",
		},
	},
	"states": {
		principal: "states.amazonaws.com",
		byName:    []string{"states:UpdateStateMachine"},
		own:       []string{"arn:aws:states:*:ACCOUNT:stateMachine:PREFIX*"},
	},
}

// refused are services that are never delegated as a whole, with the reason.
var refused = map[string]string{
	"account":        "it changes the account itself",
	"controltower":   "it changes the accounts of the organization",
	"iam":            "what developers need of it is delegated by statements of its own, under the boundary",
	"identitystore":  "it decides who has which access to all accounts",
	"organizations":  "it changes the accounts of the organization and the policies over them",
	"sso":            "it decides who has which access to all accounts",
	"sso-directory":  "it decides who has which access to all accounts",
	"sts":            "a holder could assume every role that trusts the account, bounded or not",
	"cloudformation": "a stack acts with the role that it was created with, and takes the holder past the boundary",
	"ram":            "it shares resources with other accounts",
}

// checkService returns an *OptionError where a service is not delegated.
func checkService(name string) error {
	if _, ok := catalog.LookupService(name); !ok {
		return &OptionError{"services", fmt.Sprintf("names no service of AWS with %s%s", name, lint.Suggest(name, catalog.Services()))}
	}
	if why, ok := refused[name]; ok {
		return &OptionError{"services", fmt.Sprintf("does not take %s: %s", name, why)}
	}
	if _, ok := services[name]; ok {
		return nil
	}
	if w := technique(name); w != nil {
		return &OptionError{"services", fmt.Sprintf("does not take %s: a principal that is allowed all of its actions can %s (boundlint explain "+
			"%s); allow the actions that developers need in a statement of your own", name, w.Name, w.ID)}
	}
	return nil
}

// technique is one by which a principal that is allowed all of a service gains
// privileges without passing a role; nil where there is none. iam:PassRole is allowed
// only for services in the table, and the policy of a resource grants nothing more to
// a principal that is allowed all of the service.
func technique(service string) *escalation.Way {
	for _, w := range escalation.Ways() {
		if w.Kind == escalation.Pass || w.Kind == escalation.SelfGrant {
			continue
		}
		for i := range w.Steps {
			if takes(&w.Steps[i], service) {
				return w
			}
		}
	}
	return nil
}

func takes(r *escalation.Requirement, service string) bool {
	return strings.HasPrefix(r.Action, service+":") ||
		slices.ContainsFunc(r.Alternatives, func(a escalation.Requirement) bool { return takes(&a, service) })
}

// global are services whose requests go to one region whatever the region of what
// they are about, so that a Deny by region would take them away
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html).
var global = []string{
	"budgets", "ce", "chatbot", "cloudfront", "cur", "globalaccelerator", "health", "networkmanager", "pricing", "route53", "route53domains",
	"shield", "support", "trustedadvisor", "waf",
}

// principals are the services that the developers' roles may be passed to.
func (o *Options) principals() []string {
	var out []string
	for _, name := range o.Services {
		if p := services[name].principal; p != "" && !o.withoutRoles {
			out = append(out, p)
		}
	}
	return out
}

// profiles reports whether roles are put into instance profiles.
func (o *Options) profiles() bool {
	return slices.ContainsFunc(o.Services, func(name string) bool { return services[name].profiles })
}
