package tfplan

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// whole is a plan in which every member that is read has a value.
const whole = `{"format_version":"1.2","terraform_version":"1.11.4","complete":true,"errored":false,
"variables":{"v":{"value":["x"]}},
"planned_values":{"outputs":{"o":5},"root_module":{"resources":[
	{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name":"app-r","permissions_boundary":null,"assume_role_policy":"{}"},"sensitive_values":{}}],
	"child_modules":[{"address":"module.m","resources":[
	{"address":"module.m.aws_iam_policy.p","mode":"managed","type":"aws_iam_policy","name":"p","values":{"name":"p"}}]}]}},
"resource_drift":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r",
	"change":{"actions":["update"],"before":{"name":"app-r","assume_role_policy":"{}"},"after":{"name":"app-r","assume_role_policy":"{}"}}}],
"resource_changes":[
	{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","provider_name":"aws","index":0,"change":{"actions":["update"],
		"before":{"name":"app-r","permissions_boundary":"b","assume_role_policy":"{}"},"after":{"name":"app-r","permissions_boundary":null,"assume_role_policy":"{}"},
		"after_unknown":{},"before_sensitive":{},"after_sensitive":{}}},
	{"address":"module.m.aws_iam_policy.p","module_address":"module.m","mode":"managed","type":"aws_iam_policy","name":"p","change":{"actions":["create"],
		"before":null,"after":{"name":"p"},"after_unknown":{"policy":true,"arn":true},"before_sensitive":false,"after_sensitive":{"tags":{}}}}],
"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[
	{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name":"app-r","permissions_boundary":"b"}},
	{"address":"data.aws_region.here","mode":"data","type":"aws_region","name":"here","values":{"name":"eu-west-1"}}]}}},
"configuration":{"provider_config":{"aws":{"name":"aws","expressions":{"region":{"constant_value":"eu-west-1"},"assume_role":[{"role_arn":{"references":["var.v"]}}]}}},
	"root_module":{"module_calls":{"m":{"expressions":{"x":{"references":["var.v"]}},"for_each_expression":{"references":["var.v"]},"module":{
		"outputs":{"o":{"expression":{"references":["aws_iam_policy.p.arn"]}}},
		"resources":[{"address":"aws_iam_policy.p","mode":"managed","type":"aws_iam_policy","name":"p","provider_config_key":"aws","expressions":{"policy":{"references":["var.x"]}}}]}}}}}}`

// TestMistyped alters one member at a time: what Terraform never prints is an
// error, or makes the plan incomplete, with its place; what it may print is
// neither.
func TestMistyped(t *testing.T) {
	const change = `"before":null,"after":{"name":"p"}`
	for _, c := range []struct{ old, new, want string }{
		{`"1.2"`, `1.2`, "format_version: want a text, found a number"},
		{`"complete":true`, `"complete":"true"`, "complete: want true or false, found a text"},
		{`"errored":false`, `"errored":null`, "errored: want true or false, found null"},
		{`"variables":{"v"`, `"variables":[{}],"more":{"v"`, "variables: want an object, found a list"},
		{`{"value":["x"]}`, `["x"]`, "variables.v: want an object, found a list"},
		{`{"value":["x"]}`, `{"value":null}`, ""},
		{`"resource_changes":[`, `"resource_changes":"x","more":[`, "resource_changes: want a list, found a text"},
		{`"resource_changes":[`, `"resource_changes":[null,`, "resource_changes[0]: want an object, found null"},
		{`"resource_changes":[`, `"resource_changes":[{},`, "resource_changes[0].type: it is missing"},
		{`"resource_changes":[`, `"resource_changes":[{"type":"aws_vpc"},`, "resource_changes[0].mode: it is missing"},
		{`"resource_changes":[`, `"resource_changes":[{"type":"aws_vpc","mode":"managed"},`, ""},
		{`"resource_changes":[`, `"resource_changes":[{"type":"aws_iam_role","mode":"managed"},`, "resource_changes[0].address: it is missing"},
		{`"resource_changes":[`, `"resource_changes":[],"resource_changes":[`, "resource_changes: it stands twice"},
		{`"index":0`, `"index":{}`, "resource_changes[0].index: want a text or a number, found an object"},
		{`"module_address":"module.m"`, `"module_address":5`, "resource_changes[1].module_address: want a text, found a number"},
		{`"actions":["create"]`, `"actions":"create"`, "resource_changes[1].change.actions: want a list, found a text"},
		{`"actions":["create"]`, `"actions":[]`, "resource_changes[1].change.actions: want at least one action"},
		{`"actions":["create"]`, `"actions":[true]`, "resource_changes[1].change.actions[0]: want a text that is not empty, found true or false"},
		{`"actions":["create"]`, `"actions":["create"],"Actions":["delete"]`, ""},
		{change, `"before":null,"after":[]`, "resource_changes[1].change.after: want an object or null, found a list"},
		{change, `"before":{},"after":{"name":"p"}`, "reason: resource_changes[1].change.before: want null where the actions are [\"create\"]"},
		{change, `"before":null,"after":null`, "reason: resource_changes[1].change.after: want an object where the actions are [\"create\"]"},
		{change, `"before":null,"after":{"name":"p","name":"q"}`, "resource_changes[1].change.after.name: it stands twice"},
		{change, `"before":null,"after":{"name":"p","arn":null}`, ""},
		{`"actions":["update"],
		"before":{"name":"app-r","permissions_boundary":"b","assume_role_policy":"{}"}`, `"actions":["update"],"before":null`, "reason: resource_changes[0].change.before: want an object where the actions are [\"update\"]"},
		{`"permissions_boundary":"b"`, `"permissions_boundary":null`, "reason: prior_state.values.root_module.resources[0].values.permissions_boundary is not resource_changes[0].change.before.permissions_boundary"},
		{`"actions":["update"],
		"before":{"name":"app-r"`, `"actions":["update"],"before":{"name":5`, "reason: resource_changes[0].change.before.name: want a text, found a number"},
		{`"after_unknown":{"policy":true,"arn":true}`, `"after_unknown":{"policy":"true"}`, "resource_changes[1].change.after_unknown.policy: want true or false or a list or an object, found a text"},
		{`"after_unknown":{"policy":true,"arn":true}`, `"after_unknown":{"policy":true,"arn":[]}`, "reason: resource_changes[1].change.after_unknown.arn does not fit after"},
		{`"after_unknown":{"policy":true,"arn":true}`, `"after_unknown":true`, "reason: resource_changes[1].change.after_unknown does not fit after"},
		{`"after_unknown":{"policy":true,"arn":true}`, `"after_unknown":{"arn":true}`, "reason: resource_changes[1].change.after.policy: it is missing"},
		{`"after_sensitive":{"tags":{}}`, `"after_sensitive":{"tags":null}`, "resource_changes[1].change.after_sensitive.tags: want true or false or a list or an object, found null"},
		{`"actions":["update"],"before":{"name"`, `"actions":["update"],"before":{"path":{},"name"`, "reason: resource_drift[0].change.before.path: want a text or null, found an object"},
		{`"prior_state":{`, `"prior_state":[],"more":{`, "prior_state: want an object, found a list"},
		{`"values":{"name":"eu-west-1"}`, `"values":"x"`, "prior_state.values.root_module.resources[1].values: want an object, found a text"},
		{`"values":{"name":"eu-west-1"}`, `"values":{"name":["x"]}`, "reason: prior_state.values.root_module.resources[1].values.name: want a text or null, found a list"},
		{`"configuration":{`, `"configuration":"x","more":{`, "configuration: want an object, found a text"},
		{`"module_calls":{`, `"module_calls":[],"more":{`, "configuration.root_module.module_calls: want an object, found a list"},
		{`"x":{"references":["var.v"]}`, `"x":{"references":"var.v"}`, "configuration.root_module.module_calls.m.expressions.x.references: want a list, found a text"},
		{`"x":{"references":["var.v"]}`, `"x":{"references":[""]}`, "configuration.root_module.module_calls.m.expressions.x.references[0]: want a text that is not empty, found an empty text"},
		{`"x":{"references":["var.v"]}`, `"x":5`, "configuration.root_module.module_calls.m.expressions.x: want an object or a list that is not empty, found a number"},
		{`"x":{"references":["var.v"]}`, `"x":null`, "configuration.root_module.module_calls.m.expressions.x: want an object or a list that is not empty, found null"},
		{`"x":{"references":["var.v"]}`, `"x":[]`, "configuration.root_module.module_calls.m.expressions.x: want an object or a list that is not empty, found an empty list"},
		{`"x":{"references":["var.v"]}`, `"x":{"constant_value":[{"a":null}]}`, ""},
		{`"references":["aws_iam_policy.p.arn"]`, `"references":{}`, "configuration.root_module.module_calls.m.module.outputs.o.expression.references: want a list, found an object"},
		{`"expressions":{"policy":{"references":["var.x"]}}`, `"expressions":[]`, "configuration.root_module.module_calls.m.module.resources[0].expressions: want an object, found a list"},
		{`"expressions":{"policy":{"references":["var.x"]}}`, `"expressions":{"policy":[{"x":{"references":[7]}}]}`, "configuration.root_module.module_calls.m.module.resources[0].expressions.policy[0].x.references[0]: want a text that is not empty, found a number"},
		{`[{"role_arn":{"references":["var.v"]}}]`, `[5]`, "configuration.provider_config.aws.expressions.assume_role[0]: want an object, found a number"},
		{`"provider_config_key":"aws"`, `"provider_config_key":{}`, "configuration.root_module.module_calls.m.module.resources[0].provider_config_key: want a text, found an object"},
		// What is not read, and what a later version adds, is not looked at.
		{`"outputs":{"o":5}`, `"outputs":7`, ""},
		{`"errored":false`, `"errored":false,"relevant_attributes":3,"checks":"x","of_the_future":[]`, ""},
		{`"provider_name":"aws"`, `"provider_name":"aws","action_reason":{}`, ""},
	} {
		got, plan := outcome(t, strings.Replace(whole, c.old, c.new, 1)), strings.Contains(whole, c.old)
		if got != c.want || !plan {
			t.Errorf("%s: got %s, want %s", c.new, got, c.want)
		}
	}
	if got := outcome(t, whole); got != "" {
		t.Error(got)
	}
}

// outcome is the error that reading a plan gives, or else why it is not
// complete.
func outcome(t *testing.T, plan string) string {
	t.Helper()
	p, err := Read(strings.NewReader(plan), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
	if err != nil {
		return err.Error()
	}
	model(t, p)
	if p.Input.Complete {
		return ""
	}
	all, _, _ := strings.Cut(strings.TrimPrefix(strings.Join(p.Input.Reasons, "; "), "it is not what terraform show -json prints: "), "; ")
	return "reason: " + all
}

// TestPlannedValues: a plan says what there will be in two places. In which it
// is right, where they do not agree, is not known.
func TestPlannedValues(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"type":"aws_iam_policy","name":"p","values"`, `"type":"aws_vpc","name":"p","values"`, "resource_changes[1]: module.m.aws_iam_policy.p is not in planned_values"},
		{`"address":"module.m.aws_iam_policy.p","module_address"`, `"address":"module.m.aws_iam_policy.q","module_address"`, "resource_changes[1]: module.m.aws_iam_policy.q is not in planned_values"},
		{`"type":"aws_iam_policy","name":"p","change"`, `"type":"aws_vpc","name":"p","change"`, "planned_values.root_module.child_modules[0].resources[0]: module.m.aws_iam_policy.p is not in resource_changes"},
		{`"type":"aws_iam_policy","name":"p","change"`, `"type":"aws_iam_group","name":"p","change"`, "planned_values.root_module.child_modules[0].resources[0]: resource_changes has module.m.aws_iam_policy.p of another type"},
		{`"actions":["create"],
		"before":null,"after":{"name":"p"}`, `"actions":["delete"],"before":{"name":"p"},"after":null`, "planned_values.root_module.child_modules[0].resources[0]: resource_changes has module.m.aws_iam_policy.p deleted"},
		{`"after":{"name":"app-r","permissions_boundary":null`, `"after":{"name":"app-r","permissions_boundary":"x"`, "planned_values.root_module.resources[0].values.permissions_boundary is not resource_changes[0].change.after.permissions_boundary"},
		{`"values":{"name":"p"}`, `"values":{"name":"p","path":"/x/"}`, "planned_values.root_module.child_modules[0].resources[0].values.path is not resource_changes[1].change.after.path"},
		// What is unknown, or hidden as sensitive, is not compared, nor what
		// the model is not made of.
		{`"values":{"name":"p"}`, `"values":{"name":"p","arn":"x"}`, ""},
		{`"values":{"name":"p"}`, `"values":{"name":"p","description":"x"}`, ""},
		{
			`"after":{"name":"app-r","permissions_boundary":null,"assume_role_policy":"{}"},
		"after_unknown":{},"before_sensitive":{},"after_sensitive":{}`, `"after":{"name":"app-r","permissions_boundary":"x","assume_role_policy":"{}"},
		"after_unknown":{},"before_sensitive":{},"after_sensitive":{"permissions_boundary":true}`, "",
		},
	} {
		altered := strings.Replace(whole, c.old, c.new, 1)
		if strings.Contains(c.new, "after_sensitive") {
			altered = strings.Replace(altered, `"permissions_boundary":null,"assume_role_policy":"{}"},"sensitive_values"`, `"permissions_boundary":"hidden","assume_role_policy":"{}"},"sensitive_values"`, 1)
		}
		want := c.want
		if want != "" {
			want = "reason: " + want
		}
		if got := outcome(t, altered); got != want {
			t.Errorf("%s: got %s, want %s", c.new, got, want)
		}
	}
	// Without planned values there is nothing to compare; without changes the
	// planned values are all that tells of a role.
	if got := outcome(t, strings.Replace(whole, `"planned_values"`, `"more"`, 1)); got != "" {
		t.Error(got)
	}
	if got := outcome(t, strings.Replace(whole, `"resource_changes"`, `"more"`, 1)); got != "reason: planned_values.root_module.resources[0]: aws_iam_role.r is not in resource_changes" {
		t.Error(got)
	}
	// One resource instance is one entry.
	entry := `{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","change":{"actions":["no-op"],"before":{},"after":{}}},`
	if got := outcome(t, strings.Replace(whole, `"resource_changes":[`, `"resource_changes":[`+entry, 1)); got != "resource_changes[0] and resource_changes[1] are both of aws_iam_role.r" {
		t.Error(got)
	}
}

// TestUnusable: an attribute that has another type than the provider gives it
// is unknown, and not one that is not set.
func TestUnusable(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"permissions_boundary":null,"assume_role_policy":"{}"},
		"after_unknown"`, `"permissions_boundary":{},"assume_role_policy":"{}"},
		"after_unknown"`, "  boundary <aws_iam_role.r.permissions_boundary> unknown by aws_iam_role.r.permissions_boundary or null"},
		{`"after":{"name":"p"},"after_unknown":{"policy":true,`, `"after":{"name":"p","policy":[]},"after_unknown":{`, "  document unknown by module.m.aws_iam_policy.p.policy"},
	} {
		altered := strings.Replace(whole, c.old, c.new, 1)
		if altered == whole {
			t.Fatal("nothing is altered by", c.new)
		}
		p, err := Read(strings.NewReader(altered), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(err)
		}
		if got := sourcetest.Dump(model(t, p)); !strings.Contains(got, c.want) {
			t.Errorf("no %s in\n%s", c.want, got)
		}
	}
}
