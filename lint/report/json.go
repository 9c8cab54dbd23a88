package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// jsonVersion is the version of the contract in docs/json-output.md. It
// changes when a key changes its meaning or goes away, not when one is added.
const jsonVersion = 1

// The JSON documents. The order of the fields is the order of the keys. What
// is marked omitempty was added to the contract and may be absent.
type (
	jsonReport struct {
		Version     int              `json:"version"`
		Tool        jsonTool         `json:"tool"`
		Inputs      []jsonInput      `json:"inputs"`
		Findings    []jsonFinding    `json:"findings"`
		Diagnostics []jsonDiagnostic `json:"diagnostics"`
		Summary     jsonSummary      `json:"summary"`
		Coverage    *jsonCoverageSum `json:"coverage"`
		InForce     *jsonInForce     `json:"configuration,omitempty"`
		Suppressed  []jsonSuppressed `json:"suppressed,omitempty"`
		Rules       []jsonRule       `json:"rules,omitempty"`
		Shard       *jsonShard       `json:"shard,omitempty"`
	}
	// jsonShard tells that other reports have the rest of the run.
	jsonShard struct {
		Index int `json:"index"`
		Of    int `json:"of"`
		// Unused are findings that hold where all shards have them.
		Unused []jsonFinding `json:"unused,omitempty"`
	}
	jsonTool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	jsonInput struct {
		Path             string   `json:"path"`
		Kind             string   `json:"kind"`
		Complete         bool     `json:"complete"`
		Account          *string  `json:"account"`
		AccountName      string   `json:"accountName,omitempty"`
		OrganizationPath string   `json:"organizationPath,omitempty"`
		Partition        string   `json:"partition,omitempty"`
		Region           string   `json:"region,omitempty"`
		Root             string   `json:"root"`
		Reasons          []string `json:"reasons,omitempty"`
		TerraformVersion string   `json:"terraformVersion,omitempty"`
		// Tool is there where Terraform and OpenTofu read different files.
		Tool      string        `json:"tool,omitempty"`
		Workspace string        `json:"workspace,omitempty"`
		Entities  []jsonEntity  `json:"entities,omitempty"`
		Beyond    []string      `json:"beyond,omitempty"`
		Coverage  *jsonCoverage `json:"coverage"`
		// Unmanaged is there, if empty, wherever it was asked for.
		Unmanaged []string `json:"unmanaged,omitzero"`
		// Elsewhere is there where another shard judges the input.
		Elsewhere bool `json:"elsewhere,omitempty"`
	}
	jsonEntity struct {
		Address  string        `json:"address"`
		Name     string        `json:"name"`
		ARN      string        `json:"arn,omitempty"`
		Kind     string        `json:"kind"`
		Boundary *string       `json:"boundary"`
		Bounded  string        `json:"bounded,omitempty"`
		Location *jsonLocation `json:"location"`
	}
	jsonFinding struct {
		Rule        string        `json:"rule"`
		Severity    string        `json:"severity"`
		Verdict     string        `json:"verdict"`
		Input       int           `json:"input"`
		Address     string        `json:"address"`
		Attribute   string        `json:"attribute"`
		Message     string        `json:"message"`
		Remediation string        `json:"remediation"`
		Location    *jsonLocation `json:"location"`
		Related     []jsonRelated `json:"related"`
		Witness     *jsonWitness  `json:"witness"`
		Fingerprint string        `json:"fingerprint"`
		Steps       []jsonStep    `json:"steps,omitempty"`
		Excerpt     string        `json:"excerpt,omitempty"`
		Cause       string        `json:"cause,omitempty"`
		Workspaces  []string      `json:"workspaces,omitempty"`
	}
	jsonLocation struct {
		File      string `json:"file"`
		Line      int    `json:"line"`
		Column    int    `json:"column"`
		EndLine   int    `json:"endLine"`
		EndColumn int    `json:"endColumn"`
		// Call is the module call through which the place is reached.
		Call *jsonLocation `json:"call,omitempty"`
	}
	jsonRelated struct {
		Address  string        `json:"address"`
		Message  string        `json:"message"`
		Location *jsonLocation `json:"location"`
		Rule     string        `json:"rule,omitempty"`
		Steps    []jsonStep    `json:"steps,omitempty"`
	}
	jsonWitness struct {
		Principal string              `json:"principal"`
		Action    string              `json:"action"`
		Resource  string              `json:"resource"`
		Context   map[string][]string `json:"context"`
		Absent    []string            `json:"absent,omitempty"`
	}
	jsonStep struct {
		Omitted int           `json:"omitted,omitempty"`
		From    string        `json:"from"`
		To      string        `json:"to"`
		Way     string        `json:"way"`
		Message string        `json:"message"`
		Witness []jsonWitness `json:"witness"`
	}
	jsonDiagnostic struct {
		Severity string        `json:"severity"`
		Input    string        `json:"input"`
		Message  string        `json:"message"`
		Location *jsonLocation `json:"location"`
		Judging  bool          `json:"judging,omitempty"`
	}
	jsonSummary struct {
		Entities         int `json:"entities"`
		Policies         int `json:"policies"`
		Violations       int `json:"violations"`
		Undetermined     int `json:"undetermined"`
		Suppressed       int `json:"suppressed"`
		Baselined        int `json:"baselined,omitempty"`
		InRevision       int `json:"inRevision,omitempty"`
		UnseenBoundaries int `json:"unseenBoundaries"`
	}
	jsonSuppressed struct {
		Finding  jsonFinding   `json:"finding"`
		By       string        `json:"by"`
		Reason   string        `json:"reason"`
		Location *jsonLocation `json:"location"`
	}
	jsonRule struct {
		ID       string   `json:"id"`
		Severity string   `json:"severity"`
		Leg      string   `json:"leg"`
		Topic    string   `json:"topic,omitempty"`
		Title    string   `json:"title"`
		Security string   `json:"security,omitempty"`
		Controls []string `json:"controls,omitempty"`
	}
)

func reportJSON(w io.Writer, r *lint.Report, _ Options) error {
	return JSON(w, encodeReport(r))
}

// JSON writes a value indented, with <, > and & as they are. What a terminal or
// an editor would act on (controls, and characters that change the direction of
// writing) is written as an escape: it can only stand inside a string.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeControls(b.String()))
	return err
}

func escapeControls(text string) string {
	acted := func(r rune) bool { return r != '\n' && unprintable(r) }
	if !strings.ContainsFunc(text, acted) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !acted(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// each converts a list; its result is never nil, so that an empty list is
// written as [].
func each[A, B any](list []A, convert func(*A) B) []B {
	out := make([]B, 0, len(list))
	for i := range list {
		out = append(out, convert(&list[i]))
	}
	return out
}

func encodeReport(r *lint.Report) *jsonReport {
	s := r.Summary
	out := &jsonReport{
		Version:     jsonVersion,
		Tool:        jsonTool(r.Tool),
		Inputs:      each(r.Inputs, encodeInput),
		Findings:    each(r.Findings, encodeFinding),
		Diagnostics: each(r.Diagnostics, encodeDiagnostic),
		Summary: jsonSummary{
			Entities: s.Entities, Policies: s.Policies, Violations: s.Violations,
			Undetermined: s.Undetermined, Suppressed: s.Suppressed, Baselined: s.Baselined, InRevision: s.InRevision,
			UnseenBoundaries: s.UnseenBoundaries,
		},
		Coverage:   encodeSum(r.Coverage),
		InForce:    encodeInForce(&r.InForce),
		Suppressed: each(r.Suppressed, encodeSuppressed),
		Rules:      each(r.Rules, func(rule **lint.Rule) jsonRule { return encodeRule(*rule) }),
	}
	if r.Shard != nil {
		out.Shard = &jsonShard{r.Shard.Index, r.Shard.Of, each(r.Shard.Unused, encodeFinding)}
	}
	return out
}

// optional is nil for "".
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func encodeInput(in *lint.InputSummary) jsonInput {
	return jsonInput{
		Path: in.Path, Kind: string(in.Kind), Complete: in.Complete, Account: optional(in.Account), Root: in.Root,
		AccountName: in.AccountName, OrganizationPath: in.OrganizationPath, Partition: in.Partition, Region: in.Region,
		Reasons: in.Reasons, TerraformVersion: in.TerraformVersion, Tool: string(in.Tool), Workspace: in.Workspace,
		Entities: each(in.Entities, func(e *lint.EntitySummary) jsonEntity {
			return jsonEntity{
				Address: e.Address, Name: e.Name, ARN: e.ARN, Kind: string(e.Kind),
				Boundary: optional(e.Boundary), Bounded: string(e.Bounded), Location: encodeLocation(e.Location),
			}
		}),
		Beyond: in.Beyond, Coverage: encodeCoverage(&in.Coverage), Unmanaged: in.Unmanaged, Elsewhere: in.Elsewhere,
	}
}

func encodeLocation(l iam.Location) *jsonLocation {
	if !l.HasFile() {
		return nil
	}
	out := &jsonLocation{
		File: l.File,
		Line: l.Range.Start.Line, Column: l.Range.Start.Column,
		EndLine: l.Range.End.Line, EndColumn: l.Range.End.Column,
	}
	// A place of which only the line is known stands at its first column.
	out.Column = max(out.Column, 1)
	if out.EndLine < out.Line || out.EndLine == out.Line && out.EndColumn < out.Column {
		out.EndLine, out.EndColumn = out.Line, out.Column
	}
	out.EndColumn = max(out.EndColumn, 1)
	if l.Call != nil {
		out.Call = encodeLocation(*l.Call)
	}
	return out
}

func encodeFinding(f *lint.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule, Severity: f.Severity.String(), Verdict: string(f.Verdict), Input: f.Input,
		Address: f.Address, Attribute: f.Attribute, Message: f.Message, Remediation: f.Remediation,
		Location: encodeLocation(f.Location),
		Related: each(f.Related, func(r *lint.Related) jsonRelated {
			return jsonRelated{
				Rule: r.Rule, Address: r.Address, Message: r.Message, Location: encodeLocation(r.Location),
				Steps: each(r.Steps, encodeStep),
			}
		}),
		Fingerprint: f.Fingerprint,
		Steps:       each(f.Steps, encodeStep),
		Excerpt:     f.Excerpt, Cause: f.Cause, Workspaces: f.Workspaces,
	}
	if f.Witness != nil {
		w := encodeWitness(f.Witness)
		out.Witness = &w
	}
	return out
}

func encodeStep(s *lint.Step) jsonStep {
	return jsonStep{From: s.From, To: s.To, Way: s.Way, Message: s.Message, Witness: each(s.Witness, encodeWitness), Omitted: s.Omitted}
}

func encodeWitness(w *lint.Witness) jsonWitness {
	// A key without values is written as an empty list, never as null.
	context := make(map[string][]string, len(w.Context))
	for key, values := range w.Context {
		context[key] = append([]string{}, values...)
	}
	return jsonWitness{Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: context, Absent: w.Absent}
}

func encodeDiagnostic(d *lint.Diagnostic) jsonDiagnostic {
	return jsonDiagnostic{Severity: d.Severity.String(), Input: d.Input, Message: d.Message, Location: encodeLocation(d.Location), Judging: d.Judging}
}

func encodeSuppressed(s *lint.Suppressed) jsonSuppressed {
	return jsonSuppressed{Finding: encodeFinding(&s.Finding), By: s.By, Reason: s.Reason, Location: encodeLocation(s.Location)}
}

func encodeRule(rule *lint.Rule) jsonRule {
	return jsonRule{
		ID: rule.ID, Severity: rule.Severity.String(), Leg: string(rule.Leg), Topic: string(rule.Topic), Title: rule.Doc.Title,
		Security: rule.Doc.Security, Controls: rule.Doc.Controls,
	}
}

// decodeLocation is the inverse of encodeLocation for the place itself; the
// address and attribute stand beside it.
func decodeLocation(l *jsonLocation, address, attribute string) iam.Location {
	out := iam.Location{Address: address, Attribute: attribute}
	if l == nil {
		return out
	}
	out.File = l.File
	out.Range = policy.Range{
		Start: policy.Pos{Line: l.Line, Column: l.Column},
		End:   policy.Pos{Line: l.EndLine, Column: l.EndColumn},
	}
	if l.Call != nil {
		call := decodeLocation(l.Call, "", "")
		out.Call = &call
	}
	return out
}
