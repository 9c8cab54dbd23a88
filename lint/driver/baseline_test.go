package driver

import (
	"reflect"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// baselineOf is a baseline with all that a run finds.
func baselineOf(t *testing.T, models ...*iam.Model) *lint.Baseline {
	t.Helper()
	recorder := NewBaseline(&lint.Baseline{})
	mustRun(t, nil, Options{Baseline: recorder}, finder("r", lint.Error, lint.FirstLeg, nil), models...)
	return &lint.Baseline{FileDigest: lint.FileDigest{File: "known.json", Digest: "d"}, Findings: recorder.Found}
}

// modelRead is the test model in a workspace, as a tool reads it.
func modelRead(workspace string, tool iam.Tool) *iam.Model {
	m := testModel(iam.InputConfig)
	m.Input.Workspace, m.Input.Tool = workspace, tool
	return m
}

// TestBaselineOfRuns: the runs of one report share a baseline, and the last of them
// tells what no run has found.
func TestBaselineOfRuns(t *testing.T) {
	t.Parallel()
	rule := finder("r", lint.Error, lint.FirstLeg, nil)
	first, second := testModel(iam.InputConfig), testModel(iam.InputConfig)
	second.Input.Root = "other"
	known := baselineOf(t, first, second)
	if len(known.Findings) != 4 {
		t.Fatal(known.Findings)
	}
	first, second = testModel(iam.InputConfig), testModel(iam.InputConfig)
	second.Input.Root = "other"
	second.Entities = second.Entities[1:]
	b := NewBaseline(known)
	expect(t, mustRun(t, nil, Options{Baseline: b, Later: 1}, rule, first).Findings)
	r := mustRun(t, nil, Options{Baseline: b}, rule, second)
	expect(t, r.Findings, "warning exemption-unused known.json")
	if len(r.Suppressed) != 1 || r.Suppressed[0].By != lint.ByBaseline || r.Summary.Baselined != 1 || len(b.Stale()) != 1 || len(b.Left()) != 3 || len(b.Unknown()) != 0 {
		t.Errorf("%+v %+v", r.Suppressed, b.Stale())
	}
	want := []lint.BaselineInForce{{FileDigest: known.FileDigest, Entries: 4, Findings: 1}}
	if !reflect.DeepEqual(r.InForce.Baselines, want) {
		t.Errorf("%+v", r.InForce)
	}
	// A run that has not all says nothing of the rest.
	for name, o := range map[string]Options{"partial": {Partial: true}, "unread": {Diagnostics: []lint.Diagnostic{{Message: "m"}}}} {
		second = testModel(iam.InputConfig)
		second.Input.Root, second.Entities = "other", second.Entities[1:]
		o.Baseline = NewBaseline(known)
		if expect(t, mustRun(t, nil, o, rule, second).Findings); len(o.Baseline.Unknown()) != 3 {
			t.Errorf("%s: %+v", name, o.Baseline.Unknown())
		}
	}
	// A root module that is gone is named by who knows the directories.
	b = NewBaseline(known)
	b.Gone = func(root string) bool { return root == "other" }
	expect(t, mustRun(t, nil, Options{Baseline: b}, rule, testModel(iam.InputConfig)).Findings, "warning exemption-unused known.json")
}

// TestBaselineOfWorkspaces: what holds in another workspace, or as the other tool
// reads the configuration, is new.
func TestBaselineOfWorkspaces(t *testing.T) {
	t.Parallel()
	known := baselineOf(t, modelRead("dev", ""))
	for name, c := range map[string]struct {
		model *iam.Model
		isNew bool
	}{
		"the same":          {modelRead("dev", ""), false},
		"another workspace": {modelRead("prod", ""), true},
		"another tool":      {modelRead("dev", iam.OpenTofu), true},
	} {
		r := mustRun(t, nil, Options{Baseline: NewBaseline(known)}, finder("r", lint.Error, lint.FirstLeg, nil), c.model)
		if isNew := r.Summary.Violations > 1; isNew != c.isNew {
			t.Errorf("%s: %v", name, brief(r.Findings))
		}
	}
}

// TestBaselineEnds: after its last day it covers nothing, and says so.
func TestBaselineEnds(t *testing.T) {
	t.Parallel()
	rule := finder("r", lint.Error, lint.FirstLeg, nil)
	known := baselineOf(t, testModel(iam.InputPlan))
	known.Reason, known.Until = "SEC-1", time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	r := mustRun(t, nil, Options{Baseline: NewBaseline(known)}, rule, testModel(iam.InputPlan))
	if expect(t, r.Findings); len(r.Suppressed) != 2 || r.Suppressed[0].Reason != "SEC-1" {
		t.Errorf("%+v", r.Suppressed)
	}
	known.Until = known.Until.AddDate(0, 0, -1)
	expect(t, mustRun(t, nil, Options{Baseline: NewBaseline(known)}, rule, testModel(iam.InputPlan)).Findings,
		"error exemption-expired known.json", "error r "+roleB, "error r "+roleA)
}
