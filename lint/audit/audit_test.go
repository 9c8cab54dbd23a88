package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/lint/source/trail"
)

const account = "111122223333"

// today is the day of the audits here.
var today = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

func boundaryARN(name string) string { return "arn:aws:iam::" + account + ":policy/" + name }

// read reads a dump with a credential report, "" for none, as the command does.
func read(t *testing.T, dump, report string) []*iam.Model {
	t.Helper()
	dir := t.TempDir()
	options := source.Options{Symbols: &policy.Symbols{}}
	if report != "" {
		options.CredentialReport = filepath.Join(dir, "report.csv")
		if err := os.WriteFile(options.CredentialReport, []byte(report), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "dump.json")
	if err := os.WriteFile(path, []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := source.Read(context.Background(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range models {
		m.Link(iam.Hints{})
	}
	return models
}

// dumpOf is a dump of an account of users, a group g, roles and policies.
func dumpOf(users, roles, policies string) string {
	return `{"UserDetailList":[` + users + `],"GroupDetailList":[{"GroupName":"g","Arn":"arn:aws:iam::111122223333:group/g"}],"RoleDetailList":[` + roles + `],"Policies":[` + policies + `]}`
}

// aVersion is a version of a managed policy as a dump has it.
func aVersion(id, created, document string, inForce bool) string {
	return fmt.Sprintf(`{"VersionId":%q,"CreateDate":%q,"IsDefaultVersion":%t,"Document":%s}`, id, created, inForce, document)
}

func aPolicy(name, versions string) string {
	return fmt.Sprintf(`{"PolicyName":%q,"Arn":%q,"Path":"/","DefaultVersionId":"","PolicyVersionList":[%s]}`, name, boundaryARN(name), versions)
}

func allowing(actions string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + actions + `,"Resource":"*"}]}`
}

// reportOf is the report of one account with entities that have boundaries.
func reportOf(entities ...lint.EntitySummary) *lint.Report {
	return &lint.Report{Inputs: []lint.InputSummary{{
		Path: "dump.json", Kind: iam.InputAccount, Complete: true, Account: account, Entities: entities,
	}}}
}

func bounded(name, boundary string) lint.EntitySummary {
	e := lint.EntitySummary{Address: "arn:aws:iam::" + account + ":role/" + name, Kind: iam.Role, Bounded: lint.BoundedNo}
	if boundary != "" {
		e.Boundary, e.Bounded = boundaryARN(boundary), lint.BoundedYes
	}
	return e
}

func events(t *testing.T, records ...string) *trail.Log {
	t.Helper()
	log := &trail.Log{}
	for _, r := range records {
		if err := log.Read(strings.NewReader(r)); err != nil {
			t.Fatal(err)
		}
	}
	return log
}

// anEvent is a record of CloudTrail by the user carol.
func anEvent(id, at, name, parameters, response string) string {
	return fmt.Sprintf(`{"eventID":%q,"eventTime":%q,"eventName":%q,"eventSource":"iam.amazonaws.com","recipientAccountId":%q,
"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::%s:user/carol"},"requestParameters":%s,"responseElements":%s}`,
		id, at, name, account, account, parameters, response)
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWeakerSince: a boundary is weaker since the event that put a version into force
// that allows more, and not where it allows the same in other words, or less; what
// made the version is not what put it into force.
func TestWeakerSince(t *testing.T) {
	const (
		first, second = "2026-05-10T07:12:01Z", "2026-11-03T10:00:12Z"
		narrow        = `["s3:GetObject"]`
		wide          = `["s3:GetObject","s3:DeleteBucket"]`
	)
	arn := boundaryARN("app")
	made := func(document string, inForce bool) string {
		return anEvent("e1", second, "CreatePolicyVersion",
			fmt.Sprintf(`{"policyArn":%q,"policyDocument":%s,"setAsDefault":%t}`, arn, quoted(t, document), inForce),
			fmt.Sprintf(`{"policyVersion":{"versionId":"v2","isDefaultVersion":%t}}`, inForce))
	}
	for name, c := range map[string]struct {
		before, after string
		events        []string
		since, by     string
		gained, lost  string
	}{
		"wider, by the dump": {before: narrow, after: wide, since: second, gained: "s3:DeleteBucket"},
		"wider, by an event": {
			before: narrow, after: wide, events: []string{made(allowing(wide), true)}, since: second,
			by: "arn:aws:iam::" + account + ":user/carol", gained: "s3:DeleteBucket",
		},
		"made, and in force later": {
			before: narrow, after: wide, events: []string{
				made(allowing(wide), false),
				anEvent("e2", "2026-11-05T00:00:00Z", "SetDefaultPolicyVersion", fmt.Sprintf(`{"policyArn":%q,"versionId":"v2"}`, arn), "null"),
			},
			since: "2026-11-05T00:00:00Z", by: "arn:aws:iam::" + account + ":user/carol", gained: "s3:DeleteBucket",
		},
		"the same in other words": {before: narrow, after: `"S3:getobject"`},
		"narrower":                {before: wide, after: narrow, lost: "s3:DeleteBucket"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Source{
				Report: reportOf(bounded("app-web", "app")), Today: today,
				Models: read(t, dumpOf("", "", aPolicy("app", aVersion("v1", first, allowing(c.before), false)+","+aVersion("v2", second, allowing(c.after), true))), ""),
			}
			if c.events != nil {
				s.Events = events(t, c.events...)
			}
			a := Make(s)
			if len(a.Boundaries) != 1 || len(a.Boundaries[0].Versions) != 2 {
				t.Fatalf("%+v", a.Boundaries)
			}
			b := a.Boundaries[0]
			last := b.Versions[1]
			if b.WeakerSince != c.since || last.By != c.by || strings.Join(last.Gained, " ") != c.gained || strings.Join(last.Lost, " ") != c.lost || !last.Compared {
				t.Errorf("since %q by %q gained %q lost %q, compared %t", b.WeakerSince, last.By, last.Gained, last.Lost, last.Compared)
			}
			for _, e := range a.Changes {
				if puts := e.Event == last.Event; e.Weakens != (puts && c.gained != "") {
					t.Errorf("%s: weakens is %t", e.Event, e.Weakens)
				}
			}
		})
	}
}

// TestAddedActions: of the actions that AWS added since the boundary was written it
// lists those that a wildcard lets through, and none that a Deny takes away again.
func TestAddedActions(t *testing.T) {
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["pcs:*","iam:*"],"Resource":"*"},{"Effect":"Deny","Action":"pcs:Delete*","Resource":"*"}]}`
	s := &Source{
		Report: reportOf(bounded("app-web", "app")), Today: today,
		Models: read(t, dumpOf("", "", aPolicy("app", aVersion("v1", "2024-09-01T00:00:00Z", document, true))), ""),
	}
	b := Make(s).Boundaries[0]
	has := func(name string) bool {
		return slices.ContainsFunc(b.Added, func(a AddedAction) bool { return a.Action == name })
	}
	if b.AddedSince != "2024-09-01" || !has("pcs:CreateCluster") || has("pcs:DeleteCluster") || has("s3:GetObject") {
		t.Errorf("since %s: %+v", b.AddedSince, b.Added)
	}
	if i := slices.IndexFunc(b.Added, func(a AddedAction) bool { return !a.Sensitive }); slices.ContainsFunc(b.Added[max(i, 0):], func(a AddedAction) bool { return a.Sensitive }) {
		t.Error("sensitive ones are not first")
	}
	s.Since = today
	if b := Make(s).Boundaries[0]; len(b.Added) > 0 || b.AddedSince != "2026-11-30" {
		t.Errorf("since today: %+v", b)
	}
}

// TestChangesAndRefusals: an entity that is made without a boundary, or loses it,
// weakens; refusals of one kind are counted together, with the first and the last.
func TestChangesAndRefusals(t *testing.T) {
	refused := func(id, at string) string {
		return fmt.Sprintf(`{"eventID":%q,"eventTime":%q,"eventName":"GetItem","eventSource":"dynamodb.amazonaws.com","recipientAccountId":%q,"errorCode":"AccessDenied",
"errorMessage":"User: arn:aws:iam::%s:user/carol is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-west-1:%s:table/t because no permissions boundary allows the dynamodb:GetItem action",
"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::%s:user/carol"}}`, id, at, account, account, account, account)
	}
	a := Make(&Source{
		Report: reportOf(), Today: today, Files: 1,
		Events: events(t,
			anEvent("e1", "2026-11-01T00:00:00Z", "CreateRole", `{"roleName":"a"}`, "null"),
			anEvent("e2", "2026-11-02T00:00:00Z", "CreateRole", `{"roleName":"b","permissionsBoundary":"`+boundaryARN("app")+`"}`, "null"),
			anEvent("e3", "2026-11-03T00:00:00Z", "DeleteUserPermissionsBoundary", `{"userName":"c"}`, "null"),
			anEvent("e4", "2026-11-04T00:00:00Z", "PutUserPermissionsBoundary", `{"userName":"c","permissionsBoundary":"`+boundaryARN("app")+`"}`, "null"),
			anEvent("e5", "2026-11-05T00:00:00Z", "CreatePolicy", `{"policyName":"other","policyDocument":"{}"}`, `{"policy":{"arn":"`+boundaryARN("other")+`","defaultVersionId":"v1"}}`),
			refused("r1", "2026-11-06T00:00:00Z"), refused("r2", "2026-11-07T00:00:00Z"), refused("r2", "2026-11-07T00:00:00Z"),
		),
	})
	var got []string
	for _, c := range a.Changes {
		got = append(got, fmt.Sprint(c.Event, " ", c.Entity, " ", c.Weakens))
	}
	if want := "e1 role/a true, e2 role/b false, e3 user/c true, e4 user/c false"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	if len(a.Refusals) != 1 || a.Refusals[0].Count != 2 || a.Refusals[0].First != "2026-11-06T00:00:00Z" || a.Refusals[0].Last != "2026-11-07T00:00:00Z" {
		t.Errorf("%+v", a.Refusals)
	}
	if a.Trail == nil || a.Trail.From != "2026-11-01T00:00:00Z" || a.Trail.To != "2026-11-07T00:00:00Z" {
		t.Errorf("%+v", a.Trail)
	}
}

// TestSharedEvents: a call that two audited accounts have recorded counts once, and one
// that an account beside them has recorded first is not lost.
func TestSharedEvents(t *testing.T) {
	const other = "444455556666"
	record := func(id, recipient string) string {
		r := anEvent(id, "2026-11-01T00:00:00Z", "DeleteRolePermissionsBoundary", `{"roleName":"a"}`, "null")
		return strings.Replace(strings.Replace(r, `"recipientAccountId":"`+account, `"recipientAccountId":"`+recipient, 1), "{", `{"sharedEventID":"s",`, 1)
	}
	one := reportOf()
	two := reportOf()
	two.Inputs = append(two.Inputs, two.Inputs[0])
	two.Inputs[1].Account = other
	for name, r := range map[string]*lint.Report{"one account": one, "two": two} {
		a := Make(&Source{Report: r, Today: today, Events: events(t, record("e1", other), record("e2", account))})
		if len(a.Changes) != 1 {
			t.Errorf("%s: %+v", name, a.Changes)
		}
	}
}
