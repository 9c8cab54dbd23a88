package report_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

func TestOCSFSchema(t *testing.T) {
	schema := compile(t, filepath.Join("testdata", "ocsf-schema.json"), nil)
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) { validate(t, schema, render(t, "ocsf", r, report.Options{Now: now})) })
	}
	for _, s := range hostile {
		validate(t, schema, render(t, "ocsf", infected(s), report.Options{}))
	}
	validate(t, schema, render(t, "ocsf", &lint.Report{Findings: []lint.Finding{{}}}, report.Options{}))
}

func TestOCSF(t *testing.T) {
	var got []struct {
		SeverityID   int `json:"severity_id"`
		ConfidenceID int `json:"confidence_id"`
		Time         int64
		Info         struct{ UID string } `json:"finding_info"`
		Cloud        struct {
			Region  string
			Account *struct{ UID string }
		}
		Resources []struct{ UID, Name, Type string }
		Evidences []struct{ Data struct{ Action string } }
	}
	if err := json.Unmarshal(render(t, "ocsf", sample(), report.Options{Now: now}), &got); err != nil {
		t.Fatal(err)
	}
	uids := map[string]bool{}
	for i, f := range sample().Findings {
		g := got[i]
		if uids[g.Info.UID] {
			t.Errorf("two findings are %s", g.Info.UID)
		}
		uids[g.Info.UID] = true
		if want := f.Verdict == lint.Violation; (g.ConfidenceID == 3) != want {
			t.Errorf("%s: confidence %d", f.Rule, g.ConfidenceID)
		}
		if (f.Witness != nil) != (len(g.Evidences) == 1) || f.Witness != nil && g.Evidences[0].Data.Action != f.Witness.Action {
			t.Errorf("%s: evidence %+v", f.Rule, g.Evidences)
		}
		if g.Time != now.UnixMilli() || len(g.Resources) == 0 || g.Resources[0].UID == "" {
			t.Errorf("%s: %+v", f.Rule, g)
		}
	}
	if g := got[0]; g.Cloud.Account == nil || g.Cloud.Account.UID != "111122223333" || g.Cloud.Region != "us-east-1" || g.SeverityID != 4 {
		t.Errorf("%+v", g)
	}
	if g := got[len(got)-1]; g.Cloud.Account != nil || g.SeverityID != 2 {
		t.Errorf("%+v", g)
	}
}
