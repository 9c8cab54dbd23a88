package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// Decode reads a report in the json format back. Rules come back with what
// the report tells of them: they cannot be run. The error says what is wrong
// in one line, without the name of the file.
func Decode(r io.Reader) (*lint.Report, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var in jsonReport
	err = json.Unmarshal(data, &in)
	if err != nil || in.Version != jsonVersion || in.Findings == nil {
		// Only now is it worth the time to look for what it is.
		if err := checkHead(data); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, decodeError(err)
	}
	return decodeReport(&in)
}

// checkHead tells what is no report, or one of another version: that may have
// anything else in its keys.
func checkHead(data []byte) error {
	var head struct {
		Version  *int            `json:"version"`
		Findings json.RawMessage `json:"findings"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return decodeError(err)
	}
	switch {
	case head.Version == nil || head.Findings == nil:
		return errors.New("not a report that boundlint wrote with --format json")
	case *head.Version != jsonVersion:
		return fmt.Errorf("the report has version %d of the format, and this boundlint reads version %d", *head.Version, jsonVersion)
	}
	return nil
}

func decodeError(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not valid JSON at byte %d: %w", syntax.Offset, err)
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("not a report that boundlint wrote: %s at byte %d is a %s", kind.Field, kind.Offset, kind.Value)
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

func decodeReport(in *jsonReport) (*lint.Report, error) {
	s := in.Summary
	out := &lint.Report{
		Tool: lint.Tool(in.Tool), Coverage: decodeSum(in.Coverage),
		Summary: lint.Summary{
			Entities: s.Entities, Policies: s.Policies, Violations: s.Violations,
			Undetermined: s.Undetermined, Suppressed: s.Suppressed, Baselined: s.Baselined, InRevision: s.InRevision,
			UnseenBoundaries: s.UnseenBoundaries,
		},
	}
	var err error
	if out.InForce, err = decodeInForce(in.InForce); err != nil {
		return nil, err
	}
	for i := range in.Inputs {
		out.Inputs = append(out.Inputs, decodeInput(&in.Inputs[i]))
	}
	for i := range in.Findings {
		f, err := decodeFinding(&in.Findings[i], len(in.Inputs))
		if err != nil {
			return nil, fmt.Errorf("finding %d: %w", i, err)
		}
		out.Findings = append(out.Findings, f)
	}
	for i := range in.Suppressed {
		s := &in.Suppressed[i]
		f, err := decodeFinding(&s.Finding, len(in.Inputs))
		if err != nil {
			return nil, fmt.Errorf("suppressed finding %d: %w", i, err)
		}
		out.Suppressed = append(out.Suppressed, lint.Suppressed{
			Finding: f, By: s.By, Reason: s.Reason, Location: decodeLocation(s.Location, "", ""),
		})
	}
	for i := range in.Diagnostics {
		d := &in.Diagnostics[i]
		severity, ok := lint.ParseSeverity(d.Severity)
		if !ok {
			return nil, fmt.Errorf("diagnostic %d: no such severity: %q", i, d.Severity)
		}
		out.Diagnostics = append(out.Diagnostics, lint.Diagnostic{
			Severity: severity, Input: d.Input, Message: d.Message, Location: decodeLocation(d.Location, "", ""),
			Judging: d.Judging,
		})
	}
	for i := range in.Rules {
		rule := &in.Rules[i]
		severity, ok := lint.ParseSeverity(rule.Severity)
		if !ok {
			return nil, fmt.Errorf("rule %d: no such severity: %q", i, rule.Severity)
		}
		out.Rules = append(out.Rules, &lint.Rule{
			ID: rule.ID, Severity: severity, Leg: lint.Leg(rule.Leg), Topic: lint.Topic(rule.Topic),
			Doc: lint.Doc{Title: rule.Title, Security: rule.Security, Controls: rule.Controls},
		})
	}
	if in.Shard != nil {
		if out.Shard, err = decodeShard(in.Shard, len(in.Inputs)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func decodeShard(in *jsonShard, inputs int) (*lint.Shard, error) {
	out, err := lint.ParseShard(fmt.Sprintf("%d/%d", in.Index, in.Of))
	if err != nil {
		return nil, err
	}
	for i := range in.Unused {
		f, err := decodeFinding(&in.Unused[i], inputs)
		if err != nil {
			return nil, fmt.Errorf("unused %d: %w", i, err)
		}
		out.Unused = append(out.Unused, f)
	}
	return &out, nil
}

func decodeInput(in *jsonInput) lint.InputSummary {
	out := lint.InputSummary{
		Path: in.Path, Kind: iam.InputKind(in.Kind), Root: in.Root, Complete: in.Complete,
		AccountName: in.AccountName, OrganizationPath: in.OrganizationPath, Partition: in.Partition, Region: in.Region,
		Reasons: in.Reasons, TerraformVersion: in.TerraformVersion, Workspace: in.Workspace, Beyond: in.Beyond,
		Unmanaged: in.Unmanaged, Elsewhere: in.Elsewhere, Tool: iam.Tool(in.Tool), Coverage: decodeCoverage(in.Coverage),
	}
	if in.Account != nil {
		out.Account = *in.Account
	}
	for i := range in.Entities {
		e := &in.Entities[i]
		entity := lint.EntitySummary{
			Address: e.Address, Name: e.Name, ARN: e.ARN, Kind: iam.EntityKind(e.Kind),
			Bounded:  decodeBounded(e),
			Location: decodeLocation(e.Location, e.Address, ""),
		}
		if e.Boundary != nil {
			entity.Boundary = *e.Boundary
		}
		out.Entities = append(out.Entities, entity)
	}
	return out
}

// decodeBounded takes nothing for an answer that is none: of an entity with a
// boundary, a report of an earlier version does not tell.
func decodeBounded(e *jsonEntity) lint.Bounded {
	switch b := lint.Bounded(e.Bounded); {
	case e.Boundary == nil:
		return lint.BoundedNo
	case b == lint.BoundedYes || b == lint.BoundedNo:
		return b
	}
	return lint.BoundedUnknown
}

func decodeFinding(f *jsonFinding, inputs int) (lint.Finding, error) {
	severity, ok := lint.ParseSeverity(f.Severity)
	verdict := lint.Verdict(f.Verdict)
	switch {
	case !ok:
		return lint.Finding{}, fmt.Errorf("no such severity: %q", f.Severity)
	case verdict != lint.Violation && verdict != lint.Undetermined:
		return lint.Finding{}, fmt.Errorf("no such verdict: %q", f.Verdict)
	case f.Input < 0 || f.Input >= inputs:
		return lint.Finding{}, fmt.Errorf("it is of input %d, and the report has %d", f.Input, inputs)
	}
	out := lint.Finding{
		Rule: f.Rule, Severity: severity, Verdict: verdict, Input: f.Input,
		Address: f.Address, Attribute: f.Attribute, Message: f.Message, Remediation: f.Remediation,
		Location: decodeLocation(f.Location, f.Address, f.Attribute),
		Excerpt:  f.Excerpt, Cause: f.Cause, Workspaces: f.Workspaces, Fingerprint: f.Fingerprint,
	}
	for i := range f.Related {
		r := &f.Related[i]
		out.Related = append(out.Related, lint.Related{
			Rule: r.Rule, Address: r.Address, Message: r.Message, Location: decodeLocation(r.Location, r.Address, ""), Steps: decodeSteps(r.Steps),
		})
	}
	if f.Witness != nil {
		w := lint.Witness(*f.Witness)
		out.Witness = &w
	}
	out.Steps = decodeSteps(f.Steps)
	return out, nil
}

func decodeSteps(steps []jsonStep) []lint.Step {
	var out []lint.Step
	for i := range steps {
		s := &steps[i]
		step := lint.Step{From: s.From, To: s.To, Way: s.Way, Message: s.Message, Omitted: s.Omitted}
		for _, w := range s.Witness {
			step.Witness = append(step.Witness, lint.Witness(w))
		}
		out = append(out, step)
	}
	return out
}
