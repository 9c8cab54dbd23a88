package tfconfig

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/schema"
)

// Description is what terraform show -json says of the configuration of a plan,
// as far as the reader of plans asks for it.
type Description struct {
	// Configuration is the member of that name ("JSON Output Format",
	// configuration representation).
	Configuration json.RawMessage
	// Defaults are those of the variables of the root module.
	Defaults map[string]json.RawMessage
}

// Describe describes the root module in dir and those that it calls. Nothing is
// evaluated but constants. The error tells that dir cannot be used.
func Describe(dir string, o Options) (*Description, error) {
	s, err := open(dir, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	tool, err := s.configured()
	if err != nil {
		return nil, err
	}
	ev, err := s.newEvaluator(s.dir, dir, tool, nil)
	if err != nil {
		return nil, err
	}
	d := &describer{providers: map[string]*describedProvider{}}
	root := d.module(ev.root)
	// A provider that is required and has no block is one without arguments.
	for local := range ev.root.config.sources {
		if d.providers[local] == nil {
			d.provider(ev.root, local, nil)
		}
	}
	text, err := json.Marshal(map[string]any{"provider_config": d.providers, "root_module": root})
	if err != nil {
		return nil, err
	}
	return &Description{Configuration: text, Defaults: defaults(ev.root.config)}, nil
}

// tool is the tool whose files are read: OpenTofu's where it is not known, or
// the directory has no others.
func (s *scan) tool() iam.Tool {
	if files, err := s.loader.configurationFiles(s.dir, s.options.Tool); err == nil && len(files) > 0 && s.options.Tool != "" {
		return s.options.Tool
	}
	return iam.OpenTofu
}

// defaults are the values that variables have where they are not set.
func defaults(c *configuration) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, v := range c.variables {
		t := v.declared()
		if t.value == nil {
			continue
		}
		val, ok := constant(t.value)
		if !ok {
			continue
		}
		if t.defaults != nil && !val.IsNull() {
			val = applyDefaults(t.defaults, val)
		}
		if converted, err := convert.Convert(val, t.ty); err == nil {
			val = converted
		}
		if text, err := ctyjson.Marshal(val, val.Type()); err == nil {
			out[name] = text
		}
	}
	return out
}

// The parts of a description, as they are written.
type (
	describedModule struct {
		Resources []describedResource          `json:"resources,omitempty"`
		Calls     map[string]describedCall     `json:"module_calls,omitempty"`
		Outputs   map[string]describedOutput   `json:"outputs,omitempty"`
		Variables map[string]describedVariable `json:"variables,omitempty"`
	}
	describedResource struct {
		Address     string         `json:"address"`
		Mode        string         `json:"mode"`
		Type        string         `json:"type"`
		Name        string         `json:"name"`
		Provider    string         `json:"provider_config_key"`
		Expressions map[string]any `json:"expressions,omitempty"`
		ForEach     *expression    `json:"for_each_expression,omitempty"`
	}
	describedCall struct {
		Expressions map[string]any   `json:"expressions,omitempty"`
		ForEach     *expression      `json:"for_each_expression,omitempty"`
		Module      *describedModule `json:"module,omitempty"`
	}
	describedOutput struct {
		Expression expression `json:"expression"`
	}
	describedVariable struct {
		Sensitive bool `json:"sensitive,omitempty"`
	}
	describedProvider struct {
		Name        string         `json:"name"`
		Module      string         `json:"module_address,omitempty"`
		Expressions map[string]any `json:"expressions,omitempty"`
	}
	expression struct {
		Constant   json.RawMessage `json:"constant_value,omitempty"`
		References []string        `json:"references,omitempty"`
	}
)

// describer describes modules; providers are those of all of them, by the keys
// that resources name them with.
type describer struct {
	providers map[string]*describedProvider
}

// module describes an instance of a module, which stands for all of its call.
func (d *describer) module(m *moduleInstance) *describedModule {
	c, out := m.config, &describedModule{
		Calls: map[string]describedCall{}, Outputs: map[string]describedOutput{}, Variables: map[string]describedVariable{},
	}
	for _, address := range c.resourceOrder {
		if b := c.resources[address]; resource.Reads(b.typ, b.data) && m.pays(b.body(), b.rng) {
			out.Resources = append(out.Resources, describeResource(m, b))
		}
	}
	for _, name := range c.callOrder {
		call := c.calls[name]
		if !m.pays(call.body, call.rng) || !m.ev.another(call.rng) {
			break
		}
		described := describedCall{Expressions: arguments(call.body, nil), ForEach: forEach(call.body)}
		if config := m.source(call); !config.missing {
			child := newModule(m.ev, config, m, call)
			child.depth, child.path = m.depth+1, m.path+"module."+name+"."
			described.Module = d.module(child)
		}
		out.Calls[name] = described
	}
	for name, b := range c.outputs {
		if a := b.Body.Attributes["value"]; a != nil && m.pays(b.Body, b.DefRange()) {
			out.Outputs[name] = describedOutput{describeExpression(a.Expr)}
		}
	}
	for name, v := range c.variables {
		out.Variables[name] = describedVariable{v.declared().sensitive}
	}
	for name, b := range c.providers {
		if m.pays(b.Body, b.DefRange()) {
			d.provider(m, name, b.Body)
		}
	}
	return out
}

// pays charges the description of a body, which is about as long as its text.
func (m *moduleInstance) pays(body *hclsyntax.Body, at hcl.Range) bool {
	const bytesPerStep = 32
	rng := body.Range()
	return m.env().charge(1+(rng.End.Byte-rng.Start.Byte)/bytesPerStep, func() hcl.Range { return at })
}

// provider describes a provider configuration; body is nil for one without
// arguments.
func (d *describer) provider(m *moduleInstance, name string, body *hclsyntax.Body) {
	local, _, _ := strings.Cut(name, ".")
	p := &describedProvider{Name: m.config.providerType(local), Module: strings.TrimSuffix(m.path, ".")}
	if body != nil {
		p.Expressions = arguments(body, nil)
	}
	d.providers[m.ownProvider(name)] = p
}

func describeResource(m *moduleInstance, b *resourceBlock) describedResource {
	r := describedResource{
		Address: b.address, Mode: "managed", Type: b.typ, Name: b.name,
		Provider: (&instance{module: m, block: b}).provider(), ForEach: forEach(b.body()),
	}
	declared := schema.Resource(b.typ)
	if b.data {
		r.Mode, declared = "data", schema.DataSource(b.typ)
	}
	r.Expressions = arguments(b.body(), declared)
	return r
}

// meta are the arguments and blocks that are Terraform's own.
var meta = map[string]bool{
	"count": true, "for_each": true, "provider": true, "providers": true, "depends_on": true, "source": true, "version": true, "alias": true,
	"lifecycle": true, "provisioner": true, "connection": true, "dynamic": true,
}

// isMeta reports whether a name is Terraform's own, and none of the type's.
func isMeta(name string, declared *schema.Block) bool {
	return meta[name] && (declared == nil || declared.Attribute(name) == nil)
}

// arguments are the expressions of a body; declared is what is known of it, nil
// for nothing. Like Terraform it leaves out dynamic blocks.
func arguments(body *hclsyntax.Body, declared *schema.Block) map[string]any {
	out := map[string]any{}
	for name, a := range body.Attributes {
		if !isMeta(name, declared) {
			out[name] = describeExpression(a.Expr)
		}
	}
	lists := map[string][]map[string]any{}
	for _, b := range body.Blocks {
		if isMeta(b.Type, declared) {
			continue
		}
		var nested *schema.Nested
		var inner *schema.Block
		if declared != nil {
			nested = declared.Nested(b.Type)
		}
		if nested != nil {
			inner = nested.Block()
		}
		if described := arguments(b.Body, inner); nested != nil && nested.Mode == schema.Single {
			out[b.Type] = described
		} else {
			lists[b.Type] = append(lists[b.Type], described)
		}
	}
	for name, list := range lists {
		out[name] = list
	}
	return out
}

func forEach(body *hclsyntax.Body) *expression {
	a := body.Attributes["for_each"]
	if a == nil {
		return nil
	}
	e := describeExpression(a.Expr)
	return &e
}

func describeExpression(x hclsyntax.Expression) expression {
	var e expression
	for _, t := range x.Variables() {
		e.References = append(e.References, references(t)...)
	}
	if v, ok := constant(x); ok {
		if text, err := ctyjson.Marshal(v, v.Type()); err == nil {
			e.Constant = text
		}
	}
	return e
}

// constant is the value of an expression that is made of literals only: what
// repeats or calls something may take any time.
func constant(x hclsyntax.Expression) (cty.Value, bool) {
	plain := true
	_ = hclsyntax.VisitAll(x, func(n hclsyntax.Node) hcl.Diagnostics { // there are none
		switch n.(type) {
		case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr, *hclsyntax.TupleConsExpr,
			*hclsyntax.ObjectConsExpr, *hclsyntax.ObjectConsKeyExpr, *hclsyntax.ParenthesesExpr, *hclsyntax.UnaryOpExpr,
			*hclsyntax.BinaryOpExpr, *hclsyntax.ConditionalExpr:
		case *hclsyntax.ScopeTraversalExpr: // the key of an object
		default:
			plain = false
		}
		return nil
	})
	if !plain || len(x.Variables()) > 0 {
		return cty.NilVal, false
	}
	v, diags := x.Value(nil)
	return v, !diags.HasErrors() && v.IsWhollyKnown()
}

// references are the names of what a traversal refers to, as a plan lists them:
// the whole of it, then without its last step, and so on up to the object or
// the value itself; of an instance its resource or call, too.
func references(t hcl.Traversal) []string {
	steps := steps(t)
	if len(steps) == 0 {
		return nil
	}
	// key is 1 where the step is an instance key.
	key := func(at int) int {
		if at < len(steps) && strings.HasPrefix(steps[at], "[") {
			return 1
		}
		return 0
	}
	subject, parent := 2, 0
	switch root := steps[0]; root {
	case "self":
		subject = 1
	case "count", "each", "local", "path", "terraform", "tofu", "var":
	case "module":
		call := 2 + key(2)
		if subject = call; len(steps) > call && strings.HasPrefix(steps[call], ".") {
			subject, parent = call+1, call
		} else if call > 2 {
			parent = 2
		}
	case "data", "resource":
		if subject = 3 + key(3); subject > 3 {
			parent = 3
		}
	default:
		if subject = 2 + key(2); subject > 2 {
			parent = 2
		}
	}
	if len(steps) < subject {
		return nil
	}
	if steps[0] == "resource" { // which is not part of an address
		steps[0], steps[1] = "", strings.TrimPrefix(steps[1], ".")
	}
	var out []string
	for n := len(steps); n >= subject; n-- {
		out = append(out, strings.Join(steps[:n], ""))
	}
	if parent > 0 {
		out = append(out, strings.Join(steps[:parent], ""))
	}
	return out
}

// steps are the steps of a traversal as they are written: aws_iam_role, .r,
// ["a"], .arn.
func steps(t hcl.Traversal) []string {
	var out []string
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			out = append(out, step.Name)
		case hcl.TraverseAttr:
			out = append(out, "."+step.Name)
		case hcl.TraverseIndex:
			k, ok := keyText(step.Key)
			if !ok {
				return out
			}
			if step.Key.Type() == cty.String {
				out = append(out, resource.QuoteKey(k))
			} else {
				out = append(out, "["+k+"]")
			}
		default:
			return out
		}
	}
	return out
}
