package authz

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// keyKind says who decides what a condition key holds.
type keyKind uint8

const (
	// keyFree: the requester chooses it, or may wait until it fits.
	keyFree keyKind = iota
	// keyFixed: it follows from the holder and the action.
	keyFixed
	// keyNever: requests of the action lack it.
	keyNever
	// keyUnseen: it is what it is, and cannot be seen in policies.
	keyUnseen
)

// keyDomain says what values a key can have.
type keyDomain uint8

const (
	anyText keyDomain = iota
	// policyARNs are ARNs of managed policies that exist or can be created.
	policyARNs
	truthValues
	numbers
	dates
	addresses
)

// keyModel is what is known of one key in requests of one action.
type keyModel struct {
	key  contextKey
	name string // as it is documented, or written in the policy
	kind keyKind
	// values are those of keyFixed; of keyUnseen the only ones that it can
	// have, where it is not absent, none where it can have any.
	values []policy.Text
	// always tells that a free key is in every request.
	always bool
	multi  bool
	domain keyDomain
	// likely is the value that a free key usually has; "" for none.
	likely string
}

const (
	keyMFAPresent = "aws:multifactorauthpresent"
)

// fixedKeys are keys whose value does not depend on the policies: what a role
// or user sends by itself (IAM User Guide, global condition context keys).
// The empty text means absent.
var fixedKeys = map[string]string{
	"aws:principalisawsservice":     "false",
	"aws:principalservicename":      "",
	"aws:principalservicenameslist": "",
	"aws:sourceaccount":             "",
	"aws:sourcearn":                 "",
	"aws:sourceorgid":               "",
	"aws:sourceorgpaths":            "",
	"aws:sourceowner":               "",
	"aws:assumedroot":               "",
}

var likelyValues = map[string]string{
	"aws:securetransport": "true", "aws:viaawsservice": "false", "aws:multifactorauthpresent": "true",
	"aws:sourceip": "203.0.113.10", "aws:useragent": "aws-cli",
}

// newKeyModel says what is known of a key in requests of an action, which is
// nil for one that the catalog lacks.
func (s *searcher) newKeyModel(k contextKey, name string, action *catalog.Action, service string) *keyModel {
	m := &keyModel{key: k, name: name, likely: likelyValues[k.name]}
	known, inCatalog := catalog.LookupKey(k.name)
	if inCatalog {
		m.multi = known.MultiValued
		m.domain = domainOf(k.name, known.Type)
		if !known.Template() {
			m.name = known.Name
		}
	}
	if k.implied != notImplied && k.implied != impliedTag {
		m.fix(s.holder.implied(&m.key)) // the holder sends it by itself
		return m
	}
	if s.holder.Kind == KindService && strings.HasPrefix(k.name, "aws:source") {
		return m // a service says for which resource it asks
	}
	if value, ok := fixedKeys[k.name]; ok {
		if m.kind = keyNever; value != "" {
			m.kind, m.values = keyFixed, []policy.Text{policy.Literal(value)}
		}
		return m
	}
	if kind, depends := s.holder.carries(k.name); depends && kind != keyFree {
		m.kind = kind
		if kind == keyNever && k.name == keyMFAPresent {
			// Such a session has none, which requests tell by a false value or
			// by no value.
			m.kind, m.values = keyUnseen, []policy.Text{policy.Literal("false")}
		}
		return m
	}
	if s.settledModel(m, service) {
		return m
	}
	m.kind = presence(action, k.name, inCatalog, known)
	m.always = action != nil && action.Presence(k.name) == catalog.PresentAlways ||
		action == nil && inCatalog && known.Elsewhere == catalog.PresentAlways
	return m
}

// fix makes the key one that every request holds alike: what it holds, if that is
// known.
func (m *keyModel) fix(x policy.Text, state keyState) {
	switch state {
	case keyPresent:
		m.kind, m.values = keyFixed, []policy.Text{x}
	case keyHidden:
		m.kind = keyUnseen
	case keyAbsent:
		m.kind = keyNever
	}
}

// settledModel is for keys that follow from the holder, or from the service of
// the action; false for others.
func (s *searcher) settledModel(m *keyModel, service string) bool {
	switch {
	case m.key.implied == impliedTag:
		s.tagModel(m)
	case m.key.name == "aws:requestedregion" && service == "iam":
		if partition, ok := policy.PartitionNamed(s.binding.partitionText); ok {
			m.kind, m.values = keyFixed, []policy.Text{policy.Literal(partition.IAMRegion)}
		}
	case m.key.name == "aws:resourceaccount" && service == "iam":
		m.kind, m.values = keyFixed, []policy.Text{policy.Literal(s.binding.accountText)}
	default:
		return false
	}
	return true
}

// presence sorts the keys that depend on the action.
func presence(action *catalog.Action, lowered string, inCatalog bool, known *catalog.Key) keyKind {
	if action == nil {
		// Which keys of its own an unknown action carries is not known.
		if inCatalog && known.Global && known.Elsewhere != catalog.PresentNever {
			return keyFree
		}
		return keyUnseen
	}
	for _, unreliable := range action.UnreliableKeys() {
		if k, ok := catalog.LookupKey(unreliable); ok && k.Matches(lowered) {
			return keyUnseen
		}
	}
	if action.Presence(lowered) == catalog.PresentNever {
		if !inCatalog && mayBeNewer(action, lowered) {
			return keyUnseen
		}
		return keyNever
	}
	if makes(action) && (strings.HasPrefix(lowered, "aws:resourcetag/") || strings.HasPrefix(lowered, "iam:resourcetag/")) {
		// What is being created has no tags yet; the lists do not tell.
		return keyUnseen
	}
	return keyFree
}

// mayBeNewer reports whether requests of the action may carry a key that the
// data lacks because AWS has introduced it since: a global one, or one of the
// action's service, unless the name is that of a listed key misspelt.
func mayBeNewer(action *catalog.Action, lowered string) bool {
	prefix, _, _ := strings.Cut(lowered, ":")
	if prefix != "aws" && prefix != action.Service {
		return false
	}
	_, misspelt := catalog.MisspeltKey(lowered)
	return !misspelt
}

// ofExisting are actions of IAM that make something of what is there already.
const ofExisting = " CreateAccessKey CreateLoginProfile CreatePolicyVersion CreateServiceSpecificCredential "

// makes reports whether what an action is made on comes about by it. The lists
// do not tell: an action of that name is about something that exists where
// its resource is called by less than what is created, as a version of a
// launch template is.
func makes(a *catalog.Action) bool {
	what, create := strings.CutPrefix(a.Name, "Create")
	if !create || a.Service == "iam" && strings.Contains(ofExisting, " "+a.Name+" ") {
		return false
	}
	what = strings.ToLower(what)
	return !slices.ContainsFunc(a.ResourceTypes, func(r catalog.ActionResource) bool {
		name := strings.ToLower(strings.ReplaceAll(r.Type.Name, "-", ""))
		return name != what && strings.HasPrefix(what, name)
	})
}

// tagModel is for tags of the holder. They are fixed, and not to be seen in
// policies, unless they are known or the holder can tag itself.
func (s *searcher) tagModel(m *keyModel) {
	tag := m.key.name[len(principalTagPrefix):]
	if !s.tags.asked[tag] && len(s.tags.asked) >= maxTags { // it may, or may not
		m.kind = keyUnseen
		return
	}
	if s.canTagItself(tag) != nil {
		m.kind = keyFree
		return
	}
	m.kind = keyUnseen
	x, state := s.holder.tag(tag)
	switch {
	case state == keyPresent:
		m.kind, m.values = keyFixed, []policy.Text{x}
	case s.holder.TagsKnown:
		m.kind = keyNever
	}
}

func domainOf(lowered string, t catalog.KeyType) keyDomain {
	switch {
	case lowered == strings.ToLower(policy.BoundaryKey), lowered == strings.ToLower(policy.PolicyARNKey):
		return policyARNs
	case t == catalog.TypeBool:
		return truthValues
	case t == catalog.TypeNumeric:
		return numbers
	case t == catalog.TypeDate:
		return dates
	case t == catalog.TypeIPAddress:
		return addresses
	}
	return anyText
}

// condAtom demands that a condition holds, or that it does not.
type condAtom struct {
	*condition
	want bool
}

// candidates are values worth trying for a key under these atoms. complete
// tells that if none of them will do, none does: comparisons of numbers,
// dates, addresses and truth values tell apart only finitely many kinds of
// values, and each has one among the candidates.
func (a *attempt) candidates(m *keyModel, atoms []condAtom) (values []policy.Text, complete bool) {
	g := gathering{complete: true}
	g.add(m.likely)
	if m.domain == truthValues {
		g.add("true", "false")
	}
	for _, c := range atoms {
		a.gatherValues(&g, m, c)
	}
	switch {
	case m.domain == dates:
		g.add(a.datesAround(m, g.points)...)
	case g.dated:
		// Dates under a key of another type: nothing of that type is a date.
		for _, p := range g.points {
			g.add(m.moment(p))
		}
	default:
		g.add(numbersAround(g.points)...)
	}
	if m.domain == anyText && len(atoms) > 0 {
		g.add("x")
	}
	g.values = slices.DeleteFunc(g.values, func(x policy.Text) bool { return !m.holds(x) })
	if len(g.values) == 0 {
		g.add(a.defaults(m)...)
	}
	return g.values, g.complete
}

// gathering collects candidates.
type gathering struct {
	values []policy.Text
	points []float64 // numbers, or seconds since 1970 where dated is set
	dated  bool
	// complete is as in candidates.
	complete bool
}

func (g *gathering) add(texts ...string) {
	for _, s := range texts {
		if s != "" {
			g.values = append(g.values, policy.Literal(s))
		}
	}
}

// gatherValues adds the values that one condition tells apart.
func (a *attempt) gatherValues(g *gathering, m *keyModel, c condAtom) {
	switch c.op.Family {
	case policy.FamilyString, policy.FamilyArn:
		g.complete = g.complete && m.domain == truthValues
		for i := range c.values {
			g.values = append(g.values, a.instances(c.values[i].pattern)...)
			if m.typed() {
				g.values = append(g.values, m.typedInstances(c.values[i].pattern)...)
			}
		}
	case policy.FamilyBool:
		g.add("true", "false")
		if slices.ContainsFunc(c.values, func(v conditionValue) bool { return v.hasVariable }) {
			g.complete = false
		}
	case policy.FamilyNumeric, policy.FamilyDate:
		g.dated = g.dated || c.op.Family == policy.FamilyDate
		for i := range c.values {
			if c.values[i].typed.valid {
				g.points = append(g.points, c.values[i].typed.number)
			}
		}
	case policy.FamilyIP:
		g.add(addressesAround(c.values)...)
	case policy.FamilyBinary:
		for i := range c.values {
			if s, known := c.values[i].source.Known(); known {
				g.add(s)
			}
		}
	case policy.FamilyNull:
	}
}

// defaults are values of a key that nothing is asked of.
func (a *attempt) defaults(m *keyModel) []string {
	switch m.domain {
	case numbers:
		return []string{"1"}
	case dates:
		return []string{m.moment(max(float64(someday.Unix()), a.earliest()))}
	case addresses:
		return []string{"203.0.113.10"}
	case truthValues:
		return []string{"true", "false"}
	case anyText:
		return []string{"x"}
	case policyARNs:
	}
	return nil
}

// numbersAround are one number for each point, and one for each interval
// between and beside them.
func numbersAround(points []float64) []string {
	if len(points) == 0 {
		return nil
	}
	slices.Sort(points)
	points = slices.Compact(points)
	var all []float64
	for i, p := range points {
		if i == 0 {
			all = append(all, p-1)
		} else {
			all = append(all, (points[i-1]+p)/2)
		}
		all = append(all, p)
	}
	all = append(all, points[len(points)-1]+1)
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = strconv.FormatFloat(n, 'f', -1, 64)
	}
	return out
}

// addressesAround are an address in each range, and one on each side of it.
func addressesAround(values []conditionValue) []string {
	out := append([]string{"203.0.113.10", "2001:db8::1"}, besidePrivate...)
	for i := range values {
		if !values[i].typed.valid {
			continue
		}
		first := values[i].typed.prefix.Masked().Addr()
		last := lastAddress(values[i].typed.prefix)
		for _, addr := range [...]netip.Addr{first, last, first.Prev(), last.Next()} {
			if addr.IsValid() {
				out = append(out, addr.String())
			}
		}
	}
	return out
}

func lastAddress(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < 8*len(bytes); i++ {
		bytes[i/8] |= 1 << (7 - i%8)
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return addr
}

// instances are short texts that a pattern takes: stars as nothing and as x,
// symbols as themselves.
func (a *attempt) instances(p *pattern) []policy.Text {
	if p.isSpread() {
		var out []policy.Text
		for _, alternative := range p.alternatives {
			out = append(out, a.instances(alternative)...)
		}
		return out
	}
	if p.isExact() {
		return []policy.Text{p.literalText()}
	}
	var out []policy.Text
	for _, star := range [...]string{"x", "", "app-x"} {
		var parts []policy.Part
		ok := true
		for i := range p.pieces {
			switch q := &p.pieces[i]; q.kind {
			case literalPiece:
				parts = append(parts, policy.Part{Literal: q.text})
			case starPiece:
				parts = append(parts, policy.Part{Literal: star})
			case onePiece:
				parts = append(parts, policy.Part{Literal: "x"})
			case symbolPiece:
				parts = append(parts, policy.Part{Symbol: q.symbol})
			case variablePiece:
				x, found := a.variable(q.variable)
				ok = ok && found
				parts = append(parts, x.Parts()...)
			}
		}
		if ok {
			out = append(out, policy.NewText(parts...))
		}
	}
	return out
}

// literalText is the text of a pattern without wildcards and variables.
func (p *pattern) literalText() policy.Text {
	var parts []policy.Part
	for i := range p.pieces {
		parts = append(parts, policy.Part{Literal: p.pieces[i].text, Symbol: p.pieces[i].symbol})
	}
	return policy.NewText(parts...)
}

// variable is the value of a policy variable where it is known.
func (a *attempt) variable(v *variable) (policy.Text, bool) {
	if v.hidden != nil {
		return policy.Text{}, false
	}
	var one [1]policy.Text
	values, state := a.env.request.lookup(&v.key, &one)
	switch {
	case state == keyPresent && len(values) == 1:
		return values[0], true
	case state == keyAbsent && v.hasDefault:
		return v.fallback, true
	}
	return policy.Text{}, false
}
