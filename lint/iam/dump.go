package iam

import (
	"fmt"
	"maps"
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

// PassOver takes out of a dump what dumps of its account that come before it have, too:
// what has an address in seen. It notes there what is left. A policy counts as seen once
// its document is.
func (m *Model) PassOver(seen map[string]bool) {
	own := map[string]bool{}
	m.Entities = passOver(m.Entities, func(e *Entity) string { return e.Address }, seen, own)
	m.PermissionSets = passOver(m.PermissionSets, func(e *Entity) string { return e.Address }, seen, own)
	m.Groups = passOver(m.Groups, func(g *Group) string { return g.Address }, seen, own)
	m.Profiles = passOver(m.Profiles, func(p *InstanceProfile) string { return p.Address }, seen, own)
	m.Compute = passOver(m.Compute, func(c *Compute) string { return "what runs as " + c.Address }, seen, own)
	m.ResourcePolicies = passOver(m.ResourcePolicies, func(p *ResourcePolicy) string { return p.Address }, seen, own)
	m.OrganizationPolicies = passOver(m.OrganizationPolicies, func(p *OrganizationPolicy) string { return p.Address }, seen, own)
	m.Attachments = passOver(m.Attachments, func(a *Attachment) string { return a.Address }, seen, nil)
	m.Inline = passOver(m.Inline, func(p *InlinePolicy) string { return p.Address }, seen, nil)
	m.Memberships = passOver(m.Memberships, func(s *Membership) string { return s.Address }, seen, nil)
	m.Policies = passOver(m.Policies, func(p *ManagedPolicy) string { return p.Address }, seen, nil)
	for _, p := range m.Policies {
		if p.Document != nil && p.Document.Document != nil && p.Document.Unknown == nil {
			own[p.Address] = true
		}
	}
	maps.Copy(seen, own)
}

// passOver are those whose address has not been seen, noted in own unless that is nil.
func passOver[T any](list []T, address func(T) string, seen, own map[string]bool) []T {
	return slices.DeleteFunc(list, func(x T) bool {
		at := address(x)
		if own != nil && !seen[at] {
			own[at] = true
		}
		return seen[at]
	})
}

// What stands before a name or ARN in Lacks.
const (
	LackingGroup    = "the group "
	LackingPolicy   = "the policy "
	LackingDocument = "the document of the policy "
)
