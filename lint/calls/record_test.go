package calls_test

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var only = flag.String("only", "", "record the types whose names match this regular expression, and show it")

func isAsked(resource string) bool { return regexp.MustCompile(*only).MatchString(resource) }

var update = flag.Bool("update", false, "write testdata/recorded.txt anew")

// step is what Terraform is run for.
type step struct {
	name string
	// source is the file that holds the configuration: before or after.
	after bool
	args  []string
}

// steps make all resources, refresh them, change one attribute of each, and
// destroy them. What is refreshed is recorded by itself: the other steps go
// without.
var steps = []step{
	{"create", false, []string{"apply", "-auto-approve", "-refresh=false"}},
	{"read", false, []string{"plan", "-refresh-only"}},
	{"update", true, []string{"apply", "-auto-approve", "-refresh=false"}},
	{"delete", true, []string{"apply", "-destroy", "-auto-approve", "-refresh=false"}},
}

// record drives the real provider through all cases, and gives the actions that
// it asks for: a line for each case and step.
func record(t *testing.T, terraform, plugins string) string {
	t.Helper()
	server := newIAMServer()
	listening := httptest.NewServer(server)
	defer listening.Close()
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("provider.tf", fmt.Sprintf(providerSource, listening.URL))
	run := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), terraform, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
		began := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("terraform %s: %v\n%s", args[0], err, out)
		}
		t.Logf("terraform %s took %s", args[0], time.Since(began).Round(time.Second))
		if *only != "" {
			t.Logf("%s", out)
		}
	}
	run("init", "-input=false", "-plugin-dir="+plugins)
	lines := map[string][]string{}
	for _, s := range steps {
		from := server.count()
		write("cases.tf", source(s.after))
		run(append(s.args, "-input=false", "-no-color", "-parallelism=20")...)
		for i, c := range cases {
			if !isAsked(c.resource) {
				continue
			}
			if s.name == "update" && c.changed == "" || s.name != "update" && c.attribute != "" && !c.whole {
				continue
			}
			actions := server.actionsAbout(from, caseName(i), c.resource)
			key := c.resource + " " + s.name
			if c.attribute != "" {
				key += " " + c.attribute
			}
			lines[key] = append(lines[key], strings.Join(actions, " "))
		}
	}
	var b strings.Builder
	for _, key := range sortedKeys(lines) {
		fmt.Fprintf(&b, "%s: %s\n", key, strings.Join(lines[key], " | "))
	}
	return b.String()
}

const providerSource = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  max_retries                 = 5
  endpoints {
    iam      = %[1]q
    sts      = %[1]q
    ssoadmin = %[1]q
  }
}
`

// TestRecorded compares the calls that the real provider makes now with those
// that were recorded.
func TestRecorded(t *testing.T) {
	terraform, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if terraform == "" || plugins == "" {
		t.Skip("set BOUNDLINT_TEST_TERRAFORM to a terraform program and BOUNDLINT_TEST_PLUGIN_DIR to a directory with the AWS provider")
	}
	got := record(t, terraform, plugins)
	if *only != "" {
		t.Fatal(got)
	}
	file := filepath.Join("testdata", "recorded.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the provider makes other calls than recorded:\n%s", got)
	}
}
