package account

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// real is the folder of recorded projects.
const real = "../../../fixtures/real"

func read(content string) ([]*iam.Model, error) {
	models, err := Read(stream.NewReader(strings.NewReader(content)), nil, Options{Path: "account.json"})
	for _, m := range models {
		m.Link(iam.Hints{})
	}
	return models, err
}

func one(t *testing.T, content string) *iam.Model {
	t.Helper()
	models, err := read(content)
	if err != nil {
		t.Fatal(err)
	}
	if len(models) != 1 {
		t.Fatalf("%d models", len(models))
	}
	return models[0]
}

// sketch is what a model says, in short.
func sketch(m *iam.Model) string {
	var b strings.Builder
	for _, e := range m.Entities {
		fmt.Fprintf(&b, "%s %s path=%s boundary=%s", e.Kind, e.Address, e.Path, e.Boundary)
		if e.BoundaryPolicy != nil {
			b.WriteString(" (declared)")
		}
		if e.Trust != nil {
			fmt.Fprintf(&b, " trust=%d", len(e.Trust.Statements))
		}
		for _, g := range e.Groups {
			fmt.Fprintf(&b, " in %s", g.Name)
		}
		for _, a := range e.Attached {
			fmt.Fprintf(&b, " has %s declared=%t", a.PolicyARN, a.Policy != nil)
		}
		for _, p := range e.Inline {
			fmt.Fprintf(&b, " inline %s %s", p.Name, p.Document.Text)
		}
		for _, p := range e.Profiles {
			fmt.Fprintf(&b, " profile %s", p.Address)
		}
		for _, tag := range e.Tags.Values {
			fmt.Fprintf(&b, " %s=%s", tag.Key, tag.Value)
		}
		b.WriteString("\n")
	}
	for _, g := range m.Groups {
		fmt.Fprintf(&b, "group %s attached=%d inline=%d members=%d\n", g.Address, len(g.Attached), len(g.Inline), len(g.Members))
	}
	for _, p := range m.Policies {
		fmt.Fprintf(&b, "policy %s %s\n", p.Address, p.Document.Text)
	}
	for _, l := range m.Lookups {
		fmt.Fprintf(&b, "aws %s %s\n", l.Found, l.Document.Text)
	}
	return b.String()
}

const (
	document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get+*","Resource":"*"}]}`
	trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`

	userPart = `"UserDetailList":[{"Path":"/p/","UserName":"Ann","Arn":"arn:aws:iam::111122223333:user/p/Ann","GroupList":["Ops"],
		"UserPolicyList":[],"AttachedManagedPolicies":[],"Tags":[{"Key":"team","Value":"x"}]}]`
	groupPart = `"GroupDetailList":[{"Path":"/","GroupName":"ops","Arn":"arn:aws:iam::111122223333:group/ops",
		"GroupPolicyList":[],"AttachedManagedPolicies":[{"PolicyName":"P","PolicyArn":"arn:aws:iam::111122223333:policy/P"}]}]`
	policyPart = `"Policies":[
		{"PolicyName":"P","Arn":"arn:aws:iam::111122223333:policy/P","Path":"/","DefaultVersionId":"v2","PolicyVersionList":[
			{"VersionId":"v2","IsDefaultVersion":true,"Document":DOCUMENT},{"VersionId":"v1","IsDefaultVersion":false,"Document":{"Statement":[]}}]},
		{"PolicyName":"ReadOnlyAccess","Arn":"arn:aws:iam::aws:policy/ReadOnlyAccess","Path":"/","DefaultVersionId":"v9","PolicyVersionList":[
			{"VersionId":"v9","Document":DOCUMENT}]}]`
	rolePart = `"RoleDetailList":[{"Path":"/","RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r","AssumeRolePolicyDocument":TRUST,
		"RolePolicyList":[{"PolicyName":"own","PolicyDocument":DOCUMENT}],
		"AttachedManagedPolicies":[{"PolicyName":"ReadOnlyAccess","PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}],
		"PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/P"},
		"InstanceProfileList":[{"Path":"/","InstanceProfileName":"ip","Arn":"arn:aws:iam::111122223333:instance-profile/ip","Roles":[]}]}]`

	wantSketch = `role arn:aws:iam::111122223333:role/r path=/ boundary=arn:aws:iam::111122223333:policy/P (declared) trust=1 has arn:aws:iam::aws:policy/ReadOnlyAccess declared=false inline own ` + document + ` profile arn:aws:iam::111122223333:instance-profile/ip
user arn:aws:iam::111122223333:user/p/Ann path=/p/ boundary=(not set) in ops team=x
group arn:aws:iam::111122223333:group/ops attached=1 inline=0 members=1
policy arn:aws:iam::111122223333:policy/P ` + document + `
aws arn:aws:iam::aws:policy/ReadOnlyAccess ` + document + `
`
)

// with writes the documents of a dump as f does.
func with(dump string, f func(string) string) string {
	return strings.NewReplacer("DOCUMENT", f(document), "TRUST", f(trust)).Replace(dump)
}

func plainly(s string) string { return s }

func encoded(s string) string {
	return `"` + strings.ReplaceAll(url.QueryEscape(s), "+", "%20") + `"`
}

// TestShapes: however the answer is printed, it says the same.
func TestShapes(t *testing.T) {
	t.Parallel()
	whole := "{" + strings.Join([]string{userPart, groupPart, rolePart, policyPart}, ",") + `,"IsTruncated":false}`
	pages := []string{
		"{" + userPart + `,"GroupDetailList":[],"RoleDetailList":[],"Policies":[],"IsTruncated":true,"Marker":"m"}`,
		`{"ResponseMetadata":{"HTTPStatusCode":200},"UserDetailList":[],` + groupPart + "," + rolePart + `,"IsTruncated":true,"Marker":"n"}`,
		"{" + policyPart + `,"IsTruncated":false}`,
	}
	for name, dump := range map[string]string{
		"one object":             with(whole, plainly),
		"URL-encoded":            with(whole, encoded),
		"encoded with plus":      with(whole, func(s string) string { return `"` + url.QueryEscape(strings.ReplaceAll(s, ",", ", ")) + `"` }),
		"strings":                with(whole, func(s string) string { return fmt.Sprintf("%q", s) }),
		"indented documents":     with(whole, func(s string) string { return strings.ReplaceAll(s, ",", ",\n  ") }),
		"pages concatenated":     with(strings.Join(pages, "\n"), plainly),
		"pages without between":  with(strings.Join(pages, ""), plainly),
		"an array of pages":      with("["+strings.Join(pages, ",")+"]", plainly),
		"arrays of pages":        with("[["+pages[0]+","+pages[1]+"],["+pages[2]+"]]", plainly),
		"pages that overlap":     with(whole+whole, plainly),
		"pages in another order": with(pages[1]+pages[0]+pages[2], plainly),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := one(t, dump)
			got := strings.ReplaceAll(sketch(m), `", "`, `","`)
			if name == "encoded with plus" {
				got = strings.ReplaceAll(got, ", ", ",")
			}
			if got != wantSketch {
				t.Errorf("got\n%swant\n%s", got, wantSketch)
			}
			if account, _ := m.Deployment.Account.Known(); account != "111122223333" || !m.Input.Complete || m.Input.Kind != iam.InputAccount {
				t.Errorf("account %s, %+v", account, m.Input)
			}
			if len(m.Diagnostics) > 0 {
				t.Errorf("%+v", m.Diagnostics)
			}
		})
	}
}

func TestSeveralAccounts(t *testing.T) {
	t.Parallel()
	dump := with("{"+strings.Join([]string{userPart, groupPart, rolePart, policyPart}, ",")+"}", plainly)
	other := strings.ReplaceAll(strings.ReplaceAll(dump, "111122223333", "444455556666"), "arn:aws:", "arn:aws-cn:")
	models, err := read(dump + other)
	if err != nil || len(models) != 2 {
		t.Fatal(err, len(models))
	}
	for i, want := range []struct{ account, partition string }{{"111122223333", "aws"}, {"444455556666", "aws-cn"}} {
		m := models[i]
		if account, _ := m.Deployment.Account.Known(); account != want.account || m.Input.Root != want.account {
			t.Errorf("account %s", account)
		}
		if partition, _ := m.Deployment.Partition.Known(); partition != want.partition {
			t.Errorf("partition %s", partition)
		}
		if len(m.Entities) != 2 || len(m.Entities[1].Groups) != 1 {
			t.Error(sketch(m))
		}
	}
	// Taken together, nobody of one is in a group of the other.
	again, _ := Read(stream.NewReader(strings.NewReader(dump+other)), nil, Options{Path: "account.json"})
	merged := iam.Merge(iam.Hints{}, again...)
	merged.Link(iam.Hints{})
	for _, e := range merged.Entities {
		arn, _ := e.ARN.Known()
		account := strings.Split(arn, ":")[4]
		if got, _ := e.Deployment.Account.Known(); got != account {
			t.Errorf("%s is in %s", arn, got)
		}
		for _, g := range e.Groups {
			if !strings.Contains(g.Address, account) {
				t.Errorf("%s is in %s", arn, g.Address)
			}
		}
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	for name, dump := range map[string]string{
		"by the API":     `{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"}],"IsTruncated":true,"Marker":"x"}`,
		"by the CLI":     `{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"}],"NextToken":"x"}`,
		"an empty page":  `{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"}],"IsTruncated":true}{"RoleDetailList":[],"IsTruncated":true}`,
		"flag comes 1st": `{"IsTruncated":true,"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"}]}`,
	} {
		dump = strings.Replace(dump, `{"RoleDetailList"`, `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList"`, 1)
		if name == "flag comes 1st" {
			dump = "[" + dump + "]"
		}
		if m := one(t, dump); m.Input.Complete || len(m.Input.Reasons) != 1 {
			t.Errorf("%s: %+v", name, m.Input)
		}
	}
}

// TestLacking: what a dump lacks is told, and nothing is made up for it.
func TestLacking(t *testing.T) {
	t.Parallel()
	m := one(t, `{"GroupDetailList":[],"UserDetailList":[{"Arn":"arn:aws:iam::111122223333:user/a/b/u","GroupList":["gone"],
		"AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::111122223333:policy/gone"},{"PolicyArn":"arn:aws:iam::aws:policy/X"}]}],
		"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r","RolePolicyList":[{"PolicyName":"p"}]}],
		"Policies":[{"Arn":"arn:aws:iam::111122223333:policy/p","PolicyVersionList":[{"VersionId":"v1","Document":{}}],"DefaultVersionId":"v2"}]}`)
	if m.Input.Complete || len(m.Input.Reasons) != 1 ||
		!strings.Contains(m.Input.Reasons[0], "the group gone, the policy arn:aws:iam::111122223333:policy/gone,") {
		t.Errorf("%+v", m.Input)
	}
	for what, d := range map[string]*iam.Document{
		"trust": m.Entities[0].Trust, "inline": m.Inline[0].Document, "version": m.Policies[0].Document,
	} {
		if d == nil || d.Unknown == nil {
			t.Errorf("the %s is not unknown", what)
		}
	}
	user := m.Entities[1]
	if name, _ := user.Name.Known(); name != "u" || user.Path.String() != "/a/b/" {
		t.Errorf("name %s, path %s", name, user.Path)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	const page = `{"RoleDetailList":[]}`
	for name, tt := range map[string]struct{ dump, want string }{
		"empty list":      {`[]`, "it is a JSON list, and not"},
		"numbers":         {`[1,2]`, "it is a JSON list, and not"},
		"other objects":   {`[{"a":[{}]}]`, "it is a JSON list, and not"},
		"broken list":     {`[x`, "it is a JSON list, and not"},
		"cut off":         {page + `{"RoleDetailList":[{"Arn":`, "the JSON is cut off"},
		"broken":          {page + `{"RoleDetailList":[}`, "the JSON is broken at byte"},
		"rest":            {page + `x`, "text follows the end of the JSON"},
		"no page":         {page + `{"a":1}`, "is not a page of an account dump"},
		"number":          {page + `3`, "is not a page of an account dump"},
		"no ARN":          {`[{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"},{"RoleName":"r"}]}]`, "RoleDetailList[1] has no Arn"},
		"no object":       {`[{"UserDetailList":["x"]}]`, "[0].UserDetailList[0]: want an object, found a text"},
		"root":            {`[{"UserDetailList":[{"Arn":"arn:aws:iam::111122223333:root"}]}]`, "UserDetailList[0] has no Arn"},
		"private use":     {"[{\"UserDetailList\":[{\"Arn\":\"arn:aws:iam::111122223333:user/x\U0010FFFC\"}]}]", "private-use"},
		"private use tag": {"[{\"UserDetailList\":[{\"Arn\":\"arn:aws:iam::111122223333:user/x\",\"Tags\":[{\"Value\":\"\U0010FFFC\"}]}]}]", "private-use"},
	} {
		_, err := read(tt.dump)
		told, ok := errors.AsType[*stream.Error](err)
		if !ok || !strings.Contains(told.Problem, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecorded(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(real + "/platform/account.json")
	if err != nil {
		t.Fatal(err)
	}
	m := one(t, string(content))
	if len(m.Entities) != 17 || len(m.Groups) != 2 || len(m.Policies) != 5 {
		t.Errorf("%d entities, %d groups, %d policies", len(m.Entities), len(m.Groups), len(m.Policies))
	}
	for d := range m.AllDocuments() {
		if d.Unknown != nil || len(d.Diagnostics) > 0 && d.Invalid {
			t.Errorf("%s: %v", d.Address, d.Diagnostics)
		}
	}
}

// FuzzRead: whatever the bytes, there are models or an error that says what is
// wrong, and the same each time.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "[", "[]", "{}", `{"RoleDetailList":[{}]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if !sourcetest.TooLong(len(content)) {
			readTwice(t, content)
		}
	})
}

// FuzzEdits: whatever stands where in a dump.
func FuzzEdits(f *testing.F) {
	parts := strings.Join([]string{userPart, groupPart, rolePart, policyPart}, ",")
	dumps := []string{
		with("{"+parts+"}", encoded), with("[{"+parts+"}]", plainly), `[]`, `{"RoleDetailList":[{}]}`,
	}
	sourcetest.Seeds(func(edits []byte) {
		for which := range dumps {
			f.Add(byte(which), edits)
		}
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		content := sourcetest.Edit(dumps[int(which)%len(dumps)], edits)
		readTwice(t, content)
	})
}

// readTwice reads a dump, which gives the same each time.
func readTwice(t *testing.T, content string) {
	t.Helper()
	once := func() string {
		models, err := read(content)
		if err == nil {
			out := ""
			for _, m := range models {
				out += sketch(m)
			}
			return out
		}
		if _, ok := errors.AsType[*stream.Error](err); !ok || strings.ContainsAny(err.Error(), "\r\n") {
			t.Fatalf("an error of another kind: %v", err)
		}
		return err.Error()
	}
	if a, b := once(), once(); a != b {
		t.Errorf("once\n%s\nand then\n%s", a, b)
	}
}
