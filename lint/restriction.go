package lint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
)

// EveryRule stands in the place of a rule for all of them.
const EveryRule = "*"

// Allowance is an allow_exempt block of an organisation's policy: which findings of
// a rule repositories may leave out.
type Allowance struct {
	// Rule is EveryRule for all of them, and for trusting entities.
	Rule string
	// MaxDays is how many days ahead the last day may be; 0 for no end.
	MaxDays int
	// Require is a glob, or regex: and an expression, that the reason has to match;
	// "" for any reason.
	Require string
	// Entities are globs of addresses, ARNs and names; empty for all.
	Entities []string
	Location iam.Location
}

// Exception is what leaves findings of a rule out: an exemption, a trusted block, an
// ignore comment or a baseline.
type Exception struct {
	// Rule is EveryRule for a trusted block.
	Rule, Reason string
	// Until is the last day on which it holds; zero for ever.
	Until time.Time
}

// Subject is what a finding is about, by what a pattern may call it; "" for what is
// not known.
type Subject struct{ Address, ARN, Name string }

// Refusal says which place in a policy forbids something, and why.
type Refusal struct {
	By  iam.Location
	Why string
}

// Loosening is what a configuration tries although a policy forbids it.
type Loosening struct {
	// Address and Location are the block or attribute that tries it, What says what
	// it does, as the end of a sentence that begins with its name.
	Address, What string
	Location      iam.Location
	Refusal
}

// Refuses reports whether one of the policies forbids an exception: at all where
// subject is nil, else for that subject.
func (s *Settings) Refuses(x Exception, subject *Subject) (Refusal, bool) {
	for _, p := range s.Policies {
		// What hides a finding that stands in for that of another rule hides both.
		for _, rule := range slices.Concat([]string{x.Rule}, s.StandIns[x.Rule]) {
			same := x
			same.Rule = rule
			if refusal, refused := p.refuses(same, s.Topics[rule], subject, s.Today); refused {
				return refusal, true
			}
		}
	}
	return Refusal{}, false
}

// refuses is what one policy says of an exception from a rule of a topic.
func (s *Settings) refuses(x Exception, topic Topic, subject *Subject, today time.Time) (Refusal, bool) {
	lock, locked := s.Locks(x.Rule, topic)
	if !locked {
		return Refusal{}, false
	}
	refusal := Refusal{lock, "allows no exemption from it"}
	if x.Rule == EveryRule {
		refusal.Why = `has no allow_exempt "*", which trusting takes`
	}
	for i, a := range slices.Backward(s.Allowed) {
		if a.Rule != x.Rule && a.Rule != EveryRule {
			continue
		}
		why := s.Allowed[i].refuses(x, subject, today)
		if why == "" {
			return Refusal{}, false
		}
		refusal = Refusal{a.Location, why}
	}
	return refusal, true
}

// Locks reports whether a policy locks a rule of a topic, or for EveryRule any of them,
// and where. It does so, too, where it says what exemptions from the rule there may be,
// and where it locks a block by which the rule judges.
func (s *Settings) Locks(rule string, topic Topic) (iam.Location, bool) {
	if s.Locked {
		return s.At["locked"], true
	}
	for i := range s.Rules {
		if set := &s.Rules[i]; set.Locked && (set.ID == rule || rule == EveryRule) {
			return set.Location, true
		}
	}
	for _, a := range s.Allowed {
		if a.Rule == rule || a.Rule == EveryRule || rule == EveryRule {
			return a.Location, true
		}
	}
	if at, locked := s.LockedBoundary(); locked && (topic == BoundaryTopic || rule == EveryRule) {
		return at, true
	}
	if at, locked := s.lockedNaming(); locked && (topic == NamingTopic || rule == EveryRule) {
		return at, true
	}
	return iam.Location{}, false
}

// LockedBoundary is the first boundary block that is locked.
func (s *Settings) LockedBoundary() (iam.Location, bool) {
	for i := range s.Boundaries {
		if s.Boundaries[i].Locked {
			return s.Boundaries[i].Location, true
		}
	}
	return iam.Location{}, false
}

// lockedNaming is the first naming block that is locked.
func (s *Settings) lockedNaming() (iam.Location, bool) {
	for i := range s.Naming {
		if s.Naming[i].Locked {
			return s.Naming[i].Location, true
		}
	}
	return iam.Location{}, false
}

// Speaks reports whether a policy says something of a rule of a topic.
func (s *Settings) Speaks(rule string, topic Topic) bool {
	_, locked := s.Locks(rule, topic)
	return locked || s.Preset != "" || slices.ContainsFunc(s.Rules, func(set RuleSetting) bool { return set.ID == rule })
}

// refuses says why an allowance does not cover an exception, "" where it does.
func (a *Allowance) refuses(x Exception, subject *Subject, today time.Time) string {
	switch {
	case a.MaxDays > 0 && x.Until.IsZero():
		return fmt.Sprintf("allows one for %d days, and it has no end", a.MaxDays)
	case a.MaxDays > 0 && day(x.Until).After(day(today).AddDate(0, 0, a.MaxDays)):
		return fmt.Sprintf("allows one for %d days, until %s, and it ends on %s", a.MaxDays,
			day(today).AddDate(0, 0, a.MaxDays).Format(time.DateOnly), x.Until.Format(time.DateOnly))
	case a.Require != "" && !matches(a.Require, x.Reason):
		return fmt.Sprintf("asks for a reason that matches %q", a.Require)
	case subject != nil && len(a.Entities) > 0 && !slices.ContainsFunc(a.Entities, func(pattern string) bool {
		return MatchesSubject(pattern, subject.Address, subject.ARN, subject.Name)
	}):
		return "allows one for " + strings.Join(a.Entities, ", ") + " and not for " + subject.Address
	}
	return ""
}

func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }

// matches holds a text against a pattern that has been checked.
func matches(pattern, text string) bool {
	p, err := ParsePattern(pattern)
	return err == nil && p.Matches(text)
}
