package tfconfig

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// evaluator evaluates one root module. It is lazy: a variable, a local, an
// output or an attribute is evaluated when something asks for it, and then
// remembered.
type evaluator struct {
	// secrets are the texts of sensitive values, false for those that the
	// configuration itself says are none.
	secrets map[string]bool
	loader  *loader
	symbols *policy.Symbols
	// digests are those of expressions that could not be evaluated.
	digests map[hcl.Range]uint64
	scope   string // tells the symbols of this root from those of others
	rootDir string // in the tree
	// tool is whose files are read, where Terraform and OpenTofu read others.
	tool     iam.Tool
	manifest map[string]installedModule
	// given are the values of the root module's variables.
	given map[string]cty.Value
	// written are the values as they stand in variable files.
	written map[string]hclsyntax.Expression
	// workspace is terraform.workspace, and asksWorkspace tells that something
	// has asked for it.
	workspace     cty.Value
	asksWorkspace bool
	// markDefaults is set in a reusable module: what depends on the default of
	// one of its variables is marked.
	markDefaults bool

	// specials are the functions that call back into the evaluator.
	specials map[string]special

	problems []problem
	reported map[string]bool
	// missing are the module calls whose source is not there.
	missing []missingModule
	// maybeStatements are, by the text of a document, its statements that may
	// not exist.
	maybeStatements map[string][]*policy.Symbol
	// tokenized are the elements behind the symbols that stand for them where
	// they may not exist.
	tokenized map[*policy.Symbol]cty.Value
	// encoded is the text in which a place was looked up last: mostly the next
	// one is in the same.
	encoded encodedText
	// statements are the blocks of the document in which a place was looked up
	// last.
	statements statementBlocks
	// templates are the template files that were parsed.
	templates map[string]parsedTemplate

	limits limits
	// refusals are those that were told so far, refused is how often one was.
	refusals map[refusal]bool
	refused  int

	steps int
	// shortened tells that the root modules before took so many steps that
	// fewer are left.
	shortened bool
	// placing are the steps that are left for looking up places, spare are those
	// that come to them once they are taken.
	placing, spare int
	// least is what may be left of steps: less than none for a place, which is
	// looked up to its end. What it asks for first is remembered, and others ask
	// for it.
	least     int
	starved   bool
	depth     int // of the expression being evaluated
	running   int // nodes in progress
	lowest    int // the lowest node in progress that was met again
	instances int
	root      *moduleInstance
	// referenced leads from the symbols of attributes back to the instances.
	referenced map[*policy.Symbol]*instance
	// types are the declared types of the symbols of attributes, where they
	// are known.
	types map[*policy.Symbol]cty.Type
	// openings are, by their symbols, the objects with attributes that are not
	// spelled out.
	openings map[*policy.Symbol]opening
	// provider is the version of the AWS provider.
	provider providerVersion
	// behind are the variables that expressions depend on.
	behind map[expressionAt][]variableAt
	// planned is what a plan knows, nil where there is none.
	planned *Planned
	// share bounds the time and the memory; nil for no bound.
	share *budget.Share
}

// missingModule is a module call that could not be followed.
type missingModule struct {
	call   *callBlock
	parent *moduleInstance
	// message says why, fix what to do.
	message, fix string
	// source is as the call names it.
	source string
}

// Marks on values, beside refusals. They travel through cty's operations with
// the value.
type valueMark string

const (
	// markSensitive: use, and never print.
	markSensitive valueMark = "sensitive"
	// markEphemeral: the value is in no plan and no state; ephemeralasnull
	// makes null of it.
	markEphemeral valueMark = "ephemeral"
	// markDefault: the value depends on the default of a root variable.
	markDefault valueMark = "default"
	// markMaybe: the value may be absent, because what it is read from may
	// not exist. It stays with a value that is passed on whole.
	markMaybe valueMark = "maybe absent"
	// markUnordered: it is not known in which order the elements stand.
	markUnordered valueMark = "order unknown"
)

// memo is a node that is evaluated once.
type memo struct {
	state memoState
	at    int
	value cty.Value
	// place is what the node denotes where that is not a value; see
	// demandPlace.
	place place
}

// memoAt is the memo at a place, which is made when it is first asked for.
func memoAt(place **memo) *memo {
	if *place == nil {
		*place = &memo{}
	}
	return *place
}

type memoState uint8

const (
	memoNew memoState = iota
	memoRunning
	memoDone
)

// demand evaluates a node once. A node met while it is in progress is a
// cycle: standIn supplies its value, and no node that saw a stand-in is
// remembered, except the one where the cycle closes.
func (ev *evaluator) demand(m *memo, standIn, evaluate func() cty.Value) cty.Value {
	switch m.state {
	case memoDone:
		return m.value
	case memoRunning:
		ev.lowest = min(ev.lowest, m.at)
		return standIn()
	case memoNew:
	}
	ev.running++
	m.state, m.at = memoRunning, ev.running
	outer := ev.lowest
	ev.lowest = math.MaxInt
	v := evaluate()
	ev.running--
	if !within(v, ev.limits.nodes) { // shared parts can hide a tree of any size
		v = cty.DynamicVal.Mark(ev.refusal(fmt.Sprintf("a value has more than %d elements", ev.limits.nodes)))
	}
	if ev.lowest >= m.at {
		m.state, m.value, ev.lowest = memoDone, v, outer
	} else {
		m.state, ev.lowest = memoNew, min(outer, ev.lowest)
	}
	if ev.running == 0 {
		ev.lowest = math.MaxInt
	}
	return v
}

// demandPlace is demand for a node that may denote a resource or a module
// rather than a value.
func (ev *evaluator) demandPlace(m *memo, standIn func() cty.Value, evaluate func() place) place {
	var found place
	v := ev.demand(m, standIn, func() cty.Value {
		found = evaluate()
		if v, ok := found.(cty.Value); ok {
			found = nil
			return v
		}
		m.place = found
		return cty.DynamicVal
	})
	switch {
	case found != nil:
		return found
	case m.state == memoDone && m.place != nil:
		return m.place
	}
	return v
}

// within reports whether v has no more elements than the limit, itself and
// those inside one another included.
func within(v cty.Value, limit int) bool { return countNodes(v, limit+1) > 0 }

// countNodes is what is left of a number of elements, and no more than zero
// where v has as many.
func countNodes(v cty.Value, left int) int {
	left--
	v, _ = v.Unmark()
	if left <= 0 || v.IsNull() || !v.IsKnown() || v.Type().IsPrimitiveType() || !v.CanIterateElements() {
		return left
	}
	for it := v.ElementIterator(); it.Next() && left > 0; {
		_, e := it.Element()
		left = countNodes(e, left)
	}
	return left
}

// reset forgets what was in progress when something failed.
func (ev *evaluator) reset() { ev.depth, ev.running, ev.lowest = 0, 0, math.MaxInt }

// report keeps a problem of the root module, each once however many
// instances have it.
func (ev *evaluator) report(p problem) {
	key := p.rng.String() + p.message
	if ev.reported[key] || len(ev.reported) > maxProblems {
		return
	}
	ev.reported[key] = true
	if len(ev.reported) > maxProblems {
		p = problem{message: fmt.Sprintf("more than %d problems; the rest is not shown", maxProblems), remark: true}
	}
	ev.problems = append(ev.problems, p)
}

// source is the source of a range on one line.
func (ev *evaluator) source(rng hcl.Range) string {
	if rng.Filename == hiddenFile {
		return "(sensitive)"
	}
	src := ev.loader.files[rng.Filename]
	if rng.End.Byte > len(src) || rng.Start.Byte >= rng.End.Byte {
		return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line)
	}
	return strings.Join(strings.Fields(string(src[rng.Start.Byte:rng.End.Byte])), " ")
}

// text is source, shortened, for names of symbols.
func (ev *evaluator) text(rng hcl.Range) string {
	s := ev.source(rng)
	if r := []rune(s); len(r) > 80 {
		s = string(r[:77]) + "..."
	}
	return s
}

// fromRoot is a directory of the tree as the root module would call it:
// path.module.
func (ev *evaluator) fromRoot(dir string) string {
	rel, err := filepath.Rel(filepath.FromSlash(ev.rootDir), filepath.FromSlash(dir))
	if err != nil {
		return dir
	}
	return filepath.ToSlash(rel)
}

// inTree is a path that the configuration names, relative to the root module,
// as a path in the tree.
func (ev *evaluator) inTree(p string) string { return path.Join(ev.rootDir, p) }

// env is where an expression stands: what its names mean, and where its
// problems go.
type env struct {
	ev       *evaluator
	module   *moduleInstance
	instance *instance // whose body the expression stands in; nil elsewhere
	names    *names
	// sink takes the problems of the expression; nil reports them.
	sink *[]problem
	// doubt is set, inside try and can, where an operation on a symbol may
	// fail once the symbol is known.
	doubt     *bool
	templates int // templates around the expression
	// given are the marks of the arguments of the function that is
	// called: it gets them unmarked.
	given []cty.ValueMarks
	// assumed are the values that variables are taken to have.
	assumed *assumption
}

// names are the names that an expression sees besides those of its module:
// each, count, the variables of for, of a dynamic block and of a template.
type names struct {
	outer *names
	vars  []binding
	// anonymous are the items of splats.
	anonymous map[any]place
	// closed hides the outer names and the module's: a template.
	closed bool
	// kind and round tell one iteration from another: for, each, the name of
	// an iterator; "" where there is only one.
	kind, round string
	number      int
	// origin leads from the variables to the collection that they are
	// elements of, for tracing; nil where it is not known.
	origin *origin
}

func (e *env) with(kind string, number int, vars ...binding) *env {
	inner := *e
	inner.names = &names{outer: e.names, vars: vars, kind: kind, number: number}
	return &inner
}

// binding is a name and what it means.
type binding struct {
	name string
	is   place
}

// lookup is what a name means in this scope alone.
func (n *names) lookup(name string) (place, bool) {
	for _, b := range n.vars {
		if b.name == name {
			return b.is, true
		}
	}
	return nil, false
}

// quiet is e with its problems kept apart.
func (e *env) quiet(sink *[]problem, doubt *bool) *env {
	inner := *e
	inner.sink, inner.doubt = sink, doubt
	return &inner
}

// identity tells apart the places and iterations in which one expression is
// evaluated: equal symbols must stand for equal text.
func (e *env) identity() string {
	var b strings.Builder
	b.WriteString(e.ev.scope + "|" + e.module.path)
	if e.instance != nil {
		b.WriteString("|" + e.instance.address)
	}
	for n := e.names; n != nil; n = n.outer {
		if n.kind != "" {
			b.WriteString("|" + n.kind + "[" + n.round + strconv.Itoa(n.number) + "]")
		}
	}
	return b.String()
}

// fail keeps a problem and gives the value that stands for what failed.
func (e *env) fail(rng hcl.Range, format string, args ...any) cty.Value {
	e.ev.steps -= 10 // writing the message costs more than a step
	p := problem{rng: rng, message: e.ev.symbols.Text(fmt.Sprintf(format, args...)).String()}
	if rng.Filename == hiddenFile {
		p.message = "a template that is sensitive cannot be evaluated"
	}
	if e.sink != nil {
		*e.sink = append(*e.sink, p)
	} else {
		e.ev.report(p)
	}
	return cty.DynamicVal
}

// undeclared notes that there is nothing of a name: Terraform refuses that
// before it evaluates anything, inside of try and can too.
func (e *env) undeclared(rng hcl.Range, format string, args ...any) cty.Value {
	if e.sink != nil {
		outside := *e
		outside.sink = nil
		outside.fail(rng, format, args...)
	}
	return e.fail(rng, format, args...)
}

// doubtful notes that what is evaluated may fail once a symbol is known.
func (e *env) doubtful() {
	if e.doubt != nil {
		*e.doubt = true
	}
}

// charge takes n steps; it reports false once the budget is spent. What is not
// evaluated then is refused: see starve.
func (e *env) charge(n int, rng func() hcl.Range) bool {
	e.ev.steps -= n
	over := e.ev.share.Over()
	if e.ev.steps >= e.ev.least && over == nil {
		return true
	}
	if !e.ev.starved {
		e.ev.starved = true
		message := "evaluating this module takes too many steps"
		if e.ev.shortened {
			message = "the root modules that were evaluated before took most of the steps that there are for all, and this one takes too many: " +
				"lint it in a run of its own"
		}
		if over != nil {
			message = "not all of this module was evaluated: " + over.Error()
		}
		e.ev.report(problem{rng: rng(), message: message + "; what is left is treated as unknown"})
	}
	return false
}

// sortProblems puts problems into the order of their places, so that equal
// configurations give equal models.
func (ev *evaluator) sortProblems() {
	slices.SortStableFunc(ev.problems, func(a, b problem) int {
		return cmp.Or(
			strings.Compare(a.rng.Filename, b.rng.Filename),
			cmp.Compare(a.rng.Start.Line, b.rng.Start.Line),
			cmp.Compare(a.rng.Start.Column, b.rng.Start.Column),
			strings.Compare(a.message, b.message),
		)
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
