package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/boundlint/boundlint/lint/iam"
)

const real = "../../fixtures/real"

func readBytes(t *testing.T, content []byte, o Options) ([]*iam.Model, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(context.Background(), path, o)
}

// TestBadInput holds every kind of bad input to one line that says what is
// wrong, and never to a panic.
// packed is a text compressed with gzip.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBadInput(t *testing.T) {
	plan, err := os.ReadFile(filepath.Join(real, "fleet-module/plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(filepath.Join(real, "fleet-module/plan.tfplan"))
	if err != nil {
		t.Fatal(err)
	}
	deep := func(open, end string, n int) string {
		return `{"format_version":"1.2","checks":` + strings.Repeat(open, n) + strings.Repeat(end, n) + `}`
	}
	for name, c := range map[string]struct{ content, want string }{
		"empty":            {"", "the input is empty"},
		"blank":            {" \n\t", "the input is blank"},
		"truncated":        {string(plan[:100000]), "the JSON is cut off: it ends at byte 100000"},
		"truncated soon":   {`{"format_version":"1.2","terraform`, "the JSON is cut off: it ends at byte 34"},
		"broken":           {`{"format_version":"1.2",,}`, "the JSON is broken at byte 24"},
		"broken inside":    {`{"format_version":"1.2","resource_changes":[{"address":1 2}]}`, "the JSON is broken at byte 57"},
		"trailing":         {`{"format_version":"1.2","resource_changes":[]} {}`, "a second JSON document follows the first (after byte 46)"},
		"future plan":      {`{"format_version":"2.0","resource_changes":[]}`, "the plan JSON has format version 2.0, and this boundlint reads 0.1 to 1.x"},
		"future state":     {`{"format_version":"3.1","values":{}}`, "the state JSON has format version 3.1"},
		"no version":       {`{"resource_changes":[]}`, "the plan JSON has no format_version"},
		"odd version":      {`{"format_version":"new","resource_changes":[]}`, "which is not a version"},
		"list":             {`[1,2]`, "it is a JSON list"},
		"number":           {`42`, "it is JSON, but not an object"},
		"string":           {`"plan"`, "it is JSON, but not an object"},
		"null":             {`null`, "it is JSON, but not an object"},
		"object":           {`{"a":1}`, "it is JSON, but neither a plan nor a state"},
		"empty object":     {`{}`, "it is an empty JSON object"},
		"policy":           {`{"Version":"2012-10-17","Statement":[]}`, "it looks like an IAM policy document"},
		"log":              {`{"@level":"info","@message":"Terraform 1.11"}` + "\n" + `{"@level":"info"}`, "it looks like the log of terraform plan -json, not the plan: save the plan with -out"},
		"schema":           {`{"format_version":"1.0","provider_schemas":{}}`, "providers schema"},
		"cloudformation":   {`{"AWSTemplateFormatVersion":"2010-09-09","Resources":{}}`, "CloudFormation"},
		"tf.json":          {`{"resource":{"aws_iam_role":{}}}`, "Terraform configuration in JSON"},
		"human":            {"\nTerraform will perform the following actions:\n", "the text that terraform plan prints for people"},
		"no changes":       {"No changes. Your infrastructure matches the configuration.\n", "the text that terraform plan prints for people"},
		"in colours":       {"\x1b[0m\x1b[1mdata.aws_region.x: Reading...\x1b[0m\n", "the text that terraform plan prints for people"},
		"shown state":      {"# module.a.aws_iam_role.x[\"b\"]:\nresource \"aws_iam_role\" \"x\" {\n}\n", "the text that terraform show prints for people"},
		"gzip":             {"\x1f\x8b\x08\x00\x00", "it is compressed, and cut off"},
		"gzip, broken":     {"\x1f\x8b\x09\x00\x00\x00\x00\x00\x00\x00", "it is compressed, and cannot be unpacked"},
		"gzip of gzip":     {packed(t, packed(t, `{}`)), "it is compressed with gzip: unpack it first"},
		"zstd":             {"\x28\xb5\x2f\xfd\x00", "it is compressed, and cut off"},
		"xz":               {"\xfd7zXZ\x00\x00", "it is compressed with xz: unpack it first"},
		"prowler":          {`[{"message":"m","metadata":{"product":{"name":"Prowler","vendor_name":"Prowler"}}}]`, "it holds findings of Prowler, which tell neither"},
		"prowler asff":     {`[{"SchemaVersion":"2018-10-08","Id":"prowler-iam-1"}]`, "it holds findings of Prowler"},
		"steampipe":        {`[{"arn":"arn:aws:iam::111122223333:role/r","name":"r"}]`, "[0] has no column permissions_boundary_arn"},
		"junk":             {"\x7fELF\x02\x01\x01\x00\x00\x00\x00", "it is binary"},
		"xml":              {"<html></html>", "XML or HTML"},
		"hcl":              {"resource \"aws_iam_role\" \"x\" {\n}\n", "it looks like Terraform configuration"},
		"text":             {"hello", "it is not JSON"},
		"zip":              {"PK\x03\x04 and no more", "it begins like a zip file and is none"},
		"binary plan":      {string(binary[:5000]), "it begins like a zip file and is none: a binary plan that is cut off?"},
		"deep lists":       {deep("[", "]", 200000), "the JSON is nested more than 10000 levels deep"},
		"deep objects":     {deep(`{"a":`, "}", 200000), ""},
		"old state file":   {`{"version":3,"serial":1,"lineage":"x","modules":[],"resources":[]}`, "the state file has version 3"},
		"encrypted":        {`{"serial":1,"lineage":"x","meta":{},"encrypted_data":"AA==","encryption_version":"v0"}`, "the state file is encrypted"},
		"true":             {"true", "it is JSON, but not an object"},
		"a log":            {"[INFO] reading\n{}", "it begins with text, and JSON only in line 2: pass what terraform show -json prints, and nothing before it"},
		"text before":      {"Switched to terraform 1.11.4\n{\"format_version\":\"1.2\"}", "it begins with text, and JSON only in line 2"},
		"text after":       {`{"format_version":"1.2","resource_changes":[]}` + "\nError: x", "text follows the end of the JSON (after byte 46)"},
		"terraform error":  {"\x1b[31m╷\x1b[0m\n│ Error: Failed to read\n", "it is the error of a program that failed"},
		"plain error":      {"\nError: Failed to load plugin schemas\n", "it is the error of a program that failed"},
		"no state":         {"No state.\n", "the text that terraform show prints for people"},
		"aws error":        {"\nAn error occurred (AccessDenied) when calling the GetAccountAuthorizationDetails operation\n", "it is an error of the AWS CLI"},
		"yaml dump":        {"GroupDetailList: []\nIsTruncated: false\n", "it is an account dump as YAML"},
		"text dump":        {"ROLEDETAILLIST\tarn:aws:iam::1:role/r\n", "it is an account dump as text"},
		"error page":       {"<!DOCTYPE html><html>502</html>", "the error page of a server"},
		"text for changes": {`{"format_version":"1.2","resource_changes":"x"}`, "resource_changes: want a list, found a text"},
		"sorted text":      {`{"configuration":"x","format_version":"1.2","resource_changes":[]}`, "configuration: want an object, found a text"},
		"sorted list":      {`{"format_version":["1.2"],"resource_changes":[]}`, "format_version: want a text, found a list"},
		"text for values":  {`{"format_version":"1.0","values":"x"}`, "values: want an object, found a text"},
		"text for roles":   {`{"RoleDetailList":"x"}`, "RoleDetailList: want a list, found a text"},
		"twice":            {`{"format_version":"1.2","resource_changes":[],"resource_changes":[]}`, "resource_changes: it stands twice"},
		"twice, held":      {`{"format_version":"1.2","format_version":"1.2","resource_changes":[]}`, "format_version: it stands twice"},
		"state and more":   {`{"format_version":"1.0","terraform_version":"1.11.4","of_the_future":{}}`, "it is JSON, but neither a plan nor a state"},
		"tokens": {`{"format_version":"1.2","resource_changes":[{"address":"aws_iam_user.x","mode":"managed","type":"aws_iam_user","name":"x",
			"change":{"actions":["create"],"before":null,"after":{"name":"` + "\U0010FFFC1\U0010FFFD" + `"}}}]}`, "private-use characters"},
	} {
		t.Run(name, func(t *testing.T) {
			models, err := readBytes(t, []byte(c.content), Options{})
			var fault *InputError
			if !errors.As(err, &fault) {
				t.Fatalf("got %d models and error %v, want an InputError", len(models), err)
			}
			if !strings.Contains(fault.Problem, c.want) {
				t.Errorf("got  %s\nwant %s", fault.Problem, c.want)
			}
			if strings.ContainsAny(err.Error(), "\n\x00") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	_, err := Read(context.Background(), "no/such/plan.json", Options{})
	if err == nil || err.Error() != "no/such/plan.json: there is no such file or directory" {
		t.Errorf("got %v", err)
	}
	_, err = Read(context.Background(), "/dev/null", Options{})
	if err == nil || !strings.Contains(err.Error(), "it is not a regular file (a device)") {
		t.Errorf("got %v", err)
	}
	_, err = Read(context.Background(), "-", Options{})
	if err == nil || !strings.Contains(err.Error(), "no standard input") {
		t.Errorf("got %v", err)
	}
}

// names are the entities of the models, in order.
func names(models []*iam.Model) string {
	var out []string
	for _, m := range models {
		for _, e := range m.Entities {
			out = append(out, string(m.Input.Kind)+":"+e.Address)
		}
	}
	return strings.Join(out, " ")
}

func TestEncodings(t *testing.T) {
	plain, err := os.ReadFile(filepath.Join(real, "boundary-removed/plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	models, err := readBytes(t, plain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := names(models)
	if want != "plan:aws_iam_role.destroyed plan:aws_iam_role.dropped plan:aws_iam_role.kept plan:aws_iam_role.swapped" {
		t.Fatalf("got %s", want)
	}
	wide := func(little bool, mark string) []byte {
		out := []byte(mark)
		for _, u := range utf16.Encode([]rune(string(plain))) {
			if little {
				out = append(out, byte(u), byte(u>>8))
			} else {
				out = append(out, byte(u>>8), byte(u))
			}
		}
		return out
	}
	for name, content := range map[string][]byte{
		"utf-8 with mark":       append([]byte("\xEF\xBB\xBF"), plain...),
		"utf-16le":              wide(true, "\xFF\xFE"),
		"utf-16be":              wide(false, "\xFE\xFF"),
		"utf-16le without mark": wide(true, ""),
		"utf-16be without mark": wide(false, ""),
		"leading space":         append([]byte("\r\n  "), plain...),
	} {
		t.Run(name, func(t *testing.T) {
			models, err := readBytes(t, content, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(models); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			models, err = Read(context.Background(), "-", Options{Stdin: bytes.NewReader(content)})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(models); got != want {
				t.Errorf("standard input: got %s, want %s", got, want)
			}
		})
	}
}

// TestWrapper reads past the lines that the wrapper of the setup-terraform
// action writes before and after what terraform prints.
func TestWrapper(t *testing.T) {
	plan, err := os.ReadFile(filepath.Join(real, "boundary-removed/plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.TrimSpace(string(plan))
	var indented bytes.Buffer
	if err := json.Indent(&indented, plan, "", "  "); err != nil {
		t.Fatal(err)
	}
	const debug = "\n::debug::Terraform exited with code 0.\n::debug::stdout: {\"format_version\":\"1.2\"}%0A\n::debug::stderr: \n::debug::exitcode: 0"
	models, err := readBytes(t, plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := names(models)
	for name, content := range map[string]string{
		"before":          "[command]/opt/terraform-bin show -json p\n" + plain,
		"before, CRLF":    "[command]C:\\terraform-bin.exe show -json p\r\n" + plain + "\r\n",
		"both":            "[command]terraform-bin show -json p\n" + plain + "\n" + debug,
		"after":           plain + "\n\n::set-output name=stdout::" + plain + "\n",
		"indented":        "::group::show\n[command]terraform show -json p\n" + indented.String() + debug + "\n::endgroup::\n",
		"Azure Pipelines": "##[command]terraform show -json p\n" + plain + "\n##[section]Finishing\n",
		"with a mark":     "\xEF\xBB\xBF[command]terraform show -json p\n" + plain,
		"a state":         "",
	} {
		kind := iam.InputPlan
		if name == "a state" {
			state, err := os.ReadFile(filepath.Join(real, "boundary-removed/state.json"))
			if err != nil {
				t.Fatal(err)
			}
			kind, content = iam.InputState, "[command]terraform show -json\n"+string(state)+debug
		}
		models, err := readBytes(t, []byte(content), Options{})
		if err != nil || len(models) != 1 || models[0].Input.Kind != kind {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.ReplaceAll(names(models), string(kind)+":", "plan:"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if _, err := readBytes(t, []byte("[command]terraform show -json p\n::error::Terraform exited with code 1.\n"), Options{}); err == nil || !strings.Contains(err.Error(), "the input is empty") {
		t.Errorf("nothing but commands: %v", err)
	}
	// A text in the JSON may hold what such a line begins with.
	models, err = readBytes(t, []byte(strings.Replace(plain, "app-kept", "::debug::kept", 1)), Options{})
	if err != nil || names(models) != want {
		t.Errorf("%s, %v", names(models), err)
	}
}

// TestOrder: a state, and a plan of an old Terraform, are told by their members
// in any order.
func TestOrder(t *testing.T) {
	const role = `{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r",`
	for content, want := range map[string]string{
		`{"values":{"root_module":{"resources":[` + role + `"values":{"assume_role_policy":"{}"}}]}},"format_version":"1.0"}`: "state:aws_iam_role.r",
		`{"configuration":{"root_module":{}},"format_version":"0.1","resource_changes":[` + role +
			`"change":{"actions":["create"],"after":{"assume_role_policy":"{}"}}}]}`: "plan:aws_iam_role.r",
	} {
		models, err := readBytes(t, []byte(content), Options{})
		if err != nil || names(models) != want {
			t.Errorf("%s: %s, %v", content, names(models), err)
		}
	}
}

// TestStates reads the same state in its two forms.
func TestStates(t *testing.T) {
	want := "state:aws_iam_role.destroyed state:aws_iam_role.dropped state:aws_iam_role.kept state:aws_iam_role.swapped"
	for _, file := range []string{"boundary-removed/state.json", "boundary-removed/prior.tfstate"} {
		models, err := Read(context.Background(), filepath.Join(real, file), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(models); got != want {
			t.Errorf("%s: got %s", file, got)
		}
		if b, _ := models[0].Entities[0].Boundary.Known(); b != "arn:aws:iam::111122223333:policy/workload-boundary" {
			t.Errorf("%s: boundary %q", file, b)
		}
	}
	models, err := readBytes(t, []byte(`{"format_version":"1.0"}`), Options{})
	if err != nil || len(models) != 1 || models[0].Input.Kind != iam.InputState {
		t.Errorf("empty state: %v, %v", models, err)
	}
}

func TestDirectory(t *testing.T) {
	models, err := Read(context.Background(), filepath.Join(real, "users-and-groups"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(models); got != "config:aws_iam_user.admin config:aws_iam_user.robot config:aws_iam_user.steward" {
		t.Errorf("got %s", got)
	}
}

// TestBlocksWithoutInstanceAgree: the configuration and its plan know the same
// blocks of which there is no instance.
func TestBlocksWithoutInstanceAgree(t *testing.T) {
	plans, err := filepath.Glob(filepath.Join(real, "*", "plan.json"))
	if err != nil || len(plans) == 0 {
		t.Fatal(len(plans), err)
	}
	more, err := filepath.Glob(filepath.Join(real, "..", "*", "*", "*", "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	some := false
	for _, plan := range append(plans, more...) {
		ofPlan, err := Read(context.Background(), plan, Options{})
		if err != nil {
			t.Fatal(err)
		}
		ofConfig, err := Read(context.Background(), filepath.Dir(plan), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if ofConfig[0].Input.Nothing || ofConfig[0].Input.WorkspaceUnknown || !ofPlan[0].Input.Complete {
			continue
		}
		got, want := ofConfig[0].Coverage.Empty, ofPlan[0].Coverage.Empty
		some = some || len(want) > 0
		if !slices.Equal(got, want) {
			t.Errorf("%s: the configuration has %q, the plan %q", filepath.Dir(plan), got, want)
		}
	}
	if !some {
		t.Error("no plan has any")
	}
}
