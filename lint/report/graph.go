package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// What is drawn is bounded: a graph of more nodes and edges is not a picture.
const (
	maxGraphNodes = 60
	maxGraphEdges = 150
)

// graph is who can become whom, laid out in layers from left to right.
type graph struct {
	Nodes []*node
	Edges []*edge
	// Hidden counts the findings that are not drawn because the graph would
	// be too large.
	Hidden int
	layers [][]*node
}

// node is an entity, or, inside an edge that spans several layers, a place
// that the edge runs through.
type node struct {
	// Label is the address; it is "" for a place of an edge.
	Label string
	// Actor tells that a chain starts here, Target that one ends here.
	Actor, Target bool
	// X and Y are the middle of the node: X in layers, Y in rows.
	X int
	Y float64

	in, out []*node
	order   float64
}

// edge is one step, by one way or several.
type edge struct {
	From, To *node
	Ways     []string
	// Through are the places between From and To, one in each layer.
	Through []*node
	// Perhaps is set where no finding that is certain has the step.
	Perhaps bool
	// back edges go from a later layer to an earlier one.
	back bool
}

// newGraph is the graph of all escalations of a report, nil without any.
func newGraph(r *lint.Report) *graph {
	g := &graph{}
	nodes := map[where]*node{}
	edges := map[[2]*node]*edge{}
	home := homesOf(r)
	at := func(input int, address string) *node {
		place := home.of(r, input, address)
		n := nodes[place]
		if n == nil {
			n = &node{Label: clean(address)}
			nodes[place] = n
			g.Nodes = append(g.Nodes, n)
		}
		return n
	}
	all := group(r.Findings).all()
	for i := range all {
		f := &all[i]
		if len(f.Steps) == 0 {
			continue
		}
		if len(g.Edges)+len(f.Steps) > maxGraphEdges || !fits(f, nodes, func(address string) where { return home.of(r, f.Input, address) }) {
			g.Hidden++
			continue
		}
		for j := range f.Steps {
			s := &f.Steps[j]
			from, to := at(f.Input, s.From), at(f.Input, s.To)
			from.Actor = from.Actor || j == 0
			to.Target = to.Target || j == len(f.Steps)-1
			e := edges[[2]*node{from, to}]
			if e == nil {
				e = &edge{From: from, To: to, Perhaps: true}
				edges[[2]*node{from, to}] = e
				g.Edges = append(g.Edges, e)
			}
			e.Perhaps = e.Perhaps && f.Verdict == lint.Undetermined
			if way := clean(s.Way); way != "" && !slices.Contains(e.Ways, way) {
				e.Ways = append(e.Ways, way)
			}
		}
	}
	if len(g.Nodes) == 0 {
		return nil
	}
	g.layout()
	return g
}

// fits reports whether the nodes of a finding still fit in the graph.
func fits(f *lint.Finding, nodes map[where]*node, home func(string) where) bool {
	fresh := map[string]bool{}
	for i := range f.Steps {
		for _, address := range []string{f.Steps[i].From, f.Steps[i].To} {
			if nodes[home(address)] == nil {
				fresh[address] = true
			}
		}
	}
	return len(nodes)+len(fresh) <= maxGraphNodes
}

// layout places the nodes as Sugiyama's method does: break cycles, assign
// layers by the longest path, let long edges pass through every layer, order
// the layers by the middle of their neighbours, and straighten.
func (g *graph) layout() {
	g.breakCycles()
	g.assignLayers()
	g.order()
	g.straighten()
}

// breakCycles marks as back the edges that close a cycle in a depth-first
// search, which begins at actors: their chains then run to the right.
func (g *graph) breakCycles() {
	const (
		fresh = iota
		open
		done
	)
	state := map[*node]int{}
	leaving := map[*node][]*edge{}
	for _, e := range g.Edges {
		leaving[e.From] = append(leaving[e.From], e)
	}
	var visit func(*node)
	visit = func(n *node) {
		state[n] = open
		for _, e := range leaving[n] {
			switch state[e.To] {
			case open:
				e.back = true
			case fresh:
				visit(e.To)
			}
		}
		state[n] = done
	}
	for _, actors := range []bool{true, false} {
		for _, n := range g.Nodes {
			if state[n] == fresh && n.Actor == actors {
				visit(n)
			}
		}
	}
}

// ends are the ends of an edge from left to right; false for a loop.
func (e *edge) ends() (left, right *node, ok bool) {
	if e.back {
		return e.To, e.From, e.From != e.To
	}
	return e.From, e.To, e.From != e.To
}

func (g *graph) assignLayers() {
	// There is no cycle left, so at most one pass a layer finds all paths.
	for changed := true; changed; {
		changed = false
		for _, e := range g.Edges {
			if left, right, ok := e.ends(); ok && right.X <= left.X {
				right.X = left.X + 1
				changed = true
			}
		}
	}
	depth := 0
	for _, n := range g.Nodes {
		depth = max(depth, n.X)
	}
	g.layers = make([][]*node, depth+1)
	for _, n := range g.Nodes {
		g.layers[n.X] = append(g.layers[n.X], n)
	}
	for _, e := range g.Edges {
		left, right, ok := e.ends()
		if !ok {
			continue
		}
		last := left
		for x := left.X + 1; x < right.X; x++ {
			place := &node{X: x}
			g.layers[x] = append(g.layers[x], place)
			link(last, place)
			e.Through = append(e.Through, place)
			last = place
		}
		link(last, right)
		if e.back {
			slices.Reverse(e.Through)
		}
	}
}

func link(from, to *node) {
	from.out = append(from.out, to)
	to.in = append(to.in, from)
}

// order sorts each layer by the mean position of the neighbours, sweeping
// right and left in turn. Equal means keep their order, so that equal reports
// give equal pictures.
func (g *graph) order() {
	number := func(layer []*node) {
		for i, n := range layer {
			n.order = float64(i)
		}
	}
	for _, layer := range g.layers {
		number(layer)
	}
	sortBy := func(layer []*node, neighbours func(*node) []*node) {
		means := map[*node]float64{}
		for _, n := range layer {
			means[n] = mean(neighbours(n), func(m *node) float64 { return m.order }, n.order)
		}
		slices.SortStableFunc(layer, func(a, b *node) int { return cmp.Compare(means[a], means[b]) })
		number(layer)
	}
	for range 4 {
		for _, layer := range g.layers {
			sortBy(layer, func(n *node) []*node { return n.in })
		}
		for _, layer := range slices.Backward(g.layers) {
			sortBy(layer, func(n *node) []*node { return n.out })
		}
	}
}

// mean is the mean of a quantity, or a default for no nodes.
func mean(nodes []*node, of func(*node) float64, otherwise float64) float64 {
	if len(nodes) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, n := range nodes {
		sum += of(n)
	}
	return sum / float64(len(nodes))
}

// straighten moves the nodes of each layer to the middle of their neighbours
// as far as the one-row distance to the others in the layer permits.
func (g *graph) straighten() {
	for _, layer := range g.layers {
		for i, n := range layer {
			n.Y = float64(i)
		}
	}
	y := func(n *node) float64 { return n.Y }
	for range 8 {
		for _, layer := range g.layers {
			settle(layer, func(n *node) float64 { return mean(n.in, y, n.Y) })
		}
		for _, layer := range slices.Backward(g.layers) {
			settle(layer, func(n *node) float64 { return mean(n.out, y, n.Y) })
		}
	}
	top := 0.0
	for i, layer := range g.layers {
		if len(layer) > 0 && (i == 0 || layer[0].Y < top) {
			top = layer[0].Y
		}
	}
	for _, layer := range g.layers {
		for _, n := range layer {
			n.Y -= top
		}
	}
}

// settle gives the nodes of a layer their wished rows, one row apart at
// least and in their order. Pushing down and pushing up are averaged, so that
// the layer does not drift.
func settle(layer []*node, wish func(*node) float64) {
	down, up := make([]float64, len(layer)), make([]float64, len(layer))
	for i, n := range layer {
		down[i] = wish(n)
		up[i] = down[i]
		if i > 0 {
			down[i] = max(down[i], down[i-1]+1)
		}
	}
	for i := len(layer) - 2; i >= 0; i-- {
		up[i] = min(up[i], up[i+1]-1)
	}
	for i, n := range layer {
		n.Y = (down[i] + up[i]) / 2
	}
}

// labelLines breaks an address at its dots into lines of at most width runes;
// what is still longer is cut.
func labelLines(address string, width, most int) []string {
	var lines []string
	current := ""
	for _, part := range splitAddress(address) {
		if current != "" && len([]rune(current+part)) > width {
			lines = append(lines, current)
			current = ""
		}
		current += part
		for len([]rune(current)) > width {
			r := []rune(current)
			lines = append(lines, string(r[:width]))
			current = string(r[width:])
		}
	}
	if current != "" {
		lines = append(lines, current)
	}
	if len(lines) > most {
		lines = lines[:most]
		r := []rune(lines[most-1])
		lines[most-1] = string(r[:min(len(r), width-1)]) + "…"
	}
	return lines
}

// splitAddress cuts after the dots, slashes and colons of an address.
func splitAddress(address string) []string {
	var parts []string
	for address != "" {
		i := strings.IndexAny(address, "./:")
		if i < 0 {
			return append(parts, address)
		}
		parts = append(parts, address[:i+1])
		address = address[i+1:]
	}
	return parts
}
