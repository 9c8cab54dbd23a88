package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// reportColumns are those of a credential report that controls rest on (IAM User
// Guide, getting credential reports).
const reportColumns = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"

const (
	long, lately  = "2026-01-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"
	edge45, edge  = "2026-10-16T00:00:00+00:00", "2026-09-01T00:00:00+00:00" // 45 and 90 days before today
	less45, past  = "2026-10-16T00:00:01+00:00", "2026-08-31T00:00:00+00:00"
	less90        = "2026-09-01T00:00:01+00:00"
	past90        = "2026-08-31T23:59:59+00:00"
	secondUser    = `{"UserName":"w","Arn":"arn:aws:iam::111122223333:user/w"}`
	noKey         = "false,N/A,N/A"
	noPassword    = "false,N/A,N/A"
	aUser, aRoot  = `{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u"}`, "<root_account>,arn:aws:iam::111122223333:root"
	aReportedUser = "u,arn:aws:iam::111122223333:user/u,"
)

// row is a user of a report.
func row(created, password, mfa, first, second string) string {
	return aReportedUser + created + "," + password + "," + mfa + "," + first + "," + second + "\n"
}

// root is the row of the root user, whose password columns hold not_supported.
func root(used, mfa, first string) string {
	return aRoot + ",2020-01-01T00:00:00+00:00,not_supported," + used + ",not_supported," + mfa + "," + first + "," + noKey + "\n"
}

// noRootPassword is the row of a root user whose credentials an organization has removed
// (IAM User Guide, centrally manage root access for member accounts).
func noRootPassword(mfa string) string {
	return aRoot + ",2020-01-01T00:00:00+00:00,false,no_information,N/A," + mfa + "," + noKey + "," + noKey + "\n"
}

func statusOf(t *testing.T, list []Control, id string) Control {
	t.Helper()
	for _, c := range list {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no control %s", id)
	return Control{}
}

// TestBenchmark: every recommendation that a version of the CIS AWS Foundations Benchmark
// has in its section Identity and Access Management is there, once, and no other. The
// numbers of v5.0.0 are those of AWS Security Hub's user guide, "CIS AWS Foundations
// Benchmark", and with those of v6.0.0 and v7.0.0 they are in the compliance frameworks
// of Prowler (compliance/aws/cis_6.0_aws.json, cis_7.0_aws.json) and Powerpipe
// (cis_v500/section_1.pp, cis_v600/section_2.pp).
func TestBenchmark(t *testing.T) {
	v5 := []string{
		"CIS.1.1", "Account.1", "IAM.4", "IAM.9", "IAM.6", "IAM.20", "IAM.15", "IAM.16", "IAM.5", "CIS.1.11", "IAM.22", "CIS.1.13", "IAM.3", "IAM.2",
		"CIS.1.16", "IAM.18", "CIS.1.18", "IAM.26", "IAM.28", "CIS.1.21", "IAM.27",
	}
	v3 := slices.Insert(slices.Clone(v5), 2, "CIS.1.3")
	v7 := []string{
		"", "CIS.1.1", "Account.1", "IAM.4", "IAM.9", "IAM.6", "IAM.20", "IAM.15", "IAM.16", "IAM.5", "IAM.22", "IAM.3", "IAM.2", "CIS.1.16", "IAM.18",
		"CIS.1.18", "IAM.26", "IAM.28", "CIS.1.21", "IAM.27", "CIS.2.21",
	}
	want := map[string]string{}
	for prefix, list := range map[string][]string{"v3.0.0/1.": v3, "v5.0.0/1.": v5, "v6.0.0/2.": v5, "v7.0.0/2.": v7} {
		for i, id := range list {
			if id != "" {
				want[fmt.Sprint(prefix, i+1)] = id
			}
		}
	}
	for i := range 6 { // 2.1 is a section of its own, about AWS Organizations
		want[fmt.Sprint("v7.0.0/2.1.", i+1)] = fmt.Sprint("CIS.2.1.", i+1)
	}
	got, ids := map[string]string{}, map[string]bool{}
	for _, c := range benchmark {
		if ids[c.id] || (c.because == "") != (c.decide != nil) || c.title == "" {
			t.Errorf("%s: %+v", c.id, c)
		}
		ids[c.id] = true
		for _, number := range c.cis {
			if got[number] != "" {
				t.Errorf("%s is both %s and %s", number, got[number], c.id)
			}
			got[number] = c.id
		}
	}
	for number, id := range want {
		if got[number] != id {
			t.Errorf("%s is %q, not %q", number, got[number], id)
		}
	}
	for number, id := range got {
		if version, _, _ := strings.Cut(number, "/"); version != "v1.2.0" && version != "v1.4.0" && want[number] == "" {
			t.Errorf("%s is %s, and no version has it", number, id)
		}
	}
}

// TestUndecided: what no file of an audit decides is one line of the text, and listed in
// full where all is asked for.
func TestUndecided(t *testing.T) {
	a := Make(&Source{Report: reportOf(), Models: read(t, dumpOf(aUser, "", ""), ""), Today: today})
	short, full := a.Text(false), a.Text(true)
	const title = "Contact details are current"
	if strings.Contains(short, title) || !strings.Contains(short, "that no file of an audit decides (--verbose lists them): CIS v7.0.0 2.1.1, ") ||
		!strings.Contains(short, " 2.2, 2.3, ") || !strings.Contains(short, "; v6.0.0 2.10; v3.0.0 1.3\n") {
		t.Error(short)
	}
	if !strings.Contains(full, "  not known  "+title+" (CIS.1.1, CIS v7.0.0 2.2)\n             because contact details are in none of the inputs\n") || strings.Contains(full, "no file of an audit decides") {
		t.Error(full)
	}
}

// TestControls: each control of the section Identity and Access Management of the CIS AWS Foundations Benchmark on
// both sides of what it asks for. The numbers are those of AWS Security Hub's user
// guide, "CIS AWS Foundations Benchmark".
func TestControls(t *testing.T) {
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	attached := func(arn string) string {
		return `{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},
"AttachedManagedPolicies":[{"PolicyName":"p","PolicyArn":"` + arn + `"}]}`
	}
	admin := aPolicy("p", aVersion("v1", long, document, true))
	for name, c := range map[string]struct {
		id, users, roles, policies, report string
		want                               Status
		failing                            int
	}{
		"the root user has a key":       {id: "IAM.4", report: root("N/A", "true", "true,"+long+",N/A"), want: Failed, failing: 1},
		"and one that is switched off":  {id: "IAM.4", report: root("N/A", "true", "false,"+long+",N/A"), want: Passed},
		"and has no MFA":                {id: "IAM.9", report: root("N/A", "false", noKey), want: Failed, failing: 1},
		"and has":                       {id: "IAM.9", report: root("N/A", "true", noKey), want: Passed},
		"no row of the root user":       {id: "IAM.9", report: row(long, noPassword, "false", noKey, noKey), want: NotKnown},
		"and is used":                   {id: "IAM.20", report: root(lately, "true", noKey), want: Failed, failing: 1},
		"and was used long ago":         {id: "IAM.20", report: root(long, "true", noKey), want: Passed},
		"and has no password":           {id: "IAM.9", report: noRootPassword("false"), want: Passed},
		"hardware MFA":                  {id: "IAM.6", report: root(long, "true", noKey), want: NotKnown},
		"hardware MFA, and none at all": {id: "IAM.6", report: root(long, "false", noKey), want: Failed, failing: 1},
		"hardware MFA, no password":     {id: "IAM.6", report: noRootPassword("true"), want: Passed},
		"hardware MFA, no row":          {id: "IAM.6", report: row(long, noPassword, "false", noKey, noKey), want: NotKnown},
		"contact details":               {id: "CIS.1.1", report: root(long, "true", noKey), want: NotKnown},
		"a password without MFA":        {id: "IAM.5", report: row(long, "true,"+lately+","+lately, "false", noKey, noKey), want: Failed, failing: 1},
		"a password with MFA":           {id: "IAM.5", report: row(long, "true,"+lately+","+lately, "true", noKey, noKey), want: Passed},
		"no password":                   {id: "IAM.5", report: row(long, noPassword, "false", noKey, noKey), want: Passed},
		"a password not used":           {id: "IAM.22", report: row(long, "true,no_information,"+long, "true", noKey, noKey), want: Failed, failing: 1},
		"a password used 45 days ago":   {id: "IAM.22", report: row(long, "true,"+edge45+","+long, "true", noKey, noKey), want: Failed, failing: 1},
		"and a second less":             {id: "IAM.22", report: row(long, "true,"+less45+","+long, "true", noKey, noKey), want: Passed},
		"and changed since":             {id: "IAM.22", report: row(long, "true,"+edge45+","+lately, "true", noKey, noKey), want: Failed, failing: 1},
		"a key used 45 days ago":        {id: "IAM.22", report: row(long, noPassword, "false", "true,"+lately+","+edge45, noKey), want: Failed, failing: 1},
		"a key that is new":             {id: "IAM.22", report: row(long, noPassword, "false", "true,"+lately+",N/A", noKey), want: Passed},
		"a user without a row":          {id: "IAM.22", report: root(long, "true", noKey), want: NotKnown},
		"and one that fails":            {id: "IAM.5", users: aUser + "," + secondUser, report: row(long, "true,"+lately+","+lately, "false", noKey, noKey), want: Failed, failing: 1},
		"a row without a user":          {id: "IAM.5", users: secondUser, report: row(long, "true,"+lately+","+lately, "false", noKey, noKey), want: NotKnown},
		"the root user, 90 days ago":    {id: "IAM.20", report: root(edge, "true", noKey), want: Passed},
		"and a second less than that":   {id: "IAM.20", report: root(less90, "true", noKey), want: Failed, failing: 1},
		"a key of 90 days and a second": {id: "IAM.3", report: row(long, noPassword, "false", "true,"+past90+",N/A", noKey), want: Failed, failing: 1},
		"a password that is new":        {id: "IAM.22", report: row(lately, "true,no_information,"+lately, "true", noKey, noKey), want: Passed},
		"a key not used":                {id: "IAM.22", report: row(long, noPassword, "false", "true,"+long+",N/A", "true,"+long+","+lately), want: Failed, failing: 1},
		"two keys":                      {id: "CIS.1.13", report: row(long, noPassword, "false", "true,"+long+",N/A", "true,"+long+",N/A"), want: Failed, failing: 1},
		"one of two switched off":       {id: "CIS.1.13", report: row(long, noPassword, "false", "true,"+long+",N/A", "false,"+long+",N/A"), want: Passed},
		"a key of 90 days":              {id: "IAM.3", report: row(long, noPassword, "false", "true,"+edge+",N/A", noKey), want: Passed},
		"a key of 91 days":              {id: "IAM.3", report: row(long, noPassword, "false", "true,"+past+",N/A", noKey), want: Failed, failing: 1},
		"an old key, switched off":      {id: "IAM.3", report: row(long, noPassword, "false", "false,"+long+",N/A", noKey), want: Passed},
		"no credential report":          {id: "IAM.3", users: aUser, want: NotKnown},
		"the password policy":           {id: "IAM.15", users: aUser, want: NotKnown},
		"a user in groups only":         {id: "IAM.2", users: `{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u","GroupList":["g"]}`, want: Passed},
		"a user with an inline policy":  {id: "IAM.2", users: `{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u","UserPolicyList":[{"PolicyName":"p","PolicyDocument":` + document + `}]}`, want: Failed, failing: 1},
		"a user with a managed policy":  {id: "IAM.2", users: `{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u","AttachedManagedPolicies":[{"PolicyName":"p","PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}]}`, want: Failed, failing: 1},
		"everything, attached":          {id: "IAM.1", roles: attached(boundaryARN("p")), policies: admin, want: Failed, failing: 1},
		"AdministratorAccess, IAM.1":    {id: "IAM.1", roles: attached("arn:aws:iam::aws:policy/AdministratorAccess"), want: Passed},
		"AdministratorAccess, CIS":      {id: "CIS.1.16", roles: attached("arn:aws:iam::aws:policy/AdministratorAccess"), want: Failed, failing: 1},
		"in China":                      {id: "CIS.1.16", roles: attached("arn:aws-cn:iam::aws:policy/AdministratorAccess"), want: Failed, failing: 1},
		"ReadOnlyAccess, CIS":           {id: "CIS.1.16", roles: attached("arn:aws:iam::aws:policy/ReadOnlyAccess"), want: Passed},
		"a policy of one's own, CIS":    {id: "CIS.1.16", roles: attached(boundaryARN("p")), policies: admin, want: Failed, failing: 1},
		"everything, attached nowhere":  {id: "IAM.1", users: aUser, policies: admin, want: Passed},
		"a support role":                {id: "IAM.18", roles: attached("arn:aws:iam::aws:policy/AWSSupportAccess"), want: Passed},
		"no support role":               {id: "IAM.18", users: aUser, want: Failed, failing: 1},
		"AWSCloudShellFullAccess":       {id: "IAM.27", roles: attached("arn:aws:iam::aws:policy/AWSCloudShellFullAccess"), want: Failed, failing: 1},
		"one's own policy of that name": {id: "IAM.27", roles: attached(boundaryARN("AWSCloudShellFullAccess")), policies: aPolicy("AWSCloudShellFullAccess", aVersion("v1", long, document, true)), want: Passed},
	} {
		t.Run(name, func(t *testing.T) {
			users, report := c.users, ""
			if c.report != "" {
				users, report = cmp.Or(c.users, aUser), reportColumns+c.report
			}
			s := &Source{Report: reportOf(), Models: read(t, dumpOf(users, c.roles, c.policies), report), Today: today}
			got := statusOf(t, Make(s).Controls, c.id)
			if got.Status != c.want || got.Failing != c.failing || len(got.Items) != c.failing {
				t.Errorf("%s: %+v", c.id, got)
			}
			if got.Status == NotKnown && got.Because == "" {
				t.Error("nothing says why it is not known")
			}
		})
	}
}

// TestMergedFindings: findings of one cause count each at its own address, and for the
// leg of its own rule.
func TestMergedFindings(t *testing.T) {
	r := reportOf(bounded("a", ""), bounded("b", ""))
	r.Rules = []*lint.Rule{{ID: "one", Leg: lint.FirstLeg}, {ID: "three", Leg: lint.ThirdLeg}}
	r.Findings = []lint.Finding{{
		Rule: "one", Severity: lint.Error, Verdict: lint.Violation, Address: "a",
		Related: []lint.Related{{Rule: "one", Address: "b"}, {Rule: "three", Address: "b"}, {Address: "why"}},
	}}
	legs := Make(&Source{Report: r, Today: today}).Legs
	if legs[0].Failing != 2 || legs[1].Status != Passed || legs[2].Failing != 1 {
		t.Errorf("%+v", legs)
	}
}

// TestLegs: a violation of a leg fails it, what is undetermined leaves it not known,
// and notes and rules of no leg do neither.
func TestLegs(t *testing.T) {
	rules := []*lint.Rule{{ID: "one", Leg: lint.FirstLeg}, {ID: "two", Leg: lint.SecondLeg}, {ID: "three", Leg: lint.ThirdLeg}, {ID: "other", Leg: lint.Hygiene}}
	finding := func(rule string, severity lint.Severity, verdict lint.Verdict) lint.Finding {
		return lint.Finding{Rule: rule, Severity: severity, Verdict: verdict, Address: "arn:aws:iam::111122223333:role/" + rule}
	}
	r := reportOf(bounded("a", ""))
	r.Rules = rules
	r.Findings = []lint.Finding{
		finding("one", lint.Error, lint.Violation), finding("one", lint.Error, lint.Undetermined), finding("two", lint.Warning, lint.Undetermined),
		finding("three", lint.Note, lint.Violation), finding("other", lint.Error, lint.Violation),
	}
	var got []string
	for _, c := range Make(&Source{Report: r, Today: today}).Legs {
		got = append(got, c.ID+" "+string(c.Status)+" "+strings.Join(c.FailedIn, " ")+strings.Join(c.NotKnownIn, " "))
	}
	if want := "leg-1 failed 111122223333111122223333|leg-2 not-known 111122223333|leg-3 passed "; strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// TestLegsNotLookedAt: a leg passes only where every rule of it looked at all of every
// account and nothing is kept from the report.
func TestLegsNotLookedAt(t *testing.T) {
	rules := []*lint.Rule{{ID: "one", Leg: lint.FirstLeg}, {ID: "gone", Leg: lint.FirstLeg}, {ID: "two", Leg: lint.SecondLeg}}
	found := lint.Finding{Rule: "one", Severity: lint.Error, Verdict: lint.Violation, Address: "arn:aws:iam::111122223333:role/a"}
	for name, c := range map[string]struct {
		arrange func(r *lint.Report)
		want    [3]Status
		because string
	}{
		"everything is looked at": {func(*lint.Report) {}, [3]Status{Passed, Passed, Passed}, ""},
		"an exemption, ignore or baseline": {func(r *lint.Report) {
			r.Suppressed = []lint.Suppressed{{Finding: found, By: lint.ByExemption}}
		}, [3]Status{NotKnown, Passed, Passed}, "1 finding is exempted"},
		"beside a violation": {func(r *lint.Report) {
			r.Suppressed, r.Findings = []lint.Suppressed{{Finding: found, By: lint.ByBaseline}}, []lint.Finding{found}
		}, [3]Status{Failed, Passed, Passed}, "1 finding is exempted"},
		"a rule that is off": {func(r *lint.Report) {
			r.InForce.Configurations = []lint.Configuration{{Off: []string{"gone"}}, {Off: []string{"gone"}}}
		}, [3]Status{NotKnown, Passed, Passed}, "the configuration turns off gone"},
		"a rule made a note": {func(r *lint.Report) {
			note := found
			note.Severity = lint.Note
			r.Findings = []lint.Finding{note}
			r.InForce.Configurations = []lint.Configuration{{Lowered: []lint.Lowered{{Rule: "one", From: lint.Error, To: lint.Note}}}}
		}, [3]Status{NotKnown, Passed, Passed}, "lowered to a note"},
		"a dump that is not complete": {func(r *lint.Report) {
			r.Inputs[0].Complete = false
		}, [3]Status{NotKnown, NotKnown, NotKnown}, "the dump of some accounts is not complete"},
		"a part that cannot be read": {func(r *lint.Report) {
			r.Diagnostics = []lint.Diagnostic{{Severity: lint.Error, Message: "m"}}
		}, [3]Status{NotKnown, NotKnown, NotKnown}, "could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(bounded("a", ""))
			c.arrange(r)
			got := Make(&Source{Report: r, Rules: rules, Today: today}).Legs
			if [3]Status{got[0].Status, got[1].Status, got[2].Status} != c.want || !strings.Contains(got[0].Because, c.because) || c.because == "" && got[0].Because != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestSeveralDumps: a credential report is of all dumps of an account, and dumps of
// different times are told.
func TestSeveralDumps(t *testing.T) {
	const said = "There are several dumps of 111122223333, and they differ"
	report := reportColumns + root(long, "true", noKey) + row(long, noPassword, "false", noKey, noKey)
	for name, c := range map[string]struct {
		first, second string
		differ        bool
	}{
		"the same twice": {dumpOf(aUser, "", ""), dumpOf(aUser, "", ""), false},
		"two pages":      {dumpOf(aUser, "", ""), `{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[],"Policies":[` + aPolicy("p", aVersion("v1", long, allowing(`"*"`), true)) + `]}`, false},
		"a later one":    {dumpOf(aUser, "", ""), dumpOf(aUser+","+secondUser, "", ""), true},
		"an earlier one": {dumpOf(aUser+","+secondUser, "", ""), dumpOf(aUser, "", ""), true},
	} {
		t.Run(name, func(t *testing.T) {
			a := Make(&Source{Report: reportOf(), Models: slices.Concat(read(t, c.first, report), read(t, c.second, "")), Today: today})
			if got := statusOf(t, a.Controls, "IAM.4"); got.Status != Passed || got.Checked != 1 {
				t.Errorf("%+v", got)
			}
			if differ := strings.Contains(strings.Join(a.Notes, " "), said); differ != c.differ {
				t.Errorf("%q", a.Notes)
			}
		})
	}
}

// TestNumbers: the page shows every number of a control, the newest first, and what
// nothing decides behind what is decided.
func TestNumbers(t *testing.T) {
	a := Make(&Source{Report: reportOf(), Models: read(t, dumpOf(aUser, "", ""), ""), Today: today})
	var page strings.Builder
	if err := a.HTML(&page); err != nil {
		t.Fatal(err)
	}
	const all = "CIS v7.0.0 2.4, v6.0.0 2.3, v5.0.0 1.3, v3.0.0 1.4, v1.4.0 1.4, v1.2.0 1.12<"
	if text := page.String(); !strings.Contains(text, all) || strings.Index(text, "CIS.1.1<") < strings.Index(text, "IAM.27<") {
		t.Error(text)
	}
}
