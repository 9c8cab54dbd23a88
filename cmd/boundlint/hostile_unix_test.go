//go:build unix

package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram is set where the binary of the tests is to be the program itself:
// only a process of its own tells how much memory it takes.
const asProgram = "BOUNDLINT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
	}
	for _, c := range (&program{}).app().Commands {
		for _, f := range c.Flags {
			_ = os.Unsetenv(variableOf(f.Names()[0])) // of who runs the tests
		}
	}
	os.Exit(m.Run())
}

// cost is what one hostile input took.
type cost struct {
	name string
	// seconds are by the clock, work is what the processors took.
	seconds, work float64
	mebi          int64
	code          int
	said          string
}

// costOf runs the program on a case.
func costOf(tb testing.TB, c hostileCase) cost {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		tb.Fatal(err)
	}
	for name, text := range c.files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"lint"}, c.args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var said strings.Builder
	cmd.Stderr = &said
	start := time.Now()
	_ = cmd.Run() // the exit code says how it went
	out := cost{name: c.name, seconds: time.Since(start).Seconds(), code: cmd.ProcessState.ExitCode(), said: said.String()}
	out.work = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		out.mebi = usage.Maxrss >> 10
		if runtime.GOOS == "darwin" {
			out.mebi >>= 10 // it counts bytes
		}
	}
	_ = os.RemoveAll(dir) // hundreds of them are large
	return out
}

// hostileCases are all of them of one size; the one of policies is IAM's quota
// at most.
func hostileCases(n int) []hostileCase {
	out := slices.Concat(hostileConfigurations(n), hostilePlans(n), hostileDumps(n), hostilePolicies(min(max(n, 1000), 10_240)), hostilePolicies(min(max(n/2, 900), 6_144)))
	slices.SortFunc(out, func(a, b hostileCase) int { return strings.Compare(a.name, b.name) })
	return out
}

// TestHostileInputs proves that whatever somebody writes, the program ends by
// itself and says whether it has judged it.
func TestHostileInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts hundreds of processes")
	}
	cases := hostileCases(40)
	if len(cases) < 200 {
		t.Errorf("%d cases", len(cases))
	}
	for i, c := range cases {
		if i%3 > 0 {
			continue // the benchmark takes all
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := costOf(t, c)
			if got.code < exitClean || got.code > exitFailure || strings.Contains(got.said, "goroutine ") || strings.Contains(got.said, "internal error") {
				t.Errorf("exit %d, %.2000s", got.code, got.said)
			}
		})
	}
}

// BenchmarkHostileInputs prints what takes longest and what takes most memory:
//
//	go test -run '^$' -bench HostileInputs -benchtime 1x ./cmd/boundlint
//
// BOUNDLINT_BENCH_ONLY is a regular expression over the names, to look at some.
func BenchmarkHostileInputs(b *testing.B) {
	only := regexp.MustCompile(os.Getenv("BOUNDLINT_BENCH_ONLY"))
	for b.Loop() {
		var costs []cost
		for _, n := range []int{2000, 100_000} {
			for _, c := range hostileCases(n) {
				if only.MatchString(c.name) {
					costs = append(costs, costOf(b, c))
				}
			}
		}
		show := func(what string, compare func(x, y cost) int) {
			slices.SortFunc(costs, compare)
			fmt.Printf("of %d, %s:\n", len(costs), what)
			for _, c := range costs[:min(5, len(costs))] {
				fmt.Printf("%8.2f s (%.2f s of work) %6d MiB  exit %d  %.100s\n", c.seconds, c.work, c.mebi, c.code, c.name)
			}
		}
		show("those that took longest", func(x, y cost) int { return cmp.Compare(y.seconds, x.seconds) })
		show("those that took most memory", func(x, y cost) int { return cmp.Compare(y.mebi, x.mebi) })
		for _, c := range costs {
			if c.code < exitClean || c.code > exitFailure || c.work > 10 || c.mebi > 512 {
				b.Errorf("%.2f s, %d MiB, exit %d: %s\n%.300s", c.seconds, c.mebi, c.code, c.name, c.said)
			}
		}
	}
}
