//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// built is the program, built for this test.
func built(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := filepath.Join(t.TempDir(), "boundlint")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// TestClosedPipe: a reader of the report that goes away is told, not followed
// into death, and the files are there.
func TestClosedPipe(t *testing.T) {
	binary := built(t)
	workspace(t, map[string]string{"bad.json": badPlan})
	for _, args := range []string{"bad.json --format text --format json=report.json", "rules", "explain boundary-missing", "can aws_iam_role.bare bad.json"} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var stderr bytes.Buffer
		command := exec.CommandContext(t.Context(), binary, strings.Fields(args)...)
		command.Stdout, command.Stderr = w, &stderr
		_ = command.Run()
		w.Close()
		if code := command.ProcessState.ExitCode(); code != exitFailure || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "broken pipe") {
			t.Errorf("%s: %d %q", args, code, stderr.String())
		}
	}
	if got := read(t, "report.json"); !strings.HasSuffix(got, "}\n") {
		t.Errorf("the file ends with %q", got[max(0, len(got)-20):])
	}
}

// TestDeviceAndLimit: a device that is full, and a limit within a report.
func TestDeviceAndLimit(t *testing.T) {
	binary := built(t)
	plan := filepath.Join(repository(t), "fixtures/real/fleet-module/plan.json")
	dir := workspace(t, map[string]string{"old.json": "old"})
	scripts := map[string]string{
		// 512 bytes or a KiB, as the shell has it; the report is a hundred times that.
		"ulimit -f 1; exec " + binary + " --format json=old.json " + plan: "boundlint: write old.json: file too large\n",
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		scripts["exec "+binary+" "+plan+" > /dev/full"] = "boundlint: write text to standard output: no space left on device\n"
		scripts["exec "+binary+" --format sarif=/dev/full "+plan] = "boundlint: write /dev/full: no space left on device\n"
	}
	for script, want := range scripts {
		var stderr bytes.Buffer
		command := exec.CommandContext(t.Context(), "sh", "-c", script)
		command.Stderr = &stderr
		_ = command.Run()
		if code := command.ProcessState.ExitCode(); code != exitFailure || stderr.String() != want {
			t.Errorf("%s: %d %q", script, code, stderr.String())
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || read(t, "old.json") != "old" {
		t.Errorf("%v %v", left, err)
	}
}

// TestInterrupt interrupts the program while it reads, and then at moments
// spread over all that it does. It has ended by itself, or it says so in one
// line; the report is the old one or the new one.
func TestInterrupt(t *testing.T) {
	binary := built(t)
	plan := read(t, filepath.Join(repository(t), "fixtures/real/fleet-module/plan.json"))
	dir := workspace(t, nil)
	const moments = 24
	whole := 200 * time.Millisecond
	for i := range moments {
		if err := os.WriteFile("report.json", []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		sent := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2]
		var stderr bytes.Buffer
		command := exec.CommandContext(t.Context(), binary, "--format", "json=report.json", "-")
		command.Stderr = &stderr
		in, err := command.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		// More than a pipe holds: the program has begun to read.
		_, err = in.Write([]byte("{" + strings.Repeat(" ", 1<<18)))
		begun := time.Now()
		if i > 1 { // else it waits for the rest
			_, err = in.Write([]byte(plan[1:]))
			in.Close()
			time.Sleep(whole * time.Duration(i-2) / (moments - 2))
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = command.Process.Signal(sent)
		_ = command.Wait()
		code, said, report := command.ProcessState.ExitCode(), stderr.String(), read(t, "report.json")
		interrupted := code == exitFailure && said == "boundlint: interrupted before everything was judged\n" && (report == "old" || strings.HasSuffix(report, "}\n"))
		done := code == exitFailure-1 && said == "" && strings.HasSuffix(report, "}\n")
		if !interrupted && !done || i < 2 && !interrupted {
			t.Errorf("moment %d: %d %q, a report of %d bytes", i, code, said, len(report))
		}
		if done {
			whole = min(whole, time.Since(begun)*5/4)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 { // .git with it
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestInterruptSnapshot interrupts the program from the moment on at which the
// configuration in a binary plan is unpacked: nothing of it stays.
func TestInterruptSnapshot(t *testing.T) {
	binary := built(t)
	dir := filepath.Join(repository(t), "fixtures/real/fleet-module")
	unpacked := func() []os.DirEntry {
		left, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return left
	}
	t.Setenv("TMPDIR", t.TempDir())
	interrupted := 0
	for i := range 16 {
		var stderr bytes.Buffer
		command := exec.CommandContext(t.Context(), binary, "--config-dir", filepath.Join(dir, "plan.tfplan"), filepath.Join(dir, "plan.json"))
		command.Stderr = &stderr
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan bool)
		go func() {
			_ = command.Wait()
			close(ended)
		}()
		for waiting := true; waiting && len(unpacked()) == 0; {
			select {
			case <-ended:
				waiting = false
			case <-time.After(100 * time.Microsecond):
			}
		}
		time.Sleep(time.Duration(i) * 2 * time.Millisecond)
		_ = command.Process.Signal([]syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2])
		<-ended
		if command.ProcessState.ExitCode() == exitFailure && stderr.String() == "boundlint: interrupted before everything was judged\n" {
			interrupted++
		}
		if left := unpacked(); len(left) > 0 {
			t.Errorf("moment %d: left behind: %v", i, left)
		}
	}
	if interrupted == 0 {
		t.Error("it was never interrupted")
	}
}
