package bounds

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Line knows the line that a person has to write: with an approved
// boundary where the configuration names one, else with the one that most
// entities of the input carry.
type Line struct {
	approved *holders.ApprovedSet
	// common are the boundaries in use as they are written, the most frequent first,
	// and arns what they are.
	common []string
	arns   map[string]policy.Text
}

// NewLine looks at what the entities of a pass have.
func NewLine(p *lint.Pass, a *holders.ApprovedSet) *Line {
	count, arns := map[string]int{}, map[string]policy.Text{}
	for e := range p.Entities() {
		if e.Boundary.Set && !e.Boundary.Sensitive && notPolicyARN(e.Boundary) == "" && a.Approves(e.Boundary, e.NameText()) == policy.True {
			if written := boundaryExpression(e); written != "" {
				count[written]++
				arns[written] = e.Boundary.Text
			}
		}
	}
	m := &Line{approved: a, arns: arns}
	m.common = slices.SortedFunc(maps.Keys(count), func(x, y string) int {
		return cmp.Or(cmp.Compare(count[y], count[x]), strings.Compare(x, y))
	})
	return m
}

// boundaryExpression is what stands behind the equals sign at an entity, as
// far as it means the same elsewhere in the root module.
func boundaryExpression(e *iam.Entity) string {
	if p := e.BoundaryPolicy; p != nil && !strings.HasPrefix(p.Address, "module.") && !strings.HasPrefix(p.Address, "arn:") {
		return p.Address + ".arn"
	}
	if known, ok := e.Boundary.Known(); ok {
		return fmt.Sprintf("%q", known)
	}
	s := e.Boundary.Written.Symbol()
	if s != nil && s.Kind == policy.SymbolReference && !strings.HasPrefix(s.Address, "module.") {
		return s.Address + "." + s.Attribute
	}
	return ""
}

// line is the remediation: what to do, and the line of HCL that does it.
func (m *Line) line(e *iam.Entity, what string) string {
	if strings.HasPrefix(e.Address, "module.") {
		what += ", in the module or by the variable through which its callers give it"
	}
	expression := m.expression(e)
	if expression == "" && strings.HasSuffix(what, "managed policy") {
		return what + " that caps what the " + string(e.Kind) + " may ever do."
	}
	if expression == "" {
		return what + ": the ARN of the managed policy that caps what the " + string(e.Kind) + " may ever do."
	}
	return phrase.WithCode(what, Attribute+" = "+expression)
}

// fix is the line as data, nil where it names no boundary.
func (m *Line) fix(e *iam.Entity) *lint.Fix {
	expression := m.expression(e)
	if expression == "" {
		return nil
	}
	return &lint.Fix{Address: e.Address, Attribute: Attribute, Expression: expression}
}

// Limit adds the line that bounds an administrator to what is advised.
func (m *Line) Limit(h *holders.Holder, f *lint.Finding) {
	if h.Boundary != holders.Unbounded || h.Entity.Kind == iam.PermissionSet {
		return
	}
	if fix := m.fix(h.Entity); fix != nil {
		f.Fix, f.Remediation = fix, phrase.WithCode(strings.TrimSuffix(f.Remediation, "."), Attribute+" = "+fix.Expression)
	}
}

func (m *Line) expression(e *iam.Entity) string {
	if m.approved.Configured() {
		for _, b := range m.approved.Blocks {
			if b.AppliesToName(e.NameText()) == policy.False {
				continue
			}
			if x := configuredExpression(e, b); x != "" {
				return x
			}
		}
		return ""
	}
	for _, written := range m.common {
		// That of another account or partition would not be taken.
		arn, ok := policy.ParseARN(m.arns[written])
		if !ok || !arn.Partition.Differs(e.Deployment.Partition) &&
			(!arn.Account.Differs(e.Deployment.Account) || holders.IsText(arn.Account, "aws")) {
			return written
		}
	}
	return ""
}

// configuredExpression is how an approved boundary is written: by its ARN in
// the account of the entity, or else by the reference that is approved.
func configuredExpression(e *iam.Entity, b holders.ApprovedBlock) string {
	for _, pattern := range b.ARNs {
		arn, ok := policy.ParseARN(policy.Literal(pattern))
		if !ok {
			continue
		}
		if account, known := e.Deployment.Account.Known(); known && holders.IsEverything(arn.Account, false) {
			arn.Account = policy.Literal(account)
		}
		if partition, known := e.Deployment.Partition.Known(); known && holders.IsEverything(arn.Partition, false) {
			arn.Partition = policy.Literal(partition)
		}
		if written, known := arn.Text().Known(); known && !strings.ContainsAny(written, "*?") {
			return fmt.Sprintf("%q", written)
		}
	}
	if len(b.References) == 0 {
		return ""
	}
	r := b.References[0]
	if strings.HasPrefix(r, "var.") || strings.HasPrefix(r, "local.") || strings.HasSuffix(r, ".arn") {
		return r
	}
	return r + ".arn"
}
