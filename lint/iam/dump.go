package iam

import (
	"fmt"
	"slices"
	"strings"
)

// JudgeDump says of a dump whether it is complete, by what it lacks.
func (in *Input) JudgeDump() {
	in.Reasons = nil
	if in.More {
		in.Reasons = append(in.Reasons, "its last page says that there are further ones")
	}
	if len(in.Lacks) > 0 {
		in.Reasons = append(in.Reasons, "it has not "+someOf(in.Lacks)+", which an entity in it has")
	}
	if len(in.Absent) > 0 {
		in.Reasons = append(in.Reasons, "it does not have "+strings.Join(in.Absent, ", ")+", which IAM always answers with")
	}
	if len(in.Odd) > 0 {
		in.Reasons = append(in.Reasons, "it is not what IAM answers: "+someOf(in.Odd))
	}
	in.Complete = len(in.Reasons) == 0
}

func someOf(all []string) string {
	const most = 3
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

// JoinDump takes the input of another dump of the same account that comes
// after it: its pages may be in several files.
func (in *Input) JoinDump(next *Model, have func(what string) bool) {
	if !slices.Contains(strings.Split(in.Path, ", "), next.Input.Path) {
		in.Path += ", " + next.Input.Path
	}
	in.More = next.Input.More
	in.Lacks = slices.DeleteFunc(slices.Concat(in.Lacks, next.Input.Lacks), have)
	in.Absent = slices.DeleteFunc(in.Absent, func(list string) bool { return !slices.Contains(next.Input.Absent, list) })
	in.Odd = append(in.Odd, next.Input.Odd...)
	in.JudgeDump()
}

// DumpHas reports whether a model has a policy, document or group that another dump of
// its account lacks, as Lacks calls it.
func (m *Model) DumpHas(what string) bool {
	if name, ok := strings.CutPrefix(what, LackingGroup); ok {
		return slices.ContainsFunc(m.Groups, func(g *Group) bool {
			known, _ := g.Name.Known()
			return strings.EqualFold(known, name)
		})
	}
	return slices.ContainsFunc(m.Policies, func(p *ManagedPolicy) bool {
		return LackingPolicy+p.ARN.String() == what || LackingDocument+p.ARN.String() == what && p.Document != nil &&
			p.Document.Document != nil && p.Document.Unknown == nil
	})
}

// What stands before a name or ARN in Lacks.
const (
	LackingGroup    = "the group "
	LackingPolicy   = "the policy "
	LackingDocument = "the document of the policy "
)
