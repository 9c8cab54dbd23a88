//go:build unix

package tfplan

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
	"github.com/boundlint/boundlint/lint/policy"
)

// BenchmarkRead reads a synthetic plan in three ways, each in a process of its
// own so that its peak of memory can be told: as a stream from a file, as a
// stream from a pipe, and decoded whole with terraform-json. The size is
// BOUNDLINT_BENCH_SIZE, 64M by default; for 1 GB:
//
//	BOUNDLINT_BENCH_SIZE=1G go test -run '^$' -bench Read -benchtime 1x ./lint/source/tfplan
//
// The last way needs about eight times the plan's size in memory; leave it
// out with -bench 'Read/(file|pipe)'.
func BenchmarkRead(b *testing.B) {
	text := os.Getenv("BOUNDLINT_BENCH_SIZE")
	if text == "" {
		text = "64M"
	}
	size, err := synthetic.ParseSize(text)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "plan.json")
	writePlan(b, path, size)
	for _, way := range []string{"file", "pipe", "whole"} {
		b.Run(way, func(b *testing.B) {
			b.SetBytes(size)
			var peak int64
			for b.Loop() {
				peak = max(peak, child(b, way, path))
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

func writePlan(tb testing.TB, path string, size int64) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := synthetic.Plan(w, synthetic.Bystanders, size); err != nil {
		tb.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// child reads the plan in another process, and tells its peak resident
// memory in bytes.
func child(tb testing.TB, way, path string) int64 {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestReadingChild$")
	cmd.Env = append(os.Environ(), "BOUNDLINT_BENCH_CHILD="+way)
	cmd.Stdin = f
	if way == "pipe" {
		cmd.Stdin = struct{ io.Reader }{f} // no file: exec makes a pipe
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	peak := usage.Maxrss
	if runtime.GOOS != "darwin" {
		peak <<= 10 // told in KiB everywhere else
	}
	return peak
}

// TestReadingChild is what the processes of BenchmarkRead run.
func TestReadingChild(t *testing.T) {
	way := os.Getenv("BOUNDLINT_BENCH_CHILD")
	if way == "" {
		t.Skip("only run by BenchmarkRead")
	}
	if way == "whole" {
		content, err := io.ReadAll(os.Stdin)
		if err != nil {
			t.Fatal(err)
		}
		var plan tfjson.Plan
		if err := json.Unmarshal(content, &plan); err != nil {
			t.Fatal(err)
		}
		return
	}
	p, err := Read(bufio.NewReaderSize(os.Stdin, 1<<16), Options{Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	if m := model(t, p); len(m.Entities) == 0 {
		t.Fatal("no entities")
	}
}

// TestMemory holds reading to its promise: a plan of 48 MB, nearly all of it
// nothing to do with IAM, takes a small part of that in memory.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 48 MB")
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	const size = 48 << 20
	writePlan(t, path, size)
	start := time.Now()
	peak := child(t, "pipe", path)
	t.Logf("%.0f MB/s, peak %d MiB", size/time.Since(start).Seconds()/1e6, peak>>20)
	if limit := int64(40 << 20); peak > limit && !raceEnabled {
		t.Errorf("peak of resident memory is %d MiB, more than %d", peak>>20, limit>>20)
	}
}
