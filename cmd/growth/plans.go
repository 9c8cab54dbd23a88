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
	{"plan/company", 1500, 1.6, "a quarter are kept: identities, what runs with a role, and policies of buckets", false},
	{"plan/instances", 900, 3, "it is kept of each with which role it runs", false},
	{"plan/iam", 300, 10.5, "each policy is kept in full, with the place of each statement", true},
	{"plan/bystanders", 3000, 0.3, "nothing is kept of what is not read", false},
	{"state/company", 1500, 1.6, "as of plan/company", false},
	{"state/shown", 1500, 1.6, "as of plan/company", false},
	{"dump/company", 60, 55, "who holds what, and whom the ways of escalation lead to", false},
	{"config/written", 200, 60, "the syntax trees of four blocks and the values of their attributes", true},
	{"config/for-each", 400, 40, "the values of three instances", false},
	{"config/modules", 300, 40, "the values of three instances, and of a call", false},
	{"config/roots", 30, 170, "two roles as in config/written, and an account of its own for the rules", false},
	{"joined/written", 150, 75, "as of config/written, and the plan", false},
	{"pattern/selfgroup", 150, 15, "a holder and its place in the search", false},
	{"pattern/selfown", 250, 30, "a holder with a policy of its own", false},
	{"pattern/selfrole", 150, 25, "a holder with a policy of its own", false},
	{"pattern/chain", 60, 150, "a path of up to twenty steps, and how it is shown", false},
	{"pattern/ring", 150, 25, "a holder with a policy of its own", false},
	{"pattern/clique", 20, 150, "four services to pass each to, and what runs there", false},
	{"pattern/trustmany", 150, 30, "twenty principals that it trusts", false},
	{"pattern/notresource", 5, 190, "a hundred Denies that are looked at", false},
	{"pattern/tagdeny", 20, 150, "five Denies that nobody else has", false},
	{"pattern/conditions", 5, 450, "25 statements, and fifty findings about their conditions", false},
	{"pattern/wildcards", 20, 75, "sixty patterns of resources", false},
	{"pattern/delegates", 20, 200, "a role that it may make, and three findings about it", false},
	{"pattern/longdeny", 20, 120, "two hundred patterns of resources", false},
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
