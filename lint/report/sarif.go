package report

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// What GitHub code scanning accepts in one file, from its page on SARIF
// support: more runs or results have the whole file rejected, further tags
// and locations are ignored.
const (
	maxRuns      = 20
	maxResults   = 25000
	maxTags      = 10
	maxLocations = 100
	maxSteps     = 1000
)

// sourceRoot is the uriBaseId by which tools call the root of the repository.
const sourceRoot = "%SRCROOT%"

// sarifWriter holds what the runs have in common.
type sarifWriter struct {
	report   *lint.Report
	options  Options
	entities map[where]*lint.EntitySummary
	rules    []sarifRule
	index    map[string]int
}

func reportSARIF(w io.Writer, r *lint.Report, o Options) error {
	s := &sarifWriter{report: r, options: o, entities: entitiesByAddress(r), index: map[string]int{}}
	s.describeRules()
	log := sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    s.runs(),
	}
	return JSON(w, &log)
}

// runs makes one run for each input. GitHub tells analyses apart by the
// automation id, and two runs must not share one. Where there are more inputs
// than runs that it accepts, the last run takes all that remain.
func (s *sarifWriter) runs() []sarifRun {
	inputs := s.report.Inputs
	if len(inputs) == 0 {
		return []sarifRun{s.run("boundlint/", nil)}
	}
	var out []sarifRun
	taken := map[string]bool{}
	for i := range inputs {
		if i == maxRuns-1 && len(inputs) > maxRuns {
			rest := make([]int, 0, len(inputs)-i)
			for j := i; j < len(inputs); j++ {
				rest = append(rest, j)
			}
			return append(out, s.run(unusedID("boundlint/more/", taken), rest))
		}
		out = append(out, s.run(unusedID(s.automationID(&inputs[i]), taken), []int{i}))
	}
	return out
}

// automationID names the root of an input. It ends in a slash: what stands
// before the last one is the category by which GitHub matches analyses.
func (s *sarifWriter) automationID(in *lint.InputSummary) string {
	root := in.Root
	if root == "" && in.Path != "-" {
		root = in.Path
	}
	if relative, ok := s.options.relative(root); ok && filepath.IsAbs(root) { // else it is relative to the repository already
		root = relative
	}
	root = strings.Trim(path.Clean(filepath.ToSlash(root)), "/")
	root = strings.TrimPrefix(strings.ReplaceAll(root, "../", ""), "..")
	if root == "." || root == "" {
		return "boundlint/"
	}
	return "boundlint/" + clean(root) + "/"
}

// unusedID makes an id unique, for a plan and a state of one root.
func unusedID(id string, taken map[string]bool) string {
	unique := id
	for n := 2; taken[unique]; n++ {
		unique = fmt.Sprintf("%s%d/", id, n)
	}
	taken[unique] = true
	return unique
}

// candidate is a finding, and what suppressed it.
type candidate struct {
	lint.Finding
	suppressed *lint.Suppressed
}

// run writes the inputs with these indices as one run.
func (s *sarifWriter) run(id string, inputs []int) sarifRun {
	invocation := sarifInvocation{ExecutionSuccessful: true}
	if !s.options.Now.IsZero() {
		invocation.EndTimeUTC = s.options.Now.UTC().Format(time.RFC3339)
	}
	var names []string
	var all []candidate
	var ran []lint.InputSummary
	for _, i := range inputs {
		in := &s.report.Inputs[i]
		names = append(names, inputTitle(in))
		ran = append(ran, *in)
		for _, f := range ofInput(s.report.Findings, i) {
			all = append(all, candidate{Finding: f})
		}
		for j := range s.report.Suppressed {
			if sup := &s.report.Suppressed[j]; s.options.Suppressed && sup.Finding.Input == i {
				all = append(all, candidate{sup.Finding, sup})
			}
		}
		if !in.Complete {
			text := inputName(in) + " is not complete"
			if len(in.Reasons) > 0 {
				text += ": " + clean(strings.Join(in.Reasons, "; "))
			}
			invocation.Notifications = append(invocation.Notifications, notification(lint.Warning, text))
		}
	}
	invocation.Notifications = append(invocation.Notifications, s.diagnostics(inputs)...)
	for _, n := range invocation.Notifications {
		invocation.ExecutionSuccessful = invocation.ExecutionSuccessful && n.Level != "error"
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return int(b.Severity) - int(a.Severity) })
	if len(all) > maxResults {
		text := fmt.Sprintf("%d of %d findings are left out, those of the lowest severity: GitHub accepts no more than %d",
			len(all)-maxResults, len(all), maxResults)
		invocation.Notifications = append(invocation.Notifications, notification(lint.Warning, text))
		all = all[:maxResults]
	}
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "boundlint", Version: s.report.Tool.Version, InformationURI: homepage, Rules: s.rules,
		}},
		AutomationDetails: sarifAutomation{ID: id, Description: sarifMessage{Text: automationText(names)}},
		OriginalURIBaseIDs: map[string]sarifArtifactLocation{
			sourceRoot: {Description: &sarifMessage{Text: "The root of the repository."}},
		},
		ColumnKind:  "utf16CodeUnits",
		Invocations: []sarifInvocation{invocation},
		Results:     make([]sarifResult, 0, len(all)),
		Properties:  sarifRunProps{Coverage: encodeSum(lint.SumCoverage(ran)), InForce: encodeInForce(&s.report.InForce)},
	}
	for i := range all {
		run.Results = append(run.Results, s.result(&all[i]))
	}
	distinguish(run.Results)
	return run
}

func automationText(names []string) string {
	if len(names) == 0 {
		return "boundlint, without an input"
	}
	return "boundlint on " + strings.Join(names, ", ")
}

func notification(severity lint.Severity, text string) sarifNotification {
	return sarifNotification{Level: severity.String(), Message: sarifMessage{Text: text}}
}

// diagnostics are those that concern the inputs; what concerns none stands in
// the first run.
func (s *sarifWriter) diagnostics(inputs []int) []sarifNotification {
	var out []sarifNotification
	for i := range s.report.Diagnostics {
		d := &s.report.Diagnostics[i]
		owner := inputNamed(s.report, d.Input)
		if owner >= 0 && !slices.Contains(inputs, owner) || owner < 0 && len(inputs) > 0 && inputs[0] != 0 {
			continue
		}
		text := clean(d.Message)
		if d.Input != "" {
			text = clean(d.Input) + ": " + text
		}
		n := notification(d.Severity, text)
		if file, ok := s.options.relative(d.Location.File); ok && d.Location.HasFile() {
			n.Locations = []sarifLocation{{PhysicalLocation: physical(file, d.Location)}}
		}
		out = append(out, n)
	}
	return out
}

// result writes one finding.
func (s *sarifWriter) result(c *candidate) sarifResult {
	f := &c.Finding
	out := sarifResult{
		RuleID: f.Rule, RuleIndex: s.index[f.Rule], Level: f.Severity.String(),
		Message:             sarifMessage{Text: sarifText(f)},
		Locations:           []sarifLocation{s.location(f.Input, f.Location, f.Address)},
		PartialFingerprints: map[string]string{"boundlint/v1": f.Fingerprint},
		Properties:          sarifResultProps{Verdict: string(f.Verdict), Address: f.Address},
	}
	if f.Witness != nil {
		out.Properties.Witness = witnessSentence(f.Witness)
	}
	// Every finding without a file points at line 1 of the plan, where the
	// hash that the upload action computes would be one for all of them, and
	// GitHub would show one alert.
	if _, ok := s.options.relative(f.Location.File); !ok || !f.Location.HasFile() {
		out.PartialFingerprints[lineHash] = f.Fingerprint
	}
	for i := range f.Related[:min(len(f.Related), maxLocations)] {
		r := &f.Related[i]
		l := s.location(f.Input, r.Location, r.Address)
		l.ID = new(i + 1)
		message := r.Message
		if message == "" {
			message = r.Address
		}
		l.Message = &sarifMessage{Text: unlinked(clean(message))}
		out.RelatedLocations = append(out.RelatedLocations, l)
	}
	out.CodeFlows = s.flow(f)
	out.Fixes = s.fixes(f)
	if c.suppressed != nil {
		out.Suppressions = []sarifSuppression{suppression(c.suppressed)}
	}
	return out
}

// lineHash is the one fingerprint that GitHub itself evaluates.
const lineHash = "primaryLocationLineHash"

// distinguish gives results of one rule at one line their own fingerprint as
// the line's hash: GitHub would take them for one alert. It is left to the
// upload action elsewhere, because that warns of every hash that is not its
// own.
func distinguish(results []sarifResult) {
	place := func(r *sarifResult) string {
		p := r.Locations[0].PhysicalLocation
		return fmt.Sprintf("%s\x00%s\x00%d", r.RuleID, p.ArtifactLocation.URI, p.Region.StartLine)
	}
	times := map[string]int{}
	for i := range results {
		times[place(&results[i])]++
	}
	for i := range results {
		if times[place(&results[i])] > 1 {
			results[i].PartialFingerprints[lineHash] = results[i].PartialFingerprints["boundlint/v1"]
		}
	}
}

// sarifText is the text of an alert: GitHub shows nothing else of a result.
func sarifText(f *lint.Finding) string {
	if f.Verdict == lint.Undetermined {
		return unlinked("Undetermined: " + annotation(f))
	}
	return unlinked(annotation(f))
}

// unlinked keeps text from being read as an embedded link, [text](target):
// brackets are everywhere in addresses, and names can be hostile.
func unlinked(s string) string { return strings.ReplaceAll(s, "](", "] (") }

// location is a place with its resource. GitHub rejects a location without a
// file, so what has none points at the input.
func (s *sarifWriter) location(input int, l iam.Location, address string) sarifLocation {
	out := sarifLocation{}
	if file, ok := s.options.relative(l.File); ok && l.HasFile() {
		out.PhysicalLocation = physical(file, l)
	} else {
		out.PhysicalLocation = &sarifPhysicalLocation{
			ArtifactLocation: sarifArtifactLocation{URI: uri(s.options.inputFile(s.report, input)), URIBaseID: sourceRoot},
			Region:           &sarifRegion{StartLine: 1, EndLine: 1},
		}
	}
	if address != "" {
		out.LogicalLocations = []sarifLogicalLocation{{FullyQualifiedName: clean(address), Kind: "resource"}}
	}
	return out
}

// physical is a place in a file. Regions have one line: GitHub marks the
// whole of them, and a statement may be a page long.
func physical(file string, l iam.Location) *sarifPhysicalLocation {
	start, end := l.Range.Start, l.Range.End
	region := &sarifRegion{StartLine: start.Line, StartColumn: start.Column, EndLine: start.Line}
	if end.Line == start.Line && end.Column > start.Column {
		region.EndColumn = end.Column
	}
	return &sarifPhysicalLocation{
		ArtifactLocation: sarifArtifactLocation{URI: uri(file), URIBaseID: sourceRoot},
		Region:           region,
	}
}

// flow shows the steps of an escalation as GitHub shows paths of data. A step
// stands where its actor is declared, as far as that is known.
func (s *sarifWriter) flow(f *lint.Finding) []sarifCodeFlow {
	if len(f.Steps) == 0 {
		return nil
	}
	var locations []sarifThreadFlowLocation
	for i := range f.Steps[:min(len(f.Steps), maxSteps)] {
		step := &f.Steps[i]
		at := f.Location
		if e := s.entities[where{f.Input, step.From}]; i > 0 && e != nil && e.Location.HasFile() {
			at = e.Location
		}
		l := s.location(f.Input, at, step.From)
		l.Message = &sarifMessage{Text: unlinked(clean(stepSentence(step)))}
		locations = append(locations, sarifThreadFlowLocation{Location: l})
	}
	return []sarifCodeFlow{{ThreadFlows: []sarifThreadFlow{{Locations: locations}}}}
}

func suppression(s *lint.Suppressed) sarifSuppression {
	kind := "external"
	if s.By == lint.ByIgnore {
		kind = "inSource"
	}
	return sarifSuppression{Kind: kind, Status: "accepted", Justification: clean(s.Reason)}
}
