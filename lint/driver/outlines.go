package driver

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Outlines keep of the accounts that other shards judge whom their roles trust, and no
// more. An account that matters to one of the shard is read again when it is asked for.
type Outlines struct {
	// MostAtHand is in the place of the constant of that name; 0 for that.
	MostAtHand int

	shard lint.Shard
	mu    sync.Mutex
	of    map[*iam.Model]*outline
	// atHand are those whose account has been read again and is still there, the one
	// that was asked for last at the end.
	atHand []*outline
}

// MostAtHand is the number of roles and users up to which accounts that were read again
// are held for whoever asks next. Each account that is judged holds those that it needs.
const MostAtHand = 5_000

// NewOutlines returns the outlines of the accounts that are not the shard's.
func NewOutlines(shard lint.Shard) *Outlines {
	return &Outlines{shard: shard, of: map[*iam.Model]*outline{}}
}

// outline is what is kept of one account.
type outline struct {
	path string
	// again reads the account again, which is not linked.
	again    func() (*iam.Model, error)
	trusts   []trusting
	sets     []*reachableRole
	entities int
	digest   uint64
	// hints and crossings are those of the run that the account is in.
	hints     iam.Hints
	crossings Crossings

	// mu is held while the account is read again, or asked.
	mu sync.Mutex
	// assumes are what its principals assume, where assumed is set.
	assumes  []policy.Text
	assumed  bool
	onward   map[string]onward
	extracts iam.Extracts
	roles    map[string]*iam.Entity
	// model is the account where it is at hand, guarded by the mutex of the outlines.
	model *iam.Model
}

// onward is where paths go on from a role.
type onward struct {
	steps   bool
	assumes []policy.Text
}

// Keep returns what to keep of a model in its place: its outline where it is an account
// that another shard judges, and the model itself where it is not. again reads the
// account again; what it returns is not linked.
func (o *Outlines) Keep(m *iam.Model, again func() (*iam.Model, error)) *iam.Model {
	if m.Input.Kind != iam.InputAccount || accountOf(m) == "" || o.shard.Has(unitOf(m)) {
		return m
	}
	kept := m.Outline()
	out := &outline{
		path: m.Input.Path, again: again, entities: len(m.Entities), digest: digestOf(m),
		onward: map[string]onward{}, roles: map[string]*iam.Entity{},
	}
	m.HideOverQuota() // as it is done where it is linked
	out.trusts = trustsIn(m)
	for i := range out.trusts {
		out.trusts[i].outlined()
	}
	out.sets = provisionedIn(m)
	for _, role := range out.sets {
		role.outlined()
	}
	slices.SortStableFunc(out.sets, func(x, y *reachableRole) int { return iam.CompareAddresses(x.address, y.address) })
	slices.SortStableFunc(out.trusts, func(x, y trusting) int { return iam.CompareAddresses(x.role.address, y.role.address) })
	o.mu.Lock()
	defer o.mu.Unlock()
	o.of[kept] = out
	return kept
}

// outlineOf is the outline that a model is; nil for a whole one.
func (o *Outlines) outlineOf(m *iam.Model) *outline {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.of[m]
}

// Whole is an account with what is in it, read again if there is only its outline. It is
// then another model each time, and not linked. The error is that it cannot be read any
// more, or is not what it was.
func (o *Outlines) Whole(m *iam.Model) (*iam.Model, error) {
	if out := o.outlineOf(m); out != nil {
		return out.read()
	}
	return m, nil
}

func (x *outline) read() (*iam.Model, error) {
	m, err := x.again()
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading it again for a shard: %w", err)
	case m == nil || digestOf(m) != x.digest:
		return nil, fmt.Errorf("%s: it changed while it was read", x.path)
	}
	return m, nil
}

// belong says which run the outlines among some models are of.
func (o *Outlines) belong(models []*iam.Model, hints iam.Hints, told Crossings) {
	for _, m := range models {
		if out := o.outlineOf(m); out != nil {
			out.hints, out.crossings = hints, told
		}
	}
}

// linked is the account of an outline, whose mutex the caller holds.
func (o *Outlines) linked(out *outline) (*iam.Model, error) {
	o.mu.Lock()
	m := out.model
	if m != nil {
		o.atHand = append(slices.DeleteFunc(o.atHand, func(other *outline) bool { return other == out }), out)
	}
	o.mu.Unlock()
	if m != nil {
		return m, nil
	}
	m, err := out.read()
	if err != nil {
		return nil, err
	}
	link(m, out.hints)
	o.mu.Lock()
	defer o.mu.Unlock()
	out.model = m
	o.atHand = append(o.atHand, out)
	held := 0
	for _, other := range o.atHand {
		held += other.entities
	}
	for held > cmp.Or(o.MostAtHand, MostAtHand) && len(o.atHand) > 1 {
		held -= o.atHand[0].entities
		o.atHand[0].letGo()
		o.atHand = slices.Delete(o.atHand, 0, 1)
	}
	return m, nil
}

func (x *outline) letGo() {
	x.crossings.Forget(x.model)
	x.model = nil
}

// ask asks the crossings about the account of an outline. The caller holds its mutex.
func (o *Outlines) ask(out *outline, question func(m *iam.Model)) error {
	m, err := o.linked(out)
	if err != nil {
		return err
	}
	question(m)
	o.mu.Lock()
	defer o.mu.Unlock()
	if out.model != m {
		out.crossings.Forget(m) // it was let go in the meantime
	}
	return nil
}

// whole is the account of an outline, linked, and what its principals assume.
func (o *Outlines) whole(out *outline) (m *iam.Model, assumes []policy.Text, err error) {
	out.mu.Lock()
	defer out.mu.Unlock()
	if out.assumed {
		m, err = o.linked(out)
		return m, out.assumes, err
	}
	err = o.ask(out, func(of *iam.Model) { m, out.assumes, out.assumed = of, out.crossings.Assumes(of), true })
	return m, out.assumes, err
}

// reach is where paths go on from a role of the account.
func (o *Outlines) reach(out *outline, address string) (onward, error) {
	out.mu.Lock()
	defer out.mu.Unlock()
	known, ok := out.onward[address]
	if ok {
		return known, nil
	}
	err := o.ask(out, func(m *iam.Model) {
		e := entityOf(m, address)
		known.steps, known.assumes = out.crossings.Onward(m, e)
		out.onward[address] = known
		if !known.steps { // else all of the account is asked for
			out.roles[address] = out.extracts.Of(e)
		}
	})
	return known, err
}

// extract is a role or permission set of the account by itself.
func (o *Outlines) extract(out *outline, address string) (*iam.Entity, error) {
	out.mu.Lock()
	defer out.mu.Unlock()
	if known := out.roles[address]; known != nil {
		return known, nil
	}
	m, err := o.linked(out)
	if err != nil {
		return nil, err
	}
	out.roles[address] = out.extracts.Of(entityOf(m, address))
	return out.roles[address], nil
}

// shared is something of the account that its policy shares, by itself.
func (o *Outlines) shared(out *outline, address string) (iam.Shared, bool, error) {
	out.mu.Lock()
	defer out.mu.Unlock()
	m, err := o.linked(out)
	if err != nil {
		return iam.Shared{}, false, err
	}
	s, ok := m.SharedAt(address)
	return s, ok, nil
}

// entityOf is the entity of an address, which the model has.
func entityOf(m *iam.Model, address string) *iam.Entity {
	for _, list := range [...][]*iam.Entity{m.Entities, m.PermissionSets} {
		for _, e := range list {
			if e.Address == address {
				return e
			}
		}
	}
	return nil
}

// digestOf tells whether an account that is read again says what it said.
func digestOf(m *iam.Model) uint64 {
	d := digest{fnv.New64a()}
	for _, e := range m.Entities {
		d.add(e.Address, e.Boundary.Text.Key())
		d.document(e.Trust)
	}
	for _, p := range m.Policies {
		d.add(p.Address)
		d.document(p.Document)
	}
	for _, p := range m.Inline {
		if p.HolderKind != iam.HolderPermissionSet { // those come from the organization
			d.add(p.Address, p.Name.Text.Key())
			d.document(p.Document)
		}
	}
	for _, a := range m.Attachments {
		if a.HolderKind != iam.HolderPermissionSet {
			d.add(a.Address, a.PolicyARN.Text.Key())
		}
	}
	for _, s := range m.Memberships {
		d.add(s.Address, s.Group.Text.Key())
	}
	for _, s := range m.Shared() {
		d.add(s.Compute.Address, s.Role.Address)
		for _, p := range s.Policies {
			d.document(p.Document)
		}
	}
	return d.Sum64()
}

type digest struct{ hash.Hash64 }

func (d digest) add(texts ...string) {
	for _, s := range texts {
		_, _ = d.Write(binary.AppendUvarint(nil, uint64(len(s)))) // it does not fail
		_, _ = d.Write([]byte(s))
	}
}

func (d digest) document(x *iam.Document) {
	if x != nil {
		d.add(x.Text.Key())
	}
}

// outlined lets go of everything that it would hold of its account.
func (t *trusting) outlined() {
	t.account, t.name = strings.Clone(t.account), strings.Clone(t.name)
	t.role.outlined()
	t.shared.outlined()
}

func (s *sharedThing) outlined() {
	if s == nil {
		return
	}
	s.address = strings.Clone(s.address)
	if arn, known := s.arn.Known(); known {
		s.arn = policy.Literal(strings.Clone(arn))
	}
}

func (r *reachableRole) outlined() {
	if r.entity == nil {
		return // it is so already
	}
	r.entity = nil
	r.account, r.address, r.set = strings.Clone(r.account), strings.Clone(r.address), strings.Clone(r.set)
	if arn, known := r.arn.Known(); known {
		r.arn = policy.Literal(strings.Clone(arn))
	}
}
