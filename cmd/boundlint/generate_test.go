package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/generate"
)

// generated are the delegations below fixtures/cli/generate, by the flags that
// make them.
var generated = map[string]string{
	"services":  "--boundary workload-boundary --prefix app- --services s3,dynamodb,lambda,logs --explain",
	"plain":     "--boundary workload-boundary --prefix app- --services s3,logs --account 111122223333",
	"users":     "--boundary people-boundary --prefix team-x- --path /teams/x/ --services s3,sqs --users --account 111122223333",
	"regions":   "--boundary app-boundary --prefix app- --services s3,ecs,ec2,states,route53 --deny-outside-region eu-west-1,us-east-1 --explain",
	"everybody": "--boundary b --prefix delegation --services codebuild,events,scheduler,ssm,sns --users --deny-outside-region eu-west-1 --account 111122223333",
	"json":      "--boundary workload-boundary --prefix app- --services s3,lambda --account 111122223333 --json",
}

// TestGenerate: what is written is what the golden directories hold, lints with
// nothing but notes, and passes its tests.
func TestGenerate(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
	t.Chdir(repository(t))
	for name, flags := range generated {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "new", "directory")
			args := append([]string{"generate", "delegation", "-o", out}, strings.Fields(flags)...)
			if got := boundlint(t, "", nil, args...); got.code != exitClean || got.stderr != "" {
				t.Fatalf("%d %s", got.code, got.stderr)
			}
			compareDirectories(t, filepath.Join("fixtures", "cli", "generate", name), out)
			if got := boundlint(t, "", nil, args...); got.code != exitFailure || !strings.Contains(got.stderr, "is there already, and is not written over") {
				t.Errorf("a second time: %d %s", got.code, got.stderr)
			}
			if name == "json" {
				return
			}
			if got := boundlint(t, "", nil, "lint", "--fail-on", "warning", "--strict", out); got.code != exitClean {
				t.Errorf("lint: %d %s%s", got.code, got.stdout, got.stderr)
			}
			if got := boundlint(t, "", nil, "test", out); got.code != exitClean {
				t.Errorf("test: %d %s%s", got.code, got.stdout, got.stderr)
			}
			printed := boundlint(t, "", nil, append([]string{"generate", "delegation"}, strings.Fields(flags)...)...)
			if written, err := os.ReadFile(filepath.Join(out, generate.TerraformFile)); err != nil || string(written) != printed.stdout {
				t.Errorf("standard output has something else than the file: %v\n%s", err, printed.stdout)
			}
		})
	}
}

// compareDirectories compares the files of a directory with golden ones.
func compareDirectories(t *testing.T, want, got string) {
	t.Helper()
	if *update {
		if err := os.RemoveAll(want); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(want, os.DirFS(got)); err != nil {
			t.Fatal(err)
		}
	}
	names := func(dir string) (out []string) {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			out = append(out, e.Name())
		}
		return out
	}
	if a, b := names(want), names(got); !slices.Equal(a, b) {
		t.Fatalf("written is %v, the golden files are %v", b, a)
	}
	for _, name := range names(want) {
		a, errA := os.ReadFile(filepath.Join(want, name))
		b, errB := os.ReadFile(filepath.Join(got, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (go test ./cmd/boundlint -update writes it anew): %v %v\n%s", name, errA, errB, b)
		}
	}
}

// TestGenerateJSON: standard output has the same documents as the files.
func TestGenerateJSON(t *testing.T) {
	t.Parallel()
	got := boundlint(t, "", nil, append([]string{"generate", "delegation"}, strings.Fields(generated["json"])...)...)
	if got.code != exitClean || got.stderr != "" {
		t.Fatalf("%d %s", got.code, got.stderr)
	}
	for _, part := range []string{`"boundary": {`, `"developers": {`, `"developers-trust": {`, `"example-trust": {`, `"arn:aws:iam::111122223333:policy/workload-boundary"`} {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("%s is not in\n%s", part, got.stdout)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string]string{
		"":                                      "boundlint generate needs to know what: boundlint generate delegation",
		"delegations":                           "boundlint generate needs to know what",
		"delegation":                            "--boundary names no policy: give the boundary a name, such as workload-boundary",
		"delegation x":                          "boundlint generate delegation takes flags only, not x",
		"delegation --boundary b":               "--prefix is empty: give what the names of the developers' roles begin with, such as app-",
		"delegation --boundary b --prefix app-": "--services names no service: give the services that developers use",
		"delegation --boundary b --prefix app-* --services s3":                                        "--prefix takes the beginning of a name, letters, digits and _+=,.@- and at most 54 of them, not app-*",
		"delegation --boundary a/b --prefix app- --services s3":                                       "--boundary takes the name of a policy",
		"delegation --boundary b --prefix ${x} --services s3":                                         "--prefix takes the beginning of a name",
		"delegation --boundary b --prefix app- --services s3 --path teams":                            "--path takes a path of IAM, with / at both ends, such as /teams/x/, not teams",
		"delegation --boundary b --prefix app- --services s3 --account 1":                             "--account takes the 12 digits of an account, not 1",
		"delegation --boundary b --prefix app- --services s3 --account=":                              "--account is empty",
		"delegation --boundary b --prefix app- --services s3 -o=":                                     "--output names no directory",
		"delegation --boundary b --prefix app- --services s3 --deny-outside-region europe":            "--deny-outside-region takes the name of an AWS region, such as eu-west-1, not europe",
		"delegation --boundary b --prefix app- --services s3 --deny-outside-region cn-north-1":        "--deny-outside-region does not take cn-north-1: it is in the partition aws-cn",
		"delegation --boundary b --prefix app- --services route53 --deny-outside-region eu-west-1":    "--deny-outside-region denies nothing: none of the services has regions",
		"delegation --boundary b --prefix app- --services s3,dynamdb":                                 "--services names no service of AWS with dynamdb; did you mean dynamodb?",
		"delegation --boundary b --prefix app- --services s3,iam":                                     "--services does not take iam: what developers need of it is delegated by statements of its own, under the boundary",
		"delegation --boundary b --prefix app- --services sts":                                        "--services does not take sts: a holder could assume every role that trusts the account, bounded or not",
		"delegation --boundary b --prefix app- --services organizations":                              "--services does not take organizations: it changes the accounts",
		"delegation --boundary b --prefix app- --services account":                                    "--services does not take account: it changes the account itself",
		"delegation --boundary b --prefix app- --services glue":                                       "(boundlint explain glue-002)",
		"delegation --boundary b --prefix app- --services s3 --json":                                  "--json needs --account",
		"delegation --boundary b --prefix app- --services s3 --json --account 111122223333 --explain": "--explain writes comments, which JSON does not have",
		"delegation --boundary b --prefix app- --services s3 --region eu-west-1":                      "region",
	} {
		got := boundlint(t, "", nil, append([]string{"generate"}, strings.Fields(flags)...)...)
		if got.code != exitFailure || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("generate %s: %d %s%s\nwant %s", flags, got.code, got.stdout, got.stderr, want)
		}
	}
}

// TestGenerateTooLong: a boundary over the quota is refused, since it cannot be split.
func TestGenerateTooLong(t *testing.T) {
	t.Parallel()
	var all []string
	for _, s := range catalog.Services() {
		if _, err := generate.New(generate.Options{Boundary: "b", Prefix: "app-", Services: []string{s}}); err == nil {
			all = append(all, s)
		}
	}
	got := boundlint(t, "", nil, "generate", "delegation", "--boundary", "b", "--prefix", "app-", "--services", strings.Join(all, ","))
	if got.code != exitFailure || !strings.Contains(got.stderr, "which cannot be split; name fewer services") {
		t.Errorf("%d %s", got.code, got.stderr)
	}
}

// TestGenerateEveryService: what is written is proven for each service that is not
// refused, in dozens.
func TestGenerateEveryService(t *testing.T) {
	t.Parallel()
	var some []string
	flush := func() {
		got := boundlint(t, "", nil, "generate", "delegation", "--boundary", "b", "--prefix", "app-", "--services", strings.Join(some, ","))
		if got.code != exitClean || got.stderr != "" {
			t.Errorf("%v: %d %s", some, got.code, got.stderr)
		}
		some = nil
	}
	accepted := 0
	for _, s := range catalog.Services() {
		if _, err := generate.New(generate.Options{Boundary: "b", Prefix: "app-", Services: []string{s}}); err != nil {
			continue
		}
		accepted++
		if some = append(some, s); len(some) == 24 {
			flush()
		}
	}
	flush()
	if accepted < 400 {
		t.Errorf("only %d services are taken", accepted)
	}
}

// TestGenerateWithTerraform: real Terraform, with the real provider, finds each golden
// directory valid, formatted as it formats, and plans those that ask AWS nothing.
func TestGenerateWithTerraform(t *testing.T) {
	program, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if program == "" || plugins == "" || testing.Short() {
		t.Skip("set BOUNDLINT_TEST_TERRAFORM to a terraform program and BOUNDLINT_TEST_PLUGIN_DIR to a directory with the AWS provider")
	}
	root := repository(t)
	for name, flags := range generated {
		if name == "json" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "fixtures", "cli", "generate", name))); err != nil {
				t.Fatal(err)
			}
			provider, err := os.ReadFile(filepath.Join(root, "fixtures", "real", "clean-delegation", "versions.tf"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "versions.tf"), provider, 0o600); err != nil {
				t.Fatal(err)
			}
			terraform := func(args ...string) {
				t.Helper()
				cmd := exec.CommandContext(t.Context(), program, args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
				}
			}
			terraform("fmt", "-check", "-diff")
			terraform("init", "-input=false", "-no-color", "-plugin-dir="+plugins)
			terraform("validate", "-no-color")
			if strings.Contains(flags, "--account") {
				terraform("plan", "-input=false", "-no-color", "-refresh=false")
			}
		})
	}
}
