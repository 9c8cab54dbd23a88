package report

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint/phrase"
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
	// Least is the width under which the drawing is scrolled instead of
	// shrunk further: its text would be too small.
	Least string
	Title string
	Nodes []drawnNode
	Edges []drawnEdge
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
		phrase.Count(len(g.Nodes), "entity", "entities"), phrase.Count(len(g.Edges), "step", "steps"))}
	deepest, lowest := 0, 0.0
	for _, layer := range g.layers {
		for _, n := range layer {
			deepest, lowest = max(deepest, n.X), max(lowest, n.Y)
		}
	}
	right, bottom := p.at(&node{X: deepest, Y: lowest})
	width := right + p.width/2 + margin
	out.Width, out.Height, out.Least = px(width), px(bottom+p.height/2+margin), px(width*0.65)
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, p.edge(e))
	}
	for _, n := range g.Nodes {
		out.Nodes = append(out.Nodes, p.node(n, labels[n]))
	}
	return out
}

type point struct{ x, y float64 }

type placedLabel struct {
	point
	width float64
}

// plotter knows the size of a node, the gap between layers, and where labels
// stand already.
type plotter struct {
	width, height, gap float64
	labels             []placedLabel
}

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
	if e.Perhaps {
		out.Class += " perhaps"
		out.Title += " (not determined)"
	}
	x1, y1 := p.at(e.From)
	if e.From == e.To {
		top := y1 - p.height/2
		out.Path = fmt.Sprintf("M%s,%s C%s,%s %s,%s %s,%s",
			px(x1-14), px(top), px(x1-34), px(top-loopHeight), px(x1+34), px(top-loopHeight), px(x1+14), px(top))
		out.Label = p.label(wayLabel(e), []point{{x1, top - loopHeight + 2}})
		return out
	}
	x2, y2 := p.at(e.To)
	side := p.width / 2
	if e.back {
		// A way back beside a way there would hide it.
		side, y1, y2 = -side, y1+9, y2+9
		out.Class += " back"
	}
	points := []point{{x1 + side, y1}}
	for _, through := range e.Through {
		x, y := p.at(through)
		points = append(points, point{x, y})
	}
	points = append(points, point{x2 - side, y2})
	out.Path = fmt.Sprintf("M%s,%s", px(points[0].x), px(points[0].y))
	for i, to := range points[1:] {
		from := points[i]
		bend := (to.x - from.x) / 2
		out.Path += fmt.Sprintf(" C%s,%s %s,%s %s,%s", px(from.x+bend), px(from.y), px(to.x-bend), px(to.y), px(to.x), px(to.y))
	}
	// The label stands on the first stretch, as far along as it is in the gap
	// between the layers: a stretch to another layer's middle is longer.
	parts := []float64{0.5, 0.35, 0.65, 0.25, 0.75}
	if len(points) > 2 {
		parts = []float64{0.3, 0.22, 0.38, 0.15}
	}
	var places []point
	for _, t := range parts {
		q := along(points[0], points[1], t)
		places = append(places, point{q.x, q.y - 4})
	}
	out.Label = p.label(wayLabel(e), places)
	return out
}

// along is the point of the curve between two points at a parameter from 0
// to 1.
func along(from, to point, t float64) point {
	bend := (to.x - from.x) / 2
	u := 1 - t
	return point{
		x: u*u*u*from.x + 3*u*u*t*(from.x+bend) + 3*u*t*t*(to.x-bend) + t*t*t*to.x,
		y: from.y + (to.y-from.y)*(3*t*t-2*t*t*t),
	}
}

// label takes the first of the places at which no other label stands.
func (p *plotter) label(text string, places []point) drawnText {
	width := float64(utf8.RuneCountInString(text)) * wayChar
	chosen := places[0]
	for _, place := range places {
		if !p.taken(place, width) {
			chosen = place
			break
		}
	}
	p.labels = append(p.labels, placedLabel{chosen, width})
	return drawnText{px(chosen.x), px(chosen.y), text}
}

func (p *plotter) taken(at point, width float64) bool {
	for _, other := range p.labels {
		if math.Abs(other.x-at.x) < (other.width+width)/2+4 && math.Abs(other.y-at.y) < 11 {
			return true
		}
	}
	return false
}
