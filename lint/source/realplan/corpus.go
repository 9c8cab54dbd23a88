// Package realplan holds small configurations against which the evaluation of
// configuration is compared with the real terraform plan, has the real tool
// plan them, and keeps what their plans know as text.
package realplan

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Group is one file of configurations on one subject, in the format of txtar.
//
//   - The file NAME/... belongs to the configuration NAME; NAME.tf is short for
//     NAME/main.tf.
//   - common.tf is added to every configuration of the group.
//   - Each line "NAME: EXPRESSION" of the file expressions, or of
//     TEMPLATE.expressions, makes a configuration of each.tf, or of
//     TEMPLATE.each: its text with EXPRESSION in place of that word. A comment
//     "# knows" or "# silent" before the line is its.
//
// Comments at the top of a configuration's first file say how it is planned:
//
//	# root                       it is a root module; others are called by one
//	# fails                      terraform plan refuses it
//	# silent: the reason         nothing is said of what fails, and why that is right
//	# call: stage = "prod"       with these arguments; several calls are several cases
//	# env: TF_WORKSPACE=prod     with this environment
//	# args: -var-file=x.tfvars   with these arguments of the command line
//	# knows: output x, T.N.attr  what follows from the configuration, although the plan does not know it
type Group struct {
	Name  string
	Cases []Case
}

// Case is one configuration with the arguments of one call.
type Case struct {
	// Name tells the case from the others of its group. It is the label of
	// the call, too.
	Name string
	// Configuration is the name of the configuration, and its directory below
	// the root that calls it.
	Configuration string
	// Root is set for a configuration that is a root module itself.
	Root bool
	// Fails is set where the real tool refuses the configuration, and Silent
	// says why it is right that nothing is said of it; "" where it is not.
	Fails  bool
	Silent string `json:"-"`
	// Arguments are the arguments of the call, in HCL.
	Arguments string
	// Files are the files of the configuration, by path below its directory.
	Files map[string]string
	// Env ("NAME=value") and Args are given to terraform plan.
	Env, Args []string
	// Knows are the outputs ("output NAME") and attributes that follow from
	// the configuration although the plan does not know them.
	Knows []string
}

// Load reads the groups in a directory, sorted by name.
func Load(dir string) ([]Group, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var groups []Group
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		g, err := parse(strings.TrimSuffix(filepath.Base(file), ".txtar"), src)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// parse reads a group.
func parse(name string, src []byte) (Group, error) {
	g := Group{Name: name}
	common := ""
	templates := map[string]string{}
	files := map[string]map[string]string{}
	first := map[string]string{}
	var order []string
	add := func(configuration, file, text string) {
		if files[configuration] == nil {
			files[configuration] = map[string]string{}
			first[configuration] = text
			order = append(order, configuration)
		}
		files[configuration][file] = text
	}
	for _, f := range txtar.Parse(src).Files {
		text := string(f.Data)
		dir, rest, nested := strings.Cut(f.Name, "/")
		switch base, ext, _ := strings.Cut(f.Name, "."); {
		case nested:
			add(dir, rest, text)
		case f.Name == "common.tf":
			common = text
		case ext == "each":
			templates[base] = text
		case ext == "expressions":
			list, err := expressions(text)
			if err == nil && templates[base] == "" {
				err = fmt.Errorf("there is no %s.each before it", base)
			}
			if err != nil {
				return g, fmt.Errorf("%s: %w", f.Name, err)
			}
			for _, x := range list {
				add(x.name, "main.tf", x.directives+strings.ReplaceAll(templates[base], "EXPRESSION", x.text))
			}
		case ext == "tf":
			add(base, "main.tf", text)
		default:
			return g, fmt.Errorf("%s belongs to no configuration", f.Name)
		}
	}
	seen := map[string]bool{}
	for _, configuration := range order {
		if common != "" {
			files[configuration]["common.tf"] = common
		}
		for _, c := range cases(configuration, first[configuration], files[configuration]) {
			if seen[c.Name] {
				return g, fmt.Errorf("there are two cases %s", c.Name)
			}
			seen[c.Name] = true
			g.Cases = append(g.Cases, c)
		}
	}
	return g, nil
}

// expression is a line of a table of expressions, with the comments before it
// that say how its configuration is planned.
type expression struct{ name, text, directives string }

func expressions(table string) ([]expression, error) {
	var list []expression
	directives := ""
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "# knows: "), strings.HasPrefix(line, "# silent: "):
			directives += line + "\n"
		case line[0] == '#':
		default:
			name, text, found := strings.Cut(line, ": ")
			if !found {
				return nil, fmt.Errorf("%q is not NAME: EXPRESSION", line)
			}
			list = append(list, expression{name, strings.TrimSpace(text), directives})
			directives = ""
		}
	}
	return list, nil
}

// cases are those of one configuration, as the comments at its top say.
func cases(configuration, top string, files map[string]string) []Case {
	c := Case{Name: configuration, Configuration: configuration, Files: files}
	var calls, expected []string
	for line := range strings.Lines(top) {
		directive, found := strings.CutPrefix(strings.TrimSpace(line), "# ")
		if !found {
			break
		}
		key, value, _ := strings.Cut(directive, ": ")
		switch value = strings.TrimSpace(value); key {
		case "root":
			c.Root = true
		case "fails":
			c.Fails = true
		case "silent":
			c.Silent = value
			expected = append(expected, line)
		case "call":
			calls = append(calls, value)
		case "env":
			c.Env = append(c.Env, value)
		case "knows":
			c.Knows = append(c.Knows, strings.Split(value, ", ")...)
			expected = append(expected, line)
		case "args":
			c.Args = append(c.Args, strings.Fields(value)...)
		}
	}
	for _, line := range expected {
		for name, text := range files {
			files[name] = strings.ReplaceAll(text, line, "")
		}
	}
	if len(calls) == 0 {
		return []Case{c}
	}
	list := make([]Case, len(calls))
	for i, call := range calls {
		list[i] = c
		list[i].Arguments = strings.ReplaceAll(call, "; ", "\n")
		if i > 0 {
			list[i].Name = fmt.Sprintf("%s_%d", configuration, i+1)
		}
	}
	return list
}

// The version is that of the plans: the next major one has other attributes.
const requiredProviders = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
`

// mocked is what lets the provider plan without an account.
const mocked = `  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
`

const provider = `
provider "aws" {
  region = "eu-west-1"
` + mocked + `}
`

// Write writes a root module that is a case, or that calls it, to a directory.
func (c *Case) Write(dir string) error { return Write(dir, []Case{*c}) }

// Write writes one root module for a case that is one, or for any number of
// cases that are called.
func Write(dir string, list []Case) error {
	files := map[string]string{}
	var root strings.Builder
	root.WriteString(requiredProviders + provider)
	for _, c := range list {
		if c.Root {
			maps.Copy(files, c.Files)
			files["versions.tf"] = requiredProviders
			if !c.configuresProvider() {
				files["versions.tf"] += provider
			}
			continue
		}
		for name, text := range c.Files {
			files[path.Join(c.Configuration, name)] = text
		}
		fmt.Fprintf(&root, "\nmodule %q {\n  source = %q\n%s\n}\n\noutput %q {\n  value     = module.%s\n  sensitive = true\n}\n",
			c.Name, "./"+c.Configuration, c.Arguments, c.Name, c.Name)
	}
	if !list[0].Root {
		files["main.tf"] = root.String()
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if target, link := strings.CutPrefix(files[name], "link to "); link {
			if err := os.Symlink(strings.TrimSpace(target), file); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(file, []byte(files[name]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) configuresProvider() bool {
	for _, text := range c.Files {
		if strings.Contains(text, `provider "aws" {`) || strings.Contains(text, `"provider"`) {
			return true
		}
	}
	return false
}

// Hides reports whether the call gives nothing but variables without default:
// the configuration by itself does not know them then, and what is said of it
// has to hold for this call as for every other.
func (c *Case) Hides() bool {
	for line := range strings.Lines(c.Arguments) {
		name, _, _ := strings.Cut(line, " = ")
		for _, text := range c.Files {
			_, block, found := strings.Cut(text, fmt.Sprintf("variable %q {", name))
			block, _, _ = strings.Cut(block, "\n}")
			if found && strings.Contains(block, "\n  default ") {
				return false
			}
		}
	}
	return c.Arguments != ""
}

// LookupEnv finds a variable of the environment in which the case is planned.
func (c *Case) LookupEnv(name string) (value string, set bool) {
	for _, x := range c.Env {
		if key, v, _ := strings.Cut(x, "="); key == name {
			value, set = v, true
		}
	}
	return value, set
}

// Given are the values of the command line in their order, each with the name
// of its flag: var or var-file.
func (c *Case) Given() (list []struct{ Flag, Value string }) {
	for i := 0; i < len(c.Args); i++ {
		flag, value, together := strings.Cut(strings.TrimLeft(c.Args[i], "-"), "=")
		if !together {
			i++
			value = c.Args[i]
		}
		list = append(list, struct{ Flag, Value string }{flag, value})
	}
	return list
}

// Prefix is what stands before the addresses of a case's resources.
func (c *Case) Prefix() string {
	if c.Root {
		return ""
	}
	return "module." + c.Name + "."
}
