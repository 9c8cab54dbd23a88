package driver

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// finish merges findings of one cause, covers what is sensitive in them and sorts
// them, and counts.
func (r *run) finish(report *lint.Report, found []lint.Finding, hidden []*Secrets, watch *lint.Stopwatch) {
	end := watch.Stage(lint.Merging)
	sortFindings(found)
	found = mergeCauses(found)
	found = r.mergeReadings(found)
	found = r.mergeWorkspaces(found)
	found = r.mergeRoots(found)
	found = r.mergeOrigins(found)
	report.Findings = found
	end()
	end = watch.Stage(lint.Identifying)
	suppressed := make([]lint.Finding, len(report.Suppressed))
	for i, s := range report.Suppressed {
		suppressed[i] = s.Finding
	}
	tellApart(found, suppressed)
	r.quote(found, hidden)
	cover(hidden, report.Diagnostics, found, suppressed)
	for i, f := range suppressed {
		report.Suppressed[i].Finding = f
	}
	slices.SortStableFunc(report.Suppressed, func(a, b lint.Suppressed) int { return lint.CompareFindings(a.Finding, b.Finding) })
	end()
	defer watch.Stage(lint.Summing)()
	for i, m := range r.models {
		if r.elsewhere[i] {
			report.Inputs = append(report.Inputs, r.describe(m))
			continue
		}
		summary := r.summarise(i, m, &report.Summary)
		summary.Beyond = append(summary.Beyond, r.beyond[i]...)
		summary.Unmanaged = unmanaged(m, r.opts.Against)
		hidden[i].summary(&summary)
		report.Inputs = append(report.Inputs, summary)
	}
	report.Count()
	report.Cover()
}

// cover covers what is sensitive in findings and diagnostics, of each input what
// is so in it.
func cover(hidden []*Secrets, diagnostics []lint.Diagnostic, lists ...[]lint.Finding) {
	for i := range diagnostics {
		for _, s := range hidden { // a diagnostic may be of none, or of several
			diagnostics[i].Message = s.sentence(diagnostics[i].Message)
		}
	}
	for _, found := range lists {
		for i := range found {
			if f := &found[i]; f.Input < len(hidden) && hidden[f.Input] != nil {
				hidden[f.Input].cover(f)
			}
		}
	}
}

func sortFindings(found []lint.Finding) { slices.SortStableFunc(found, lint.CompareFindings) }

func sameRelated(a, b lint.Related) bool {
	return a.Address == b.Address && a.Message == b.Message && iam.CompareLocations(a.Location, b.Location) == 0
}

// mergeRoots makes one finding of the same fault in the same line of a module
// that several root modules use, per differing verdict.
func (r *run) mergeRoots(found []lint.Finding) []lint.Finding {
	type fault struct {
		rule, attribute, key string
		verdict              lint.Verdict
		severity             lint.Severity
		file                 string
		line, column         int
	}
	at := map[fault]int{}
	var out []lint.Finding
	for _, f := range found {
		l := f.Location
		if !l.HasFile() || f.Input >= len(r.models) || r.models[f.Input].Input.Kind != iam.InputConfig {
			out = append(out, f)
			continue
		}
		key := fault{f.Rule, f.Attribute, f.Key, f.Verdict, f.Severity, l.File, l.Range.Start.Line, l.Range.Start.Column}
		i, seen := at[key]
		if !seen {
			at[key] = len(out)
			out = append(out, f)
			continue
		}
		first := &out[i]
		path := r.models[f.Input].Input.Path
		if r.models[first.Input].Input.Path == path {
			out = append(out, f)
			continue
		}
		message := "the same in " + path
		if len(f.Workspaces) > 0 {
			message += ", in " + workspaceNames(f.Workspaces)
		}
		first.Related = append(slices.Clone(first.Related), lint.Related{Address: f.Address, Message: message, Location: f.Location})
	}
	return out
}

// identify gives every finding its fingerprint. It holds neither lines nor
// the order of resources. A resource counts by its name where the name is
// known and no other resource of the kind has it, for names outlive moved
// blocks; else by the address that it had before it was moved. What is sensitive
// in them does not count: a short text could be found by its digest.
func (r *run) identify(hidden []*Secrets, found []lint.Finding, suppressed []lint.Suppressed) {
	all := make([]*lint.Finding, 0, len(found)+len(suppressed))
	for i := range found {
		all = append(all, &found[i])
	}
	for i := range suppressed {
		all = append(all, &suppressed[i].Finding)
	}
	slices.SortStableFunc(all, func(a, b *lint.Finding) int { return lint.CompareFindings(*a, *b) })
	seen := map[lint.BaselinedKey]int{}
	for _, f := range all {
		root, address := "", f.Address
		var secrets *Secrets
		key := lint.BaselinedKey{}
		if f.Input < len(r.models) {
			m := r.models[f.Input]
			secrets = hidden[f.Input]
			root = rootOf(&m.Input)
			key.Workspace, key.Tool = m.Input.Workspace, m.Input.Tool
			address = r.identityOf(f.Input, f.Address)
		}
		attribute := listIndex().ReplaceAllString(f.Attribute, "[]")
		sum := sha256.Sum256([]byte(strings.Join([]string{root, f.Rule, secrets.sentence(address), attribute, secrets.sentence(f.Key)}, "\x00")))
		key.Fingerprint = hex.EncodeToString(sum[:16])
		seen[key]++
		f.Fingerprint = numbered(key.Fingerprint, seen[key])
	}
}

// identityOf is what names the resource at an address of an input, wherever it is
// moved.
func (r *run) identityOf(input int, address string) string {
	if len(r.identities) != len(r.models) {
		r.identities = make([]map[string]string, len(r.models))
	}
	m := r.models[input]
	if r.identities[input] == nil {
		r.identities[input] = identitiesOf(m)
	}
	if id, ok := r.identities[input][address]; ok {
		return id
	}
	return m.FirstAddress(address)
}

// listIndex is where a value stands in a list: another one may come before it.
var listIndex = lazy.Regexp(`\[[0-9]+\]`)

func numbered(fingerprint string, n int) string {
	if n == 1 {
		return fingerprint
	}
	return fingerprint + "-" + strconv.Itoa(n)
}

// tellApart numbers the findings that have the fingerprint of another one: what is
// found in several workspaces, or in several readings of the configuration, and is
// not the same there.
func tellApart(lists ...[]lint.Finding) {
	taken := map[string]bool{}
	for _, found := range lists {
		for i := range found {
			own := found[i].Fingerprint
			for n := 2; taken[found[i].Fingerprint]; n++ {
				found[i].Fingerprint = numbered(own, n)
			}
			taken[found[i].Fingerprint] = true
		}
	}
}

func identitiesOf(m *iam.Model) map[string]string {
	byIdentity := map[string][]string{}
	// A name that is sensitive is not an identity: a digest of it could be guessed.
	add := func(kind string, v iam.Value, address string) {
		if name, known := v.Known(); known && name != "" && !v.Sensitive {
			id := kind + " " + strings.ToLower(name)
			byIdentity[id] = append(byIdentity[id], address)
		}
	}
	for _, e := range m.Entities {
		if !e.Gone() {
			add(string(e.Kind), e.Name, e.Address)
		}
	}
	for _, p := range m.Policies {
		if !p.Gone() {
			add("policy", p.Name, p.Address)
		}
	}
	for _, g := range m.Groups {
		if !g.Gone() {
			add("group", g.Name, g.Address)
		}
	}
	out := map[string]string{}
	// Where roots are taken together, one address can be several resources.
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(byIdentity))) {
		if addresses := byIdentity[id]; len(addresses) == 1 {
			out[addresses[0]] = id
		}
	}
	return out
}

// entitySummary is the row of an entity. Without a boundary it is not bounded,
// whatever rules ran.
func (r *run) entitySummary(e *iam.Entity) lint.EntitySummary {
	row := lint.EntitySummary{Address: e.Address, Name: redacted, Kind: e.Kind, Bounded: r.bounded[e], Location: e.Location}
	if !e.Boundary.Set {
		row.Bounded = lint.BoundedNo
	}
	if !e.Name.Sensitive && !e.NamePrefix.Sensitive && !e.Path.Sensitive {
		row.Name = e.NameText().String()
		row.ARN, _ = e.ARN.Known()
	}
	if e.Boundary.Set {
		row.Boundary = e.Boundary.String()
	}
	return row
}

// describe is the row of an input that another shard judges.
func (r *run) describe(m *iam.Model) lint.InputSummary {
	in := m.Input
	return lint.InputSummary{
		Path: in.Path, Kind: in.Kind, Root: in.Root, Complete: in.Complete && !in.Errored, Workspace: in.Workspace, Tool: in.Tool,
		Elsewhere: true,
	}
}

// summarise describes an input and counts what is in it.
func (r *run) summarise(input int, m *iam.Model, sum *lint.Summary) lint.InputSummary {
	in := m.Input
	out := lint.InputSummary{
		Path: in.Path, Kind: in.Kind, Root: in.Root, Complete: in.Complete && !in.Errored,
		Reasons: in.Reasons, TerraformVersion: in.TerraformVersion, Workspace: in.Workspace, Tool: in.Tool,
	}
	out.Account, _ = m.Deployment.Account.Known()
	if o := m.Organization; o != nil {
		if member := o.Accounts[out.Account]; member != nil {
			out.AccountName = member.Name
		}
		out.OrganizationPath, _ = o.Path(out.Account)
	}
	out.Partition, _ = m.Deployment.Partition.Known()
	out.Region, _ = m.Deployment.Region.Known()
	out.Coverage = r.coverage(m)
	for _, e := range m.Entities {
		if e.Gone() || e.AWSOwned() {
			continue
		}
		out.Entities = append(out.Entities, r.entitySummary(e))
		if !r.isCounted(input, func(m *iam.Model) bool {
			return slices.ContainsFunc(m.Entities, func(other *iam.Entity) bool { return other.Address == e.Address })
		}) {
			sum.Entities++
		}
	}
	for _, e := range m.PermissionSets {
		if !e.Gone() {
			out.Entities = append(out.Entities, r.entitySummary(e))
		}
	}
	sum.UnseenBoundaries += len(out.Coverage.Boundaries)
	for _, boundary := range out.Coverage.Boundaries {
		out.Beyond = append(out.Beyond, "the document of the boundary "+boundary)
	}
	for _, attached := range out.Coverage.Policies {
		out.Beyond = append(out.Beyond, "the document of the policy "+attached)
	}
	for _, u := range m.Unchecked {
		out.Beyond = append(out.Beyond, u.Message)
	}
	for _, p := range m.Policies {
		if !p.Gone() && !r.isCounted(input, func(m *iam.Model) bool {
			return slices.ContainsFunc(m.Policies, func(other *iam.ManagedPolicy) bool { return other.Address == p.Address })
		}) {
			sum.Policies++
		}
	}
	for _, p := range m.Inline {
		if p.Change != iam.ChangeDelete && p.Change != iam.ChangeForget && !r.isCounted(input, func(m *iam.Model) bool {
			return slices.ContainsFunc(m.Inline, func(other *iam.InlinePolicy) bool { return other.Address == p.Address })
		}) {
			sum.Policies++
		}
	}
	return out
}
