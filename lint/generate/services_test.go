package generate

import (
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestTable: the tables name services, actions and resources that there are.
func TestTable(t *testing.T) {
	t.Parallel()
	for name := range refused {
		if _, ok := catalog.LookupService(name); !ok {
			t.Errorf("there is no service %s", name)
		}
	}
	for _, name := range global {
		if _, ok := catalog.LookupService(name); !ok {
			t.Errorf("there is no service %s", name)
		}
	}
	for name, s := range services {
		if refused[name] != "" {
			t.Errorf("%s is refused, too", name)
		}
		if !slices.IsSorted(s.byName) || !slices.IsSorted(s.never) || (len(s.byName) > 0) != (len(s.own) > 0) {
			t.Errorf("%s: %v of %v, %v", name, s.byName, s.own, s.never)
		}
		for _, full := range slices.Concat(s.byName, s.never) {
			a, ok := catalog.LookupAction(full)
			if !ok || a.Service != name {
				t.Errorf("%s is no action of %s", full, name)
				continue
			}
			if slices.Contains(s.byName, full) && !slices.ContainsFunc(a.ResourceTypes, func(r catalog.ActionResource) bool { return namedBy(s.own, r.Type) }) {
				t.Errorf("%s is on none of %v", full, s.own)
			}
		}
	}
}

// namedBy reports whether one of the ARNs is of a type.
func namedBy(own []string, kind *catalog.ResourceType) bool {
	return slices.ContainsFunc(own, func(arn string) bool {
		one := strings.NewReplacer("*:ACCOUNT", "eu-west-1:111122223333", "PREFIX*", "app-x/y").Replace(arn)
		return slices.ContainsFunc(kind.Patterns(), func(p string) bool { return policy.Glob(p, one) })
	})
}

// TestTableStopsTechniques: of each technique that uses what has a role already, the
// table denies a request that it cannot do without.
func TestTableStopsTechniques(t *testing.T) {
	t.Parallel()
	stopped := 0
	for _, w := range escalation.Ways() {
		if w.Kind == escalation.Pass || w.Kind == escalation.SelfGrant {
			continue
		}
		for name, s := range services {
			if !slices.ContainsFunc(w.Steps, func(r escalation.Requirement) bool { return !r.Optional && takes(&r, name) }) {
				continue
			}
			stopped++
			denied := func(action string) bool {
				service, _, _ := strings.Cut(action, ":")
				return slices.Contains(s.byName, action) || slices.Contains(s.never, action) || service != name && checkService(service) != nil
			}
			if !slices.ContainsFunc(w.Steps, func(r escalation.Requirement) bool {
				return !r.Optional && denied(r.Action) && !slices.ContainsFunc(r.Alternatives, func(a escalation.Requirement) bool { return !denied(a.Action) })
			}) {
				t.Errorf("%s (%s) is not stopped", w.ID, w.Name)
			}
		}
	}
	if stopped < 15 {
		t.Errorf("only %d techniques are about the services of the table", stopped)
	}
}
