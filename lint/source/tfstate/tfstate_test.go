package tfstate

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

const real = "../../../fixtures/real/boundary-removed/"

// show reads what terraform show -json prints, file a state file.
func show(content []byte) (*iam.Model, error) {
	r := stream.NewReader(bytes.NewReader(content))
	if err := r.Open(); err != nil {
		return nil, err
	}
	return Read(r, Header{}, Options{Path: "state", Symbols: &policy.Symbols{}})
}

func file(content []byte) (*iam.Model, error) {
	r := stream.NewReader(bytes.NewReader(content))
	if err := r.Open(); err != nil {
		return nil, err
	}
	return ReadFile(r, Header{}, Options{Path: "state", Symbols: &policy.Symbols{}})
}

// TestBothForms: the two forms of one state are one model.
func TestBothForms(t *testing.T) {
	shown, err := os.ReadFile(real + "state.json")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(real + "prior.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	a, err := show(shown)
	if err != nil {
		t.Fatal(err)
	}
	b, err := file(raw)
	if err != nil {
		t.Fatal(err)
	}
	if x, y := sourcetest.Dump(a), sourcetest.Dump(b); x != y {
		t.Errorf("terraform show -json:\n%s\nstate file:\n%s", x, y)
	}
	if len(a.Entities) != 4 || a.Input.TerraformVersion != "1.11.4" || a.Input.Kind != iam.InputState {
		t.Errorf("got\n%s", sourcetest.Dump(a))
	}
}

// TestFile reads modules, instance keys, aliases, marks and leftovers of a
// state file.
func TestFile(t *testing.T) {
	m, err := file([]byte(`{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"x","outputs":{},"resources":[
		{"module":"module.m[\"a.b\"]","mode":"managed","type":"aws_iam_user","name":"u","provider":"module.m.provider[\"registry.terraform.io/hashicorp/aws\"].west",
		 "instances":[{"index_key":"k","attributes":{"name":"u1","path":"/","arn":"arn:aws:iam::111122223333:user/u1"}},
			{"index_key":2,"attributes":{"name":"u2","permissions_boundary":"hidden"},"sensitive_attributes":[[{"type":"get_attr","value":"permissions_boundary"}]]},
			{"deposed":"ab12","attributes":{"name":"old"}}]},
		{"mode":"data","type":"aws_caller_identity","name":"me","provider":"provider[\"registry.opentofu.org/hashicorp/aws\"]","instances":[{"attributes":{"account_id":"444455556666"}}]},
		{"mode":"managed","type":"aws_vpc","name":"i","instances":[{"attributes":{"name":"no"}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `input state complete=true errored=false
provider aws region= partition= state=[444455556666] allowed=[] assume=
provider aws.west region= partition=aws state=[111122223333] allowed=[] assume=
user module.m["a.b"].aws_iam_user.u["k"] [aws.west]
  name u1
  path /
  arn arn:aws:iam::111122223333:user/u1
user module.m["a.b"].aws_iam_user.u[2] [aws.west]
  name u2
  path /
  boundary (sensitive)
lookup data.aws_caller_identity.me [aws]
  name 444455556666
`
	if got := sourcetest.Dump(m); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFullState keeps policies, documents and attachments apart and together.
func TestFullState(t *testing.T) {
	m, err := show([]byte(`{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[
		{"address":"data.aws_iam_policy_document.held","mode":"data","type":"aws_iam_policy_document","values":{"json":"{\n  \"Version\": \"2012-10-17\", \"Statement\":[]}"}},
		{"address":"data.aws_iam_policy_document.free","mode":"data","type":"aws_iam_policy_document","values":{"json":"{\"Version\": \"2012-10-17\"}"}},
		{"address":"aws_iam_policy.p","mode":"managed","type":"aws_iam_policy","values":{"name":"p","policy":"{\"Statement\":[],\"Version\":\"2012-10-17\"}"}},
		{"address":"aws_iam_role.old","mode":"managed","type":"aws_iam_role","deposed_key":"x","values":{"name":"old"}},
		{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","values":{"name":"r","managed_policy_arns":["arn:aws:iam::1:policy/p","arn:aws:iam::1:policy/by-hand"]}}],
		"child_modules":[{"address":"module.m","resources":[{"address":"module.m.aws_iam_role_policy_attachment.a","mode":"managed","type":"aws_iam_role_policy_attachment",
		"values":{"role":"R","policy_arn":"arn:aws:iam::1:policy/p"}}]}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := sourcetest.Dump(m)
	if n := strings.Count("\n"+got, "\nattachment "); n != 2 {
		t.Errorf("%d attachments, want that by hand and that of the module:\n%s", n, got)
	}
	if !strings.Contains(got, "document data.aws_iam_policy_document.free") || strings.Contains(got, "document data.aws_iam_policy_document.held") {
		t.Errorf("only the document that nobody holds stands alone:\n%s", got)
	}
	if strings.Contains(got, "aws_iam_role.old") {
		t.Errorf("what is deposed is not an entity:\n%s", got)
	}
}

func TestCheckFormat(t *testing.T) {
	for version, ok := range map[string]bool{"0.1": true, "0.2": true, "1.0": true, "1.2": true, "1.99": true, "2.0": false, "": false, "x": false, "10.0": false} {
		if err := CheckFormat("plan", version); (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	var states []string
	for _, name := range []string{"state.json", "prior.tfstate"} {
		content, err := os.ReadFile(real + name)
		if err != nil {
			f.Fatal(err)
		}
		states = append(states, string(content))
	}
	sourcetest.Seeds(func(edits []byte) {
		f.Add(byte(0), edits)
		f.Add(byte(1), edits)
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		content := []byte(sourcetest.Edit(states[int(which)%len(states)], edits))
		for _, read := range []func([]byte) (*iam.Model, error){show, file} {
			m, err := read(content)
			if err != nil {
				if _, ok := errors.AsType[*stream.Error](err); !ok {
					t.Fatalf("an error of another kind: %v", err)
				}
				continue
			}
			sourcetest.Dump(m)
		}
	})
}
