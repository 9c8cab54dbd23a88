package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
)

// TestPage: the template asks for every table once, and for nothing else.
func TestPage(t *testing.T) {
	t.Parallel()
	asked := map[string]int{}
	part := func(name string) func() (string, error) {
		return func() (string, error) { asked[name]++; return "<" + name + ">", nil }
	}
	parts := map[string]func() (string, error){}
	for _, name := range []string{"machine", "beside", "directory", "stages", "deciding"} {
		parts[name] = part(name)
	}
	b := &bench{options: options{only: regexp.MustCompile("")}}
	page, err := b.fill(parts, func(t table) (string, error) { return part(t.name)() })
	if err != nil {
		t.Fatal(err)
	}
	for name := range parts {
		if asked[name] != 1 || !strings.Contains(string(page), "<"+name+">") {
			t.Errorf("%s is asked for %d times", name, asked[name])
		}
	}
	if strings.Contains(string(page), "{{") || !strings.Contains(string(page), "A "+besidePlan.what+":") {
		t.Errorf("got %s", page)
	}
	b.only = regexp.MustCompile("^plans$")
	if page, err = b.fill(parts, func(t table) (string, error) { return part(t.name)() }); err != nil || asked["plans"] != 2 || asked["stages"] != 1 {
		t.Errorf("%v, %v", err, asked)
	}
	if !strings.Contains(string(page), "(not measured)") {
		t.Errorf("got %s", page)
	}
}

// TestRows: every row has an input.
func TestRows(t *testing.T) {
	t.Parallel()
	rows := []row{besidePlan, besideDirectory, timed}
	for _, table := range tables {
		rows = append(rows, table.rows...)
	}
	for _, r := range rows {
		_, made := synthetic.Named(r.shape)
		_, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(r.path)))
		if r.path == "" && (!made || r.n == 0 && r.bytes == 0) || r.path != "" && err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
	for _, one := range benchmarks {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(one.pkg), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range files {
			src, err := os.ReadFile(f)
			found = found || err == nil && strings.Contains(string(src), "func Benchmark"+one.name+"(")
		}
		if !found {
			t.Errorf("there is no benchmark %s in %s", one.name, one.pkg)
		}
	}
}

func TestPerOperation(t *testing.T) {
	t.Parallel()
	const said = "goos: linux\nBenchmarkDecide/a-2  \t 100\t 412.5 ns/op\t 0 B/op\nBenchmarkDecide/b-2\t100\t1012 ns/op\nPASS\n"
	if least, most, err := perOperation(said); err != nil || least != 412 || most != 1012 {
		t.Errorf("%v, %v, %v", least, most, err)
	}
	if _, _, err := perOperation("PASS\n"); err == nil {
		t.Error("there is no error")
	}
}

func TestTimings(t *testing.T) {
	t.Parallel()
	const said = "timings: reading 123.0ms, judging 11.2s, writing 12.1ms, together 11.3s\n  reading /tmp/a.json: 123.0ms\n  escalation search: 4565.6ms\n  linking: 26.9ms\n"
	const want = "| stage | clock |\n|---|---|\n| *reading* | 0.12 s |\n| *judging* | 11 s |\n| *writing* | 12 ms |\n| *together* | 11 s |\n" +
		"| escalation search | 4.6 s |\n| linking | 27 ms |"
	if got, err := timingsOf(said); err != nil || got != want {
		t.Errorf("%v, got %s", err, got)
	}
	if got, err := timingsOf("boundlint: no\n"); err == nil {
		t.Errorf("got %s", got)
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	list := []sample{
		{work: 3 * time.Second, clock: 40 * time.Second, peak: 5 << 20},
		{work: time.Second, clock: 20 * time.Second, peak: 9 << 20},
		{work: 2 * time.Second, clock: 30 * time.Second, peak: 7 << 20},
	}
	if got := strings.Join(median(list).figures(time.Minute), " "); got != "2.0 s 30 s 7 MiB" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(sample{late: true}.figures(2*time.Minute), " "); got != "over 2m0s over 2m0s " {
		t.Errorf("got %s", got)
	}
	for d, want := range map[time.Duration]string{
		412: "412 ns", 4120: "4.1 µs", 41200: "41 µs", 4_120_000: "4 ms", 412_000_000: "0.41 s", 4_120_000_000: "4.1 s", 41_200_000_000: "41 s",
	} {
		if got := duration(d); got != want {
			t.Errorf("%d: got %s, want %s", d, got, want)
		}
	}
	if got := speed(58*megabyte, sample{work: 200 * time.Millisecond}); got != "290" {
		t.Errorf("got %s", got)
	}
}

// TestPeers: each of them has something to do, and its version is found.
func TestPeers(t *testing.T) {
	t.Parallel()
	for _, p := range peers {
		if p.plan == nil && p.directory == nil || p.does == "" || len(p.version) == 0 {
			t.Errorf("%s is not told to do anything", p.name)
		}
	}
	if version, ok := versionOf(context.Background(), peer{name: "there-is-no-such-tool", version: []string{"--version"}}); ok {
		t.Errorf("got %s", version)
	}
	if version, ok := versionOf(context.Background(), peer{name: "go", version: []string{"version"}}); !ok || !strings.HasPrefix(version, "1.") {
		t.Errorf("got %s", version)
	}
	if got := strings.Join(filled([]string{"-d", "PATH", "x=PLUGINS"}, "PATH", "/a", "PLUGINS", "/b"), " "); got != "-d /a x=/b" {
		t.Errorf("got %s", got)
	}
}
