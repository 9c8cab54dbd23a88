package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// replay evaluates the request of a node by itself, with symbols read plainly:
// whether it is allowed, and one that was asked for, or why that is not certain.
func (a *attempt) replay(n *node) (allowed bool, reasons []Reason) {
	a.set(n)
	e := env{request: &a.request}
	x := e.explain()
	d := newDecider(e)
	d.prepare()
	fits := true
	reasons = x.Reasons
	for _, l := range a.s.question() {
		asked := d.explainLayer(LayerQuery, 0, l.policies, nil)
		if asked.Allow == Allowed && asked.Deny == Denied {
			continue
		}
		fits = false
		for _, s := range asked.Statements {
			for _, r := range s.Reasons {
				// The question's own statements are not a place to point at.
				r.At = Ref{}
				reasons = append(reasons, r)
			}
		}
	}
	for i := range reasons {
		reasons[i].At.Policy = reasons[i].At.Policy.root()
	}
	return x.Verdict == Allowed && fits, reasons
}

// unsure reports whether it is not certain that the request of a node can be
// made.
func (a *attempt) unsure(n *node) bool {
	return slices.ContainsFunc(n.keys, func(k keyNode) bool { return k.unsure })
}

// existence says which values of a request may not exist.
func (a *attempt) existence(n *node) []Reason {
	var out []Reason
	for i := range n.keys {
		if k := &n.keys[i]; k.unsure {
			what := "it is not known whether " + a.s.binding.unbind(k.values[0]).String() + " can exist"
			if a.keys[i].domain == policyARNs {
				what = "it is not known whether the account has a policy such as " + a.s.binding.unbind(k.values[0]).String()
			}
			out = append(out, Reason{Text: what, Symbol: firstSymbol(k.values[0])})
		}
	}
	return out
}

// witness is the request of a node for people and reports.
func (a *attempt) witness(n *node) *Witness {
	w := &Witness{Action: a.name, Resource: a.s.binding.unbind(n.word), By: slices.Clone(n.by)}
	w.Context = append(w.Context, a.assigned...)
	for _, m := range a.models {
		if m.kind == keyFixed && (m.key.implied == notImplied || m.key.implied == impliedTag) {
			w.Context = append(w.Context, ContextValue{m.name, m.values})
		}
	}
	for i, m := range a.keys {
		k := &n.keys[i]
		switch {
		case len(k.values) > 0:
			values := make([]policy.Text, len(k.values))
			for j, x := range k.values {
				values[j] = a.s.binding.unbind(x)
			}
			w.Context = append(w.Context, ContextValue{m.name, values})
		case len(k.atoms) > 0:
			w.Absent = append(w.Absent, m.name)
		}
		if k.first != nil {
			w.First = append(w.First, k.first)
		}
	}
	if _, has := w.Value(policy.BoundaryKey); !has && !slices.Contains(w.Absent, policy.BoundaryKey) &&
		a.catalog != nil && a.catalog.Presence(policy.BoundaryKey) != catalog.PresentNever {
		w.Absent = append(w.Absent, policy.BoundaryKey)
	}
	for _, v := range w.Context {
		if tag, ok := strings.CutPrefix(strings.ToLower(v.Key), principalTagPrefix); ok && a.s.tags.can[tag] != nil {
			w.First = append(w.First, a.s.tags.can[tag])
		}
	}
	slices.SortFunc(w.Context, func(x, y ContextValue) int { return strings.Compare(x.Key, y.Key) })
	slices.Sort(w.Absent)
	return w
}

// Request is the witness as a request of the principal, for [Explain].
func (w *Witness) Request(p *Principal) *Request {
	r := &Request{Principal: p, Action: w.Action, Resource: w.Resource}
	for _, v := range w.Context {
		r.Context.SetTexts(v.Key, v.Values...)
	}
	for _, key := range w.Absent {
		r.Context.SetAbsent(key)
	}
	return r
}

// maxTags bounds the tags of which it is asked, in one search or for one memory,
// whether the holder can give them to itself.
const maxTags = 24

// ownTags are the tags of which it has been asked whether a holder can give them
// to itself, and the requests by which it can.
type ownTags struct {
	asked map[string]bool
	can   map[string]*Witness
	// any tells whether the holder can give itself some tag.
	any selfTagging
}

// selfTagging is what is known of whether a holder can tag itself.
type selfTagging uint8

const (
	taggingUnasked selfTagging = iota
	taggingAsked               // and not answered yet
	taggingDenied
	taggingAllowed
)

func newOwnTags() *ownTags { return &ownTags{asked: map[string]bool{}, can: map[string]*Witness{}} }

// canTagItself asks whether the holder can give itself a tag of any value;
// nil if that is not certain.
func (s *searcher) canTagItself(tag string) *Witness {
	if s.tags.asked[tag] {
		return s.tags.can[tag]
	}
	if !s.mayTagItself() {
		return nil
	}
	s.tags.asked[tag] = true
	sub := s.sub(s.tagging(
		KeyConstraint{Key: "aws:RequestTag/" + tag, In: []policy.Text{policy.Literal(s.administrator())}},
		KeyConstraint{Key: "aws:TagKeys", In: []policy.Text{policy.Literal(tag)}},
	))
	if answer := sub.search(); answer.Verdict == Allowed {
		s.tags.can[tag] = answer.Witness
	}
	return s.tags.can[tag]
}

// mayTagItself asks whether the holder, with the tags that it has, can give
// itself any other: most cannot, and then no tag has to be tried.
func (s *searcher) mayTagItself() bool {
	if s.tags.any == taggingUnasked {
		s.tags.any = taggingAsked
		s.universe.Memory.keepTags(s.tagger, s.tags)
		q := s.tagging()
		if q != nil && s.sub(q).search().Verdict == Allowed {
			s.tags.any = taggingAllowed
		} else {
			s.tags.any = taggingDenied
		}
	}
	return s.tags.any == taggingAllowed
}

// tagging is the question whether the holder can tag itself; nil where no principal
// of its kind can.
func (s *searcher) tagging(keys ...KeyConstraint) *Query {
	action := ""
	switch s.holder.Kind {
	case KindRole:
		action = "iam:TagRole"
	case KindUser:
		action = "iam:TagUser"
	case KindUnknown, KindFederatedUser, KindRoot, KindService, KindFederated:
		return nil
	}
	if s.holder.ARN.IsEmpty() {
		return nil
	}
	return &Query{Actions: []string{action}, Resources: []policy.Text{s.holder.ARN}, Keys: keys}
}

// sub is a searcher for another question about the same holder.
func (s *searcher) sub(q *Query) *searcher {
	t := *s
	t.query, t.asked = q, q.compile().bind(s.binding.binding)
	t.beyond, t.refused = nil, nil
	t.regionList = nil
	return &t
}
