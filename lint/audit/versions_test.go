package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

const (
	narrowActions = `["s3:GetObject"]`
	wideActions   = `["s3:GetObject","s3:DeleteBucket"]`
	widerActions  = `["s3:GetObject","s3:DeleteBucket","s3:CreateBucket"]`
)

// inOrder are the versions of the boundary app as they come, each as id@day of the month
// with a mark for what is uncertain, and what it gains.
func inOrder(b *Boundary) string {
	var out []string
	for i := range b.Versions {
		v := &b.Versions[i]
		text := v.ID + "@" + v.InForceFrom[5:10]
		switch {
		case v.Assumed:
			text += "~"
		case v.ByDump:
			text += "="
		}
		if len(v.Gained) > 0 {
			text += " +" + fmt.Sprint(len(v.Gained))
		}
		if len(v.MayGain) > 0 {
			text += " ?" + fmt.Sprint(len(v.MayGain))
		}
		if v.NotCompared != "" {
			text += " #"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// TestVersionsInForce: which version of a boundary is in force is told by the dump,
// unless an event later than all that the dump has says otherwise; what was stored and
// never put into force weakens nothing.
func TestVersionsInForce(t *testing.T) {
	arn := boundaryARN("app")
	stored := func(id, day, actions string, inForce bool) string {
		return aVersion(id, "2026-"+day+"T00:00:00Z", allowing(actions), inForce)
	}
	event := func(id, day, name, parameters, response string) string {
		return anEvent(id, "2026-"+day+"T00:00:00Z", name, parameters, response)
	}
	created := func(event_, day, id, actions string, inForce bool) string {
		return event(event_, day, "CreatePolicyVersion",
			fmt.Sprintf(`{"policyArn":%q,"policyDocument":%s,"setAsDefault":%t}`, arn, quoted(t, allowing(actions)), inForce),
			fmt.Sprintf(`{"policyVersion":{"versionId":%q,"isDefaultVersion":%t}}`, id, inForce))
	}
	set := func(event_, day, id string) string {
		return event(event_, day, "SetDefaultPolicyVersion", fmt.Sprintf(`{"policyArn":%q,"versionId":%q}`, arn, id), "null")
	}
	made := func(event_, day, actions string) string {
		return event(event_, day, "CreatePolicy", fmt.Sprintf(`{"policyName":"app","policyDocument":%s}`, quoted(t, allowing(actions))),
			fmt.Sprintf(`{"policy":{"arn":%q,"defaultVersionId":"v1"}}`, arn))
	}
	deleted := func(event_, day string) string {
		return event(event_, day, "DeletePolicy", fmt.Sprintf(`{"policyArn":%q}`, arn), "null")
	}
	for name, c := range map[string]struct {
		stored []string
		events []string
		want   string
		weaker string
		since  string
		// marks are those of the changes, by their order.
		marks string
	}{
		"stored beside, never in force": {
			stored: []string{stored("v1", "05-01", narrowActions, false), stored("v2", "05-02", wideActions, false), stored("v3", "05-03", narrowActions, true)},
			want:   "v1@05-01, v2@05-02~ ?1, v3@05-03=", since: "05-03",
		},
		"the first one, still the default": {
			stored: []string{stored("v1", "05-01", narrowActions, true), stored("v2", "05-02", wideActions, false)},
			want:   "v1@05-01, v2@05-02~ ?1", since: "05-01",
		},
		"the first ones are gone": {
			stored: []string{stored("v4", "05-01", narrowActions, false), stored("v5", "05-02", wideActions, true)},
			want:   "v4@05-01~ #, v5@05-02= ?1", since: "05-02",
		},
		"put back, and no event tells": {
			stored: []string{stored("v1", "05-01", narrowActions, true), stored("v2", "05-02", wideActions, false), stored("v3", "05-20", wideActions, false)},
			events: []string{created("e1", "05-02", "v2", wideActions, true)},
			want:   "v1@05-01, v2@05-02 +1, v1@05-02=, v3@05-20~ ?1", since: "05-02", marks: "!",
		},
		"an event later than the dump": {
			stored: []string{stored("v1", "05-01", narrowActions, true), stored("v2", "05-02", wideActions, false)},
			events: []string{set("e1", "06-01", "v2")},
			want:   "v1@05-01, v2@05-02~ ?1, v2@06-01 +1", weaker: "06-01", since: "06-01", marks: "!",
		},
		"set as the default that it is": {
			stored: []string{stored("v1", "05-01", narrowActions, false), stored("v2", "05-02", wideActions, true)},
			events: []string{set("e1", "06-01", "v1"), set("e2", "06-02", "v2")},
			want:   "v1@05-01, v2@05-02~ ?1, v1@06-01, v2@06-02 +1", weaker: "06-02", since: "06-02", marks: " !",
		},
		"wider, and back": {
			stored: []string{stored("v1", "05-01", narrowActions, false), stored("v3", "05-03", narrowActions, true)},
			events: []string{created("e1", "05-02", "v2", wideActions, true), created("e2", "05-03", "v3", narrowActions, true)},
			want:   "v1@05-01, v2@05-02 +1, v3@05-03", since: "05-03", marks: "! ",
		},
		"wider, and back in part": {
			stored: []string{stored("v1", "05-01", narrowActions, false)},
			events: []string{created("e1", "05-02", "v2", widerActions, true), created("e2", "05-03", "v3", wideActions, true)},
			want:   "v1@05-01, v2@05-02 +2, v3@05-03", weaker: "05-02", since: "05-03", marks: "! ",
		},
		"v10 after v9 within a second": {
			events: []string{created("e2", "05-02", "v10", wideActions, true), created("e1", "05-02", "v9", narrowActions, true)},
			want:   "v9@05-02 #, v10@05-02 +1", weaker: "05-02", since: "05-02", marks: "?!",
		},
		"a document that is in no file": {
			stored: []string{stored("v1", "05-01", narrowActions, false)},
			events: []string{set("e1", "05-02", "v2"), created("e2", "05-03", "v3", wideActions, true)},
			want:   "v1@05-01, v2@05-02 #, v3@05-03 +1", weaker: "05-03", since: "05-03", marks: "?!",
		},
		"a document that is none": {
			events: []string{strings.ReplaceAll(created("e1", "05-02", "v2", wideActions, true), `2012-10-17\"`, `2012-10-17`)},
			want:   "v2@05-02 #", since: "05-02", marks: "?",
		},
		"deleted": {
			events: []string{made("e1", "05-01", narrowActions), created("e2", "05-02", "v2", wideActions, true), deleted("e3", "05-03")},
			want:   "v1@05-01, v2@05-02 +1", marks: " ! ",
		},
		"deleted and made again": {
			stored: []string{stored("v1", "05-03", wideActions, true)},
			events: []string{made("e1", "05-01", narrowActions), deleted("e2", "05-02"), made("e3", "05-03", wideActions)},
			want:   "v1@05-01, v1@05-03 +1", weaker: "05-03", since: "05-03", marks: "  !",
		},
		"deleted and made again, of which no event tells": {
			stored: []string{stored("v1", "05-03", narrowActions, true)},
			events: []string{made("e1", "05-01", narrowActions), deleted("e2", "05-02")},
			want:   "v1@05-01, v1@05-03", since: "05-03", marks: "  ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Source{Report: reportOf(bounded("app-web", "app")), Today: today}
			if c.stored != nil {
				s.Models = read(t, dumpOf("", "", aPolicy("app", strings.Join(c.stored, ","))), "")
			}
			if c.events != nil {
				s.Events = events(t, strings.Join(c.events, "\n"))
			}
			a := Make(s)
			b := &a.Boundaries[0]
			if got := inOrder(b); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			dated := func(at string) string { return strings.TrimSuffix(strings.TrimPrefix(at, "2026-"), "T00:00:00Z") }
			if dated(b.WeakerSince) != c.weaker || dated(b.Since) != c.since {
				t.Errorf("weaker since %q, in force since %q", b.WeakerSince, b.Since)
			}
			marks := ""
			for i := range a.Changes {
				marks += a.Changes[i].mark()
			}
			if marks != c.marks {
				t.Errorf("the changes are %q, want %q", marks, c.marks)
			}
			if (b.Deleted != "") != (c.since == "") || b.Deleted != "" && len(b.Added) > 0 {
				t.Errorf("deleted %q, and %d actions are added", b.Deleted, len(b.Added))
			}
			if text := a.Text(true); strings.Contains(c.want, "#") != strings.Contains(text, "not compared: ") ||
				strings.Contains(c.marks, "?") != strings.Contains(text, "it is not known\n") {
				t.Error(text)
			}
		})
	}
}

// TestBoundaryInPlaceOfAnother: a boundary in the place of another weakens where it lets
// more through. Which one it was tell earlier events and the audit before.
func TestBoundaryInPlaceOfAnother(t *testing.T) {
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	version := func(actions string) string { return aVersion("v1", "2026-01-01T00:00:00Z", allowing(actions), true) }
	models := func() []*iam.Model {
		return read(t, dumpOf("", "", strings.Join([]string{
			aPolicy("narrow", version(narrowActions)), aPolicy("wide", version(wideActions)), aPolicy("open", version(`"*"`)),
		}, ",")), "")
	}
	put := func(id, day, name, boundary string) string {
		return anEvent(id, "2026-11-"+day+"T00:00:00Z", name, fmt.Sprintf(`{"roleName":"r","permissionsBoundary":%q}`, boundary), "null")
	}
	const create, swap = "CreateRole", "PutRolePermissionsBoundary"
	before := func(boundary string) *Audit {
		return &Audit{Version: 1, Date: "2026-10-30", Accounts: []Account{{ID: account, Entities: []Entity{{
			Address: "arn:aws:iam::" + account + ":role/teams/r", Boundary: boundaryARN(boundary),
		}}}}}
	}
	for name, c := range map[string]struct {
		last   *Audit
		events []string
		want   string
	}{
		"wider":                      {nil, []string{put("1", "01", create, boundaryARN("narrow")), put("2", "02", swap, boundaryARN("wide"))}, " !"},
		"narrower":                   {nil, []string{put("1", "01", create, boundaryARN("wide")), put("2", "02", swap, boundaryARN("narrow"))}, "  "},
		"the same":                   {nil, []string{put("1", "01", create, boundaryARN("wide")), put("2", "02", swap, boundaryARN("wide"))}, "  "},
		"everything":                 {nil, []string{put("1", "01", swap, boundaryARN("open"))}, "!"},
		"AdministratorAccess":        {nil, []string{put("1", "01", swap, admin), put("2", "02", create, admin)}, "!!"},
		"made without one":           {nil, []string{put("1", "01", create, ""), put("2", "02", swap, boundaryARN("wide"))}, "! "},
		"nothing tells which it was": {nil, []string{put("1", "01", swap, boundaryARN("wide"))}, "?"},
		"the audit before does":      {before("narrow"), []string{put("1", "01", swap, boundaryARN("wide"))}, "!"},
		"and it was wider":           {before("wide"), []string{put("1", "01", swap, boundaryARN("narrow"))}, " "},
		"in no file":                 {nil, []string{put("1", "01", create, boundaryARN("wide")), put("2", "02", swap, boundaryARN("other"))}, " ?"},
	} {
		t.Run(name, func(t *testing.T) {
			a := Make(&Source{Report: reportOf(), Models: models(), Events: events(t, strings.Join(c.events, "\n")), Today: today, Last: c.last})
			got := ""
			for i := range a.Changes {
				got += a.Changes[i].mark()
			}
			if got != c.want {
				t.Errorf("got %q, want %q: %+v", got, c.want, a.Changes)
			}
		})
	}
}
