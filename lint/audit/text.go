package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/phrase"
)

// few is how many of a list the text shows unless all are asked for.
const few = 10

// Text is the audit for people, without breaking lines. verbose shows lists in full.
func (a *Audit) Text(verbose bool) string {
	w := &textWriter{most: few}
	if verbose {
		w.most = int(^uint(0) >> 1)
	}
	w.summary(a)
	if a.Last != nil {
		w.comparison(a.Last)
	}
	w.controls(a)
	for i := range a.Boundaries {
		w.boundary(&a.Boundaries[i])
	}
	w.changes(a.Changes)
	w.refusals(a.Refusals)
	w.findings(a.Findings)
	if len(a.Unmanaged) > 0 {
		w.heading("not managed by Terraform: %s", phrase.Count(len(a.Unmanaged), "role or user", "roles and users"))
		w.list(a.Unmanaged)
	}
	if len(a.Notes) > 0 {
		w.heading("not looked at")
		w.list(a.Notes)
	}
	return w.String()
}

type textWriter struct {
	strings.Builder
	most int
}

func (w *textWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *textWriter) heading(format string, args ...any) { w.line("\n"+format, args...) }

// list writes lines, the first of them.
func (w *textWriter) list(items []string) {
	for i, item := range items {
		if i == w.most && len(items) > w.most+1 {
			w.line("  and %d more (--verbose lists them)", len(items)-i)
			return
		}
		w.line("  %s", item)
	}
}

func (w *textWriter) summary(a *Audit) {
	w.line("audit of %s", a.Date)
	all := a.total()
	w.line("%s: %s and %s, %d bounded, %d not, %d not known", phrase.Count(len(a.Accounts), "account", "accounts"),
		phrase.Count(all.Roles, "role", "roles"), phrase.Count(all.Users, "user", "users"), all.Bounded, all.Unbounded, all.NotKnown)
	if len(a.Accounts) > 1 {
		var lines []string
		for _, x := range a.Accounts {
			lines = append(lines, fmt.Sprintf("%s%s  %d bounded, %d not, %d not known", x.ID, inBrackets(x.Name), x.Bounded, x.Unbounded,
				x.NotKnown))
		}
		w.list(lines)
	}
	if t := a.Trail; t != nil {
		w.line("%s of %s, from %s to %s", phrase.Count(t.Records, "event", "events"), phrase.Count(t.Files, "file", "files"), t.From, t.To)
	}
}

// inBrackets is the name of an account behind its number.
func inBrackets(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

func (w *textWriter) comparison(c *Comparison) {
	w.heading("since the audit of %s", c.Date)
	w.line("  findings: %d new, %d fixed, %d unchanged", len(c.NewFindings), len(c.FixedFindings), c.Unchanged)
	for _, group := range []struct {
		word string
		list []string
	}{{"account", c.AccountsCame}, {"entity", c.Came}} {
		w.each("new "+group.word, group.list)
	}
	w.each("gone account", c.AccountsWent)
	w.each("gone", c.Went)
	var swapped []string
	for _, s := range c.Swapped {
		swapped = append(swapped, fmt.Sprintf("%s: %s, was %s", s.Address, orNone(s.Now), orNone(s.Before)))
	}
	w.each("boundary changed", swapped)
	var trusting []string
	for _, t := range c.Trusting {
		trusting = append(trusting, t.Address+" newly trusts "+phrase.Some(t.Trusts, 3))
	}
	w.each("trust changed", trusting)
	for _, x := range c.Controls {
		w.line("  control %s %s, was %s: %s", x.ID, x.Now.words(), x.Before.words(), x.Title)
	}
	var lines []string
	for _, f := range c.NewFindings {
		lines = append(lines, "new: "+f.text())
	}
	w.list(lines)
}

func (w *textWriter) each(word string, items []string) {
	lines := make([]string, 0, len(items))
	for _, item := range items {
		lines = append(lines, word+": "+item)
	}
	w.list(lines)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// words are the state as it is written.
func (s Status) words() string {
	if s == NotKnown {
		return "not known"
	}
	return string(s)
}

func (f *Finding) text() string {
	severity := f.Severity
	if f.Verdict == "undetermined" {
		severity += "?"
	}
	return fmt.Sprintf("%s %s at %s: %s", severity, f.Rule, f.Address, f.Message)
}

func (w *textWriter) controls(a *Audit) {
	for _, group := range a.groups() {
		w.heading("%s: %d passed, %d failed, %d not known", group.Name, group.Count(Passed), group.Count(Failed), group.Count(NotKnown))
		var undecided []Control
		for _, c := range group.Controls {
			if c.undecided && w.most == few {
				undecided = append(undecided, c)
				continue
			}
			w.line("  %-9s  %s%s", c.Status.words(), c.Title, c.number())
			if c.Because != "" && c.Status != Passed {
				w.line("             because %s", c.Because)
			}
			if c.Failing > 0 {
				w.line("             %s: %s", phrase.Count(c.Failing, "fails", "fail"), phrase.Some(c.Items, 3))
			}
		}
		if len(undecided) > 0 {
			w.line("  not known  %d that no file of an audit decides (--verbose lists them): CIS %s", len(undecided), newestOf(undecided))
		}
	}
}

// IsBenchmark tells a control of the benchmark from a leg.
func (c *Control) IsBenchmark() bool { return !strings.HasPrefix(c.ID, "leg-") }

// number is where a control stands in the newest version of the benchmark.
func (c *Control) number() string {
	switch {
	case !c.IsBenchmark():
		return ""
	case len(c.CIS) == 0:
		return " (" + c.ID + ")"
	}
	return fmt.Sprintf(" (%s, CIS %s)", c.ID, c.newest())
}

// newest is the number of a control in the newest version of the benchmark that has it.
func (c *Control) newest() string {
	return c.Numbers()[0]
}

// Numbers are those of a control in the versions of the benchmark, the newest first.
func (c *Control) Numbers() []string {
	var out []string
	for _, number := range slices.Backward(c.CIS) {
		out = append(out, strings.Replace(number, "/", " ", 1))
	}
	return out
}

// newestOf are the numbers of controls, those of the newest version first.
func newestOf(list []Control) string {
	numbers := map[string][]string{}
	for i := range list {
		version, number, _ := strings.Cut(list[i].newest(), " ")
		numbers[version] = append(numbers[version], number)
	}
	var out []string
	for _, version := range slices.Backward(slices.Sorted(maps.Keys(numbers))) {
		out = append(out, version+" "+strings.Join(numbers[version], ", "))
	}
	return strings.Join(out, "; ")
}

func (w *textWriter) boundary(b *Boundary) {
	w.heading("boundary %s", b.ARN)
	w.line("  on %s%s", phrase.Count(b.Entities, "entity", "entities"), since(b.Since))
	if b.Deleted != "" {
		w.line("  deleted %s", b.Deleted)
	}
	if b.WeakerSince != "" {
		w.line("  weaker since %s", b.WeakerSince)
	}
	for i := range b.Versions {
		v := &b.Versions[i]
		if !v.Differs() {
			continue
		}
		w.line("  %s from %s%s%s", v.ID, v.InForceFrom, by(v.By, v.Session), v.Certainty())
		if v.NotCompared != "" {
			w.line("    not compared: %s", v.NotCompared)
		}
		if len(v.Gained) > 0 {
			w.line("    lets through %s more: %s", phrase.Count(len(v.Gained), "action", "actions"), phrase.Some(v.Gained, w.names()))
		}
		if len(v.MayGain) > 0 {
			w.line("    perhaps lets through %s more: %s", phrase.Count(len(v.MayGain), "action", "actions"), phrase.Some(v.MayGain, w.names()))
		}
		if len(v.Lost) > 0 {
			w.line("    lets through %s fewer: %s", phrase.Count(len(v.Lost), "action", "actions"), phrase.Some(v.Lost, w.names()))
		}
	}
	if len(b.Added) == 0 {
		return
	}
	var names []string
	for _, x := range b.Added {
		name := x.Action
		if x.Sensitive {
			name += "!"
		}
		if x.Undetermined {
			name += "?"
		}
		names = append(names, name)
	}
	w.line("  lets through %s that AWS has added since %s, or shortly before: %s", phrase.Count(len(names), "action", "actions"), b.AddedSince,
		phrase.Some(names, w.names()))
}

// Differs reports whether there is something to say of a version.
func (v *BoundaryVersion) Differs() bool {
	return len(v.Gained)+len(v.MayGain)+len(v.Lost) > 0 || v.NotCompared != ""
}

// Certainty says how certain it is that and when it came into force, where an event
// does not tell.
func (v *BoundaryVersion) Certainty() string {
	switch {
	case v.Assumed:
		return ", when it was made: it may never have been in force"
	case v.ByDump:
		return " at the earliest, by the dump"
	}
	return ""
}

// names is how many names of actions are shown.
func (w *textWriter) names() int { return min(w.most, 8) + max(0, w.most-few) }

func since(at string) string {
	if at == "" {
		return ""
	}
	return ", its document in force since " + at
}

func by(actor, session string) string {
	switch {
	case actor == "":
		return ""
	case session == "":
		return ", by " + actor
	}
	return ", by " + actor + " as " + session
}

// sentences say what was done, by the kind of a change.
var sentences = map[string]string{
	"created": "made", "boundary-put": "given the boundary", "boundary-deleted": "lost its boundary", "policy-created": "made",
	"version-created": "got a version", "default-set": "has another version in force", "version-deleted": "lost a version",
	"policy-deleted": "was deleted",
}

// Sentence says what was done.
func (c *Change) Sentence() string {
	what := sentences[c.Kind]
	switch {
	case c.Kind == "created" && c.Boundary == "":
		return c.Entity + " was made without a boundary"
	case c.Kind == "created":
		return c.Entity + " was made with the boundary " + c.Boundary
	case c.Kind == "trust-put":
		return c.Entity + " got another trust policy" + c.newlyTrusts()
	case c.Kind == "boundary-put":
		return c.Entity + " was " + what + " " + c.Boundary
	case c.Entity != "":
		return c.Entity + " " + what
	case c.Kind == "policy-created":
		return c.Boundary + " was made"
	}
	return c.Boundary + " " + what
}

// newlyTrusts says whom a role trusts that it did not.
func (c *Change) newlyTrusts() string {
	switch {
	case len(c.Trusts) == 0:
		return ""
	case c.MayWeaken:
		return " and perhaps newly trusts " + phrase.Some(c.Trusts, 3)
	}
	return " and newly trusts " + phrase.Some(c.Trusts, 3)
}

func (w *textWriter) changes(list []Change) {
	if len(list) == 0 {
		return
	}
	open := ""
	if n := countOf(list, func(c Change) bool { return c.MayWeaken }); n > 0 {
		open = fmt.Sprintf(", and of %d it is not known", n)
	}
	w.heading("changes: %d, of which %d weaken%s", len(list), countOf(list, func(c Change) bool { return c.Weakens }), open)
	var lines []string
	for _, mark := range []string{"!", "?", " "} {
		for i := range list {
			if c := &list[i]; c.mark() == mark {
				lines = append(lines, fmt.Sprintf("%s %s  %s  %s%s", mark, c.Time, c.Account, c.Sentence(), by(c.By, c.Session)))
			}
		}
	}
	w.list(lines)
}

// mark stands before a change.
func (c *Change) mark() string {
	switch {
	case c.Weakens:
		return "!"
	case c.MayWeaken:
		return "?"
	}
	return " "
}

func countOf[T any](list []T, is func(T) bool) int {
	n := 0
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return n
}

func (w *textWriter) refusals(list []Refusal) {
	if len(list) == 0 {
		return
	}
	w.heading("refused by a boundary: %s", phrase.Count(len(list), "kind of request", "kinds of requests"))
	var lines []string
	for _, r := range list {
		on := ""
		if r.Resource != "" {
			on = " on " + r.Resource
		}
		lines = append(lines, fmt.Sprintf("%s  %s%s, to %s, last %s: %s", phrase.Count(r.Count, "time", "times"), r.Action, on, r.By, r.Last,
			r.How))
	}
	w.list(lines)
}

func (w *textWriter) findings(list []Finding) {
	w.heading("findings: %d", len(list))
	var lines []string
	for i := range list {
		lines = append(lines, list[i].text())
	}
	w.list(lines)
}
