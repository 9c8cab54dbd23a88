package tfconfig

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/mattn/go-shellwords"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// Given is a value for variables of the root module, as the command line gives
// it: a file of values, or one value. One of both is set.
type Given struct {
	// File is the path of a file of values, JSON if its name ends in .json.
	File string
	// Value is NAME=VALUE.
	Value string
}

// givenVariables collects the values of the root module's variables in the
// order of Terraform (Input Variables, "Variable definition precedence"):
// TF_VAR_*, terraform.tfvars, terraform.tfvars.json, *.auto.tfvars(.json) in
// the order of their names, TF_CLI_ARGS_plan, TF_CLI_ARGS, and the command line
// as it is written. The last one counts.
func (ev *evaluator) givenVariables(config *configuration, o Options) error {
	ev.given = map[string]cty.Value{}
	for name, v := range o.Variables {
		ev.given[name] = fromPlain(v)
	}
	ev.written = map[string]hclsyntax.Expression{}
	planned := o.Variables != nil
	for _, name := range ev.tfvarsFiles() {
		p := path.Join(ev.rootDir, name)
		src, err := ev.loader.tree.source(p)
		if err == nil {
			ev.loader.files[p] = src
			err = ev.readVariables(config, src, p, !planned)
		}
		if err != nil && !planned {
			ev.report(problem{rng: shapeRange(p, err), message: "the values in the file are not used: " + plainError(err)})
		}
	}
	if planned {
		return nil
	}
	ev.environmentArguments(config, o)
	for _, g := range o.Given {
		if err := ev.give(config, g, ev.loader.tree.readNamed); err != nil {
			return err
		}
	}
	ev.environmentVariables(config, o)
	return nil
}

// environmentVariables takes the values of TF_VAR_NAME for the variables that
// the root module declares and that nothing else gives; others are those of
// other root modules.
func (ev *evaluator) environmentVariables(config *configuration, o Options) {
	for _, name := range sortedKeys(config.variables) {
		text, set := o.lookupEnv("TF_VAR_" + name)
		if _, given := ev.given[name]; given || !set {
			continue
		}
		v, err := writtenValue(config.variables[name], text)
		if err != nil {
			ev.report(problem{
				rng:     config.variables[name].rng,
				message: fmt.Sprintf("the value of TF_VAR_%s in the environment cannot be used: %s", name, plainError(err)),
			})
			v = config.variables[name].unusable()
		}
		ev.given[name] = v
	}
}

// unusable stands for a value that is given and cannot be read: the variable
// is then one without a value, and not one with its default.
func (v *variableBlock) unusable() cty.Value {
	if v == nil || v.declared().ty == cty.DynamicPseudoType {
		return cty.UnknownVal(cty.String)
	}
	return cty.UnknownVal(v.declared().ty.WithoutOptionalAttributesDeep())
}

// environmentArguments takes the values that TF_CLI_ARGS_plan and TF_CLI_ARGS
// give terraform plan. Terraform puts both before the arguments of its command
// line, and the one for the command before the other (Environment Variables,
// "TF_CLI_ARGS and TF_CLI_ARGS_name"). It runs in the root module, so that
// paths in them start there.
func (ev *evaluator) environmentArguments(config *configuration, o Options) {
	for _, from := range []string{"TF_CLI_ARGS_plan", "TF_CLI_ARGS"} {
		text, _ := o.lookupEnv(from)
		list, err := argumentValues(text)
		for _, g := range list {
			if err == nil {
				file, read := ev.loader.tree.from(ev.rootDir, g.File)
				err = ev.give(config, Given{File: file, Value: g.Value}, read)
			}
		}
		if err != nil {
			ev.report(problem{message: fmt.Sprintf("%s in the environment cannot be used: %s", from, err)})
		}
	}
}

// argumentValues are the values for variables among arguments of Terraform,
// written as in a shell.
func argumentValues(text string) ([]Given, error) {
	args, err := shellwords.Parse(text)
	if err != nil {
		return nil, err
	}
	var out []Given
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, inline := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		name = strings.TrimPrefix(name, "-")
		if !strings.HasPrefix(arg, "-") || name != "var" && name != "var-file" {
			continue
		}
		if !inline {
			if len(args) == 0 {
				return nil, fmt.Errorf("-%s needs a value", name)
			}
			value, args = args[0], args[1:]
		}
		if name == "var" {
			out = append(out, Given{Value: value})
		} else {
			out = append(out, Given{File: value})
		}
	}
	return out, nil
}

// give takes one value, or a file of values.
func (ev *evaluator) give(config *configuration, g Given, read func(string) ([]byte, error)) error {
	if g.File != "" {
		src, err := read(g.File)
		if err == nil {
			err = ev.readVariables(config, src, g.File, true)
		}
		if err != nil {
			return fmt.Errorf("variable file %s: %s", g.File, plainError(err))
		}
		return nil
	}
	name, text, err := g.assignment()
	if err != nil {
		return err
	}
	v, err := writtenValue(config.variables[name], text)
	if err != nil {
		return fmt.Errorf("variable %s: %w", name, err)
	}
	ev.given[name] = v
	delete(ev.written, name)
	return nil
}

// assignment is the name of the variable and its value as it is written.
func (g Given) assignment() (name, text string, err error) {
	name, text, found := strings.Cut(g.Value, "=")
	if !found || strings.TrimSpace(name) == "" {
		return "", "", fmt.Errorf("variable %q: want NAME=VALUE", g.Value)
	}
	return name, text, nil
}

// undeclared are the variables that are given a value on the command line and
// that the root module does not declare.
func (o *Options) undeclared(config *configuration) []string {
	var out []string
	for _, g := range o.Given {
		if name, _, err := g.assignment(); g.File == "" && err == nil && config.variables[name] == nil && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// tfvarsFiles are the files that Terraform reads by itself, in its order.
func (ev *evaluator) tfvarsFiles() []string {
	entries, err := ev.loader.tree.List(ev.rootDir)
	if err != nil {
		return nil
	}
	var first, auto []string
	for _, e := range entries {
		switch name := e.Name(); {
		case !isOwnValues(name):
		case strings.TrimSuffix(name, ".json") == "terraform.tfvars":
			first = append(first, name)
		default:
			auto = append(auto, name)
		}
	}
	return append(first, auto...)
}

// isOwnValues reports whether Terraform reads a file for values by itself, of
// the root module.
func isOwnValues(name string) bool {
	name = strings.TrimSuffix(name, ".json")
	return name == "terraform.tfvars" || strings.HasSuffix(name, ".auto.tfvars")
}

// readVariables takes the values of a variable file. What is broken in it is
// unknown, with a problem. Where a plan has given the values, only the places
// of the file's are taken: what is traced there is compared.
func (ev *evaluator) readVariables(config *configuration, src []byte, p string, values bool) error {
	var f *hcl.File
	var diags hcl.Diagnostics
	if strings.HasSuffix(p, ".json") {
		if err := checkJSON(src, maxJSON); err != nil {
			return err
		}
		f, diags = hcljson.Parse(src, p)
	} else {
		if err := checkShape(src); err != nil {
			return err
		}
		f, diags = hclsyntax.ParseConfig(src, p, hcl.InitialPos)
	}
	if f == nil {
		return errors.New("it cannot be parsed")
	}
	attributes, told := f.Body.JustAttributes()
	told = append(told, diags...)
	for name, a := range attributes {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			told, v = append(told, diags...), config.variables[name].unusable()
		}
		if values {
			ev.given[name] = v
		}
		delete(ev.written, name)
		if x, ok := a.Expr.(hclsyntax.Expression); ok && ev.loader.files[p] != nil {
			ev.written[name] = x
		}
	}
	for _, d := range told {
		if !values {
			break
		}
		rng := startOf(p)
		if d.Subject != nil {
			rng = *d.Subject
		}
		ev.report(problem{rng: rng, message: d.Summary + ": " + d.Detail})
	}
	return nil
}

// writtenValue reads the value of a variable as it is written on a command
// line or in the environment: text for variables of a primitive type or of
// none, else an expression (Input Variables, "Complex-typed values").
func writtenValue(v *variableBlock, text string) (cty.Value, error) {
	if policy.ContainsToken(text) {
		return cty.NilVal, errToken
	}
	if v == nil || v.declared().literal {
		return cty.StringVal(text), nil
	}
	if err := checkShape([]byte(text)); err != nil {
		return cty.NilVal, err
	}
	x, diags := hclsyntax.ParseExpression([]byte(text), "the value", hcl.InitialPos)
	if !diags.HasErrors() {
		var val cty.Value
		if val, diags = x.Value(nil); !diags.HasErrors() {
			return val, nil
		}
	}
	why := ""
	if len(diags) > 0 {
		why = diags[0].Detail
	}
	return cty.NilVal, fmt.Errorf("the value is read as an expression, because the type of the variable is not string, number or bool: %s",
		why)
}
