package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
)

// difference is what diff answers.
type difference struct {
	Before, After string
	Findings      *findingsAnswer
	// changes are the holders with the same changes, in the order of the first of
	// each.
	changes []*holderChanges
	lost    bool
	// assumed are the accounts that are taken to be those of deployments.
	assumed []string
	// omitted is what the inputs do not show as a whole and is not compared, as
	// phrases: modules that are not installed, what a plan lacks.
	omitted []string
}

// holderChanges is what changes alike for one holder or more.
type holderChanges struct {
	// What happens to them: added, removed or changed.
	What string
	// Kind is what they are, input where the first of them is, and holders are
	// their addresses.
	Kind    string
	input   string
	holders []string
	gained  []*levelChange
	lost    []*levelChange
	trusted []trustAnswer
	// distrusted may not assume a role any more.
	distrusted []trustAnswer
	unseen     []string
	// mayGain and mayLose are policies that the input does not show.
	mayGain, mayLose []string
	because          string
}

// levelChange are the actions of one access level of one service that are newly
// allowed, or not any more.
type levelChange struct {
	Service string         `json:"service"`
	Level   string         `json:"level"`
	Actions []changeAnswer `json:"actions"`
	// Witness is a request of one of them, the worst; null where only some that
	// may be allowed are known of.
	Witness *witnessAnswer `json:"witness"`
	Because string         `json:"because,omitempty"`
	example *authz.Witness
	rank    int
}

// changeAnswer is an action that is newly allowed, or not any more.
type changeAnswer struct {
	Action   string `json:"action"`
	Decision string `json:"decision"`
	// Wholly tells that nothing of the action is allowed on the other side.
	Wholly    bool `json:"wholly"`
	Sensitive bool `json:"sensitive"`
	name      string
}

// trustAnswer is a principal that can newly assume a role, or not any more.
type trustAnswer struct {
	Principal string         `json:"principal"`
	Decision  string         `json:"decision"`
	Witness   *witnessAnswer `json:"witness"`
	Because   string         `json:"because,omitempty"`
	example   *authz.Witness
}

// findingsAnswer are the findings of both sides.
type findingsAnswer struct {
	New       []findingAnswer `json:"new"`
	Fixed     []findingAnswer `json:"fixed"`
	Unchanged []findingAnswer `json:"unchanged"`
}

type findingAnswer struct {
	Rule        string `json:"rule"`
	Severity    string `json:"severity"`
	Verdict     string `json:"verdict"`
	Address     string `json:"address"`
	Message     string `json:"message"`
	Fingerprint string `json:"fingerprint"`
}

// add takes a change into the answer.
func (d *difference) add(c *inquiry.Change, input string) {
	out := &holderChanges{
		What: "changed", Kind: c.Kind, input: input, holders: []string{c.Address},
		unseen: c.Unseen, because: c.Because, mayGain: c.MayGain, mayLose: c.MayLose,
	}
	switch {
	case c.Before == nil:
		out.What = "added"
	case c.After == nil:
		out.What = "removed"
	}
	now, then := c.After, c.Before
	if now == nil {
		now = then
	}
	if then == nil {
		then = now
	}
	out.gained, out.lost = levelChanges(now, c.Gained), levelChanges(then, c.Lost)
	out.trusted, out.distrusted = trustAnswers(now, c.Trusted), trustAnswers(then, c.Distrusted)
	d.changes = append(d.changes, out)
	for _, g := range slices.Concat(c.Gained, c.Lost) {
		if account := g.Answer.AssumedAccount; account != "" && !slices.Contains(d.assumed, account) {
			d.assumed = append(d.assumed, account)
		}
	}
}

// omit notes what an input does not show as a whole.
func (d *difference) omit(m *iam.Model) {
	note := func(text string) {
		if !slices.Contains(d.omitted, text) {
			d.omitted = append(d.omitted, text)
		}
	}
	for i := range m.Unchecked {
		note(m.Unchecked[i].Message) // without its place, which is another one on each side
	}
	for _, reason := range m.Input.Reasons {
		note(m.Input.Name() + ": " + reason)
	}
}

// group puts holders of equal changes together: those of one policy that has
// changed.
func (d *difference) group() {
	var out []*holderChanges
	byKey := map[string]*holderChanges{}
	for _, c := range d.changes {
		key := c.key()
		if first := byKey[key]; first != nil {
			first.holders = append(first.holders, c.holders...)
			continue
		}
		byKey[key] = c
		out = append(out, c)
	}
	d.changes = out
}

// key is equal for equal changes. The requests may differ.
func (c *holderChanges) key() string {
	return strings.Join([]string{
		c.What, c.Kind, keys(c.gained), keys(c.lost), trustKeys(c.trusted), trustKeys(c.distrusted), strings.Join(c.unseen, "\x01"), c.because,
		strings.Join(c.mayGain, "\x01"), strings.Join(c.mayLose, "\x01"),
	}, "\x00")
}

func keys(list []*levelChange) string {
	var b strings.Builder
	for _, l := range list {
		fmt.Fprint(&b, l.Service, l.Level, l.Actions)
		if l.example != nil {
			b.WriteString(l.example.Resource.String())
		}
	}
	return b.String()
}

func trustKeys(list []trustAnswer) string {
	var b strings.Builder
	for _, t := range list {
		fmt.Fprint(&b, t.Principal, t.Decision, t.Because)
	}
	return b.String()
}

// levelChanges sorts actions by service and access level, what is worst first in
// each service.
func levelChanges(s *inquiry.Subject, gains []authz.Gain) []*levelChange {
	var out []*levelChange
	for i := range gains {
		g := &gains[i]
		service, name, _ := strings.Cut(g.Name, ":")
		level := catalog.AccessUnknown
		if g.Action != nil {
			level = g.Action.AccessLevel
		}
		j := slices.IndexFunc(out, func(l *levelChange) bool { return l.Service == service && l.Level == level.String() })
		if j < 0 {
			j = len(out)
			out = append(out, &levelChange{Service: service, Level: level.String(), rank: slices.Index(levels, level)})
		}
		out[j].add(s, g, name)
	}
	slices.SortStableFunc(out, func(a, b *levelChange) int {
		if a.Service != b.Service {
			return strings.Compare(a.Service, b.Service)
		}
		return b.rank - a.rank
	})
	return out
}

func (l *levelChange) add(s *inquiry.Subject, g *authz.Gain, name string) {
	a := changeAnswer{Action: g.Name, Decision: g.Answer.Verdict.String(), Wholly: g.Wholly, Sensitive: escalation.IsSensitive(g), name: name}
	l.Actions = append(l.Actions, a)
	worse := l.example == nil || l.Witness == nil && g.Answer.Witness != nil ||
		g.Answer.Witness != nil && a.Sensitive && !l.isSensitive(l.example.Action)
	if !worse {
		return
	}
	switch {
	case g.Answer.Witness != nil:
		l.example, l.Witness, l.Because = g.Answer.Witness, witness(s, g.Answer.Witness), ""
	case l.Because == "":
		l.example, l.Because = g.Answer.Perhaps, inquiry.Because(g.Answer.Reasons)
	}
}

func (l *levelChange) isSensitive(action string) bool {
	return slices.ContainsFunc(l.Actions, func(a changeAnswer) bool { return a.Sensitive && a.Action == action })
}

func trustAnswers(s *inquiry.Subject, list []inquiry.Trust) []trustAnswer {
	var out []trustAnswer
	for _, t := range list {
		one := trustAnswer{Principal: t.Name.String(), Decision: t.Answer.Verdict.String(), example: t.Answer.Witness}
		if one.example == nil {
			one.example, one.Because = t.Answer.Perhaps, inquiry.Because(t.Answer.Reasons)
		}
		if t.Answer.Witness != nil {
			one.Witness = witness(s, t.Answer.Witness)
			one.Witness.Principal = one.Principal
		}
		out = append(out, one)
	}
	return out
}

// failsFor reports whether there is new access, certain or not.
func (d *difference) failsFor(sensitive bool) bool {
	return slices.ContainsFunc(d.changes, func(c *holderChanges) bool {
		return len(c.trusted)+len(c.mayGain) > 0 || c.because != "" || slices.ContainsFunc(c.gained, func(l *levelChange) bool {
			return slices.ContainsFunc(l.Actions, func(a changeAnswer) bool { return a.Sensitive || !sensitive })
		})
	})
}

// diffAnswer is the JSON of diff.
type diffAnswer struct {
	Before   string          `json:"before"`
	After    string          `json:"after"`
	Findings *findingsAnswer `json:"findings"`
	// Access are the holders whose access is not the same. Lost access is there
	// only where it is asked for.
	Access []accessAnswer `json:"access"`
	// Assumed are the accounts that are taken to be those of deployments.
	Assumed []string `json:"assumedAccounts"`
	// NotCompared is what the inputs do not show as a whole: modules that are not
	// installed, what a plan lacks.
	NotCompared []string `json:"notCompared"`
}

type accessAnswer struct {
	Addresses  []string       `json:"addresses"`
	Input      string         `json:"input"`
	Kind       string         `json:"kind"`
	Change     string         `json:"change"`
	Gained     []*levelChange `json:"gained"`
	Lost       []*levelChange `json:"lost"`
	Trusted    []trustAnswer  `json:"trusted"`
	Distrusted []trustAnswer  `json:"distrusted"`
	// MayGain and MayLose are policies whose documents are not in the input and
	// that the holder has only after, or only before.
	MayGain   []string `json:"mayGain"`
	MayLose   []string `json:"mayLose"`
	NotInside []string `json:"notInInput"`
	// Because says why it is not determined what holders of a boundary gain.
	Because string `json:"because,omitempty"`
}

func (d *difference) json() *diffAnswer {
	out := &diffAnswer{
		Before: d.Before, After: d.After, Findings: d.Findings, Access: []accessAnswer{},
		Assumed: orEmpty(d.assumed), NotCompared: orEmpty(d.omitted),
	}
	for _, c := range d.changes {
		one := accessAnswer{
			Input: c.input, Kind: c.Kind, Change: c.What,
			Gained: orEmpty(c.gained), Lost: orEmpty(c.lost), Trusted: orEmpty(c.trusted), Distrusted: orEmpty(c.distrusted),
			MayGain: orEmpty(c.mayGain), MayLose: orEmpty(c.mayLose), NotInside: orEmpty(c.unseen), Because: c.because,
		}
		one.Addresses = c.holders
		out.Access = append(out.Access, one)
	}
	return out
}

// orEmpty is a list that JSON shows as one.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
