package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// judgeTrusted finds the trusted blocks that name nobody of the inputs that are judged
// here: of what other shards judge they tell. Where a name is not known that may be the
// one, nothing is said.
func (r *run) judgeTrusted() []lint.Finding {
	if !r.complete() {
		return nil
	}
	var out []lint.Finding
	for _, t := range r.settings.Trusted {
		if r.settings.IsOfPolicy(t.Location) {
			continue // it is for other repositories, too
		}
		named := false
		for i, m := range r.models {
			named = named || !r.elsewhere[i] && mayName(&t, m)
		}
		if named {
			continue
		}
		out = r.own(out, lint.ExemptionUnused, lint.Finding{
			Address:     fmt.Sprintf("trusted.%q", t.Pattern),
			Location:    t.Location,
			Key:         "trusted " + t.Pattern,
			Message:     fmt.Sprintf("The entry that trusts %q names none of the roles, users and permission sets that were judged.", t.Pattern),
			Remediation: "Remove it, or correct the address, ARN or name.",
		})
	}
	return out
}

// mayName reports whether the entry names an entity of a model, or may do so.
func mayName(t *lint.Trusted, m *iam.Model) bool {
	pattern, err := lint.ParsePattern(t.Pattern)
	if err != nil {
		return true // the configuration has been checked
	}
	// What a symbol stands for may be anything, but nobody names a role like an
	// address or an ARN.
	begins := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(t.Pattern, p) })
	}
	isARN, isName := begins("arn:", "*", "?"), !begins("arn:", "module.", "aws_", "awscc_")
	return slices.ContainsFunc(slices.Concat(m.Entities, m.PermissionSets), func(e *iam.Entity) bool {
		return lint.MatchesEntity(t.Pattern, e) || isARN && pattern.Match(e.ARN) != policy.False || isName &&
			pattern.Match(e.NameText()) != policy.False
	})
}

// judgeRules finds the rule blocks that change nothing. The severity of a rule
// that is not an error by itself caps that of single findings, even where it is
// the rule's own: it always changes something.
func (r *run) judgeRules() []lint.Finding {
	var out []lint.Finding
	written := r.settings.Written()
	for _, set := range written.Rules {
		rule := r.known[set.ID]
		if rule == nil || slices.ContainsFunc(r.settings.Policies, func(p *lint.Settings) bool { return p.Speaks(set.ID, rule.Topic) }) {
			continue // it changes what a policy says, or tries to
		}
		byDefault, on := written.EnabledByDefault(rule), written.Enabled(rule)
		why := ""
		switch {
		case set.Enabled == nil && set.Severity == nil:
			why = "says nothing"
		case !on && !byDefault && set.Severity == nil:
			why = "turns it off, and it is off anyway"
		case !on && !byDefault:
			why = "gives it a severity, and it is off"
		case on && byDefault && set.Severity == nil:
			why = "turns it on, and it is on anyway"
		case on && byDefault && rule.Severity == lint.Error && *set.Severity == lint.Error:
			why = "gives it the severity that it has anyway"
		default:
			continue
		}
		out = r.own(out, lint.ExemptionUnused, lint.Finding{
			Address:     fmt.Sprintf("rule.%q", set.ID),
			Location:    set.Location,
			Key:         "rule " + set.ID,
			Message:     fmt.Sprintf("The setting of the rule %s %s: it changes nothing.", set.ID, why),
			Remediation: "Remove it, or write what it should change.",
		})
	}
	return out
}
