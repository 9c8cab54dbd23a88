package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/boundlint/boundlint/lint"
)

// schema is the published one; strict makes every key that it does not describe an
// error, so that none goes undocumented.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("../../docs/audit.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	strict(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://schema.invalid/root.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("https://schema.invalid/root.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func strict(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "$id")
		if _, described := v["properties"].(map[string]any); described && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, child := range v {
			strict(child)
		}
	case []any:
		for _, child := range v {
			strict(child)
		}
	}
}

// TestSchema: an audit that says all that one can say, and one that says nothing,
// are as the schema describes them.
func TestSchema(t *testing.T) {
	compiled := schema(t)
	report := reportOf(bounded("app-web", "app"), bounded("open", ""))
	report.Rules = []*lint.Rule{{ID: "boundary-missing", Leg: lint.FirstLeg}}
	report.Findings = []lint.Finding{{Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation, Address: "a", Fingerprint: "f"}}
	before := reportOf(bounded("app-web", ""), bounded("gone", "app"))
	full := &Source{
		Report: report, Today: today, Files: 1, Last: Make(&Source{Report: before, Today: today}),
		Models: read(t, dumpOf(aUser, "", aPolicy("app",
			aVersion("v1", "2024-09-01T00:00:00Z", allowing(`"s3:*"`), false)+","+aVersion("v2", "2024-10-01T00:00:00Z", allowing(`"*"`), true))),
			reportColumns+root("N/A", "false", noKey)),
		Events: events(t,
			anEvent("e1", "2026-11-01T00:00:00Z", "CreateRole", `{"roleName":"a"}`, "null"),
			anEvent("e2", "2026-11-01T00:00:00Z", "UpdateAssumeRolePolicy", `{"roleName":"a","policyDocument":`+quoted(t, trusting(`"*"`, ""))+`}`, "null"),
			`{"eventID":"r","eventTime":"2026-11-02T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","errorCode":"AccessDenied","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/carol","accountId":"111122223333"},
"errorMessage":"User: x is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny in a permissions boundary"}`),
	}
	for name, s := range map[string]*Source{"full": full, "empty": {Report: &lint.Report{}, Today: today}} {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(Make(s))
			if err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(doc); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}
