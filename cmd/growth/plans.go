package main

import (
	"fmt"
	"time"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/rules"
)

// plan is how a shape is measured.
type plan struct {
	shape string
	// smallest is the size to begin with; the others are three and nine times as
	// large. It is chosen so that the largest takes about half a second.
	smallest int
	// share is how many KiB of live heap each unit may take, and why it takes any.
	share float64
	why   string
}

var plans = []plan{
	{"plan/company", 1500, 0, ""},
	{"plan/instances", 600, 0, ""},
	{"plan/iam", 200, 0, ""},
	{"plan/bystanders", 3000, 0, ""},
	{"state/company", 3000, 0, ""},
	{"state/shown", 3000, 0, ""},
	{"dump/company", 40, 0, ""},
	{"config/written", 60, 0, ""},
	{"config/for-each", 100, 0, ""},
	{"config/modules", 80, 0, ""},
	{"config/roots", 10, 0, ""},
	{"joined/written", 50, 0, ""},
	{"pattern/selfgroup", 30, 0, ""},
	{"pattern/selfown", 50, 0, ""},
	{"pattern/selfrole", 30, 0, ""},
	{"pattern/chain", 30, 0, ""},
	{"pattern/ring", 30, 0, ""},
	{"pattern/clique", 20, 0, ""},
	{"pattern/trustmany", 30, 0, ""},
	{"pattern/notresource", 2, 0, ""},
	{"pattern/tagdeny", 3, 0, ""},
	{"pattern/conditions", 5, 0, ""},
	{"pattern/wildcards", 5, 0, ""},
	{"pattern/delegates", 10, 0, ""},
	{"pattern/longdeny", 5, 0, ""},
}

// subject makes the inputs of a plan below a directory.
func (p plan) subject(dir string) (*subject, error) {
	shape, ok := synthetic.Named(p.shape)
	if !ok {
		return nil, fmt.Errorf("there is no such shape")
	}
	s := &subject{name: p.shape, unit: shape.Unit, share: p.share}
	inputs := map[int]synthetic.Input{}
	for _, factor := range []int{1, 3, 9} {
		n := p.smallest * factor
		in, size, err := makeIn(dir, shape, n)
		if err != nil {
			return nil, err
		}
		inputs[n] = in
		s.sizes, s.each = append(s.sizes, n), float64(size)/float64(n)
	}
	engine := pipeline{rules.All()}
	s.run = func(size int, clock func() time.Time) ([]lint.Took, error) { return engine.run(inputs[size], clock) }
	return s, nil
}
