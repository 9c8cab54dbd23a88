package authz

import (
	"encoding/base64"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/policy"
)

// typedValue is a condition value read as the type that its operator
// compares.
type typedValue struct {
	valid  bool
	number float64 // of numeric operators; seconds since 1970 of date operators
	prefix netip.Prefix
	truth  bool
	bytes  string
}

// readTyped reads a known text. What cannot be read matches nothing.
func readTyped(f policy.Family, s string) typedValue {
	var v typedValue
	switch f {
	case policy.FamilyNumeric:
		v.number, v.valid = readNumber(s)
	case policy.FamilyDate:
		v.number, v.valid = readDate(s)
	case policy.FamilyIP:
		v.prefix, v.valid = readPrefix(s)
	case policy.FamilyBool, policy.FamilyNull:
		v.truth, v.valid = readBool(s)
	case policy.FamilyBinary:
		v.bytes, v.valid = readBinary(s)
	case policy.FamilyString, policy.FamilyArn:
	}
	return v
}

func readNumber(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false
	}
	return n, true
}

// dateLayouts are the ISO 8601 forms of the W3C profile that IAM documents,
// the longest first.
var dateLayouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05",
	"20060102T150405Z", "2006-01-02", "2006-01", "2006",
}

// readDate reads a date as seconds since 1970, the finest that IAM compares
// being the millisecond. Four digits are a year; other numbers are seconds,
// or milliseconds where they are too large for that.
func readDate(s string) (float64, bool) {
	if len(s) != len("2006") {
		if n, ok := readNumber(s); ok {
			if math.Abs(n) > 1e11 {
				n /= 1000
			}
			return n, true
		}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.UnixMilli()) / 1000, true
		}
	}
	return 0, false
}

// readPrefix reads a CIDR range; an address alone is the range of itself.
func readPrefix(s string) (netip.Prefix, bool) {
	if strings.IndexByte(s, '/') >= 0 {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return netip.Prefix{}, false
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), true
}

func readBool(s string) (value, valid bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

func readBinary(s string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return string(b), err == nil
}

// matches compares a value of the request with one of the policy. Both are
// of the operator's family; want is valid.
func (want *typedValue) matches(op policy.Operator, got *typedValue) bool {
	switch op.Family {
	case policy.FamilyNumeric, policy.FamilyDate:
		return compareNumbers(op.Compare, got.number, want.number)
	case policy.FamilyIP:
		return want.prefix.Bits() <= got.prefix.Bits() && want.prefix.Contains(got.prefix.Addr())
	case policy.FamilyBool:
		return want.truth == got.truth
	case policy.FamilyBinary:
		return want.bytes == got.bytes
	case policy.FamilyNull, policy.FamilyString, policy.FamilyArn:
	}
	return false
}

func compareNumbers(c policy.Compare, got, want float64) bool {
	switch c {
	case policy.Less:
		return got < want
	case policy.LessEquals:
		return got <= want
	case policy.Greater:
		return got > want
	case policy.GreaterEquals:
		return got >= want
	case policy.Equals, policy.EqualsIgnoreCase, policy.Like:
	}
	return got == want
}
