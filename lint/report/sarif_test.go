package report_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

type sarifRegion struct {
	StartLine int `json:"startLine"`
	EndLine   int `json:"endLine"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
}

type sarifPlace struct {
	PhysicalLocation struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
	} `json:"physicalLocation"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             sarifText         `json:"message"`
	Locations           []sarifPlace      `json:"locations"`
	RelatedLocations    []sarifPlace      `json:"relatedLocations"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	Suppressions        []any             `json:"suppressions"`
}

type sarifLog struct {
	Runs []struct {
		AutomationDetails struct {
			ID string `json:"id"`
		} `json:"automationDetails"`
		Invocations []struct {
			ExecutionSuccessful        bool `json:"executionSuccessful"`
			ToolExecutionNotifications []struct {
				Message sarifText `json:"message"`
			} `json:"toolExecutionNotifications"`
		} `json:"invocations"`
		Tool struct {
			Driver struct {
				Rules []struct {
					ID string `json:"id"`
				} `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	} `json:"runs"`
}

func sarif(t *testing.T, r *lint.Report, o report.Options) sarifLog {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal(render(t, "sarif", r, o), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestSARIFSchema(t *testing.T) {
	schema := compile(t, filepath.Join("testdata", "sarif-schema-2.1.0.json"), func(m map[string]any) {
		if id, ok := m["id"].(string); ok && strings.HasPrefix(id, "https:") {
			delete(m, "id")
		}
	})
	for name, r := range reports() {
		for _, o := range []report.Options{{}, {Now: now, Suppressed: true, Base: "/repo", Dir: "/repo/infra"}} {
			t.Run(name, func(t *testing.T) { validate(t, schema, render(t, "sarif", r, o)) })
		}
	}
}

// TestSARIFForGitHub holds what GitHub rejects or misreads.
func TestSARIFForGitHub(t *testing.T) {
	log := sarif(t, sample(), report.Options{Suppressed: true})
	ids, alerts := map[string]bool{}, map[string]bool{}
	for _, run := range log.Runs {
		id := run.AutomationDetails.ID
		if ids[id] || !strings.HasSuffix(id, "/") {
			t.Errorf("automation id %q", id)
		}
		ids[id] = true
		for _, r := range run.Results {
			if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
				t.Errorf("%s: rule index %d", r.RuleID, r.RuleIndex)
			}
			for _, l := range append(r.Locations, r.RelatedLocations...) {
				uri, region := l.PhysicalLocation.ArtifactLocation.URI, l.PhysicalLocation.Region
				if uri == "" || strings.HasPrefix(uri, "/") || strings.Contains(uri, "..") || strings.Contains(uri, ":") {
					t.Errorf("uri %q", uri)
				}
				if region.StartLine < 1 || region.EndLine != region.StartLine {
					t.Errorf("region %+v", region)
				}
			}
			if strings.Contains(r.Message.Text, "](") {
				t.Errorf("the message holds a link: %s", r.Message.Text)
			}
			// What the upload action would hash to one alert needs a hash of its own.
			hash := r.PartialFingerprints["primaryLocationLineHash"]
			if hash == "" {
				hash = "line"
			}
			p := r.Locations[0].PhysicalLocation
			alert := fmt.Sprint(id, r.RuleID, p.ArtifactLocation.URI, p.Region.StartLine, hash)
			if alerts[alert] {
				t.Errorf("two alerts become one: %s", alert)
			}
			alerts[alert] = true
		}
	}
	if run := log.Runs[1]; run.Invocations[0].ExecutionSuccessful {
		t.Error("a run with a part that could not be read counts as successful")
	}
	if got := log.Runs[1].Results[0].Locations[0].PhysicalLocation; got.ArtifactLocation.URI != "infra/ops/terraform.tfstate.json" || got.Region.StartLine != 1 {
		t.Errorf("a finding without a file points at %+v", got)
	}
	suppressed := 0
	for _, r := range log.Runs[0].Results {
		suppressed += len(r.Suppressions)
	}
	if suppressed != 1 {
		t.Errorf("%d suppressions", suppressed)
	}
	for _, run := range sarif(t, sample(), report.Options{}).Runs {
		for _, r := range run.Results {
			if len(r.Suppressions) > 0 {
				t.Error("suppressed findings stand there without being asked for")
			}
		}
	}
}

func TestSARIFRelativeURIs(t *testing.T) {
	for _, c := range []struct{ base, dir, file, plan, want string }{
		{"", "", "main.tf", "plan.json", "main.tf"},
		{"", "", "./a/../main.tf", "plan.json", "main.tf"},
		{"", "", "../main.tf", "plan.json", "plan.json"},
		{"", "", "/repo/main.tf", "plan.json", "plan.json"},
		{"/repo", "/repo/infra", "main.tf", "plan.json", "infra/main.tf"},
		{"/repo", "/repo/infra", "../modules/a b#c?.tf", "plan.json", "modules/a%20b%23c%3F.tf"},
		{"/repo", "/repo/infra", "/repo/x:y/main.tf", "plan.json", "x%3Ay/main.tf"},
		{"/repo", "/repo/infra", "/repository/main.tf", "plan.json", "infra/plan.json"},
		{"/repo", "/repo/infra", "../../main.tf", "/tmp/my plan.json", "my%20plan.json"},
		{"/repo", "/repo", "", "-", "plan.json"},
		{"", "/repo", "/repo/é.tf", "plan.json", "%C3%A9.tf"},
		{"/", "/", "/main.tf", "plan.json", "main.tf"},
		{"C:/repo", "C:/repo/infra", "main.tf", "plan.json", "infra/main.tf"},
		{"C:/repo", "C:/repo/infra", "D:/main.tf", "D:/plan.json", "plan.json"},
	} {
		f := lint.Finding{Rule: "r", Severity: lint.Error, Verdict: lint.Violation, Fingerprint: "f"}
		if c.file != "" {
			f.Location = at(c.file, 3, 1, 3, 5)
		}
		r := &lint.Report{Inputs: []lint.InputSummary{{Path: c.plan, Kind: iam.InputPlan, Complete: true}}, Findings: []lint.Finding{f}}
		got := sarif(t, r, report.Options{Base: c.base, Dir: c.dir}).Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation
		if got.URI != c.want || got.URIBaseID != "%SRCROOT%" {
			t.Errorf("%+v: got %+v", c, got)
		}
	}
}

func TestSARIFAutomationIDs(t *testing.T) {
	r := &lint.Report{}
	for _, root := range []string{".", "infra/a", "infra/a", "../b", "/repo/c", ""} {
		r.Inputs = append(r.Inputs, lint.InputSummary{Path: "p.json", Root: root, Complete: true})
	}
	want := []string{"boundlint/", "boundlint/infra/a/", "boundlint/infra/a/2/", "boundlint/b/", "boundlint/c/", "boundlint/p.json/"}
	for i, run := range sarif(t, r, report.Options{Base: "/repo", Dir: "/repo"}).Runs {
		if run.AutomationDetails.ID != want[i] {
			t.Errorf("root %q: id %q, want %q", r.Inputs[i].Root, run.AutomationDetails.ID, want[i])
		}
	}
}

func TestSARIFLimits(t *testing.T) {
	r := &lint.Report{}
	for i := range 30 {
		r.Inputs = append(r.Inputs, lint.InputSummary{Path: fmt.Sprintf("%d.json", i), Root: fmt.Sprint("root", i), Complete: true})
		r.Findings = append(r.Findings, lint.Finding{Rule: "r", Input: i, Fingerprint: fmt.Sprint(i)})
	}
	log := sarif(t, r, report.Options{})
	results := 0
	for _, run := range log.Runs {
		results += len(run.Results)
	}
	if len(log.Runs) != 20 || results != 30 {
		t.Errorf("%d runs with %d results", len(log.Runs), results)
	}

	many := &lint.Report{Inputs: r.Inputs[:1]}
	for i := range 25010 {
		f := lint.Finding{Rule: "r", Fingerprint: fmt.Sprint(i)}
		if i >= 25000 {
			f.Severity = lint.Error
		}
		many.Findings = append(many.Findings, f)
	}
	run := sarif(t, many, report.Options{}).Runs[0]
	if len(run.Results) != 25000 || run.Results[9].Level != "error" {
		t.Errorf("%d results, the tenth of level %s", len(run.Results), run.Results[9].Level)
	}
	if n := run.Invocations[0].ToolExecutionNotifications; len(n) != 1 || !strings.HasPrefix(n[0].Message.Text, "10 of 25010") {
		t.Errorf("notifications %+v", n)
	}
}
