package joined

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// node is an element of a JSON text and where it stands there. A document of
// a plan and the one that its configuration makes are compared, and led into
// each other, as trees of these.
type node struct {
	start, end int // in bytes
	members    []member
	elements   []*node
	list       bool
	// text is what is neither an object nor a list, as IAM takes it: true is
	// "true", and null is nothing.
	text  string
	shape string // see canonical
}

type member struct {
	name       string
	start, end int // of the name
	value      *node
}

// parse reads a JSON object; nil where the text is none.
func parse(syms *policy.Symbols, text string) *node {
	v, ok := policy.ReadJSON(text, syms)
	if !ok || v.Kind != policy.JSONObject {
		return nil
	}
	return newNode(&v)
}

func newNode(v *policy.JSON) *node {
	n := &node{start: v.Start, end: v.End, list: v.Kind == policy.JSONArray}
	if v.Kind != policy.JSONNull {
		n.text = v.Text
	}
	for i := range v.Members {
		m := &v.Members[i]
		n.members = append(n.members, member{m.Name.Text, m.Name.Start, m.Name.End, newNode(&m.Value)})
	}
	for i := range v.Elements {
		n.elements = append(n.elements, newNode(&v.Elements[i]))
	}
	return n
}

func (n *node) isObject() bool { return n.members != nil }

// member is the member of that name, the last where there are several.
func (n *node) member(name string) *member {
	for i := range slices.Backward(n.members) {
		if n.members[i].name == name {
			return &n.members[i]
		}
	}
	return nil
}

// items are the elements of a list; what is not a list counts as a list of one,
// as in policies.
func (n *node) items() []*node {
	if n.list {
		return n.elements
	}
	return []*node{n}
}

// canonical is a text that two elements share if they mean the same in a
// policy: lists are sets, and a list of one is its element.
func (n *node) canonical() string {
	if n.shape != "" {
		return n.shape
	}
	switch {
	case n.list && len(n.elements) == 1:
		n.shape = n.elements[0].canonical()
	case n.list:
		parts := make([]string, len(n.elements))
		for i, e := range n.elements {
			parts[i] = e.canonical()
		}
		slices.Sort(parts)
		n.shape = "[" + strings.Join(slices.Compact(parts), ",") + "]"
	case n.isObject():
		var parts []string
		for _, m := range n.members {
			parts = append(parts, quote(m.name)+":"+m.value.canonical())
		}
		slices.Sort(parts)
		n.shape = "{" + strings.Join(parts, ",") + "}"
	default:
		n.shape = quote(n.text)
	}
	return n.shape
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b)
}

// pairs finds for each element of a list of the plan the one of the
// configuration that it comes from: the one that means the same, else the only
// one that may come to mean the same, else the one in the same place; -1 for
// none. sure tells which pairs are more than a guess by their place.
func pairs(syms *policy.Symbols, plan, config []*node) (at []int, sure []bool) {
	at, sure = make([]int, len(plan)), make([]bool, len(plan))
	free := map[string][]int{}
	used := make([]bool, len(config))
	for i, c := range config {
		free[c.canonical()] = append(free[c.canonical()], i)
	}
	for i, p := range plan {
		at[i] = -1
		if same := free[p.canonical()]; len(same) > 0 {
			at[i], sure[i] = same[0], true
			used[same[0]] = true
			free[p.canonical()] = same[1:]
		}
	}
	if len(plan)*len(config) <= maxCompared {
		for i, p := range plan {
			if at[i] < 0 {
				if only := onlyCompatible(syms, p, config, used); only >= 0 {
					at[i], sure[i] = only, true
					used[only] = true
				}
			}
		}
	}
	for i := range plan {
		if at[i] < 0 && i < len(config) && !used[i] {
			at[i] = i
			used[i] = true
		}
	}
	return at, sure
}

// maxCompared bounds how many pairs of elements are compared one by one.
const maxCompared = 1 << 16

func onlyCompatible(syms *policy.Symbols, p *node, config []*node, used []bool) int {
	only := -1
	for i, c := range config {
		if used[i] || !compatible(syms, p, c) {
			continue
		}
		if only >= 0 {
			return -1
		}
		only = i
	}
	return only
}

// compatible reports whether an element of a plan may be what one of the
// configuration comes to, whatever the symbols in it stand for.
func compatible(syms *policy.Symbols, p, c *node) bool {
	if p.canonical() == c.canonical() || c.isSymbol() {
		return true
	}
	switch {
	case p.list || c.list:
		return compatibleLists(syms, p.items(), c.items())
	case p.isObject() && c.isObject():
		if len(p.members) != len(c.members) {
			return false
		}
		for _, m := range p.members {
			other := c.member(m.name)
			if other == nil || !compatible(syms, m.value, other.value) {
				return c.hasSymbolicNames()
			}
		}
		return true
	case p.isObject() || c.isObject():
		return false
	}
	return !syms.Text(p.text).Differs(syms.Text(c.text))
}

func compatibleLists(syms *policy.Symbols, plan, config []*node) bool {
	at, sure := pairs(syms, plan, config)
	unmatched := 0
	used := make([]bool, len(config))
	for i := range plan {
		if at[i] < 0 || !sure[i] {
			unmatched++
		} else {
			used[at[i]] = true
		}
	}
	// What is left may be what the left ones with symbols come to: several
	// symbols may be one text, and one may be several elements.
	symbolic := false
	for i, c := range config {
		switch {
		case used[i]:
		case c.symbolic():
			symbolic = true
		default:
			return false
		}
	}
	return unmatched == 0 || symbolic
}

// isSymbol reports whether the element is a string that is nothing but
// symbols.
func (n *node) isSymbol() bool {
	return policy.ContainsToken(n.text)
}

// symbolic reports whether a symbol stands anywhere in the element.
func (n *node) symbolic() bool {
	return policy.ContainsToken(n.canonical())
}

func (n *node) hasSymbolicNames() bool {
	return slices.ContainsFunc(n.members, func(m member) bool { return policy.ContainsToken(m.name) })
}

// alignment leads from places in a document of a plan to those in the document
// that its configuration makes.
type alignment struct {
	syms         *policy.Symbols
	plan, config *node
	planText     string
	configText   string
}

// align compares two texts; nil where one of them is not JSON object.
func align(syms *policy.Symbols, plan, config policy.Text) *alignment {
	a := &alignment{syms: syms, planText: syms.Encode(plan), configText: syms.Encode(config)}
	a.plan, a.config = parse(syms, a.planText), parse(syms, a.configText)
	if a.plan == nil || a.config == nil {
		return nil
	}
	return a
}

// place is the range in the configuration's text for one in the plan's.
func (a *alignment) place(within policy.Range) policy.Range {
	if within == (policy.Range{}) {
		return within
	}
	p, c := a.plan, a.config
	for {
		nextP, nextC, name := a.step(p, c, within)
		if name != nil {
			return span(name.start, name.end)
		}
		if nextP == nil {
			break
		}
		p, c = nextP, nextC
	}
	if p.end-p.start == c.end-c.start && a.planText[p.start:p.end] == a.configText[c.start:c.end] {
		// The same text: the very place in it.
		return span(c.start+max(within.Start.Byte-p.start, 0), c.start+min(max(within.End.Byte, within.Start.Byte)-p.start, c.end-c.start))
	}
	return span(c.start, c.end)
}

func span(start, end int) policy.Range {
	return policy.Range{Start: policy.Pos{Byte: start}, End: policy.Pos{Byte: end}}
}

// step descends into the part of p that holds a range, and into its
// counterpart; name is the counterpart where the range is that of a name.
func (a *alignment) step(p, c *node, within policy.Range) (nextP, nextC *node, name *member) {
	from, to := within.Start.Byte, max(within.End.Byte, within.Start.Byte)
	if p.list {
		for i, e := range p.elements {
			if e.start <= from && to <= e.end {
				others := c.items()
				at, _ := pairs(a.syms, p.elements, others)
				if at[i] < 0 {
					return nil, nil, nil
				}
				return e, others[at[i]], nil
			}
		}
		return nil, nil, nil
	}
	if c.list && len(c.elements) == 1 {
		return p, c.elements[0], nil
	}
	for _, m := range p.members {
		other := c.member(m.name)
		if other == nil {
			continue
		}
		if m.start <= from && to <= m.end {
			return nil, nil, other
		}
		if m.value.start <= from && to <= m.value.end {
			return m.value, other.value, nil
		}
	}
	return nil, nil, nil
}

// statement is the index in the configuration's document of a statement of
// the plan's; -1 for none.
func (a *alignment) statement(index int) int {
	p, c := a.plan.member("Statement"), a.config.member("Statement")
	if p == nil || c == nil || index < 0 || index >= len(p.value.items()) {
		return -1
	}
	at, _ := pairs(a.syms, p.value.items(), c.value.items())
	return at[index]
}

// document gives the statements of the plan's document the places of those of
// the configuration's.
func (a *alignment) document(source *resource.DocumentSource) *resource.DocumentSource {
	out := &resource.DocumentSource{Address: source.Address}
	if source.Statement != nil {
		out.Statement = a.trace(source.Statement)
	}
	return out
}

// trace leads the places of the plan's statements to those of the
// configuration's.
func (a *alignment) trace(locate func(int, policy.Range) iam.Location) func(int, policy.Range) iam.Location {
	return func(index int, within policy.Range) iam.Location {
		at := a.statement(index)
		if at < 0 {
			return iam.Location{}
		}
		return locate(at, a.place(within))
	}
}
