package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// What can go wrong around the program: one clear line on standard error, the
// exit code 2, and no part of a report in a file.

var errDisk = errors.New("input/output error")

// ends is a reader of a text that fails at its end.
func ends(text string) io.Reader {
	return io.MultiReader(strings.NewReader(text), iotest.ErrReader(errDisk))
}

// full is a disk with room for some bytes more.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if len(b) <= f.room {
		f.room -= len(b)
		return len(b), nil
	}
	n := f.room
	f.room = 0
	return n, &os.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no space left on device")}
}

// documents are an input of each kind, small enough to be read byte by byte.
func documents(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{"bad plan": badPlan}
	for _, pattern := range []string{"fixtures/real/users-and-groups/plan.json", "fixtures/real/*/state.json", "fixtures/real/platform/account.json"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		found[pattern] = read(t, files[0])
	}
	return found
}

func runWith(stdin io.Reader, stdout io.Writer, args ...string) (code int, stderr string) {
	var said bytes.Buffer
	code = run(args, stdin, stdout, &said, func(name string) (string, bool) { return "1795305600", name == "SOURCE_DATE_EPOCH" })
	return code, said.String()
}

// TestShortReads: however the bytes come, they are the same input.
func TestShortReads(t *testing.T) {
	inputs := documents(t, repository(t))
	workspace(t, nil)
	for name, text := range inputs {
		var want bytes.Buffer
		code, _ := runWith(strings.NewReader(text), &want, "-", "--format", "json")
		for kind, reader := range map[string]func(io.Reader) io.Reader{
			"a byte at a time":       iotest.OneByteReader,
			"half of what is wanted": iotest.HalfReader,
			"the end with the last":  iotest.DataErrReader,
		} {
			var got bytes.Buffer
			if c, said := runWith(reader(strings.NewReader(text)), &got, "-", "--format", "json"); c != code || got.String() != want.String() {
				t.Errorf("%s, %s: %d instead of %d, %s", name, kind, c, code, said)
			}
		}
	}
}

// TestReadErrors: an input that fails somewhere is never taken for a short one.
func TestReadErrors(t *testing.T) {
	inputs := documents(t, repository(t))
	workspace(t, nil)
	for name, text := range inputs {
		for part := range 20 {
			at := len(text) * part / 20
			var stdout bytes.Buffer
			code, said := runWith(ends(text[:at]), &stdout, "-", "--format", "json=report.json")
			if code != exitFailure || !notRead(said) {
				t.Errorf("%s, at byte %d: %d %q", name, at, code, said)
			}
		}
		// After all of it nothing is missing, but nobody can know.
		if code, said := runWith(ends(text), io.Discard, "-"); code != exitFailure || !notRead(said) {
			t.Errorf("%s, at its end: %d %q", name, code, said)
		}
	}
}

func notRead(said string) bool {
	return said == "boundlint: -: input/output error\n" || said == "boundlint: -: it cannot be read to its end: input/output error\n"
}

// TestFullDisk: whatever does not fit is told, by every command and format.
func TestFullDisk(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan})
	for _, args := range []string{
		"bad.json", "bad.json --format json", "bad.json --format sarif", "bad.json --format github", "bad.json --format junit",
		"bad.json --format markdown", "bad.json --format html", "bad.json --format asff",
		"rules", "explain boundary-missing", "help", "help lint", "version", "completion bash",
		"simulate bad.json --as aws_iam_role.bare --action s3:GetObject", "can aws_iam_role.bare bad.json", "who-can s3:GetObject bad.json",
	} {
		var whole bytes.Buffer
		if code, said := runWith(nil, &whole, strings.Fields(args)...); code == exitFailure {
			t.Errorf("%s: %s", args, said)
		}
		for part := range 5 {
			room := whole.Len() * part / 5
			code, said := runWith(nil, &full{room}, strings.Fields(args)...)
			if code != exitFailure || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "boundlint: ") || !strings.Contains(said, "no space left on device") {
				t.Errorf("%s, with room for %d: %d %q", args, room, code, said)
			}
		}
	}
}

// TestReportInTheWay: a report that cannot be written leaves what was there.
func TestReportInTheWay(t *testing.T) {
	dir := workspace(t, map[string]string{"bad.json": badPlan, "dir/file": "x"})
	for _, file := range []string{"dir", "nowhere/report.json", "bad.json/report.json"} {
		code, said := runWith(nil, io.Discard, "bad.json", "--format", "json="+file)
		if code != exitFailure || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "boundlint: write "+file+": ") {
			t.Errorf("%s: %d %q", file, code, said)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 { // .git with them
		t.Errorf("%v %v", left, err)
	}
}

// TestChangingFile: what is written while it is read is neither the old nor
// the new.
func TestChangingFile(t *testing.T) {
	dump := read(t, filepath.Join(repository(t), "fixtures/real/platform/account.json"))
	padding := strings.Repeat(" ", 24<<20)
	csv := "user,arn\n" + strings.Repeat("a,arn:aws:iam::111122223333:user/a\n", 1<<17)
	workspace(t, map[string]string{"bad.json": "{" + padding + strings.TrimPrefix(badPlan, "{"), "credentials.csv": csv})
	for changing, args := range map[string][]string{
		"bad.json":        {"bad.json"},
		"credentials.csv": {"--credential-report", "credentials.csv", "-"},
	} {
		stop, stopped := make(chan bool), make(chan bool)
		go func() {
			defer close(stopped)
			for at := time.Now(); ; at = at.Add(time.Second) {
				select {
				case <-stop:
					return
				default:
					_ = os.Chtimes(changing, at, at)
				}
			}
		}()
		code, said := runWith(strings.NewReader(dump), io.Discard, args...)
		close(stop)
		<-stopped
		if want := "boundlint: " + changing + ": it changed while it was read: run again when nothing writes it\n"; code != exitFailure || said != want {
			t.Errorf("%d %q, want %q", code, said, want)
		}
	}
}
