package resource

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// stack reads a CloudFormation stack, which may make IAM entities out of sight.
// It says nothing of one that can make none: CloudFormation refuses a template
// with IAM resources unless CAPABILITY_IAM or CAPABILITY_NAMED_IAM is given
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html),
// and a template that is known shows what is in it.
func stack(what string) kind {
	return kind{parts: []string{"capabilities", "template_body"}, read: func(b *Builder, r Resource) {
		if r.Change == iam.ChangeDelete || r.Change == iam.ChangeForget || !mayMakeIAM(r.Values["capabilities"]) {
			return
		}
		if text, ok := r.Values["template_body"].AsText(); ok && !templateMayMakeIAM(b.syms.Encode(text)) {
			return
		}
		b.Unchecked(iam.Unchecked{
			Kind: iam.UncheckedStack, Location: r.Location, Message: "a CloudFormation " + what + " may create IAM roles that are not seen here",
			Fix: "Review its template, or lint a dump of the account, which has the roles that it makes.",
		})
	}}
}

// mayMakeIAM reports whether capabilities permit IAM resources.
func mayMakeIAM(capabilities Value) bool {
	switch capabilities.Kind {
	case Null:
		return false
	case List:
		return slices.ContainsFunc(capabilities.List, mayMakeIAM)
	case Scalar:
		text, known := capabilities.Text.Known()
		return !known || text == "CAPABILITY_IAM" || text == "CAPABILITY_NAMED_IAM"
	case Object, Unknown:
	}
	return true
}

// templateMayMakeIAM reports whether a template, with symbols in it, may make
// IAM entities, itself or by what it starts.
func templateMayMakeIAM(template string) bool {
	var parsed struct {
		Transform any `json:"Transform"`
		Resources map[string]struct {
			Type string `json:"Type"`
		} `json:"Resources"`
	}
	if err := json.Unmarshal([]byte(template), &parsed); err != nil {
		return yamlMayMakeIAM(template)
	}
	if parsed.Transform != nil || strings.Contains(template, "Fn::Transform") {
		return true
	}
	for _, r := range parsed.Resources {
		if typeMayMakeIAM(r.Type) {
			return true
		}
	}
	return false
}

// templateName is a name of CloudFormation: of a type, of a function.
var templateName = lazy.Regexp(`[0-9A-Za-z_]+(?:::[0-9A-Za-z_]+)+`)

// yamlMayMakeIAM looks at the names in a template in YAML, wherever they stand.
// A backslash may spell any of them otherwise.
func yamlMayMakeIAM(template string) bool {
	if policy.ContainsToken(template) || strings.Contains(template, `\`) || strings.Contains(template, "Transform") {
		return true
	}
	return slices.ContainsFunc(templateName().FindAllString(template, -1), func(name string) bool {
		return !strings.HasPrefix(name, "Fn::") && typeMayMakeIAM(name)
	})
}

// makers are the beginnings of the types that make IAM entities, or stacks or
// programs that do.
var makers = []string{"AWS::IAM::", "AWS::CloudFormation::", "AWS::Serverless::", "AWS::ServiceCatalog::", "AWS::SSO::"}

// typeMayMakeIAM reports whether a type of resource may make IAM entities. One
// that is not AWS's is a program of somebody's.
func typeMayMakeIAM(typ string) bool {
	return policy.ContainsToken(typ) || !strings.HasPrefix(typ, "AWS::") || strings.HasSuffix(typ, "::MODULE") ||
		slices.ContainsFunc(makers, func(maker string) bool { return strings.HasPrefix(typ, maker) })
}
