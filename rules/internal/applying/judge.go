package applying

import (
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// Refusal is a call that AWS will refuse, or may.
type Refusal struct {
	Deployer *Deployer
	Planned  *iam.Planned
	Request  *Request
	// Certain is false where AWS may refuse it.
	Certain bool
	// Another is a deployer that may apply the resource too and is not refused the
	// call; nil for none.
	Another  *Deployer
	Decision authz.Explanation
	Misses   []authz.Miss
}

// Judge decides the calls of all that a model plans. Each resource's refusals
// come together, those of its change before those of its refresh.
func Judge(p *lint.Pass, a *holders.Account, deployers []*Deployer) [][]*Refusal {
	n := newInventory(a.Model)
	var out [][]*Refusal
	for _, planned := range a.Model.Planned {
		p.Check()
		var candidates []*Deployer
		for _, d := range deployers {
			if d.AppliesTo(a.Model, planned) {
				candidates = append(candidates, d.in(a.Model, planned))
			}
		}
		if refused := judge(n, planned, candidates); len(refused) > 0 {
			out = append(out, refused)
		}
	}
	return out
}

// judge decides the calls for one resource. Where several deployers may apply it,
// what not all of them are refused is not certain.
func judge(n *inventory, p *iam.Planned, candidates []*Deployer) []*Refusal {
	var order []*calls.Call
	first, refusing := map[*calls.Call][]*Refusal{}, map[*calls.Call][]*Deployer{}
	for _, d := range candidates {
		byCall := map[*calls.Call][]*Refusal{}
		for _, r := range d.requests(n, p) {
			if decision := authz.Decide(&r.Request); decision.Verdict != authz.Allowed {
				byCall[r.Call] = append(byCall[r.Call], d.refusal(p, r))
				if !slices.Contains(order, r.Call) {
					order = append(order, r.Call)
				}
			}
		}
		for c, list := range byCall {
			if first[c] == nil {
				first[c] = list
			}
			if slices.ContainsFunc(list, func(r *Refusal) bool { return r.Certain }) {
				refusing[c] = append(refusing[c], d)
			}
		}
	}
	var out []*Refusal
	for _, c := range order {
		for _, r := range first[c] {
			for _, d := range candidates {
				if !slices.Contains(refusing[c], d) && r.Certain {
					r.Certain, r.Another = false, d
				}
			}
			out = append(out, r)
		}
	}
	return out
}

func (d *Deployer) refusal(p *iam.Planned, r *Request) *Refusal {
	x := authz.Explain(&r.Request)
	return &Refusal{
		Deployer: d, Planned: p, Request: r, Certain: x.Verdict == authz.Denied && !r.Perhaps,
		Decision: x, Misses: authz.Misses(&r.Request),
	}
}
