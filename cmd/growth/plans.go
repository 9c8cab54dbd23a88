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
	// baseline has every other finding known already.
	baseline bool
}

var plans = []plan{
	{"plan/company", 1500, 0, "", false},
	{"plan/instances", 600, 0, "", false},
	{"plan/iam", 200, 0, "", true},
	{"plan/bystanders", 3000, 0, "", false},
	{"state/company", 3000, 0, "", false},
	{"state/shown", 3000, 0, "", false},
	{"dump/company", 40, 0, "", false},
	{"config/written", 60, 0, "", true},
	{"config/for-each", 100, 0, "", false},
	{"config/modules", 80, 0, "", false},
	{"config/roots", 10, 0, "", false},
	{"joined/written", 50, 0, "", false},
	{"pattern/selfgroup", 30, 0, "", false},
	{"pattern/selfown", 50, 0, "", false},
	{"pattern/selfrole", 30, 0, "", false},
	{"pattern/chain", 30, 0, "", false},
	{"pattern/ring", 30, 0, "", false},
	{"pattern/clique", 20, 0, "", false},
	{"pattern/trustmany", 30, 0, "", false},
	{"pattern/notresource", 2, 0, "", false},
	{"pattern/tagdeny", 3, 0, "", false},
	{"pattern/conditions", 5, 0, "", false},
	{"pattern/wildcards", 5, 0, "", false},
	{"pattern/delegates", 10, 0, "", false},
	{"pattern/longdeny", 5, 0, "", false},
}

// subject makes the inputs of a plan below a directory.
func (p plan) subject(dir string) (*subject, error) {
	shape, ok := synthetic.Named(p.shape)
	if !ok {
		return nil, fmt.Errorf("there is no such shape")
	}
	s := &subject{name: p.shape, unit: shape.Unit, share: p.share}
	engine := pipeline{rules.All()}
	inputs := map[int]input{}
	for _, factor := range []int{1, 3, 9} {
		n := p.smallest * factor
		in, size, err := makeIn(dir, shape, n)
		if err != nil {
			return nil, err
		}
		inputs[n] = input{Input: in}
		if p.baseline {
			known, err := engine.half(in)
			if err != nil {
				return nil, err
			}
			inputs[n] = input{in, known}
		}
		s.sizes, s.each = append(s.sizes, n), float64(size)/float64(n)
	}
	s.run = func(size int, clock func() time.Time) ([]lint.Took, error) { return engine.run(inputs[size], clock) }
	return s, nil
}
