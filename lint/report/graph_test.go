package report

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// chain is a finding with one step for each pair of neighbours.
func chain(names ...string) lint.Finding {
	f := lint.Finding{Rule: "escalation-path", Address: names[0]}
	for i := range names[:len(names)-1] {
		f.Steps = append(f.Steps, lint.Step{From: names[i], To: names[i+1], Way: fmt.Sprintf("way-%d", i)})
	}
	return f
}

func graphOf(findings ...lint.Finding) *graph { return newGraph(&lint.Report{Findings: findings}) }

func TestGraphLayers(t *testing.T) {
	for _, c := range []struct {
		name   string
		chains [][]string
		want   string
	}{
		{"a chain", [][]string{{"a", "b", "c"}}, "a0 b1 c2"},
		{"the longest path counts", [][]string{{"a", "c"}, {"a", "b", "c"}}, "a0 c2 b1"},
		{"a cycle", [][]string{{"a", "b"}, {"b", "a"}}, "a0 b1"},
		{"a longer cycle", [][]string{{"a", "b", "c", "a"}}, "a0 b1 c2"},
		{"a loop", [][]string{{"a", "a"}}, "a0"},
		{"two pictures in one", [][]string{{"a", "b"}, {"c", "d"}}, "a0 b1 c0 d1"},
	} {
		var findings []lint.Finding
		for _, names := range c.chains {
			findings = append(findings, chain(names...))
		}
		g := graphOf(findings...)
		var got []string
		for _, n := range g.Nodes {
			got = append(got, fmt.Sprintf("%s%d", n.Label, n.X))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	if graphOf(lint.Finding{}) != nil {
		t.Error("there is a graph without steps")
	}
}

func TestGraphMergesWays(t *testing.T) {
	other := chain("a", "b")
	other.Steps[0].Way = "other"
	g := graphOf(chain("a", "b"), other, chain("a", "b"))
	if len(g.Edges) != 1 || strings.Join(g.Edges[0].Ways, " ") != "way-0 other" {
		t.Errorf("%d edges, ways %v", len(g.Edges), g.Edges[0].Ways)
	}
	if !g.Nodes[0].Actor || g.Nodes[0].Target || !g.Nodes[1].Target {
		t.Errorf("marks: %+v %+v", g.Nodes[0], g.Nodes[1])
	}
	apart := newGraph(&lint.Report{Findings: []lint.Finding{{Input: 0, Steps: other.Steps}, {Input: 1, Steps: other.Steps}}})
	if len(apart.Nodes) != 4 {
		t.Errorf("the same address in two inputs: %d nodes", len(apart.Nodes))
	}
}

func TestGraphIsBounded(t *testing.T) {
	var findings []lint.Finding
	for i := range 100 {
		findings = append(findings, chain(fmt.Sprint("actor", i), "admin"))
	}
	g := graphOf(findings...)
	if len(g.Nodes) != maxGraphNodes || g.Hidden != 100-maxGraphNodes+1 {
		t.Errorf("%d nodes, %d hidden", len(g.Nodes), g.Hidden)
	}
	findings = nil
	for i := range 20 {
		for j := range 20 {
			findings = append(findings, chain(fmt.Sprint(i), fmt.Sprint(j)))
		}
	}
	if g := graphOf(findings...); len(g.Edges) != maxGraphEdges || g.Hidden != 400-maxGraphEdges {
		t.Errorf("%d edges, %d hidden", len(g.Edges), g.Hidden)
	}
}

// TestGraphLayoutHolds lays out random graphs: edges run to the right unless
// they go back, pass every layer between their ends, and no two nodes of a
// layer overlap.
func TestGraphLayoutHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var findings []lint.Finding
		size := 2 + random.IntN(12)
		for range 1 + random.IntN(15) {
			names := []string{fmt.Sprint(random.IntN(size))}
			for range 1 + random.IntN(4) {
				names = append(names, fmt.Sprint(random.IntN(size)))
			}
			findings = append(findings, chain(names...))
		}
		g := graphOf(findings...)
		for _, e := range g.Edges {
			left, right, ok := e.ends()
			if ok && left.X >= right.X {
				t.Fatalf("%s -> %s runs from layer %d to %d", e.From.Label, e.To.Label, e.From.X, e.To.X)
			}
			if ok && len(e.Through) != right.X-left.X-1 {
				t.Fatalf("%s -> %s passes %d places", e.From.Label, e.To.Label, len(e.Through))
			}
		}
		for x, layer := range g.layers {
			for i, n := range layer {
				if n.X != x || n.Y < -1e-9 || i > 0 && n.Y-layer[i-1].Y < 1-1e-9 {
					t.Fatalf("layer %d: %s at %d, %g", x, n.Label, n.X, n.Y)
				}
			}
		}
		if again := graphOf(findings...); fmt.Sprint(*g.draw()) != fmt.Sprint(*again.draw()) {
			t.Fatal("two equal reports are drawn differently")
		}
	}
}

func TestLabelLines(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"aws_iam_role.ci", "aws_iam_role.ci"},
		{"module.platform.module.roles.aws_iam_role.this", "module.platform.module.roles.|aws_iam_role.this"},
		{strings.Repeat("x", 65), strings.Repeat("x", 30) + "|" + strings.Repeat("x", 29) + "…"},
		{strings.Repeat("é", 31), strings.Repeat("é", 30) + "|é"},
		{"", ""},
	} {
		if got := strings.Join(labelLines(c.in, 30, 2), "|"); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// TestDrawWeb draws a web with a loop, a way back and long edges.
func TestDrawWeb(t *testing.T) {
	g := graphOf(
		chain("aws_iam_role.ci", "aws_iam_role.deploy", "aws_iam_role.admin"),
		chain("aws_iam_role.ci", "aws_iam_role.admin"),
		chain("aws_iam_role.deploy", "aws_iam_role.ci"),
		chain("aws_iam_role.deploy", "aws_iam_role.deploy"),
	)
	d := g.draw()
	if len(d.Nodes) != 3 || len(d.Edges) != 5 {
		t.Fatalf("%d nodes, %d edges", len(d.Nodes), len(d.Edges))
	}
	for _, e := range d.Edges {
		if !strings.HasPrefix(e.Path, "M") || !strings.Contains(e.Path, " C") || strings.Contains(e.Path, "NaN") {
			t.Errorf("path %q", e.Path)
		}
	}
}
