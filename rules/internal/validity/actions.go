package validity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/awsmanaged"
)

// actions judges the entries of Action and NotAction of a statement.
func (c *invalidity) actions(s *policy.Statement) {
	var dead []policy.Element
	for _, e := range s.Action {
		dead = c.action(s, e, false, dead)
	}
	for _, e := range s.NotAction {
		dead = c.action(s, e, true, dead)
	}
	if len(dead) > 0 {
		c.wildcardsOfNothing(s, dead)
	}
}

// action looks an entry up in the catalog. Entries that the parser has found
// fault with are not judged again; wildcards that match nothing join dead.
func (c *invalidity) action(s *policy.Statement, e policy.Element, not bool, dead []policy.Element) []policy.Element {
	text, known := e.Text.Known()
	prefix, name, found := strings.Cut(text, ":")
	if !known || !found || c.faulty(e.Range) {
		return dead
	}
	for range catalog.ActionsMatching(text) {
		return dead
	}
	if catalog.Unlisted(text) {
		// AWS's own policies name what is unlisted: it is withdrawn or not
		// documented, and no slip.
		return dead
	}
	service, listed := catalog.LookupService(prefix)
	switch {
	case !listed:
		c.unknownService(s, e, not, prefix, name)
	case strings.ContainsAny(name, "*?"):
		return append(dead, e)
	default:
		c.unknownAction(s, e, not, service, name)
	}
	return dead
}

// wildcardsOfNothing tells of the wildcards of one statement that match no
// listed action: they may match one that is newer.
func (c *invalidity) wildcardsOfNothing(s *policy.Statement, entries []policy.Element) {
	var names []string
	for _, e := range entries {
		names = append(names, fmt.Sprintf("%q", e.Text))
	}
	c.doubt("unknown-action", s.Index, entries[0].Range,
		fmt.Sprintf("no action that AWS lists on %s matches %s", awsmanaged.DataDate(), strings.Join(names, ", ")),
		"Check the spelling, or remove what matches nothing.")
}

func (c *invalidity) unknownService(s *policy.Statement, e policy.Element, not bool, prefix, name string) {
	text := prefix + ":" + name
	near := policy.NearestWithin(prefix, catalog.Services(), min(2, len(prefix)/3))
	if near != "" && !strings.ContainsAny(name, "*?") && !slices.Contains(catalog.ServicesWith(name), near) {
		near = "" // what is advised has to exist
	}
	switch owners := catalog.ServicesWith(name); {
	case near != "":
		c.rewriteAction(s, e, near+":"+name)
		c.report(lint.Error, "unknown-service", s.Index, e.Range,
			fmt.Sprintf("AWS has no service %q: %s", prefix, deadOrHole(s, text, not)),
			fmt.Sprintf("Write %s:%s, if that is meant; the list of services is of %s.", near, name, awsmanaged.DataDate()))
	case len(owners) > 0 && len(owners) <= fewServices:
		c.report(lint.Error, "unknown-service", s.Index, e.Range,
			fmt.Sprintf("AWS has no service %q: %s", prefix, deadOrHole(s, text, not)),
			fmt.Sprintf("Write %s, if that is meant; the list of services is of %s.", ofServices(owners, name), awsmanaged.DataDate()))
	default:
		c.doubt("unknown-service", s.Index, e.Range,
			fmt.Sprintf("AWS's list of services of %s has no %q; if there is none, %s", awsmanaged.DataDate(), prefix, deadOrHole(s, text, not)),
			"Check the spelling. If the service is newer than the list, exempt the finding.")
	}
}

// fewServices is how many services are named that have an action of a name.
const fewServices = 3

func ofServices(prefixes []string, name string) string {
	var out []string
	for _, prefix := range prefixes {
		if a, ok := catalog.LookupAction(prefix + ":" + name); ok {
			out = append(out, a.String())
		}
	}
	return strings.Join(out, " or ")
}

func (c *invalidity) unknownAction(s *policy.Statement, e policy.Element, not bool, service *catalog.Service, name string) {
	text := service.Prefix + ":" + name
	owners, meant := catalog.ServicesWith(name), service.MeantActions(name)
	_, misspelt := service.MisspeltAction(name)
	switch {
	case misspelt, len(meant) > 0 && isOperation(meant, name):
		c.rewriteAction(s, e, meant...)
		c.report(lint.Error, "unknown-action", s.Index, e.Range,
			fmt.Sprintf("the service %s has no action %q: %s", service.Prefix, name, deadOrHole(s, text, not)),
			fmt.Sprintf("Write %s, if that is meant; the list of actions is of %s.", alternatives(meant), awsmanaged.DataDate()))
	default:
		detail := "Check the spelling."
		switch {
		case len(owners) > 0 && len(owners) <= fewServices:
			detail = fmt.Sprintf("Write %s, if that is meant.", ofServices(owners, name))
		case len(meant) > 0:
			detail = fmt.Sprintf("Write %s, if that is meant.", alternatives(meant))
		}
		detail += " If the action is newer than the list, exempt the finding."
		c.doubt("unknown-action", s.Index, e.Range,
			fmt.Sprintf("AWS's list of actions of %s has no %s; if there is none, %s", awsmanaged.DataDate(), text, deadOrHole(s, text, not)),
			detail)
	}
}

// rewriteAction has the next finding fixed by the actions that are meant.
func (c *invalidity) rewriteAction(s *policy.Statement, e policy.Element, meant ...string) {
	c.rewrite(s, func(changed *policy.Statement) {
		for _, list := range []*[]policy.Element{&changed.Action, &changed.NotAction} {
			if i := slices.IndexFunc(*list, func(o policy.Element) bool { return o.Text.Equal(e.Text) }); i >= 0 {
				var written []policy.Element
				for _, name := range meant {
					written = append(written, policy.Element{Text: policy.Literal(name), Range: e.Range})
				}
				*list = slices.Replace(slices.Clone(*list), i, i+1, written...)
			}
		}
	})
}

// isOperation reports whether the actions are the permissions of an operation
// of that name: theirs begin with it.
func isOperation(meant []string, name string) bool {
	return !slices.ContainsFunc(meant, func(full string) bool {
		_, action, _ := strings.Cut(full, ":")
		return len(action) <= len(name) || !strings.EqualFold(action[:len(name)], name)
	})
}

// alternatives joins names in a sentence.
func alternatives(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// faulty reports whether the parser found fault with exactly that place.
func (c *invalidity) faulty(at policy.Range) bool {
	return slices.ContainsFunc(c.doc.Diagnostics, func(d policy.Diagnostic) bool { return d.Range == at })
}

// deadOrHole says what an entry that matches nothing means.
func deadOrHole(s *policy.Statement, text string, not bool) string {
	switch {
	case s.Effect == policy.EffectUnknown:
		return fmt.Sprintf("%q matches nothing", text)
	case not && s.Effect == policy.Allow:
		return fmt.Sprintf("%q keeps nothing out of what NotAction allows", text)
	case not:
		return fmt.Sprintf("%q exempts nothing from the Deny", text)
	case s.Effect == policy.Deny:
		return fmt.Sprintf("the Deny of %q stops nothing", text)
	default:
		return fmt.Sprintf("the Allow of %q grants nothing", text)
	}
}
