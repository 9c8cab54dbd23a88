package tfconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// refusal is why boundlint does not know what Terraform may know: a file that
// it does not read, a size or depth that it does not go beyond, a function
// that it does not evaluate. It is a third outcome beside a value and an error
// of Terraform's: the result is unknown, never false and never absent, so that
// try and can, conditionals, count and coalesce over it are unknown too. As a
// mark the reason travels with the value to the symbol that a message names,
// as an error it leads from a function's inside to its call.
type refusal string

func (r refusal) Error() string { return string(r) }

// absence is why a file cannot be read in the tree as it is. As a mark it tells
// the reason as a refusal does; but that Terraform fails is certain.
type absence string

func refused(format string, args ...any) refusal { return refusal(fmt.Sprintf(format, args...)) }

// maxRefusals bounds the distinct reasons in one root module: every value may
// carry all of them.
const maxRefusals = 16

// refusal is a reason as a mark.
func (ev *evaluator) refusal(reason string) refusal {
	r := refusal(ev.symbols.Text(reason).String())
	switch {
	case ev.refusals[r]:
	case len(ev.refusals) >= maxRefusals:
		return "boundlint refuses more than is told here"
	default:
		ev.refusals[r] = true
	}
	return r
}

// refuse is the unknown value of a type that stands for what boundlint does
// not read, make or evaluate. The reason is a clause that follows "depends on
// x" in parentheses, and must not hold what is sensitive.
func (e *env) refuse(ty cty.Type, format string, args ...any) cty.Value {
	e.ev.steps -= 10 // as fail
	e.ev.refused++
	e.doubtful()
	return cty.UnknownVal(ty).Mark(e.ev.refusal(fmt.Sprintf(format, args...)))
}

// unreadable is the unknown value for a file that is not there or is not one
// that Terraform reads. Terraform fails in the tree as it is, and so does an
// argument of try and can; elsewhere the file may be made before it is applied.
func (e *env) unreadable(ty cty.Type, rng hcl.Range, format string, args ...any) cty.Value {
	message := fmt.Sprintf(format, args...)
	if e.sink != nil {
		e.fail(rng, "%s", message)
		ty = cty.DynamicPseudoType // as HCL has it of a call that fails
	}
	return cty.UnknownVal(ty).Mark(absence(e.ev.refusal(message)))
}

// starve is the value of what is left once the steps are spent.
func (e *env) starve(ty cty.Type) cty.Value {
	return e.refuse(ty, "evaluating the module takes more than %d steps", e.ev.limits.steps)
}

// reasons are the refusals and absences among marks.
func reasons(all ...cty.ValueMarks) []string {
	var out []string
	for _, marks := range all {
		for m := range marks {
			switch m := m.(type) {
			case refusal:
				out = append(out, string(m))
			case absence:
				out = append(out, string(m))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isRefused reports whether a refusal had a part in a value.
func isRefused(v cty.Value) bool {
	if v.Type().IsSetType() && !v.IsMarked() || !containsMarked(v) {
		return false // the marks in a set are its own
	}
	_, marks := unmarkDeep(v)
	for m := range marks {
		if _, ok := m.(refusal); ok {
			return true
		}
	}
	return false
}

// withReasons is a name for a message, and why boundlint does not know what it
// stands for.
func withReasons(name string, marks ...cty.ValueMarks) string {
	if list := reasons(marks...); len(list) > 0 {
		name += " (" + strings.Join(list, "; ") + ")"
	}
	return name
}
