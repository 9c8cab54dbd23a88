package organization_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
)

// TestMembersNotListed: where the files about an organization do not list an account that
// is its member, or may be, what binds the account is not known, and a diagnostic says so.
// iam-collect writes into an account's organization.json which organization it is in
// (docs/Storage.md of iam-collect).
func TestMembersNotListed(t *testing.T) {
	const o = "aws/aws/organizations/o-11111111/"
	const other = `{"999988887777":{"ou":"r-dh2e","scps":[],"rcps":[]}}`
	own := map[string]string{account + "organization.json": `{"id":"o-11111111"}`}
	unlisted := map[string]string{o + "accounts.json": "-", o + "structure.json": "-"}
	with := func(more ...map[string]string) map[string]string {
		// The account is not the management account, which nothing binds.
		out := map[string]string{o + "metadata.json": `{"id":"o-11111111","rootOu":"r-dh2e","rootAccountId":"444455556666","features":{"SERVICE_CONTROL_POLICY":true}}`}
		for _, m := range more {
			maps.Copy(out, m)
		}
		return out
	}
	for name, c := range map[string]struct {
		change map[string]string // "-" takes the file away
		fails  bool
		known  bool
		member bool
	}{
		"listed":                               {with(), false, true, true},
		"not listed, and its own file says so": {with(own, map[string]string{o + "accounts.json": other, o + "structure.json": "-"}), false, false, true},
		"not listed, and not a member":         {with(map[string]string{o + "accounts.json": other, o + "structure.json": "-"}), false, true, false},
		"no list":                              {with(unlisted), false, false, true},
		"no list, and its own file says so":    {with(own, unlisted), false, false, true},
		"a broken list":                        {with(unlisted, map[string]string{o + "accounts.json": `{"1`}), true, false, true},
		"a list that says null":                {with(unlisted, map[string]string{o + "accounts.json": `null`}), true, false, true},
		"its own file is broken":               {with(map[string]string{account + "organization.json": `[]`}), true, true, true},
		"it is of another organization": {
			with(unlisted, map[string]string{account + "organization.json": `{"id":"o-22222222"}`}), false, true, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(minimal)
			for file, content := range c.change {
				if files[file] = content; content == "-" {
					delete(files, file)
				}
			}
			models, err := organization.Read(organization.Options{Path: write(t, files)})
			if (err != nil) != c.fails || len(models) != 1 {
				t.Fatalf("%d models, %v", len(models), err)
			}
			known := true
			if models[0].Organization != nil {
				_, known = models[0].Organization.Levels("111122223333", iam.ServiceControlPolicy)
			}
			if known != c.known || (models[0].Organization != nil) != c.member {
				t.Errorf("known is %v, the organization %+v", known, models[0].Organization)
			}
			if told := len(models[0].Diagnostics) == 1; told == c.known {
				t.Errorf("%+v", models[0].Diagnostics)
			}
		})
	}
}

// TestAnswersWithoutAccounts: answers that tell an organization and not its accounts make
// every account one of which it is not known what binds it.
func TestAnswersWithoutAccounts(t *testing.T) {
	const dumped = "get-account-authorization-details-222222222222.json"
	for name, c := range map[string]struct {
		files []string
		known bool
	}{
		"the organization alone":    {[]string{"describe-organization.json"}, false},
		"its root besides":          {[]string{"describe-organization.json", "list-roots.json"}, false},
		"its accounts, no policies": {[]string{"describe-organization.json", "list-accounts.json"}, true},
	} {
		files := map[string]string{dumped: dump}
		for _, file := range c.files {
			files[file] = answered[file]
		}
		models, err := organization.Read(organization.Options{Path: write(t, files)})
		if err != nil || len(models) != 1 || models[0].Organization == nil {
			t.Fatalf("%s: %d models, %v", name, len(models), err)
		}
		if _, known := models[0].Organization.Levels("222222222222", iam.ServiceControlPolicy); known != c.known {
			t.Errorf("%s: known is %v", name, known)
		}
		if d := models[0].Diagnostics; !c.known && (len(d) != 1 || !strings.Contains(d[0].Summary, "in the organization o-exampleorgid the account 222222222222 is")) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
