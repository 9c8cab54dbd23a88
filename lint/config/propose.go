package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/survey"
)

// exemptDays is how long a proposed exemption holds: long enough to look at
// what it hides, and no longer.
const exemptDays = 90

// Propose writes a configuration that fits what a survey has found. Each part
// of it says what it was inferred from. Where there is no role or user, it shows
// the defaults.
func Propose(s *survey.Survey, today time.Time) []byte {
	w := &proposal{survey: s, today: today}
	if s.Entities.Of() == 0 {
		w.unread()
		if w.out.Len() > 0 {
			w.printf("\n")
		}
		return append([]byte(w.out.String()), Template()...)
	}
	w.comment(`The configuration for boundlint, as "boundlint init" proposes it from %s with %s. `+
		`Read it: each part says what it was inferred from. "boundlint explain RULE" tells about a rule.`,
		rootModules(len(s.Roots)), counted(s.Entities))
	w.unread()
	w.accounts()
	w.boundaries()
	w.naming()
	w.workspaces()
	w.deployers()
	w.roots()
	return hclwrite.Format([]byte(w.out.String()))
}

type proposal struct {
	survey *survey.Survey
	today  time.Time
	out    strings.Builder
}

func (w *proposal) accounts() {
	accounts := w.survey.Accounts
	switch len(accounts) {
	case 0:
	case 1:
		w.comment("The account of %s, as told by %s.", rootModules(accounts[0].Roots), accounts[0].From)
		w.printf("account_id = %s\n", quote(accounts[0].ID))
	default:
		w.comment("Root modules deploy to %d accounts, and each tells its own:", len(accounts))
		for _, a := range accounts {
			w.line("  %s: %s, by %s", a.ID, rootModules(a.Roots), a.From)
		}
	}
}

func (w *proposal) boundaries() {
	for _, b := range w.survey.Boundaries {
		if b.Wide {
			w.comment("%s is in use by %s, limits nothing, and is not approved.", b.ARN, counted(b.Count))
			continue
		}
		w.comment("In use by %s, first at %s.", counted(b.Count), place(b))
		w.printf("boundary %s {\n", quote(b.Label))
		if b.ARN != "" {
			w.printf("arns = [%s]\n", quote(b.ARN))
		} else {
			w.printf("references = [%s]\n", quote(b.Reference))
		}
		w.printf("}\n")
	}
	if n := w.survey.Unbounded; n.Of() > 0 {
		w.comment("Without a boundary: %s.", counted(n))
	}
	if n := w.survey.Hidden; n.Of() > 0 {
		w.comment("With a boundary that is not known or sensitive: %s.", counted(n))
	}
}

// place is where a boundary is first used.
func place(b survey.Boundary) string {
	if b.Location.File == "" {
		return b.Location.Address
	}
	return fmt.Sprintf("%s:%d", b.Location.File, b.Location.Range.Start.Line)
}

// frequentPrefixes is how many prefixes are named where no pattern fits.
const frequentPrefixes = 3

func (w *proposal) naming() {
	for _, n := range w.survey.Names {
		switch {
		case n.Pattern != "*":
			w.comment("%d of %s fit.", n.Fitting, knownNames(n.Known))
		case n.Known < survey.LeastNames:
			w.comment("With %s there is no telling what they have in common: no prefix is asked for.", knownNames(n.Known))
		case len(n.Frequent) == 0:
			w.comment("Of %s, none has a prefix: none is asked for.", knownNames(n.Known))
		default:
			var most []string
			for _, p := range n.Frequent[:min(len(n.Frequent), frequentPrefixes)] {
				most = append(most, fmt.Sprintf("%d begin with %s", p.Names, p.Text))
			}
			w.comment("Of %s, %s: no prefix is asked for.", knownNames(n.Known), strings.Join(most, ", "))
		}
		w.printf("naming %s {\nname = %s\n}\n", quote(n.Type), quote(n.Pattern))
	}
}

func (w *proposal) workspaces() {
	var asking []string
	for _, r := range w.survey.Roots {
		if r.AsksWorkspace {
			asking = append(asking, r.Path)
		}
	}
	var names []string
	for _, name := range w.survey.Workspaces {
		names = append(names, quote(name))
	}
	switch {
	case len(asking) == 0:
	case len(names) == 0:
		w.comment("terraform.workspace is used by %s, first by %s: name the workspaces here to have each judged.",
			rootModules(len(asking)), asking[0])
		w.printf("#workspaces = [\"dev\", \"prod\"]\n")
	default:
		w.comment("terraform.workspace is used by %s, first by %s. The names are those of variable files, "+
			"and those that the configuration compares with.",
			rootModules(len(asking)), asking[0])
		w.printf("workspaces = [%s]\n", strings.Join(names, ", "))
	}
}

func (w *proposal) deployers() {
	for _, d := range w.survey.Deployers {
		if d.Shared {
			w.comment("%s of %s seems to deploy: %s. Its address would name others, too, so that it is left to you to trust it, "+
				"by its ARN or its name.",
				d.Pattern, phrase.Series(d.Roots), d.Because)
			continue
		}
		w.comment("%s of %s seems to deploy: %s. It is not judged as an actor. Paths of others to it are still reported.",
			d.Pattern, phrase.Series(d.Roots), d.Because)
		w.printf("trusted %s {\nreason = %s\n}\n", quote(d.Pattern), quote(d.Reason()))
		if len(d.Rules) == 0 {
			continue
		}
		var rules []string
		for _, id := range d.Rules {
			rules = append(rules, quote(id))
		}
		until := w.today.AddDate(0, 0, exemptDays).Format(time.DateOnly)
		w.printf("exempt %s {\nrules = [%s]\n", quote(d.Pattern), strings.Join(rules, ", "))
		w.printf("reason = %s\nuntil = %s\n}\n", quote(d.Reason()), quote(until))
	}
}

// unread lists what the proposal does not know.
func (w *proposal) unread() {
	if len(w.survey.Unread) == 0 {
		return
	}
	w.comment("Not everything was read, and the file does not reckon with the rest:")
	for _, what := range w.survey.Unread {
		w.line("  %s", what)
	}
}

// listedRoots is how many root modules are listed.
const listedRoots = 100

func (w *proposal) roots() {
	hasVarFiles := func(r survey.Root) bool { return len(r.VarFiles) > 0 }
	if len(w.survey.Roots) < 2 && !slices.ContainsFunc(w.survey.Roots, hasVarFiles) {
		return
	}
	w.comment("The root modules:")
	for i, r := range w.survey.Roots {
		if i == listedRoots {
			w.line("  and %d more", len(w.survey.Roots)-i)
			break
		}
		more := ""
		if len(r.VarFiles) > 0 {
			more = "; --var-file takes its " + strings.Join(r.VarFiles, ", ")
		}
		w.line("  %s: %s%s", r.Path, phrase.Count(r.Entities, "role or user", "roles and users"), more)
	}
}

func (w *proposal) printf(format string, args ...any) { fmt.Fprintf(&w.out, format, args...) }

// line writes one line of a comment.
func (w *proposal) line(format string, args ...any) {
	w.printf("# %s\n", oneLine(fmt.Sprintf(format, args...)))
}

// commentWidth is the width of comments.
const commentWidth = 80

// comment begins a part with a comment.
func (w *proposal) comment(format string, args ...any) {
	if w.out.Len() > 0 {
		w.printf("\n")
	}
	line := "#"
	for word := range strings.FieldsSeq(oneLine(fmt.Sprintf(format, args...))) {
		if len(line)+1+len(word) > commentWidth && line != "#" {
			w.printf("%s\n", line)
			line = "#"
		}
		line += " " + word
	}
	w.printf("%s\n", line)
}

// oneLine keeps what the input says within its comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}

// quote writes a text as HCL, in which ${ and %{ stand for themselves.
func quote(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

func counted(c survey.Count) string {
	roles, users := phrase.Count(c.Roles, "role", "roles"), phrase.Count(c.Users, "user", "users")
	switch {
	case c.Users == 0:
		return roles
	case c.Roles == 0:
		return users
	}
	return roles + " and " + users
}

func rootModules(n int) string { return phrase.Count(n, "root module", "root modules") }

func knownNames(n int) string { return phrase.Count(n, "known name", "known names") }
