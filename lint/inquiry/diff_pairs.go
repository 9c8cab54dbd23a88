package inquiry

import (
	"cmp"
	"slices"

	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// pair is a holder before and after; one of them may be nil.
type pair struct{ before, after *Subject }

// either is the holder after, or else before.
func (p pair) either() *Subject {
	if p.after != nil {
		return p.after
	}
	return p.before
}

// pairs are the holders of two states, each with the same one in the other: by
// its address, by that which it had before it was moved, or by its name. One
// that is in another account than before is another one.
func pairs(before, after *Inquiry) []pair {
	was, is := subjectsOf(before), subjectsOf(after)
	found, taken := map[*Subject]*Subject{}, map[*Subject]bool{}
	match := func(before, after func(*Subject) string, isSame func(a, b *Subject) bool) {
		index := map[string][]*Subject{}
		for _, b := range was {
			if key := before(b); key != "" && !taken[b] {
				index[b.kind()+" "+key] = append(index[b.kind()+" "+key], b)
			}
		}
		for _, s := range is {
			if found[s] != nil {
				continue
			}
			list := index[s.kind()+" "+after(s)]
			if i := slices.IndexFunc(list, func(b *Subject) bool { return !taken[b] && isSame(b, s) }); i >= 0 {
				found[s], taken[list[i]] = list[i], true
			}
		}
	}
	address := func(s *Subject) string { return s.Address }
	match(address, address, mayShareAccount)
	match(address, func(s *Subject) string { return after.Model.FirstAddress(s.Address) }, mayShareAccount)
	match((*Subject).nameKey, (*Subject).nameKey, shareAccount)
	match((*Subject).nameKey, (*Subject).nameKey, mayShareAccount)
	var out []pair
	for _, s := range is {
		b := found[s]
		if b == nil {
			first := after.Model.FirstAddress(s.Address)
			b = before.alone(s, func(address string) bool { return address == s.Address || address == first })
		}
		out = append(out, pair{before: b, after: s})
	}
	for _, b := range was {
		if !taken[b] {
			out = append(out, pair{before: b, after: after.alone(b, func(address string) bool {
				return address == b.Address || after.Model.FirstAddress(address) == b.Address
			})})
		}
	}
	slices.SortStableFunc(out, func(p, q pair) int {
		return cmp.Or(iam.CompareAddresses(p.either().Address, q.either().Address), cmp.Compare(p.either().kind(), q.either().kind()))
	})
	return out
}

// mayShareAccount reports whether nothing tells that two holders are in different
// accounts or partitions.
func mayShareAccount(a, b *Subject) bool {
	differ := func(x, y policy.Text) bool {
		return x.IsKnown() && y.IsKnown() && !x.IsEmpty() && !y.IsEmpty() && !x.Equal(y)
	}
	return !differ(a.Deployment.Account, b.Deployment.Account) && !differ(a.Deployment.Partition, b.Deployment.Partition)
}

// shareAccount reports whether two holders are certainly in the same account.
func shareAccount(a, b *Subject) bool {
	return a.Deployment.Account.Equal(b.Deployment.Account) && mayShareAccount(a, b)
}

// nameKey is equal for entities of the same name; "" for one whose name is not
// known.
func (s *Subject) nameKey() string {
	if s.Entity == nil {
		return ""
	}
	name, _ := s.Entity.NameText().Known()
	return name
}

// subjectsOf are all holders of a state: entities, permission sets, and the
// groups and policies that none of them has.
func subjectsOf(q *Inquiry) []*Subject {
	if q == nil {
		return nil
	}
	var out []*Subject
	for _, h := range q.account.Holders {
		out = append(out, q.Subject(h.Entity))
	}
	for _, h := range q.account.Unattached {
		out = append(out, q.subjectAlone(h))
	}
	return out
}

// alone is the group or policy of the other state that a holder is, whoever has
// it: who does may change where it stays the same. It is nil where it is not
// there.
func (q *Inquiry) alone(s *Subject, isMeant func(address string) bool) *Subject {
	if q == nil || s.Entity != nil {
		return nil
	}
	h := q.account.Alone(s.Kind, isMeant)
	if h == nil {
		return nil
	}
	if found := q.subjectAlone(h); mayShareAccount(found, s) {
		return found
	}
	return nil
}

// subjectAlone is a group or policy by itself.
func (q *Inquiry) subjectAlone(h *holders.Holder) *Subject {
	known := *h.Principal
	known.Identity = slices.DeleteFunc(slices.Clone(known.Identity), isHiddenPolicy)
	return &Subject{Holder: h, Whole: h.Principal, Known: &known, Universe: q.account.Universe(h.Deployment), inquiry: q}
}

// kind is what the subject is.
func (s *Subject) kind() string {
	if s.Entity != nil {
		return string(s.Entity.Kind)
	}
	return s.Kind
}
