package authz

import (
	"fmt"
	"slices"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// attempt looks for a request of one action on one kind of resource in one
// reading.
//
// The certain reading counts an Allow only where it certainly allows and a
// Deny wherever it may deny: what is found then is allowed whatever the
// symbols stand for. The possible reading counts an Allow wherever it may
// allow and a Deny only where it certainly denies: if nothing is found then,
// nothing is allowed whatever they stand for.
type attempt struct {
	s       *searcher
	action  string // in lower case
	name    string // as it is documented
	service string
	catalog *catalog.Action
	certain bool
	domain  *domain
	env     env
	request Request

	layers  []layerChoices
	denies  []*choice
	keys    []*keyModel // free ones only
	index   map[string]int
	models  map[string]*keyModel
	base    Context // what does not depend on the requester
	blocked bool    // a deny that nothing avoids
	// variables are the free keys that stand as variables in policies, and
	// assigned what they are taken to hold; namesPolicy tells that one stands
	// for a managed policy.
	variables   map[string]bool
	assigned    []ContextValue
	namesPolicy bool

	// extra restricts the resource further: what is asked of a boundary value
	// that the holder would have to create.
	extra      []wordAtom
	extraCheck func(policy.Text) bool
	// unnamed wants the resource to have the name of no known policy.
	unnamed bool
	// named are the resources worth trying that a statement names; those of no
	// statement are the readable ones of the domain.
	named map[*statement][]candidate
	// denied are the languages of the resources that Denies leave nothing of.
	denied []*lang

	branches int
	hitLimit bool
}

// layerChoices are the statements of which one must allow.
type layerChoices struct {
	layer   Layer
	choices []*choice
	// open tells that the layer may allow anything.
	open bool
}

// choice is a statement that takes part in an attempt, with those of its
// conditions that depend on what the requester chooses.
type choice struct {
	*statement
	ref        Ref
	layer      Layer
	free       []keyedCondition
	everywhere bool // covers every resource
}

type keyedCondition struct {
	*condition
	key int // index in attempt.keys
}

// node is a state of the search: what has been demanded so far, and a request
// that fulfils it.
type node struct {
	resource []resourceAtom
	word     policy.Text
	keys     []keyNode
	by       []Ref
	// avoided are the denies, by index, that something demanded avoids.
	avoided []bool
}

type resourceAtom struct {
	*choice
	want bool
}

type keyNode struct {
	atoms  []condAtom
	values []policy.Text // none: the key is absent
	// unsure tells that it is not certain that the value can exist.
	unsure bool
	// first is a request that has to come before, to make the value exist.
	first *Witness
}

func (n *node) clone() *node {
	m := *n
	m.resource = slices.Clone(n.resource)
	m.keys = slices.Clone(n.keys)
	for i := range m.keys {
		m.keys[i].atoms = slices.Clip(m.keys[i].atoms)
	}
	m.by = slices.Clip(n.by)
	m.avoided = slices.Clone(n.avoided)
	return &m
}

// holds reports whether t is enough for what must hold in this reading.
func (a *attempt) holds(t policy.Truth) bool {
	if a.certain {
		return t == policy.True
	}
	return t != policy.False
}

// fails reports whether t is enough for what must not hold.
func (a *attempt) fails(t policy.Truth) bool {
	if a.certain {
		return t == policy.False
	}
	return t != policy.True
}

func (a *attempt) meets(t policy.Truth, want bool) bool {
	if want {
		return a.holds(t)
	}
	return a.fails(t)
}

// run looks for a request; nil if there is none within the limits.
func (a *attempt) run() *node {
	if a.blocked || len(a.domain.exact) == 0 && a.domain.head == "" {
		return nil
	}
	n := &node{keys: make([]keyNode, len(a.keys)), avoided: make([]bool, len(a.denies))}
	for i := range a.keys {
		if !a.solveKey(n, i) {
			return nil
		}
	}
	if !a.solveResource(n) {
		return nil
	}
	return a.allow(n, 0)
}

// spend counts a branch and reports whether there is one left.
func (a *attempt) spend() bool {
	a.s.universe.Limits.check()
	if a.branches++; a.branches > a.s.universe.Limits.branches() {
		a.hitLimit = true
		a.s.overrun = fmt.Sprintf("more than %d combinations of statements and conditions would have to be tried", a.s.universe.Limits.branches())
		return false
	}
	return true
}

// allow chooses an allowing statement in each layer, then goes on to the
// denies.
func (a *attempt) allow(n *node, layer int) *node {
	if layer == len(a.layers) {
		return a.deny(n)
	}
	l := &a.layers[layer]
	for _, c := range l.choices {
		if !a.spend() {
			return nil
		}
		m := n.clone()
		if !a.demand(m, c) {
			continue
		}
		if l.layer != LayerQuery {
			m.by = append(m.by, c.ref)
		}
		if found := a.allow(m, layer+1); found != nil {
			return found
		}
		if a.hitLimit {
			return nil
		}
	}
	if l.open {
		return a.allow(n, layer+1)
	}
	return nil
}

// demand adds that the statement applies.
func (a *attempt) demand(n *node, c *choice) bool {
	if !c.everywhere && !a.addResource(n, c, true) {
		return false
	}
	for _, k := range c.free {
		if !a.addCondition(n, k, true) {
			return false
		}
	}
	return true
}

// deny falsifies the denies that hit the request of the node, one after the
// other, until none does.
func (a *attempt) deny(n *node) *node {
	a.set(n)
	for i, c := range a.denies {
		if n.avoided[i] || a.fails(c.applies(&a.env, a.action, n.word)) {
			continue
		}
		n.avoided[i] = true
		if !c.everywhere {
			if !a.spend() {
				return nil
			}
			if m := n.clone(); a.addResource(m, c, false) {
				if found := a.deny(m); found != nil || a.hitLimit {
					return found
				}
			}
		}
		for _, k := range c.free {
			if !a.spend() {
				return nil
			}
			if m := n.clone(); a.addCondition(m, k, false) {
				if found := a.deny(m); found != nil || a.hitLimit {
					return found
				}
			}
		}
		return nil
	}
	switch linked := a.linkTags(n); linked {
	case nil, n:
		return linked
	default:
		return a.deny(linked)
	}
}

// set puts the request of a node in place.
func (a *attempt) set(n *node) {
	ctx := a.base.Clone()
	for i, m := range a.keys {
		if len(n.keys[i].values) > 0 {
			ctx.SetTexts(m.name, n.keys[i].values...)
		} else {
			ctx.SetAbsent(m.name)
		}
	}
	a.request.Context = ctx
	a.request.Resource = n.word
	if accountOf(n.word).IsEmpty() {
		a.request.ResourceAccount = a.s.query.ResourceAccount
	}
	a.request.ownSide = a.s.trusting || a.s.sided
}

func (a *attempt) addResource(n *node, c *choice, want bool) bool {
	n.resource = append(n.resource, resourceAtom{c, want})
	if a.meets(c.coversResource(n.word, &a.env), want) {
		return true
	}
	return a.solveResource(n)
}

func (a *attempt) addCondition(n *node, k keyedCondition, want bool) bool {
	kn := &n.keys[k.key]
	kn.atoms = append(kn.atoms, condAtom{k.condition, want})
	if a.meets(k.holdsFor(kn.values, &a.env), want) {
		return true
	}
	return a.solveKey(n, k.key)
}

// solveResource finds a resource that fulfils all that is asked of it.
func (a *attempt) solveResource(n *node) bool {
	if x, found := a.candidate(n); found || len(a.domain.exact) > 0 || a.domain.head == "" || a.spelledOut(n) {
		n.word = x
		return found
	}
	for _, symbols := range [...]bool{false, true} {
		atoms := slices.Concat(a.domain.langs(), a.extra)
		spelled := wordAtom{in: true}
		for _, r := range n.resource {
			atoms = append(atoms, a.resourceAtoms(r, !symbols)...)
			spelled.langs = append(spelled.langs, a.spelledResources(r)...)
		}
		if symbols && !a.certain {
			atoms = append(atoms, spelled)
		}
		if !symbols {
			atoms = withoutCovered(atoms, a.deniedLangs(), a.domain.grammar != nil)
		}
		word, found := a.shortest(atoms, a.domain.grammar, symbols)
		if !found {
			continue
		}
		x := wordText(a.domain.head, word)
		if a.certain && !a.fits(n, x) {
			// The automaton and the evaluator differ: nothing is claimed.
			a.s.mismatch = true
			continue
		}
		n.word = x
		return true
	}
	return false
}

// resourceAtoms are the languages of what is asked, as of the head.
func (a *attempt) resourceAtoms(r resourceAtom, plain bool) []wordAtom {
	s := r.statement
	negated := s.source.NotResource != nil
	list := s.resource
	if negated {
		list = s.notResource
	}
	if negated && s.lacksVariable(&a.env) {
		// Covering is never certain then.
		switch {
		case a.certain && r.want:
			return []wordAtom{{in: true}}
		case !a.certain && !r.want:
			return nil
		}
	}
	in := r.want != negated
	// What must be in is taken from below in the certain reading and from
	// above in the possible one; what must not be in the other way round.
	side := upper
	if a.certain == in {
		side = lower
	}
	atom := wordAtom{in: in}
	for _, p := range list {
		atom.langs = append(atom.langs, p.resourceLangs(a.domain.head, side, plain, &a.env)...)
	}
	return []wordAtom{atom}
}

// spelledResources are the languages of the resources that a pattern with
// symbols spells, with the symbols in them, where one such pattern must cover
// the resource. What a text stands for that the apart reading keeps from the
// others is spelled by one of these.
func (a *attempt) spelledResources(r resourceAtom) []*lang {
	list := r.resource
	if r.source.NotResource != nil {
		list = r.notResource
	}
	if r.want == (r.source.NotResource != nil) {
		return nil
	}
	var out []*lang
	for _, p := range list {
		if p.apartFor(&a.env) {
			out = append(out, p.resourceLangs(a.domain.head, lower, false, &a.env)...)
		}
	}
	return out
}

// solveKey finds values of a key that fulfil all that is asked of it.
func (a *attempt) solveKey(n *node, i int) bool {
	m, kn := a.keys[i], &n.keys[i]
	kn.first, kn.unsure = nil, false
	if a.certain && slices.ContainsFunc(kn.atoms, func(c condAtom) bool { return c.want && c.op.OddCase }) {
		return false
	}
	if !m.always && a.keyFits(nil, kn.atoms) {
		kn.values = nil
		return true
	}
	if texts, few := a.literalValues(kn.atoms); few {
		return a.solveLiteral(m, kn, texts)
	}
	switch {
	case m.domain == policyARNs:
		return a.solvePolicyARN(m, kn)
	case m.multi:
		return a.solveSet(m, kn)
	}
	values, complete := a.candidates(m, kn.atoms)
	for _, x := range values {
		if a.keyFits([]policy.Text{x}, kn.atoms) {
			kn.values = []policy.Text{x}
			return true
		}
	}
	if complete || m.typed() && slices.ContainsFunc(kn.atoms, m.impossible) {
		return false
	}
	return a.solveText(m, kn)
}

// literalValues are all values that one of the conditions leaves, where it
// wants one of some texts without symbols. In the possible reading they are
// then compared plainly: nothing else that a symbol may stand for counts.
func (a *attempt) literalValues(atoms []condAtom) ([]policy.Text, bool) {
	if a.certain {
		return nil, false
	}
	for _, c := range atoms {
		exact := c.op.Family == policy.FamilyString && c.op.Compare == policy.Equals
		if !exact || c.want == c.op.Negated || c.multiValued || c.op.OddCase {
			continue
		}
		var out []policy.Text
		for i := range c.values {
			p := c.values[i].pattern
			if p.hasSymbol || p.hasVariable {
				out = nil
				break
			}
			out = append(out, p.literalText())
		}
		if out != nil {
			return out, true
		}
	}
	return nil, false
}

func (a *attempt) solveLiteral(m *keyModel, kn *keyNode, texts []policy.Text) bool {
	reading := a.env.reading
	a.env.reading = plainReading
	defer func() { a.env.reading = reading }()
	for _, x := range texts {
		if m.domain == policyARNs && (!a.s.canExist(x) || a.s.query.creates(m.name)) || !m.holds(x) {
			continue
		}
		if a.keyFits([]policy.Text{x}, kn.atoms) {
			kn.values = []policy.Text{x}
			return true
		}
	}
	return false
}

func (a *attempt) keyFits(values []policy.Text, atoms []condAtom) bool {
	for _, c := range atoms {
		if !a.meets(c.holdsFor(values, &a.env), c.want) {
			return false
		}
	}
	return true
}

// solveText finds the value of a single-valued key by automata.
func (a *attempt) solveText(m *keyModel, kn *keyNode) bool {
	for _, symbols := range [...]bool{false, true} {
		atoms, exact := a.valueAtoms(kn.atoms, !symbols)
		if atoms == nil {
			continue
		}
		if symbols && !a.certain {
			atoms = append(atoms, a.spelledValues(kn.atoms))
		}
		if !exact {
			// Comparisons of several kinds on one key: nothing is ruled out.
			if a.certain {
				return false
			}
			kn.values, kn.unsure = []policy.Text{policy.Literal("x")}, true
			return true
		}
		word, found := a.s.shortest(a, append(atoms, wordAtom{langs: []*lang{something()}, in: true}), nil, symbols)
		if !found {
			continue
		}
		x := wordText("", word)
		switch {
		case m.typed() && !m.holds(x):
			// Some value of the type may do; which, automata do not tell.
			if a.certain {
				return false
			}
		case a.certain && !a.keyFits([]policy.Text{x}, kn.atoms):
			a.s.mismatch = true
			continue
		}
		kn.values, kn.unsure = []policy.Text{x}, m.domain != anyText
		return true
	}
	return false
}

// valueAtoms are the languages of what is asked of one value. They are nil
// where no value will do, and not exact where an operator is of another
// family than strings and ARNs.
func (a *attempt) valueAtoms(conds []condAtom, plain bool) (atoms []wordAtom, exact bool) {
	atoms, exact = []wordAtom{}, true
	for _, c := range conds {
		switch c.op.Family {
		case policy.FamilyNull:
			if !a.meets(c.null(false), c.want) {
				return nil, true
			}
			continue
		case policy.FamilyString, policy.FamilyArn:
		case policy.FamilyNumeric, policy.FamilyDate, policy.FamilyBool, policy.FamilyBinary, policy.FamilyIP:
			exact = false
			continue
		}
		if c.op.Set == policy.SetNone && c.multiValued {
			// It holds for certain of nothing, and fails for certain where
			// no value fits.
			if a.certain && c.want {
				return nil, true
			}
			if !a.certain && !c.want {
				continue
			}
		}
		if c.op.OddCase && !a.certain && !c.want {
			// Never certain, so it need not be avoided.
			continue
		}
		atoms = append(atoms, a.valueAtom(c, plain)...)
	}
	return atoms, exact
}

func (a *attempt) valueAtom(c condAtom, plain bool) []wordAtom {
	in := c.want != c.op.Negated
	side := upper
	if a.certain == in {
		side = lower
	}
	atom := wordAtom{in: in}
	for i := range c.values {
		atom.langs = append(atom.langs, c.values[i].valueLangs(c.op, side, plain, &a.env)...)
	}
	out := []wordAtom{atom}
	if a.certain && c.op.Family == policy.FamilyArn && c.op.Negated {
		// Whether a negated ARN operator holds of what is not an ARN is not
		// settled.
		arn := newPattern(policy.Literal("arn:*:*:*:*:*"), arnSyntax, false)
		out = append(out, wordAtom{langs: arn.langOf(arn.parts(), lower, false, &a.env), in: true})
	}
	return out
}

// spelledValues is for values what spelledResources is for resources.
func (a *attempt) spelledValues(conds []condAtom) wordAtom {
	atom := wordAtom{in: true}
	for _, c := range conds {
		if c.want == c.op.Negated || c.op.Family != policy.FamilyString && c.op.Family != policy.FamilyArn {
			continue
		}
		for i := range c.values {
			if v := &c.values[i]; v.apartFor(&a.env) {
				atom.langs = append(atom.langs, v.valueLangs(c.op, lower, false, &a.env)...)
			}
		}
	}
	return atom
}

// solveSet finds a set of values for a multi-valued key: for each thing that
// some value must fulfil, one that fulfils all that every value must.
func (a *attempt) solveSet(m *keyModel, kn *keyNode) bool {
	var every, some []condAtom
	for _, c := range kn.atoms {
		switch {
		case c.op.Family == policy.FamilyNull:
			if !a.meets(c.null(false), c.want) {
				return false
			}
		case c.op.Set == policy.SetNone && c.want && a.certain:
			// It may hold where some value fits, and never does for certain.
			return false
		case c.op.Set == policy.SetNone && c.want:
			some = append(some, c)
		case c.op.Set == policy.SetNone && a.certain:
			every = append(every, c)
		case c.op.Set == policy.SetNone:
		case (c.op.Set == policy.ForAllValues) == c.want:
			every = append(every, c)
		default:
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		some = append(some, condAtom{})
	}
	var set []policy.Text
	for _, c := range some {
		atoms := every
		if c.condition != nil {
			atoms = append(slices.Clip(every), c)
		}
		x, ok := a.solveMember(m, atoms, kn)
		if !ok {
			return false
		}
		if !slices.ContainsFunc(set, x.Equal) {
			set = append(set, x)
		}
	}
	if a.certain && !a.keyFits(set, kn.atoms) {
		return false
	}
	kn.values = set
	return true
}

// solveMember finds one value of a multi-valued key.
func (a *attempt) solveMember(m *keyModel, atoms []condAtom, kn *keyNode) (policy.Text, bool) {
	values, complete := a.candidates(m, atoms)
	for _, x := range values {
		fits := true
		for _, c := range atoms {
			fits = fits && a.meets(c.satisfies(x, &a.env), c.want)
		}
		if fits {
			return x, true
		}
	}
	if complete || m.typed() && slices.ContainsFunc(atoms, m.impossible) {
		return policy.Text{}, false
	}
	single := keyNode{}
	for _, c := range atoms {
		one := *c.condition
		one.op.Set, one.multiValued = policy.SetNone, false
		single.atoms = append(single.atoms, condAtom{&one, c.want})
	}
	if !a.solveText(m, &single) {
		return policy.Text{}, false
	}
	kn.unsure = kn.unsure || single.unsure
	return single.values[0], true
}
