package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Layer puts a configuration under the policies of an organisation: what they lock
// it can tighten and not loosen, and what they do not lock is a default that it may
// change. own is the zero value where a repository has no configuration. rules are
// all that there are. Neither policies nor own are changed. The error says which
// policies contradict each other.
func Layer(policies []*lint.Settings, own *lint.Settings, rules []*lint.Rule) (*lint.Settings, error) {
	if len(policies) == 0 {
		return own, nil
	}
	l := &layering{policies: policies, rules: rules, standIns: standIns(rules), topics: topics(rules)}
	out, err := l.stack()
	if err != nil {
		return nil, err
	}
	out.File, out.Digest, out.Documents = own.File, own.Digest, own.Documents
	out.Strict, out.Today = own.Strict, own.Today
	out.Policies, out.Own, out.StandIns, out.Topics = policies, own, l.standIns, l.topics
	l.out = out
	l.top(own)
	l.ruleSettings(own)
	l.boundaries(own)
	l.naming(own)
	l.deployers(own)
	l.exceptions(own, policies)
	out.Refused = l.refused
	return out, nil
}

// layering is one configuration under its policies.
type layering struct {
	policies []*lint.Settings
	rules    []*lint.Rule
	standIns map[string][]string
	topics   map[string]lint.Topic
	out      *lint.Settings
	refused  []lint.Loosening
}

func (l *layering) refuse(address string, at iam.Location, what string, by lint.Refusal) {
	l.refused = append(l.refused, lint.Loosening{Address: address, What: what, Location: at, Refusal: by})
}

// lockOf is the first place in a policy that locks something.
func (l *layering) lockOf(locks func(p *lint.Settings) (iam.Location, bool)) (lint.Refusal, bool) {
	for _, p := range l.policies {
		if at, locked := locks(p); locked {
			return lint.Refusal{By: at, Why: "locks it"}, true
		}
	}
	return lint.Refusal{}, false
}

// first is the first policy.
func (l *layering) first() iam.Location {
	for _, p := range l.policies {
		return iam.Location{File: p.File}
	}
	return iam.Location{}
}

// whole is the lock of everything, part is one of anything at all: what leaves out
// directories or denies requests takes findings of every rule away.
func (l *layering) whole() (lint.Refusal, bool) {
	return l.lockOf(func(p *lint.Settings) (iam.Location, bool) { return p.At["locked"], p.Locked })
}

func (l *layering) part() (lint.Refusal, bool) {
	return l.lockOf(func(p *lint.Settings) (iam.Location, bool) { return p.Locks(lint.EveryRule, "") })
}

// top takes the attributes at the top of the configuration.
func (l *layering) top(own *lint.Settings) {
	out := l.out
	if lock, locked := l.part(); !locked {
		if own.Preset != "" {
			out.Preset = own.Preset
		}
		out.Exclude = slices.Concat(out.Exclude, own.Exclude)
		out.OrganizationPolicies = slices.Concat(out.OrganizationPolicies, own.OrganizationPolicies)
	} else {
		switch {
		case own.Preset == lint.AuditPreset:
			out.Preset = own.Preset
		case own.Preset != "" && out.Preset == lint.AuditPreset:
			l.refuse("preset", own.At["preset"], "turns off the rules that the policy's preset turns on", lock)
		}
		if len(own.Exclude) > 0 {
			l.refuse("exclude", own.At["exclude"], "leaves out directories", lock)
		}
		if len(own.OrganizationPolicies) > 0 {
			l.refuse("organization_policies", own.At["organization_policies"], "names policies that deny requests", lock)
		}
	}
	lock, locked := l.whole()
	switch {
	case own.AccountID == "" || own.AccountID == out.AccountID:
	case locked:
		l.refuse("account_id", own.At["account_id"], "says which account is deployed to", lock)
	default:
		out.AccountID = own.AccountID
	}
	switch {
	case len(own.Workspaces) == 0 || slices.Equal(own.Workspaces, out.Workspaces):
	case locked:
		l.refuse("workspaces", own.At["workspaces"], "says which workspaces are judged", lock)
	default:
		out.Workspaces = own.Workspaces
	}
}

// settingOf is the block of a rule, the zero value for none.
func settingOf(s *lint.Settings, id string) lint.RuleSetting {
	for _, set := range s.Rules {
		if set.ID == id {
			return set
		}
	}
	return lint.RuleSetting{ID: id}
}

// ruleSettings takes the rule blocks of the configuration.
func (l *layering) ruleSettings(own *lint.Settings) {
	for _, set := range own.Rules {
		i := slices.IndexFunc(l.rules, func(r *lint.Rule) bool { return r.ID == set.ID })
		if i < 0 {
			continue // the configuration has been checked
		}
		rule := l.rules[i]
		lock, locked := l.lockOf(func(p *lint.Settings) (iam.Location, bool) { return p.Locks(rule.ID, rule.Topic) })
		if rule.ID == lint.PolicyLoosened {
			lock, locked = lint.Refusal{By: l.first(), Why: "is what it watches over"}, true
		}
		base := settingOf(l.out, rule.ID)
		if !locked {
			if set.Enabled != nil {
				base.Enabled = set.Enabled
			}
			if set.Severity != nil {
				base.Severity = set.Severity
			}
		} else {
			base = l.tighten(base, set, rule, lock)
		}
		l.out.Rules = append(slices.DeleteFunc(l.out.Rules, func(s lint.RuleSetting) bool { return s.ID == rule.ID }), base)
	}
}

// tighten takes of a rule block what makes a locked rule stricter.
func (l *layering) tighten(base, set lint.RuleSetting, rule *lint.Rule, lock lint.Refusal) lint.RuleSetting {
	address := fmt.Sprintf("rule.%q", rule.ID)
	if set.Enabled != nil {
		switch {
		case *set.Enabled:
			base.Enabled = set.Enabled
		case l.out.Enabled(rule):
			l.refuse(address, set.Location, "turns the rule off", lock)
		}
	}
	if set.Severity != nil {
		least := rule.Severity
		if base.Severity != nil {
			least = *base.Severity
		}
		if *set.Severity < least {
			l.refuse(address, set.Location, fmt.Sprintf("lowers the rule from %s to %s", least, *set.Severity), lock)
		} else {
			base.Floor = set.Severity
		}
	}
	return base
}

// boundaries takes the boundary blocks of the configuration. What a block approves,
// and what it says the document is, can take findings away.
func (l *layering) boundaries(own *lint.Settings) {
	lock, locked := l.lockOf(func(p *lint.Settings) (iam.Location, bool) {
		if at, locked := p.LockedBoundary(); locked {
			return at, true
		}
		return p.At["locked"], p.Locked
	})
	for _, b := range own.Boundaries {
		if locked {
			l.refuse(fmt.Sprintf("boundary.%q", b.Name), b.Location, "approves a boundary of its own", lock)
			continue
		}
		l.out.Boundaries = append(slices.DeleteFunc(l.out.Boundaries, func(x lint.ApprovedBoundary) bool { return x.Name == b.Name }), b)
	}
}

// naming takes the naming blocks of the configuration.
func (l *layering) naming(own *lint.Settings) {
	for _, n := range own.Naming {
		twin := strings.Replace(n.Type, "awscc_", "aws_", 1)
		lock, locked := l.lockOf(func(p *lint.Settings) (iam.Location, bool) {
			for _, x := range p.Naming {
				if (x.Type == n.Type || x.Type == twin) && x.Locked {
					return x.Location, true
				}
			}
			return p.At["locked"], p.Locked
		})
		asked, isAsked := l.out.NamingFor(n.Type)
		_, twinAsked := l.out.NamingFor(twin)
		switch {
		case !locked, !isAsked && !twinAsked:
			l.out.Naming = append(slices.DeleteFunc(l.out.Naming, func(x lint.Naming) bool { return x.Type == n.Type }), n)
		case asked.Name != n.Name || asked.Path != n.Path:
			l.refuse(fmt.Sprintf("naming.%q", n.Type), n.Location, "asks for other names", lock)
		}
	}
}

// deployers takes the deployer blocks of the configuration, beside those of the
// policy and in the place of one of the same name. What a deployer is said to be allowed takes findings away.
func (l *layering) deployers(own *lint.Settings) {
	lock, locked := l.lockOf(func(p *lint.Settings) (iam.Location, bool) {
		for rule, topic := range l.topics {
			if at, locks := p.Locks(rule, topic); locks && topic == lint.DeployerTopic {
				return at, true
			}
		}
		return iam.Location{}, false
	})
	for _, d := range own.Deployers {
		if locked && len(l.out.Deployers) > 0 {
			l.refuse(fmt.Sprintf("deployer.%q", d.Name), d.Location, "says who applies the configuration", lock)
			continue
		}
		l.out.Deployers = append(slices.DeleteFunc(l.out.Deployers, func(x lint.Deployer) bool { return x.Name == d.Name }), d)
	}
}

// exceptions takes what a configuration, or one policy, exempts and trusts. under
// are the policies that may forbid it.
func (l *layering) exceptions(s *lint.Settings, under []*lint.Settings) {
	by := &lint.Settings{Policies: under, Today: l.out.Today, StandIns: l.standIns, Topics: l.topics}
	for _, t := range s.Trusted {
		if refusal, refused := by.Refuses(lint.Exception{Rule: lint.EveryRule, Reason: t.Reason}, nil); refused {
			l.refuse(fmt.Sprintf("trusted.%q", t.Pattern), t.Location, "trusts an entity", refusal)
			continue
		}
		l.out.Trusted = append(l.out.Trusted, t)
	}
	for _, e := range s.Exemptions {
		var left []string
		forbidden := map[lint.Refusal][]string{}
		var order []lint.Refusal
		for _, rule := range e.Rules {
			refusal, refused := by.Refuses(lint.Exception{Rule: rule, Reason: e.Reason, Until: e.Until}, nil)
			switch {
			case !refused:
				left = append(left, rule)
				continue
			case forbidden[refusal] == nil:
				order = append(order, refusal)
			}
			forbidden[refusal] = append(forbidden[refusal], rule)
		}
		for _, refusal := range order {
			l.refuse(fmt.Sprintf("exempt.%q", e.Pattern), e.Location, "exempts from "+some(forbidden[refusal]), refusal)
		}
		if e.Rules = left; len(left) > 0 {
			l.out.Exemptions = append(l.out.Exemptions, e)
		}
	}
}

// standIns are the rules that each rule stands in for.
func standIns(rules []*lint.Rule) map[string][]string {
	out := map[string][]string{}
	for _, r := range rules {
		if len(r.StandsInFor) > 0 {
			out[r.ID] = r.StandsInFor
		}
	}
	return out
}

// topics are those of the rules that have one.
func topics(rules []*lint.Rule) map[string]lint.Topic {
	out := map[string]lint.Topic{}
	for _, r := range rules {
		if r.Topic != "" {
			out[r.ID] = r.Topic
		}
	}
	return out
}

// some are the first names of a list, and the number of the rest.
func some(names []string) string {
	const shown = 3
	if len(names) <= shown+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more rules", strings.Join(names[:shown], ", "), len(names)-shown)
}

// stack makes one of several policies: the stricter wins.
func (l *layering) stack() (*lint.Settings, error) {
	out := &lint.Settings{}
	l.out = out
	for i, p := range l.policies {
		out.Today = p.Today
		if p.AccountID != "" && out.AccountID != "" && p.AccountID != out.AccountID {
			return nil, contradiction(p.At["account_id"], "another policy says that %s is deployed to", out.AccountID)
		}
		if p.AccountID != "" {
			out.AccountID = p.AccountID
		}
		if p.Preset != "" && out.Preset != lint.AuditPreset {
			out.Preset = p.Preset
		}
		out.Deployers = append(out.Deployers, p.Deployers...)
		for _, name := range p.Workspaces {
			if !slices.Contains(out.Workspaces, name) {
				out.Workspaces = append(out.Workspaces, name)
			}
		}
		out.OrganizationPolicies = append(out.OrganizationPolicies, p.OrganizationPolicies...)
		for _, set := range p.Rules {
			both := stricter(settingOf(out, set.ID), set)
			out.Rules = append(slices.DeleteFunc(out.Rules, func(s lint.RuleSetting) bool { return s.ID == set.ID }), both)
		}
		for _, n := range p.Naming {
			if err := l.narrow(n); err != nil {
				return nil, err
			}
		}
		others := slices.Delete(slices.Clone(l.policies), i, i+1)
		l.exceptions(p, others)
		if refusal, locked := excludeLock(others); len(p.Exclude) > 0 && locked {
			l.refuse("exclude", p.At["exclude"], "leaves out directories", refusal)
		} else {
			out.Exclude = append(out.Exclude, p.Exclude...)
		}
	}
	out.Boundaries = approvedByAll(l.policies)
	return out, nil
}

// excludeLock is the lock of policies that keeps another one from leaving out
// directories.
func excludeLock(policies []*lint.Settings) (lint.Refusal, bool) {
	return (&layering{policies: policies}).part()
}

func contradiction(at iam.Location, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", at.File, at.Range.Start.Line, at.Range.Start.Column, fmt.Sprintf(format, args...))
}

// stricter is what two policies say of a rule: it runs where one of them turns it
// on, with the higher severity.
func stricter(a, b lint.RuleSetting) lint.RuleSetting {
	if a.Enabled == nil || b.Enabled != nil && *b.Enabled {
		a.Enabled = b.Enabled
	}
	if a.Severity == nil || b.Severity != nil && *b.Severity > *a.Severity {
		a.Severity = b.Severity
	}
	a.Locked = a.Locked || b.Locked
	a.Location = b.Location
	return a
}

// narrow takes a naming block of a policy in addition to those of others.
func (l *layering) narrow(n lint.Naming) error {
	i := slices.IndexFunc(l.out.Naming, func(x lint.Naming) bool { return x.Type == n.Type })
	if i < 0 {
		l.out.Naming = append(l.out.Naming, n)
		return nil
	}
	known := &l.out.Naming[i]
	for _, pair := range [][2]*string{{&known.Name, &n.Name}, {&known.Path, &n.Path}} {
		a, b := pair[0], pair[1]
		switch {
		case *a == "" || *b != "" && within(*b, *a):
			*a = *b
		case *b != "" && !within(*a, *b):
			return contradiction(n.Location, "another policy asks for %q, and neither is the stricter", *a)
		}
	}
	known.Locked = known.Locked || n.Locked
	return nil
}

// within reports whether all that one pattern takes is taken by another one, as far
// as that can be told: a regular expression is within itself.
func within(inner, outer string) bool {
	if inner == outer {
		return true
	}
	isRegex := func(s string) bool { return strings.HasPrefix(s, "regex:") }
	if isRegex(inner) || isRegex(outer) || strings.Contains(inner, "*") && strings.Contains(outer, "?") {
		return false
	}
	return policy.Glob(outer, inner)
}

// approvedByAll are the boundaries that every policy approves which approves any. Of
// several blocks there may remain one that approves nothing: without any block all
// managed policies would be approved.
func approvedByAll(policies []*lint.Settings) []lint.ApprovedBoundary {
	var out []lint.ApprovedBoundary
	first := true
	for _, p := range policies {
		switch {
		case len(p.Boundaries) == 0:
		case first:
			out, first = slices.Clone(p.Boundaries), false
		default:
			var both []lint.ApprovedBoundary
			for i := range out {
				for j := range p.Boundaries {
					if b, any := approvedByBoth(&out[i], &p.Boundaries[j]); any {
						both = append(both, b)
					}
				}
			}
			if both == nil {
				both = []lint.ApprovedBoundary{{Name: p.Boundaries[0].Name, Location: p.Boundaries[0].Location}}
			}
			out = both
		}
	}
	return out
}

func approvedByBoth(a, b *lint.ApprovedBoundary) (lint.ApprovedBoundary, bool) {
	out := *a
	out.ARNs, out.References = narrower(a.ARNs, b.ARNs), narrower(a.References, b.References)
	switch {
	case len(a.AppliesTo) == 0:
		out.AppliesTo = b.AppliesTo
	case len(b.AppliesTo) > 0:
		if out.AppliesTo = narrower(a.AppliesTo, b.AppliesTo); len(out.AppliesTo) == 0 {
			return out, false
		}
	}
	if out.Document == nil {
		out.Document = b.Document
	}
	out.Locked = a.Locked || b.Locked
	return out, len(out.ARNs)+len(out.References) > 0
}

// narrower are the patterns of each list that the other one takes.
func narrower(a, b []string) []string {
	var out []string
	for _, lists := range [][2][]string{{a, b}, {b, a}} {
		for _, inner := range lists[0] {
			if !slices.Contains(out, inner) && slices.ContainsFunc(lists[1], func(outer string) bool { return within(inner, outer) }) {
				out = append(out, inner)
			}
		}
	}
	return out
}
