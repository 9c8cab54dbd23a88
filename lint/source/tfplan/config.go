package tfplan

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// module is one module of the configuration, with what is needed to follow
// references: the expressions of resources that the model is made of, of
// module calls and of outputs.
type module struct {
	blocks  map[string]*block // by address without keys
	calls   map[string]*call
	outputs map[string]*tfjson.Expression
	// sensitive are the variables that are declared to be so.
	sensitive map[string]bool
}

// block is a resource or data block.
type block struct {
	provider    string
	expressions expressions
	forEach     []string // the references of for_each
}

// call is a module call.
type call struct {
	arguments map[string]*tfjson.Expression
	forEach   []string // the references of for_each
	module    *module
}

// configuration reads a member of configuration.
func (rd *reader) configuration(name string) (err error) {
	switch name {
	case "provider_config":
		return rd.r.Object(rd.providerConfig)
	case "root_module":
		rd.root, err = rd.module()
		return err
	default:
		return rd.r.Skip()
	}
}

func (rd *reader) providerConfig(key string) error {
	var f stream.Fields
	if err := rd.r.Decode(providerName, &f); err != nil {
		return err
	}
	// The name is the local one, which the configuration chooses.
	name := f.String("name")
	if full := f.String("full_name"); full != "" {
		name = tfstate.ProviderName(full)
	}
	if name != "aws" && name != "awscc" {
		return nil
	}
	at := rd.r.At()
	if err := f.Check(providerShape, at); err != nil {
		return err
	}
	p := tfjson.ProviderConfig{ModuleAddress: f.String("module_address")}
	of, err := rd.expressions(f["expressions"], at.AppendToken("expressions"))
	if err != nil {
		return err
	}
	p.Expressions = of.all()
	if rd.providers == nil {
		rd.providers = map[string]tfjson.ProviderConfig{}
	}
	rd.providers[key] = p
	return nil
}

// module reads one module and those it calls.
func (rd *reader) module() (*module, error) {
	m := &module{blocks: map[string]*block{}, calls: map[string]*call{}, sensitive: map[string]bool{}}
	err := rd.r.Object(func(name string) error {
		switch name {
		case "resources":
			return rd.r.Array(func() error { return rd.block(m) })
		case "module_calls":
			return rd.r.Object(func(name string) error {
				c, err := rd.call()
				m.calls[name] = c
				return err
			})
		case "outputs":
			return rd.r.Object(func(name string) error { return rd.output(m, name) })
		case "variables":
			return rd.r.Object(func(name string) error {
				return rd.r.Object(func(member string) error {
					if member != "sensitive" {
						return rd.r.Skip()
					}
					raw, err := rd.r.Raw()
					m.sensitive[name] = string(raw) == "true"
					return err
				})
			})
		default:
			return rd.r.Skip()
		}
	})
	return m, err
}

func (rd *reader) block(m *module) error {
	f, err := rd.r.Typed(stream.Wanted{Type: resource.Reads})
	if err != nil || f == nil {
		return err
	}
	at := rd.r.At()
	shape, wanted := blockShape, readOf(f)
	if wanted != nil {
		shape = serviceBlockShape
	}
	if err := f.CheckTyped(shape, at); err != nil {
		return err
	}
	b := &block{provider: rd.values.Name([]byte(f.String("provider_config_key")))}
	switch {
	case wanted != nil:
		b.expressions, err = rd.expressionsAsText(f["expressions"], at, wanted)
	case f.String("mode") == string(tfjson.ManagedResourceMode) && areConstant(f["expressions"]):
		b.expressions, err = constantsAsText(f["expressions"], at)
	default:
		b.expressions, err = rd.expressions(f["expressions"], at.AppendToken("expressions"))
	}
	if err != nil {
		return err
	}
	if raw, ok := f["for_each_expression"]; ok {
		forEach, err := rd.expression(raw, at.AppendToken("for_each_expression"))
		if err != nil {
			return err
		}
		b.forEach = references(forEach)
	}
	address := f.String("address")
	if m.blocks[address] != nil {
		return stream.Errorf("%s: its module has %s twice", stream.Place(at), address)
	}
	m.blocks[address] = b
	return nil
}

func (rd *reader) call() (*call, error) {
	c := &call{}
	err := rd.r.Object(func(name string) (err error) {
		switch name {
		case "expressions":
			c.arguments, err = rd.arguments()
			return err
		case "for_each_expression":
			e, err := rd.nextExpression()
			c.forEach = references(e)
			return err
		case "module":
			c.module, err = rd.module()
			return err
		default:
			return rd.r.Skip()
		}
	})
	if c.module == nil {
		c.module = &module{}
	}
	return c, err
}

// arguments reads the arguments of a module call. Constants can be of any
// size, and only matter by being constants.
func (rd *reader) arguments() (map[string]*tfjson.Expression, error) {
	out := map[string]*tfjson.Expression{}
	return out, rd.r.Object(func(name string) error {
		e, err := rd.nextExpression()
		if err != nil || e == nil {
			return err
		}
		switch e.ConstantValue.(type) {
		case nil, string, bool, float64:
		default:
			if len(references(e)) == 0 {
				e.ConstantValue = true
			}
		}
		out[name] = e
		return nil
	})
}

func (rd *reader) output(m *module, name string) error {
	return rd.r.Object(func(member string) error {
		if member != "expression" {
			return rd.r.Skip()
		}
		e, err := rd.nextExpression()
		if err != nil {
			return err
		}
		if m.outputs == nil {
			m.outputs = map[string]*tfjson.Expression{}
		}
		if len(references(e)) == 0 && e.ExpressionData != nil {
			e.ConstantValue = true
		}
		m.outputs[name] = e
		return nil
	})
}

// references are the references of an expression, and of the blocks nested
// in it.
func references(e *tfjson.Expression) []string {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	refs := slices.Clone(e.References)
	for _, b := range e.NestedBlocks {
		for _, x := range b {
			refs = append(refs, references(x)...)
		}
	}
	return refs
}

// longest are the references without those that are a step on the way to the
// one before: after aws_iam_policy.b[0].arn Terraform lists aws_iam_policy.b[0]
// and aws_iam_policy.b as well.
func longest(refs []string) []string {
	var out []string
	for _, ref := range refs {
		if n := len(out); n > 0 {
			rest, ok := strings.CutPrefix(out[n-1], ref)
			if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				continue
			}
		}
		out = append(out, ref)
	}
	return out
}

// scope is one instance of a module: where references are looked up.
type scope struct {
	module *module
	// path is the address of the module instance, "" for the root.
	path   string
	parent *scope
	// call is the call in the parent, key the instance key ([0], ["a"]).
	call *call
	key  string
}

// root is the scope of the root module, nil if the plan has no configuration.
func (res *resolver) rootScope() *scope {
	if res.rd.root == nil {
		return nil
	}
	return &scope{module: res.rd.root}
}

// child is the scope of a module called from sc; step is the name of the call
// with its instance key.
func (sc *scope) child(step string) *scope {
	name, key := step, ""
	if at := strings.IndexByte(step, '['); at >= 0 {
		name, key = step[:at], step[at:]
	}
	c := sc.module.calls[name]
	if c == nil || c.module == nil {
		return nil
	}
	return &scope{module: c.module, path: sc.full("module." + step), parent: sc, call: c, key: key}
}

// full is the address of something in the module instance.
func (sc *scope) full(address string) string {
	if sc.path == "" {
		return address
	}
	return sc.path + "." + address
}

// block is the configuration of a resource instance, and its scope; both are
// nil where the plan tells neither.
func (res *resolver) block(address string) (*block, *scope) {
	sc, steps := res.enter(address)
	if sc == nil {
		return nil, nil
	}
	return sc.module.blocks[policy.WithoutKeys(strings.Join(steps, "."))], sc
}

// enter is the scope of the module that an address is in, with the rest of
// the address; nil where the plan does not tell.
func (res *resolver) enter(address string) (*scope, []string) {
	sc := res.rootScope()
	steps := policy.SplitAddress(address)
	for sc != nil && len(steps) > 1 && steps[0] == "module" {
		sc = sc.child(steps[1])
		steps = steps[2:]
	}
	return sc, steps
}
