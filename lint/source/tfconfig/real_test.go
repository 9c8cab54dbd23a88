package tfconfig

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/tfplan"
)

// realProjects are the projects that have a plan by the real Terraform.
func realProjects(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("../../../fixtures/real/*/plan.json")
	if err != nil || len(dirs) == 0 {
		t.Skip("fixtures/real is not here")
	}
	// Much of these depends on the account, or waits for apply, so that a plan by
	// itself and the configuration by itself know different things of them:
	// lint/linttest compares what is found in them with both joined.
	joined := []string{"accounts", "landing", "pipelines", "platform", "platform-errored", "splats", "tenants"}
	var out []string
	for _, plan := range dirs {
		if dir := filepath.Dir(plan); !slices.Contains(joined, filepath.Base(dir)) {
			out = append(out, dir)
		}
	}
	return out
}

type planModule struct {
	Resources []struct {
		Address, Mode, Type string
		Values              map[string]any
	}
	ChildModules []planModule `json:"child_modules"`
}

// plannedValues are the attributes that a plan knows, by resource address;
// data are those of the data sources that it has read.
func plannedValues(t *testing.T, dir string) (managed, data map[string]map[string]any) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		PlannedValues struct {
			RootModule planModule `json:"root_module"`
		} `json:"planned_values"`
		PriorState struct {
			Values struct {
				RootModule planModule `json:"root_module"`
			}
		} `json:"prior_state"`
	}
	if err := json.Unmarshal(src, &plan); err != nil {
		t.Fatal(err)
	}
	managed, data = map[string]map[string]any{}, map[string]map[string]any{}
	var visit func(m planModule, mode string, out map[string]map[string]any)
	visit = func(m planModule, mode string, out map[string]map[string]any) {
		for _, r := range m.Resources {
			if r.Mode == mode {
				out[r.Address] = r.Values
			}
		}
		for _, child := range m.ChildModules {
			visit(child, mode, out)
		}
	}
	visit(plan.PlannedValues.RootModule, "managed", managed)
	visit(plan.PriorState.Values.RootModule, "data", data)
	return managed, data
}

// compareDocument compares a policy document byte for byte.
func compareDocument(t *testing.T, i *instance, values map[string]any) {
	t.Helper()
	for _, name := range []string{"json", "minified_json"} {
		want, known := values[name]
		if !known {
			continue // read during apply
		}
		if got, _ := i.attribute(name).Unmark(); !isText(got) || got.AsString() != want {
			t.Errorf("%s.%s:\n got %#v\nwant %v", i.address, name, got, want)
		}
	}
}

// TestRealProjects compares every attribute of an IAM resource that the
// configuration sets with what the real plan knows of it: policy documents
// byte for byte.
func TestRealProjects(t *testing.T) {
	for _, dir := range realProjects(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			planned, data := plannedValues(t, dir)
			ev := evaluate(t, dir, Options{})
			compared, seen := 0, map[string]bool{}
			ev.root.walk(func(m *moduleInstance) {
				for _, address := range m.config.resourceOrder {
					block := m.config.resources[address]
					for _, i := range m.resource(address).list {
						switch {
						case !strings.HasPrefix(block.typ, "aws_iam_"):
						case block.data:
							compareDocument(t, i, data[i.address])
						default:
							seen[i.address] = true
							compared += compareInstance(t, i, planned[i.address])
						}
					}
				}
			})
			for address, values := range planned {
				if strings.Contains(address, "aws_iam_") && values != nil && !seen[address] {
					t.Errorf("%s is planned and was not evaluated", address)
				}
			}
			if compared == 0 {
				t.Error("nothing was compared")
			}
			for _, p := range ev.problems {
				t.Errorf("%v: %s", p.rng, p.message)
			}
		})
	}
}

func compareInstance(t *testing.T, i *instance, values map[string]any) int {
	t.Helper()
	if values == nil {
		t.Errorf("%s is not in the plan", i.address)
		return 0
	}
	n := 0
	for name := range i.block.body().Attributes {
		if metaArguments[name] {
			continue
		}
		got, _ := i.attributeOrWritten(name).UnmarkDeep()
		want, known := values[name]
		if got.IsNull() {
			continue // the provider's default, or not set
		}
		if !known {
			continue // the plan does not know the name as the id, say
		}
		n++
		if isText(got) && policy.ContainsToken(got.AsString()) {
			t.Errorf("%s.%s = %s, which the plan knows as %v", i.address, name, show(i.module.ev.symbols, got.AsString()), want)
			continue
		}
		if !plainEqual(got, want, i, name) {
			t.Errorf("%s.%s:\n got %#v\nwant %v", i.address, name, got, want)
		}
	}
	return n
}

func plainEqual(got cty.Value, want any, i *instance, name string) bool {
	if list, ok := want.([]any); ok { // a set comes sorted
		if !got.CanIterateElements() || got.LengthInt() != len(list) {
			return false
		}
		for it := got.ElementIterator(); it.Next(); {
			_, x := it.Element()
			found := false
			for _, w := range list {
				found = found || plainEqual(x, w, i, name)
			}
			if !found {
				return false
			}
		}
		return true
	}
	if text, ok := want.(string); ok && isText(got) && strings.HasPrefix(text, "{") {
		// The provider puts documents in attributes into a form of its own.
		var a, b any
		return json.Unmarshal([]byte(text), &a) == nil && json.Unmarshal([]byte(got.AsString()), &b) == nil && reflect.DeepEqual(a, b)
	}
	return fromPlain(want).RawEquals(got)
}

// TestPlansAgree proves that the model of a configuration says the same as
// the model of its plan, but for what only one of them can know.
func TestPlansAgree(t *testing.T) {
	differ := map[string][]string{
		"boundary-removed": {"aws_iam_role.destroyed"}, // in the state alone
		"fleet-module":     {"aws_iam_role.late_name"}, // the plan loses the known start of the name
		// The plan does not know what functions make of unknown ARNs, nor that
		// a computed attribute is set to nothing.
		"idioms": {
			"attachment aws_iam_role.yaml[", "attachment aws_iam_role_policy_attachment.pair[", "role aws_iam_role.chained", "role aws_iam_role.pair[",
			"role module.team[", "user aws_iam_user.csv[\"ann\"]",
		},
		// What goes through locals and templates is lost in the plan, and with
		// the boundary's ARN the account.
		"workbench": {
			"attachment aws_iam_policy_attachment.shared ", "attachment aws_iam_role.inline ", "inline aws_iam_role.inline ", "inline module.bounded[",
			"policy aws_iam_policy.shared ", "role aws_iam_role.described[", "role aws_iam_role.inline ", "role module.bounded[1]", "user aws_iam_user.contractor[",
		},
		"late": {"policy aws_iam_policy.b ", "role aws_iam_role.late", "role module.m[\"a\"]"},
	}
	for _, dir := range append(realProjects(t), "testdata/idioms", "testdata/late") {
		base := filepath.Base(dir)
		t.Run(base, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, "plan.json"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			plan, err := tfplan.Read(f, tfplan.Options{Path: "plan", Symbols: &policy.Symbols{}})
			if err != nil {
				t.Fatal(err)
			}
			planned, err := plan.Model()
			if err != nil {
				t.Fatal(err)
			}
			here := loadModel(t, dir)
			planned.Link(iam.Hints{})
			here.Link(iam.Hints{})
			a, b := strings.Split(meaning(planned), "\n"), strings.Split(meaning(here), "\n")
			for _, line := range onlyIn(a, b, differ[base]) {
				t.Errorf("only in the plan: %s", line)
			}
			for _, line := range onlyIn(b, a, differ[base]) {
				t.Errorf("only here: %s", line)
			}
		})
	}
}

// onlyIn are the lines of a that b has not and that are not expected.
func onlyIn(a, b, expected []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(line string) bool {
		return slices.Contains(b, line) || slices.ContainsFunc(expected, func(s string) bool { return strings.Contains(line, s) })
	})
}
