package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Measures of the drawing in pixels. Text is drawn in a monospaced face, so
// that its width can be told without one at hand.
const (
	nodeChar   = 7.3 // advance of the 12-pixel face of nodes
	wayChar    = 6.1 // advance of the 10-pixel face of edges
	lineHeight = 15.0
	nodeWidth  = 30 // runes in a line of a node
	nodeLines  = 4
	rowGap     = 34.0
	margin     = 12.0
	loopHeight = 24.0
)

// drawing is a graph in pixels, for the template.
type drawing struct {
	Width, Height string
	Title         string
	Nodes         []drawnNode
	Edges         []drawnEdge
}

type drawnNode struct {
	X, Y, Width, Height string
	Class, Title        string
	Lines               []drawnText
}

type drawnText struct{ X, Y, Text string }

type drawnEdge struct {
	Path, Class, Title string
	Label              drawnText
}

// px writes a length with one decimal, which no machine rounds differently.
func px(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

// draw turns the layout into coordinates.
func (g *graph) draw() *drawing {
	labels := map[*node][]string{}
	widest, tallest := 0, 1
	for _, n := range g.Nodes {
		labels[n] = labelLines(n.Label, nodeWidth, nodeLines)
		tallest = max(tallest, len(labels[n]))
		for _, line := range labels[n] {
			widest = max(widest, utf8.RuneCountInString(line))
		}
	}
	longest := 0
	for _, e := range g.Edges {
		longest = max(longest, utf8.RuneCountInString(wayLabel(e)))
	}
	p := &plotter{
		width:  float64(widest)*nodeChar + 20,
		height: float64(tallest)*lineHeight + 12,
		gap:    float64(longest)*wayChar + 40,
	}
	out := &drawing{Title: fmt.Sprintf("Escalation graph of %s and %s",
		plural(len(g.Nodes), "entity", "entities"), plural(len(g.Edges), "step", "steps"))}
	deepest, lowest := 0, 0.0
	for _, layer := range g.layers {
		for _, n := range layer {
			deepest, lowest = max(deepest, n.X), max(lowest, n.Y)
		}
	}
	right, bottom := p.at(&node{X: deepest, Y: lowest})
	out.Width, out.Height = px(right+p.width/2+margin), px(bottom+p.height/2+margin)
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, p.edge(e))
	}
	for _, n := range g.Nodes {
		out.Nodes = append(out.Nodes, p.node(n, labels[n]))
	}
	return out
}

// plotter knows the size of a node and the gap between layers.
type plotter struct{ width, height, gap float64 }

// at is the middle of a node.
func (p *plotter) at(n *node) (x, y float64) {
	return margin + p.width/2 + float64(n.X)*(p.width+p.gap), margin + loopHeight + p.height/2 + n.Y*(p.height+rowGap)
}

func (p *plotter) node(n *node, lines []string) drawnNode {
	x, y := p.at(n)
	out := drawnNode{
		X: px(x - p.width/2), Y: px(y - p.height/2), Width: px(p.width), Height: px(p.height),
		Class: "node", Title: n.Label,
	}
	switch {
	case n.Target:
		out.Class += " target"
	case n.Actor:
		out.Class += " actor"
	}
	top := y - float64(len(lines)-1)*lineHeight/2 + 4
	for i, line := range lines {
		out.Lines = append(out.Lines, drawnText{px(x), px(top + float64(i)*lineHeight), line})
	}
	return out
}

// wayLabel names the ways of an edge, the third and further as a count.
func wayLabel(e *edge) string {
	if len(e.Ways) > 2 {
		return fmt.Sprintf("%s +%d", e.Ways[0], len(e.Ways)-1)
	}
	return strings.Join(e.Ways, ", ")
}

// edge draws a curve from the side of one node to the side of the other.
func (p *plotter) edge(e *edge) drawnEdge {
	out := drawnEdge{Class: "edge", Title: e.From.Label + " → " + e.To.Label + ": " + strings.Join(e.Ways, ", ")}
	x1, y1 := p.at(e.From)
	if e.From == e.To {
		top := y1 - p.height/2
		out.Path = fmt.Sprintf("M%s,%s C%s,%s %s,%s %s,%s",
			px(x1-14), px(top), px(x1-34), px(top-loopHeight), px(x1+34), px(top-loopHeight), px(x1+14), px(top))
		out.Label = drawnText{px(x1), px(top - loopHeight + 2), wayLabel(e)}
		return out
	}
	x2, y2 := p.at(e.To)
	side := p.width / 2
	if e.back {
		// A way back beside a way there would hide it.
		side, y1, y2 = -side, y1+9, y2+9
		out.Class += " back"
	}
	x1, x2 = x1+side, x2-side
	path := fmt.Sprintf("M%s,%s", px(x1), px(y1))
	x, y := x1, y1
	curve := func(toX, toY float64) {
		bend := (toX - x) / 2
		path += fmt.Sprintf(" C%s,%s %s,%s %s,%s", px(x+bend), px(y), px(toX-bend), px(toY), px(toX), px(toY))
		x, y = toX, toY
	}
	labelX, labelY := 0.0, 0.0
	for i, through := range append(e.Through, e.To) {
		nextX, nextY := x2, y2
		if through != e.To {
			nextX, nextY = p.at(through)
		}
		if i == 0 {
			labelX, labelY = (x1+nextX)/2, (y1+nextY)/2
			if len(e.Through) > 0 {
				// The first stretch is longer than the gap: stay in the gap.
				labelX, labelY = x1+(nextX-x1)/4, y1+(nextY-y1)/4
			}
		}
		curve(nextX, nextY)
	}
	out.Path = path
	out.Label = drawnText{px(labelX), px(labelY - 4), wayLabel(e)}
	return out
}
