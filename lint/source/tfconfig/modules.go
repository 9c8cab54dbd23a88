package tfconfig

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// moduleInstance is one instance of a module: the root, or what a call makes.
type moduleInstance struct {
	ev     *evaluator
	config *configuration
	parent *moduleInstance // nil for the root
	call   *callBlock
	names  *names // each and count of the call, in the parent
	key    string
	// maybe is by what it may not exist, or stands for others: what hides its
	// own count or for_each, and those of the modules that it is in. by says
	// for people what hides its own.
	maybe []*policy.Symbol
	by    string
	// path is the module path with a dot at its end: module.a["x"]. ; it is
	// empty for the root.
	path  string
	depth int

	// restricting are the variables whose validations are being read, and
	// checked those whose values they have been asked about.
	restricting, checked map[string]bool

	memos     map[string]*memo
	resources map[string]*instances
	modules   map[string]*moduleInstances
	whole     memo
	// providers are the passed ones, see passedProviders.
	providers map[string]string
	// providerExpansions are the configurations that for_each makes, by block.
	providerExpansions map[string][]providerInstance
}

func newModule(ev *evaluator, config *configuration, parent *moduleInstance, call *callBlock) *moduleInstance {
	return &moduleInstance{
		ev: ev, config: config, parent: parent, call: call,
	}
}

func (m *moduleInstance) memo(name string) *memo {
	node := m.memos[name]
	if node == nil {
		node = &memo{}
		if m.memos == nil {
			m.memos = map[string]*memo{}
		}
		m.memos[name] = node
	}
	return node
}

// env is where the module's own expressions stand.
func (m *moduleInstance) env() *env { return &env{ev: m.ev, module: m} }

// callEnv is where the arguments of the module's call stand.
func (m *moduleInstance) callEnv() *env {
	e := m.parent.env()
	e.names = m.names
	return e
}

// local is a local value. One that is a reference to a resource or a module is
// that itself, so that only what is asked of it is evaluated.
func (m *moduleInstance) local(name string, rng hcl.Range, e *env) place {
	x := m.config.locals[name]
	if x == nil {
		return e.undeclared(rng, "local.%s is not declared in this module", name)
	}
	cycle := func() cty.Value { return e.fail(rng, "local.%s depends on itself", name) }
	in, key := m.env(), "local."+name
	if e.dependsOnAssumed(m, x) {
		in.assumed, key = e.assumed, key+e.assumed.key()
	}
	return m.ev.demandPlace(m.memo(key), cycle, func() place { return in.deeper(x) })
}

// output is an output value; see local.
func (m *moduleInstance) output(name string, rng hcl.Range, e *env) place {
	if m.config.missing {
		address := strings.TrimSuffix(m.path, ".") + "." + name
		return m.ev.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Name: address, References: []string{address}})
	}
	b := m.config.outputs[name]
	if b == nil {
		return e.fail(rng, "%s has no output %q", strings.TrimSuffix(m.path, "."), name)
	}
	cycle := func() cty.Value { return e.fail(rng, "output %s depends on itself", name) }
	return m.ev.demandPlace(m.memo("output."+name), cycle, func() place {
		a := b.Body.Attributes["value"]
		if a == nil {
			return cty.DynamicVal
		}
		marks := cty.ValueMarks{}
		for name, mark := range map[string]valueMark{"sensitive": markSensitive, "ephemeral": markEphemeral} {
			if s := b.Body.Attributes[name]; s != nil {
				if flag, _ := m.env().eval(s.Expr).Unmark(); flag.Type() == cty.Bool && isDefinite(flag) && flag.True() {
					marks[mark] = struct{}{}
				}
			}
		}
		if len(marks) > 0 {
			return m.env().eval(a.Expr).WithMarks(marks)
		}
		return m.env().deeper(a.Expr)
	})
}

func (m *moduleInstance) value() cty.Value {
	if m.config.missing {
		return cty.DynamicVal
	}
	return m.ev.demand(&m.whole, func() cty.Value { return cty.DynamicVal }, func() cty.Value {
		outputs := map[string]cty.Value{}
		for _, name := range slices.Sorted(maps.Keys(m.config.outputs)) {
			outputs[name] = m.env().value(m.output(name, hcl.Range{}, m.env()))
		}
		return cty.ObjectVal(outputs)
	})
}

// calls are the instances of a module call, nil where there is no such call.
func (m *moduleInstance) calls(name string) *moduleInstances {
	if known := m.modules[name]; known != nil {
		return known
	}
	call := m.config.calls[name]
	if call == nil {
		return nil
	}
	// There before it is expanded: a cycle through count or for_each sees a
	// group of unknown size.
	all := &moduleInstances{parent: m, call: call, group: group[*moduleInstance]{
		kind:      expandForEach,
		expanding: true,
	}}
	if m.modules == nil {
		m.modules = map[string]*moduleInstances{}
	}
	m.modules[name] = all
	e := m.env()
	found := e.expand(call.body, "module."+name)
	var config *configuration
	if len(found.list) > 0 {
		config = m.source(call)
	}
	for _, x := range found.list {
		if !m.ev.another(call.rng) {
			found.cut = true
			break
		}
		child := newModule(m.ev, config, m, call)
		child.depth, child.key, child.maybe, child.by = m.depth+1, x.key, withDoubt(m.maybe, x.may), found.byOf(x)
		if x.vars != nil {
			child.names = &names{vars: x.vars, kind: "each", round: x.key}
			if each, ok := x.vars[0].is.(*iteration); ok {
				child.names.origin = &origin{env: e, expr: call.body.Attributes["for_each"].Expr, key: each.key}
			}
		}
		child.path = m.path + "module." + name + m.ev.suffix(found.kind, x.key) + "."
		all.add(x, child)
	}
	all.expanded(found)
	return all
}

// another counts an instance; false where there are too many.
func (ev *evaluator) another(rng hcl.Range) bool {
	ev.instances++
	if ev.instances <= maxTotalInstances {
		ev.steps += stepsPerInstance
		return true
	}
	ev.report(problem{rng: rng, message: "the module has too many instances; the rest is not looked at"})
	return false
}

// What to do about a module call that could not be followed.
const (
	fixInit    = "Run terraform init so that the module is there, or lint the plan."
	fixLocal   = "Correct the source, or add the directory."
	fixOutside = "Lint from a directory that holds both, or lint the plan."
	fixPlan    = "Lint the plan, which holds every module."
)

// source finds the configuration that a call names. One that is not there is
// kept among the missing.
func (m *moduleInstance) source(call *callBlock) *configuration {
	source := ""
	if a := call.body.Attributes["source"]; a != nil {
		if v, _ := m.env().eval(a.Expr).Unmark(); isText(v) {
			source = v.AsString()
		}
	}
	missing := func(message, fix string) *configuration {
		m.ev.missing = append(m.ev.missing, missingModule{call: call, parent: m, message: message, fix: fix, source: source})
		return &configuration{missing: true}
	}
	dir, shown, fix := "", source, fixInit
	switch {
	case m.depth >= maxModuleDepth:
		return missing("module calls are nested too deeply", fixPlan)
	case source == "":
		return missing("it has no source that is known", fixPlan)
	case localSource(source):
		fix = fixLocal
		dir = path.Join(m.config.dir, source)
		if dir == ".." || strings.HasPrefix(dir, "../") {
			return missing("its source "+source+" lies outside of the directory that is scanned", fixOutside)
		}
	default:
		var why string
		if dir, why = m.installed(call, source); why != "" {
			return missing(m.ev.symbols.Text(why).String(), fix)
		}
		shown = m.ev.fromRoot(dir)
	}
	for x := m; x != nil; x = x.parent {
		if x.config.dir == dir {
			m.ev.report(problem{rng: call.rng, message: "module " + call.name + " calls itself"})
			return &configuration{missing: true, dir: dir}
		}
	}
	if !m.ev.loader.has(dir, m.ev.tool) {
		return missing("there is no directory "+shown, fix)
	}
	config := m.ev.loader.load(dir, m.ev.tool)
	if config.missing {
		return missing("its directory cannot be read", fixPlan)
	}
	if config.blocks == 0 && len(config.problems) == 0 {
		return missing("the directory "+shown+" holds no Terraform configuration", fix)
	}
	return config
}

// installed is where terraform init has put a module that is not local, or why
// what is there does not count.
func (m *moduleInstance) installed(call *callBlock, source string) (dir, why string) {
	found, ok := m.ev.manifest[m.manifestKey(call.name)]
	if !ok {
		return "", "its source " + source + " is not here"
	}
	var constraint *string
	if a := call.body.Attributes["version"]; a != nil {
		switch v, _ := m.env().eval(a.Expr).Unmark(); {
		case isNull(v):
		case !isText(v) || policy.ContainsToken(v.AsString()):
			return "", "which version it asks for is not known"
		default:
			constraint = new(v.AsString())
		}
	}
	return found.Dir, found.contradicts(source, constraint)
}

// localSource reports whether a module source is a directory of the same
// repository.
func localSource(source string) bool {
	return source == "." || source == ".." || strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../")
}

// manifestKey is the module path as modules.json spells it.
func (m *moduleInstance) manifestKey(name string) string {
	for x := m; x.call != nil; x = x.parent {
		name = x.call.name + "." + name
	}
	return name
}

// walk visits every module instance, depth first, in the order in which calls
// are written.
func (m *moduleInstance) walk(visit func(*moduleInstance)) {
	visit(m)
	for _, name := range m.config.callOrder {
		for _, child := range m.calls(name).list {
			child.walk(visit)
		}
	}
}
