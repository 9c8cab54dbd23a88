//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// script runs a script of the action as GitHub's runner does, and returns what
// it prints and its exit code.
func script(t *testing.T, root, name string, env map[string]string) (stdout, stderr string, code int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	command := exec.CommandContext(t.Context(), bash, filepath.Join(root, ".github/action", name))
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for name, value := range env {
		command.Env = append(command.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	_ = command.Run() // the exit code says how it went
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

// TestActionLints: the step annotates the lines, writes its summary and its
// outputs, and ends as boundlint does.
func TestActionLints(t *testing.T) {
	root, binary := repository(t), built(t)
	workspace(t, map[string]string{"infra/main.tf": "resource \"aws_iam_role\" \"bare\" {\n  name = \"app-bare\"\n}\n", "infra/plan.json": badPlan})
	files := t.TempDir()
	env := map[string]string{
		"BOUNDLINT": binary, "RUNNER_TEMP": files, "GITHUB_ACTION_PATH": root,
		"GITHUB_OUTPUT": filepath.Join(files, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(files, "summary"),
		"PLAN": "infra/plan.json\n", "CONFIG_DIR": "", "PATHS": ".", "CONFIG": "", "POLICY": "", "BASELINE": "", "BASE_REF": "",
		"FAIL_ON": "error", "FORMAT": "github", "SARIF": filepath.Join(files, "x.sarif"), "ARGS": "--verbose\n\n",
	}
	stdout, stderr, code := script(t, root, "lint.sh", env)
	if code != 1 || stderr != "" || !strings.Contains(stdout, "::error file=infra/main.tf,line=1,") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if got := read(t, env["GITHUB_OUTPUT"]); got != "exit-code=1\nreport="+files+"/boundlint-report.json\n" {
		t.Errorf("outputs: %s", got)
	}
	if got := read(t, env["GITHUB_STEP_SUMMARY"]); !strings.Contains(got, "boundary-missing") {
		t.Errorf("summary: %s", got)
	}
	for _, file := range []string{"boundlint-report.json", "x.sarif"} {
		if got := read(t, filepath.Join(files, file)); !strings.Contains(got, "boundary-missing") {
			t.Errorf("%s: %s", file, got)
		}
	}
	env["PLAN"], env["FAIL_ON"], env["FORMAT"], env["SARIF"] = "", "none", "compact", ""
	stdout, stderr, code = script(t, root, "lint.sh", env)
	if code != 0 || !strings.HasPrefix(stdout, "::add-matcher::"+root+"/problem-matcher.json\n") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	// What is in an input of the action is an argument, whatever it holds.
	env["PATHS"] = "$(touch run)\n; touch run"
	if _, _, code = script(t, root, "lint.sh", env); code != 2 {
		t.Errorf("exit %d", code)
	}
	if _, err := os.Stat("run"); err == nil {
		t.Error("an input ran")
	}
}

// TestActionFetches: the action runs the release of its own version, refuses
// one whose bytes were changed, and builds where there is none.
func TestActionFetches(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	root, releases := repository(t), t.TempDir()
	archive := fmt.Sprintf("boundlint_1.2.3_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	content := "#!/bin/sh\necho released\n"
	tape := tar.NewWriter(zipped)
	if err := tape.WriteHeader(&tar.Header{Name: "boundlint", Mode: 0o755, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	if _, err := tape.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	release := filepath.Join(releases, "v1.2.3")
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(release, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(release, 0o755); err != nil {
		t.Fatal(err)
	}
	write(archive, packed.String())
	sums := fmt.Sprintf("%x  %s\n", sha256.Sum256(packed.Bytes()), archive)
	write("checksums.txt", sums)
	env := map[string]string{"RUNNER_TEMP": t.TempDir(), "BOUNDLINT_RELEASES": "file://" + releases, "GITHUB_ACTION_REF": "v1.2.3"}
	stdout, stderr, code := script(t, root, "fetch.sh", env)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if said, err := exec.CommandContext(t.Context(), strings.TrimSpace(stdout)).Output(); err != nil || string(said) != "released\n" {
		t.Errorf("%s: %v %s", stdout, err, said)
	}
	for _, ref := range []string{"v9.9.9", "main", "1f0c3a2", "v1", ""} {
		env["GITHUB_ACTION_REF"] = ref
		if stdout, stderr, code = script(t, root, "fetch.sh", env); code != 0 || stdout != "" {
			t.Errorf("%q: exit %d: %s%s", ref, code, stdout, stderr)
		}
	}
	env["GITHUB_ACTION_REF"] = "v1.2.3"
	write("checksums.txt", strings.Replace(sums, sums[:8], "00000000", 1))
	if stdout, stderr, code = script(t, root, "fetch.sh", env); code != 1 || stdout != "" || !strings.Contains(stderr, "::error::the checksum of") {
		t.Errorf("a changed archive: exit %d: %s%s", code, stdout, stderr)
	}
	write("checksums.txt", "")
	if stdout, _, code = script(t, root, "fetch.sh", env); code != 1 || stdout != "" {
		t.Errorf("an archive without checksum: exit %d: %s", code, stdout)
	}
}
