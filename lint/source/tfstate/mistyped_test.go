package tfstate

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

const (
	shown = `{"format_version":"1.0","terraform_version":"1.11.4","values":{"outputs":5,"root_module":{"resources":[
		{"address":"aws_iam_role.r[0]","mode":"managed","type":"aws_iam_role","name":"r","index":0,"provider_name":"aws","values":{"name":"r","path":null,"assume_role_policy":"{}"},"sensitive_values":{"tags":{}}},
		{"address":"aws_vpc.v","mode":"managed","type":"aws_vpc","name":"v","values":7}],
		"child_modules":[{"address":"module.m","resources":[]}]}}}`
	kept = `{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","outputs":{},"resources":[
		{"module":"module.m","mode":"managed","type":"aws_iam_role","name":"r","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[
			{"index_key":"k","attributes":{"name":"r","assume_role_policy":"{}"},"sensitive_attributes":[[{"type":"get_attr","value":"name"}]],"private":"x"}]},
		{"mode":"managed","type":"aws_vpc","name":"v","instances":"x"}],"check_results":null}`
)

// TestMistyped alters one member of a state at a time: what Terraform never
// prints is an error, or makes the state incomplete, with its place.
func TestMistyped(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"1.0"`, `"1.7"`, ""},
		{`"1.0"`, `"-1.0"`, `the state JSON has the format_version "-1.0", which is not a version`},
		{`"1.11.4"`, `[]`, "terraform_version: want a text, found a list"},
		{`"values":{"outputs"`, `"values":"x","more":{"outputs"`, "values: want an object, found a text"},
		{`"values":{"outputs"`, `"values":{},"values":{"outputs"`, "values: it stands twice"},
		{`"root_module":{`, `"root_module":[],"more":{`, "values.root_module: want an object, found a list"},
		{`"resources":[`, `"resources":{},"more":[`, "values.root_module.resources: want a list, found an object"},
		{`"child_modules":[{`, `"child_modules":[null,{`, "values.root_module.child_modules[0]: want an object, found null"},
		{`"address":"module.m"`, `"address":{}`, "values.root_module.child_modules[0].address: want a text, found an object"},
		{`"address":"aws_iam_role.r[0]",`, ``, "values.root_module.resources[0].address: it is missing"},
		{`"type":"aws_iam_role"`, `"type":true`, "values.root_module.resources[0].type: want a text, found true or false"},
		{`"mode":"managed","type":"aws_vpc"`, `"type":"aws_vpc"`, "values.root_module.resources[1].mode: it is missing"},
		{`"values":{"name":"r","path":null,"assume_role_policy":"{}"}`, `"values":[]`, "values.root_module.resources[0].values: want an object, found a list"},
		{`"values":{"name":"r","path":null,"assume_role_policy":"{}"},`, ``, "reason: values.root_module.resources[0].values.assume_role_policy: it is missing"},
		{`"path":null`, `"path":null,"tags":null,"managed_policy_arns":["x"],"inline_policy":[],"description":{}`, ""},
		{`"path":null`, `"path":null,"path":"/"`, "values.root_module.resources[0].values.path: it stands twice"},
		{`"path":null`, `"permissions_boundary":5`, "reason: values.root_module.resources[0].values.permissions_boundary: want a text or null, found a number"},
		{`"path":null`, `"managed_policy_arns":"x"`, "reason: values.root_module.resources[0].values.managed_policy_arns: want a list or null, found a text"},
		{`"path":null`, `"inline_policy":[{"name":"x","policy":{}}]`, "reason: values.root_module.resources[0].values.inline_policy[0].policy: want a text or null, found an object"},
		{`"sensitive_values":{"tags":{}}`, `"sensitive_values":"x"`, "values.root_module.resources[0].sensitive_values: want true or false or a list or an object, found a text"},
		{`"index":0`, `"index":[]`, "values.root_module.resources[0].index: want a text or a number, found a list"},
		{`{"address":"aws_vpc.v"`, `{"address":"aws_iam_role.r[0]","mode":"managed","type":"aws_iam_role","name":"r"},{"address":"aws_vpc.v"`, "values.root_module.resources[0] and values.root_module.resources[1] are both of aws_iam_role.r[0]"},
	} {
		judge(t, shown, c.old, c.new, c.want, show)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"version":4`, `"version":"4"`, "version: want a number, found a text"},
		{`"version":4`, `"version":4.5`, "the state file has version 4.5, and boundlint reads version 4: run terraform show -json and pass what it prints"},
		{`"resources":[`, `"resources":null,"more":[`, "resources: want a list, found null"},
		{`"module":"module.m"`, `"module":5`, "resources[0].module: want a text, found a number"},
		{`"instances":[`, `"instances":{},"more":[`, "resources[0].instances: want a list, found an object"},
		{`"instances":[`, `"instances":["x",`, "resources[0].instances[0]: want an object, found a text"},
		{`"index_key":"k"`, `"index_key":{}`, "resources[0].instances[0].index_key: want a text or a number or null, found an object"},
		{`"attributes":{`, `"attributes":[],"more":{`, "resources[0].instances[0].attributes: want an object or null, found a list"},
		{`"attributes":{"name":"r","assume_role_policy":"{}"}`, `"attributes":null`, "reason: resources[0].instances[0].attributes.assume_role_policy: it is missing"},
		{`"attributes":{"name":"r"`, `"attributes":{"name":{}`, "reason: resources[0].instances[0].attributes.name: want a text, found an object"},
		{`"sensitive_attributes":[[{`, `"sensitive_attributes":[["x",{`, "resources[0].instances[0].sensitive_attributes[0][0]: want an object, found a text"},
		{`"private":"x"`, `"private":7,"deposed":""`, ""},
	} {
		judge(t, kept, c.old, c.new, c.want, file)
	}
}

func judge(t *testing.T, state, old, replacement, want string, read func([]byte) (*iam.Model, error)) {
	t.Helper()
	altered := strings.Replace(state, old, replacement, 1)
	if altered == state {
		t.Fatalf("%s is not there", old)
	}
	m, err := read([]byte(altered))
	got := ""
	switch {
	case err != nil:
		got = err.Error()
	case !m.Input.Complete:
		got = "reason: " + strings.TrimPrefix(strings.Join(m.Input.Reasons, "; "), "it is not what terraform show -json prints: ")
	}
	if got != want {
		t.Errorf("%s: got %s, want %s", replacement, got, want)
	}
}
