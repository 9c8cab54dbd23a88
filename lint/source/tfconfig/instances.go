package tfconfig

import (
	"path"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// instance is one instance of a resource or data source.
type instance struct {
	module  *moduleInstance
	block   *resourceBlock
	key     string
	address string
	// names are each and count of the instance.
	names *names
	// maybe is by what it may not exist, as in moduleInstance; by says so for
	// people.
	maybe []*policy.Symbol
	by    string

	memos    []*namedMemo // of attributes
	whole    *memo        // nil where nobody has asked for all of it
	document *evaluatedDocument
}

// resource are the instances of a block, nil where there is no such block.
func (m *moduleInstance) resource(address string) *instances {
	if known := m.resources[address]; known != nil {
		return known
	}
	block := m.config.resources[address]
	if block == nil {
		return nil
	}
	// There before it is expanded: see calls.
	all := &instances{module: m, block: block, group: group[*instance]{kind: expandForEach, expanding: true}}
	if m.resources == nil {
		m.resources = map[string]*instances{}
	}
	m.resources[address] = all
	found := m.env().expand(block.body(), address)
	for _, x := range found.list {
		if !m.ev.another(block.rng) {
			found.cut = true
			break
		}
		i := &instance{
			module: m, block: block, key: x.key, maybe: withDoubt(m.maybe, x.may), by: found.byOf(x),
			address: m.path + address + m.ev.suffix(found.kind, x.key),
		}
		if x.vars != nil {
			i.names = &names{vars: x.vars}
			if each, ok := x.vars[0].is.(*iteration); ok {
				i.names.origin = &origin{env: m.env(), expr: block.body().Attributes["for_each"].Expr, key: each.key}
			}
		}
		all.add(x, i)
	}
	all.expanded(found)
	return all
}

// withDoubt adds to what it depends on whether a module exists what an
// instance in it depends on.
func withDoubt(module []*policy.Symbol, may *optional) []*policy.Symbol {
	if may == nil {
		return module
	}
	return append(slices.Clip(module), may.why)
}

// existence is what hides whether the instance exists: its own count or
// for_each, or that of a module around it.
func (i *instance) existence() string {
	if len(i.maybe) == 0 || i.by != "" {
		return i.by
	}
	m := i.module
	for m.parent != nil && m.by == "" {
		m = m.parent
	}
	return m.by
}

// env is where the expressions of the instance's body stand.
func (i *instance) env() *env {
	return &env{ev: i.module.ev, module: i.module, instance: i, names: i.names}
}

// typ is the resource type as symbols know it: data.aws_iam_role for a data
// source.
func (i *instance) typ() string {
	if i.block.data {
		return "data." + i.block.typ
	}
	return i.block.typ
}

// metaArguments are not attributes.
var metaArguments = map[string]bool{
	"count": true, "for_each": true, "provider": true, "depends_on": true,
}

// lookup is an attribute of a data source that can be known, or has a symbol
// of its own, without asking AWS.
func (i *instance) lookup(name string) (cty.Value, bool) {
	if v, ok := i.offline(name); ok {
		return v, true
	}
	switch i.block.typ + "." + name {
	case "aws_iam_policy_document.json", "aws_iam_policy_document.minified_json":
		return i.policyDocument(name), true
	case "template_file.rendered":
		return i.renderTemplate(), true
	case "local_file.content":
		if a := i.block.body().Attributes["filename"]; a != nil {
			return i.env().fileContent(a.Expr), true
		}
	case "aws_iam_policy.name":
		// The name of a policy looked up by ARN is the end of the ARN.
		if v, _ := i.attribute("arn").Unmark(); i.block.body().Attributes["name"] == nil && isText(v) && !policy.ContainsToken(v.AsString()) {
			return cty.StringVal(path.Base(v.AsString())), true
		}
	}
	return cty.NilVal, false
}

// renderTemplate is data.template_file.x.rendered: templatefile by its older
// name.
func (i *instance) renderTemplate() cty.Value {
	e := i.env()
	template, vars := i.block.body().Attributes["template"], i.block.body().Attributes["vars"]
	if template == nil {
		return i.reference("rendered")
	}
	text, marks := e.eval(template.Expr).Unmark()
	if !isText(text) || policy.ContainsToken(text.AsString()) {
		return i.reference("rendered")
	}
	given := cty.EmptyObjectVal
	if vars != nil {
		given = e.eval(vars.Expr)
	}
	return e.render([]byte(text.AsString()), e.shownFile(template.Expr.Range().Filename, marks), given, template.Expr).WithMarks(marks)
}

// provider is the provider configuration that manages the instance, as the
// root module names it.
func (i *instance) provider() string { return i.module.provider(i.providerReference()) }

// providerReference is the provider configuration as the module calls it: by
// default the one that the type is named after.
func (i *instance) providerReference() string {
	if a := i.block.body().Attributes["provider"]; a != nil {
		return providerName(i.env(), a.Expr)
	}
	name, _, _ := strings.Cut(i.block.typ, "_")
	return name
}

// arnKinds are the kinds of resources whose ARN follows from path and name.
var arnKinds = map[string]string{
	"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group",
	"aws_iam_policy": "policy", "aws_iam_instance_profile": "instance-profile",
}

// spellARNs replaces references to the ARN of a declared resource by the ARN
// that it will have.
func (ev *evaluator) spellARNs(t policy.Text) policy.Text {
	return t.Map(func(s *policy.Symbol) (policy.Text, bool) {
		i := ev.referenced[s]
		if s.Kind != policy.SymbolReference || s.Attribute != "arn" || i == nil || i.block.data {
			return policy.Text{}, false
		}
		kind, ok := arnKinds[i.block.typ]
		if !ok {
			return policy.Text{}, false
		}
		path, _ := i.attribute("path").Unmark()
		name, _ := i.attribute("name").Unmark()
		partition, _ := i.partition().Unmark()
		if !isText(path) || !isText(name) {
			return policy.Text{}, false
		}
		return policy.Concat(
			policy.Literal("arn:"), ev.decode(partition),
			policy.Literal(":iam::"), policy.SymbolText(resource.AccountSymbol(ev.symbols, i.provider())),
			policy.Literal(":"+kind), ev.decode(path), ev.decode(name),
		), true
	})
}
