package authz

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/policy"
)

// Every condition key has a type, and no request carries a value of another
// one (IAM User Guide, global condition context keys; the types of services'
// own keys are those of the Service Authorization Reference). An Allow that
// asks for another kind of value is dead, and a Deny with the negated operator
// always applies.

// holds reports whether a request can carry a text as the value of a key of
// this model. What symbols hide can be anything.
func (m *keyModel) holds(x policy.Text) bool {
	s, known := x.Known()
	if !known {
		return true
	}
	switch m.domain {
	case truthValues:
		return s == "true" || s == "false"
	case numbers:
		_, ok := readNumber(s)
		return ok
	case dates:
		if m.key.name == keyEpochTime {
			_, err := strconv.ParseInt(s, 10, 64)
			return err == nil
		}
		_, ok := readDate(s)
		return ok && strings.Contains(s, "-")
	case addresses:
		a, err := netip.ParseAddr(s)
		return err == nil && a.Zone() == "" && (m.key.name != keySourceIP || isPublic(a))
	case anyText, policyARNs:
	}
	return true
}

// typed reports whether only texts of a certain form are values of the key.
func (m *keyModel) typed() bool {
	return m.domain == truthValues || m.domain == numbers || m.domain == dates || m.domain == addresses
}

const (
	keySourceIP  = "aws:sourceip"
	keyEpochTime = "aws:epochtime"
)

// isPublic reports whether requests can come from an address as aws:SourceIp
// tells it: those from a private one come through a VPC endpoint, and carry
// aws:VpcSourceIp instead.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	return !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsUnspecified()
}

// besidePrivate are public addresses beside the ranges that are not public:
// with the ends of a range they represent every part of it.
var besidePrivate = []string{
	"9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
	"172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "0.0.0.1",
	"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", "fec0::", "::2",
}

// valueAlphabets are the characters that values of a type are written with.
var valueAlphabets = map[keyDomain]string{
	truthValues: "truefals",
	numbers:     "0123456789+-.eE",
	dates:       "0123456789-:.TZ+",
	addresses:   "0123456789abcdefABCDEF:.",
}

// impossible reports whether no value of the key's type is one of those that
// a condition wants: each of them has a character that no such value has.
func (m *keyModel) impossible(c condAtom) bool {
	if c.want == c.op.Negated || c.op.Family != policy.FamilyString && c.op.Family != policy.FamilyArn {
		return false
	}
	alphabet := valueAlphabets[m.domain]
	foreign := func(v conditionValue) bool {
		if v.isSpread() {
			return false
		}
		if v.isExact() && !v.hasSymbol {
			return !m.holds(v.literalText())
		}
		return slices.ContainsFunc(v.pieces, func(q piece) bool {
			return q.kind == literalPiece && strings.Trim(q.text, alphabet) != ""
		})
	}
	return !slices.ContainsFunc(c.values, func(v conditionValue) bool { return !foreign(v) })
}

// typedFillings are what a wildcard is taken to stand for in values of a type.
var typedFillings = map[keyDomain][]string{
	truthValues: {"true", "false", "t", "rue", "e"},
	numbers:     {"1", "0", "10", ""},
	dates:       {"-01-01T00:00:00Z", "01-01T00:00:00Z", "T00:00:00Z", "00:00:00Z", "Z", "2099-01-01T00:00:00Z", ""},
	addresses:   {"10", "113.10", "0.113.10", "203.0.113.10", ".10", ".113.10", ".0.113.10", "1", "::1", ":1", ""},
}

// typedInstances are values of the key's type that a pattern takes.
func (m *keyModel) typedInstances(p *pattern) []policy.Text {
	if p.hasSymbol || p.hasVariable || p.isExact() {
		return nil
	}
	var out []policy.Text
	for _, filling := range typedFillings[m.domain] {
		var b strings.Builder
		for i := range p.pieces {
			switch q := &p.pieces[i]; q.kind {
			case literalPiece:
				b.WriteString(q.text)
			case starPiece:
				b.WriteString(filling)
			case onePiece:
				b.WriteByte('1')
			case symbolPiece, variablePiece:
			}
		}
		if x := policy.Literal(b.String()); m.holds(x) {
			out = append(out, x)
		}
	}
	return out
}

// someday is a moment after all that policies reasonably name. A witness takes
// it where any later moment will do, so that equal input gives equal bytes on
// any day.
var someday = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)

// datesAround are one moment for each interval that the points leave, and the
// points, as far as requests can still be made then.
func (a *attempt) datesAround(m *keyModel, points []float64) []string {
	now := a.earliest()
	points = slices.DeleteFunc(slices.Clone(points), func(p float64) bool { return p < now })
	slices.Sort(points)
	points = slices.Compact(points)
	var all []float64
	for i, p := range points {
		switch {
		case i > 0:
			all = append(all, math.Floor((points[i-1]+p)/2))
		case p-1 >= now:
			all = append(all, p-1)
		case p > now:
			all = append(all, now)
		}
		all = append(all, p)
	}
	last := float64(someday.Unix())
	if n := len(points); n > 0 {
		last = max(last, points[n-1]+1)
	}
	all = append(all, max(last, now))
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = m.moment(p)
	}
	return out
}

// moment writes seconds since 1970 as the key has them.
func (m *keyModel) moment(seconds float64) string {
	if m.key.name == keyEpochTime {
		return strconv.FormatInt(int64(seconds), 10)
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC().Format(time.RFC3339Nano)
}

// earliest is the earliest time of requests, in seconds since 1970.
func (a *attempt) earliest() float64 {
	now := a.s.universe.Now
	if now.IsZero() {
		return math.Inf(-1)
	}
	return float64(now.UTC().Truncate(time.Second).Unix())
}
