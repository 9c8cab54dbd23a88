package tfconfig

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/realplan"
	"github.com/boundlint/boundlint/lint/source/resource"
)

const differentialDir = "../../../fixtures/differential"

// TestDifferential compares the evaluation of hundreds of small configurations
// with what the real terraform plan says of them: what the plan knows is known
// here or undetermined, never the opposite. What plans say is in files beside
// the configurations, so that the test means something without a terraform;
// with BOUNDLINT_TEST_TERRAFORM and BOUNDLINT_TEST_PLUGIN_DIR it is asked
// again, and with -update the files are written anew.
func TestDifferential(t *testing.T) {
	groups, err := realplan.Load(differentialDir)
	if err != nil {
		t.Fatal(err)
	}
	configurations, total := 0, &agreement{}
	for _, g := range groups {
		t.Run(g.Name, func(t *testing.T) {
			golden := filepath.Join(differentialDir, g.Name+".facts")
			src, err := os.ReadFile(golden)
			if err != nil && !*update {
				t.Fatal(err)
			}
			if answers := asked(t, g); answers != nil {
				now := g.Format(answers)
				if *update {
					if err := os.WriteFile(golden, now, 0o644); err != nil {
						t.Fatal(err)
					}
				} else if string(now) != string(src) {
					t.Errorf("terraform says otherwise than %s: run with -update and look at the difference", golden)
				}
				src = now
			}
			facts, err := realplan.ParseFacts(src)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range g.Cases {
				f, ok := facts[c.Name]
				if !ok {
					t.Errorf("%s is not in %s: run with -update and a terraform", c.Name, golden)
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					configurations++
					a := compareCase(t, c, f)
					total.add(a)
				})
			}
		})
	}
	t.Logf("%d configurations: %s", configurations, total)
}

// asked is what the real tool says, nil where there is none.
func asked(t *testing.T, g realplan.Group) map[string]realplan.Answer {
	t.Helper()
	terraform, ok := realplan.FromEnvironment(os.Getenv)
	if !ok {
		return nil
	}
	answers, err := terraform.Ask(context.Background(), g, t.TempDir())
	if err != nil {
		t.Error(err)
	}
	return answers
}

// agreement counts how values here compare with those of a plan.
type agreement struct {
	known, hidden, needless int
	// opposite and needlessly say what differs, one a value.
	opposite, needlessly []string
	// knows is what may be known here although the plan does not.
	knows []string
}

func (a *agreement) add(b *agreement) {
	a.known += b.known
	a.hidden += b.hidden
	a.needless += b.needless
	a.opposite = append(a.opposite, b.opposite...)
	a.needlessly = append(a.needlessly, b.needlessly...)
}

func (a *agreement) String() string {
	return fmt.Sprintf("%d values known to both, %d to neither, %d to the plan alone", a.known, a.hidden, a.needless)
}

// compareCase compares the evaluation of a case with the facts of its plan,
// and of a case whose variables are given by a call, without them.
func compareCase(t *testing.T, c realplan.Case, f realplan.Facts) *agreement {
	t.Helper()
	dir := t.TempDir()
	if err := c.Write(dir); err != nil {
		t.Fatal(err)
	}
	ev := evaluate(t, dir, differentialOptions(c, dir))
	m := ev.root
	if !c.Root {
		calls := m.calls(c.Name)
		if len(calls.list) != 1 {
			t.Fatalf("the call of %s is not there", c.Name)
		}
		m = calls.list[0]
	}
	a := &agreement{knows: c.Knows}
	if f.Error != "" {
		// See rules: nothing may be certain of it.
		return a
	}
	a.module(m, f)
	if c.Hides() {
		without := evaluate(t, filepath.Join(dir, c.Configuration), Options{Base: dir})
		hidden := &agreement{knows: c.Knows}
		hidden.module(without.root, f)
		for _, x := range hidden.opposite {
			t.Errorf("without the arguments of the call, %s", x)
		}
	}
	for _, x := range a.opposite {
		t.Error(x)
	}
	for _, p := range ev.problems {
		t.Logf("remark %v: %s", p.rng, p.message)
	}
	for _, x := range a.needlessly {
		t.Logf("known to the plan alone: %s", x)
	}
	return a
}

// differentialOptions are the environment and the command line of a case.
func differentialOptions(c realplan.Case, dir string) Options {
	o := Options{LookupEnv: c.LookupEnv}
	for _, g := range c.Given() {
		if g.Flag == "var" {
			o.Given = append(o.Given, Given{Value: g.Value})
		} else {
			o.Given = append(o.Given, Given{File: filepath.Join(dir, g.Value)})
		}
	}
	return o
}

// module compares what is in a module with the facts.
func (a *agreement) module(m *moduleInstance, f realplan.Facts) {
	for _, name := range slices.Sorted(maps.Keys(f.Outputs)) {
		if m.config.outputs[name] == nil {
			a.opposite = append(a.opposite, "there is no output "+name)
			continue
		}
		c := comparison{agreement: a, ev: m.ev, at: "output " + name}
		c.value(m.env().value(m.output(name, m.config.outputs[name].DefRange(), m.env())), f.Outputs[name])
	}
	a.resources(m, f.Instances)
}

// resources compares which instances there are, and each with what is planned
// of it. An instance that may not exist stands for any of its block, one whose
// key has symbols in it for one of those whose keys it admits.
func (a *agreement) resources(m *moduleInstance, planned map[string]map[string]any) {
	seen, doubtful := map[string]bool{}, map[string]bool{}
	m.walk(func(x *moduleInstance) {
		for _, address := range x.config.resourceOrder {
			if block := x.config.resources[address]; block.data || !resource.Reads(block.typ, false) {
				continue
			}
			for _, i := range x.resource(address).list {
				relative := strings.TrimPrefix(i.address, m.path)
				if len(i.maybe) > 0 {
					doubtful[policy.WithoutKeys(relative)] = true
				}
				found, best := "", (*agreement)(nil)
				for _, other := range slices.Sorted(maps.Keys(planned)) {
					if other != relative && (!policy.ContainsToken(i.key) || !admits(x.ev.symbols.Text(i.pattern()), m.path+other)) {
						continue
					}
					trial := &agreement{knows: a.knows}
					trial.instance(i, other, planned[other])
					if best == nil || len(trial.opposite) < len(best.opposite) || seen[found] && !seen[other] {
						found, best = other, trial
					}
				}
				switch {
				case best != nil:
					seen[found] = true
					a.add(best)
				case len(i.maybe) == 0:
					a.opposite = append(a.opposite, relative+" is certain here, and not planned")
				}
			}
		}
	})
	for _, address := range slices.Sorted(maps.Keys(planned)) {
		switch {
		case seen[address]:
		case doubtful[policy.WithoutKeys(address)]:
			a.needless++
			a.needlessly = append(a.needlessly, address+" may not exist here")
		default:
			a.opposite = append(a.opposite, address+" is planned, and not here")
		}
	}
}

// pattern is the address of the instance with the symbols of its key in it.
func (i *instance) pattern() string {
	return i.module.path + i.block.address + "[\"" + i.key + "\"]"
}

func (a *agreement) instance(i *instance, address string, attributes map[string]any) {
	if len(i.maybe) == 0 {
		a.known++
	} else {
		a.needless++
		a.needlessly = append(a.needlessly, address+" may not exist here")
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		c := comparison{agreement: a, ev: i.module.ev, at: address + "." + name, converts: true}
		c.value(i.attribute(name), attributes[name])
	}
}

// comparison compares one value.
type comparison struct {
	*agreement
	ev *evaluator
	at string
	// converts is set for an attribute of a resource: the provider's schema
	// converts its value.
	converts bool
}

func (c comparison) part(name string) comparison {
	c.at += name
	return c
}

func (c comparison) fail(v cty.Value, want any) {
	c.opposite = append(c.opposite, fmt.Sprintf("%s is %s here, and %s in the plan", c.at, showValue(c.ev.symbols, v), plain(want)))
}

func (c comparison) lost(v cty.Value, want any) {
	c.needless++
	c.needlessly = append(c.needlessly, fmt.Sprintf("%s = %s, here %s", c.at, plain(want), showValue(c.ev.symbols, v)))
}

func plain(v any) string {
	if v == realplan.Unknown {
		return realplan.Unknown
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// value compares a value here with that of the plan.
func (c comparison) value(v cty.Value, want any) {
	maybe := v.HasMark(markMaybe)
	v, _ = v.Unmark()
	s := c.ev.symbolOf(v)
	switch {
	case want == realplan.Unknown:
		c.unknown(v)
	case !v.IsKnown():
		c.lost(v, want)
	case v.IsNull():
		if want != nil {
			c.fail(v, want)
			return
		}
		c.known++
	case want == nil:
		if maybe || c.ev.mayBeEmpty(v) || s != nil && (s.Nullable || s.Kind == policy.SymbolSpread) {
			c.lost(v, want)
			return
		}
		c.fail(v, want)
	case c.ev.opaque(v) != nil, s != nil && s.Kind != policy.SymbolChoice && isPrimitive(want):
		c.lost(v, want)
	default:
		c.definite(v, want)
	}
}

// isPrimitive reports whether a value of the plan is a string, number or bool.
func isPrimitive(want any) bool {
	switch want.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// unknown is a value that the plan does not know: what is said of it here may
// be a guess.
func (c comparison) unknown(v cty.Value) {
	if v.IsWhollyKnown() && !symbolic(v) && !hasOptional(v) && !slices.Contains(c.knows, c.at) {
		c.fail(v, realplan.Unknown)
		return
	}
	c.hidden++
}

func (c comparison) definite(v cty.Value, want any) {
	switch want := want.(type) {
	case map[string]any:
		c.object(v, want)
	case []any:
		c.list(v, want)
	default:
		c.primitive(v, want)
	}
}

func (c comparison) primitive(v cty.Value, want any) {
	if !v.Type().IsPrimitiveType() {
		c.fail(v, want)
		return
	}
	w := fromPlain(want)
	if c.converts {
		if converted, err := convert.Convert(w, v.Type()); err == nil {
			w = converted
		}
	}
	switch {
	case w.Type() != v.Type():
		c.fail(v, want)
	case isText(v) && (policy.ContainsToken(v.AsString()) || c.ev.maybeStatements[v.AsString()] != nil):
		if !admits(c.ev.decode(v), w.AsString()) && !sameDocument(c.ev, v.AsString(), w.AsString()) {
			c.fail(v, want)
			return
		}
		c.lost(v, want)
	case v.RawEquals(w), isText(v) && sameJSON(v.AsString(), w.AsString()):
		c.known++
	default:
		c.fail(v, want)
	}
}

// admits reports whether a text with symbols may be what the plan knows.
func admits(t policy.Text, want string) bool {
	parts := t.Parts()
	if len(parts) == 0 {
		return want == ""
	}
	head, rest := parts[0], policy.NewText(parts[1:]...)
	if head.Symbol == nil {
		after, found := strings.CutPrefix(want, head.Literal)
		return found && admits(rest, after)
	}
	if head.Symbol.Kind == policy.SymbolChoice {
		return slices.ContainsFunc(head.Symbol.Alternatives, func(x policy.Text) bool {
			return admits(policy.Concat(x, rest), want)
		})
	}
	for n := range len(want) + 1 {
		if admits(rest, want[n:]) {
			return true
		}
	}
	return false
}

// sameJSON reports whether two texts are one JSON document.
func sameJSON(a, b string) bool {
	var x, y any
	return strings.HasPrefix(b, "{") && json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && plain(x) == plain(y)
}

// sameDocument reports whether a JSON document with symbols in it, and with
// statements that may not exist, may be what the plan knows: the statements
// that certainly exist stand in both.
func sameDocument(ev *evaluator, a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil || !admitsJSON(ev, x, y) {
		return false
	}
	here, planned := statementsOf(x), statementsOf(y)
	for i, maybe := range ev.maybeStatements[a] {
		if maybe == nil && i < len(here) && !slices.ContainsFunc(planned, func(s any) bool { return admitsJSON(ev, here[i], s) }) {
			return false
		}
	}
	return true
}

func statementsOf(document any) []any {
	object, _ := document.(map[string]any)
	list, _ := object["Statement"].([]any)
	return list
}

func admitsJSON(ev *evaluator, a, b any) bool {
	switch a := a.(type) {
	case string:
		t := ev.symbols.Text(a)
		if s := t.Symbol(); s != nil && s.Kind != policy.SymbolChoice {
			return true
		}
		text, ok := b.(string)
		return ok && admits(t, text)
	case []any:
		list, ok := b.([]any)
		if !ok {
			return false
		}
		// An element that is a symbol may be any number of them.
		for _, y := range list {
			if !slices.ContainsFunc(a, func(x any) bool { return admitsJSON(ev, x, y) }) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := b.(map[string]any)
		if !ok {
			return false
		}
		for k, y := range object {
			x, ok := a[k]
			for pattern, value := range a {
				if !ok && policy.ContainsToken(pattern) && admits(ev.symbols.Text(pattern), k) {
					x, ok = value, true
				}
			}
			if !ok || !admitsJSON(ev, x, y) {
				return false
			}
		}
		return true
	}
	return plain(a) == plain(b)
}

func (c comparison) object(v cty.Value, want map[string]any) {
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.fail(v, want)
		return
	}
	have := v.AsValueMap()
	open := false // a key that is a symbol may be any
	for _, k := range slices.Sorted(maps.Keys(have)) {
		_, planned := want[k]
		switch {
		case policy.ContainsToken(k):
			open = true
		case !planned && !have[k].HasMark(markMaybe) && !isOptional(have[k]):
			c.part("."+k).fail(have[k], "no such element")
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		x, ok := have[k]
		switch {
		case ok:
			c.part("."+k).value(x, want[k])
		case open:
			c.part("."+k).lost(v, want[k])
		default:
			c.part("."+k).fail(cty.StringVal("no such element"), want[k])
		}
	}
}

func (c comparison) list(v cty.Value, want []any) {
	if !v.CanIterateElements() || v.Type().IsObjectType() || v.Type().IsMapType() {
		c.fail(v, want)
		return
	}
	var have []cty.Value
	open := false
	for it := v.ElementIterator(); it.Next(); {
		_, x := it.Element()
		have = append(have, x)
		open = open || c.ev.spread(x) || x.HasMark(markMaybe) || isOptional(x)
	}
	switch {
	case open || c.ev.spread(v):
		c.open(v, have, want)
	case len(have) != len(want):
		c.fail(v, want)
	case v.Type().IsSetType() || c.converts:
		c.set(v, have, want)
	default:
		for i, x := range have {
			c.part(fmt.Sprintf("[%d]", i)).value(x, want[i])
		}
	}
}

// open compares the elements of a list that may have others: each of the plan
// is one here.
func (c comparison) open(v cty.Value, have []cty.Value, want []any) {
	for _, w := range want {
		if !slices.ContainsFunc(have, func(x cty.Value) bool {
			trial := &agreement{knows: c.knows}
			comparison{trial, c.ev, c.at + "[*]", c.converts}.value(x, w)
			return len(trial.opposite) == 0
		}) {
			c.fail(v, want)
			return
		}
	}
	c.lost(v, want)
}

// set compares elements whatever their order: each of the plan with one here
// that does not contradict it.
func (c comparison) set(v cty.Value, have []cty.Value, want []any) {
	for _, w := range want {
		best, at := (*agreement)(nil), -1
		for i, x := range have {
			trial := &agreement{knows: c.knows}
			comparison{trial, c.ev, c.at + "[*]", c.converts}.value(x, w)
			if len(trial.opposite) == 0 && (best == nil || trial.needless < best.needless) {
				best, at = trial, i
			}
		}
		if best == nil {
			c.fail(v, want)
			return
		}
		have = slices.Delete(slices.Clone(have), at, at+1)
		c.add(best)
	}
}
