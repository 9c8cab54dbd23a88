package source

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// TestAccountDumps: a dump is told by its members, wherever they stand.
func TestAccountDumps(t *testing.T) {
	role := `"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"}]`
	policies := `"Policies":[{"Arn":"arn:aws:iam::111122223333:policy/p","PolicyVersionList":[{"IsDefaultVersion":true,"Document":"%7B%7D"}]}]`
	for name, content := range map[string]string{
		"one page":       `{` + role + `,` + policies + `}`,
		"policies first": `{` + policies + `,` + role + `}`,
		"flags first":    `{"IsTruncated":false,"Marker":null,` + policies + `,` + role + `}`,
		"other first":    `{"ResponseMetadata":{"x":[1]},` + policies + `,` + role + `}`,
		"two pages":      `{` + policies + `}` + "\n" + `{` + role + `}`,
		"a list":         ` [{` + policies + `},{` + role + `}]`,
		"with a mark":    "\xEF\xBB\xBF{" + role + `,` + policies + `}`,
	} {
		models, err := readBytes(t, []byte(content), Options{})
		if err != nil || len(models) != 1 {
			t.Errorf("%s: %d models, %v", name, len(models), err)
			continue
		}
		if m := models[0]; m.Input.Kind != iam.InputAccount || len(m.Entities) != 1 || len(m.Policies) != 1 || !m.Input.Complete {
			t.Errorf("%s: %+v", name, m)
		}
	}
	for name, c := range map[string]struct{ content, want string }{
		"list-policies": {`{"Policies":[{"PolicyName":"p","Arn":"arn:aws:iam::111122223333:policy/p"}]}`, "aws iam list-policies"},
		"cut off":       {`{` + role + `,"Policies":[`, "the JSON is cut off"},
		"trailing":      {`{` + role + `} x`, "text follows the end of the JSON"},
		"other list":    {`[{"a":1}]`, "it is a JSON list"},
	} {
		_, err := readBytes(t, []byte(c.content), Options{})
		fault, ok := errors.AsType[*InputError](err)
		if !ok || !strings.Contains(fault.Problem, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCredentialReport(t *testing.T) {
	dump := []byte(`{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u"}]}`)
	path := filepath.Join(t.TempDir(), "report.csv")
	if err := os.WriteFile(path, []byte("user,arn,access_key_1_active\nu,arn:aws:iam::111122223333:user/u,true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := readBytes(t, dump, Options{CredentialReport: path})
	if err != nil || len(models) != 1 || len(models[0].Credentials) != 1 {
		t.Errorf("%v, %+v", err, models)
	}
	// What is wrong with the report does not hide what the dump shows.
	models, err = readBytes(t, dump, Options{CredentialReport: path + ".missing"})
	fault, ok := errors.AsType[*InputError](err)
	if !ok || fault.Path != path+".missing" || len(models) != 1 {
		t.Errorf("%v, %+v", err, models)
	}
}

// TestOtherDumps: rows of Steampipe and directories of an organization are recognised,
// and what the credential report says is added to them, too.
func TestOtherDumps(t *testing.T) {
	dir := t.TempDir()
	report := filepath.Join(dir, "report.csv")
	rows := `[{"arn":"arn:aws:iam::111122223333:user/u","name":"u","permissions_boundary_arn":null,"inline_policies":null,` +
		`"attached_policy_arns":null,"groups":null}]`
	for name, content := range map[string]string{
		"report.csv": "user,arn,access_key_1_active\nu,arn:aws:iam::111122223333:user/u,true\n",
		"collected/aws/aws/accounts/111122223333/iam/user/u/metadata.json": `{"arn":"arn:aws:iam::111122223333:user/u","name":"u"}`,
		"answers/111122223333.json":                                        `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u"}]}`,
		"rows.json":                                                        rows,
		"rows.json.gz":                                                     packed(t, rows),
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"collected", "answers", "rows.json", "rows.json.gz"} {
		models, err := Read(t.Context(), filepath.Join(dir, name), Options{CredentialReport: report})
		if err != nil || len(models) != 1 || models[0].Input.Kind != iam.InputAccount || len(models[0].Credentials) != 1 {
			t.Errorf("%s: %v, %+v", name, err, models)
		}
	}
}
