package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
)

// bench measures.
type bench struct {
	options
	// dir is for what is made on the way, log for what goes on.
	dir string
	log io.Writer
	// program is the built boundlint. generator is what makes inputs: a process of
	// its own, for the largest size of a process counts for those that it starts.
	program, generator string
}

// build builds boundlint as it is in the repository.
func (b *bench) build(ctx context.Context) error {
	b.program, b.generator = filepath.Join(b.dir, "boundlint"), filepath.Join(b.dir, "generator")
	for program, pkg := range map[string]string{b.program: "./cmd/boundlint", b.generator: "./fixtures/bench"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, pkg)
		cmd.Dir = b.root
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w: %s", err, said)
		}
	}
	return nil
}

// input makes the input of a row, and returns how to run boundlint on it and how long
// it is. remove takes it away.
func (b *bench) input(ctx context.Context, r row) (c command, size int64, remove func(), err error) {
	c = command{name: "boundlint", dir: b.root}
	if r.path != "" {
		c.args = append(append([]string{b.program}, r.command...), r.path)
		return c, 0, func() {}, nil
	}
	own, err := os.MkdirTemp(b.dir, "input")
	if err != nil {
		return c, 0, nil, err
	}
	in, err := b.make(ctx, r, own)
	if err != nil {
		return c, 0, nil, err
	}
	c.args = []string{b.program, "lint"}
	if in.ConfigDir != "" {
		c.args = append(c.args, "--config-dir", in.ConfigDir)
	}
	if in.Credentials != "" {
		c.args = append(c.args, "--credential-report", in.Credentials)
	}
	c.args, c.dir = append(c.args, in.Path), own
	size, err = synthetic.Size(in.Path)
	return c, size, func() { _ = os.RemoveAll(own) }, err
}

// make writes the input of a row.
func (b *bench) make(ctx context.Context, r row, dir string) (synthetic.Input, error) {
	n := r.n
	if r.bytes > 0 {
		var err error
		if n, err = b.unitsFor(ctx, r, dir); err != nil {
			return synthetic.Input{}, err
		}
	}
	return b.generate(ctx, r.shape, max(1, int(float64(n)*b.scale)), dir)
}

// generate writes an input of a shape with so many units.
func (b *bench) generate(ctx context.Context, shape string, n int, dir string) (in synthetic.Input, err error) {
	cmd := exec.CommandContext(ctx, b.generator, "-shape", shape, "-n", strconv.Itoa(n), "-o", dir)
	var complained bytes.Buffer
	cmd.Stderr = &complained
	said, err := cmd.Output()
	if err != nil {
		return in, fmt.Errorf("make %s: %w: %s", shape, err, complained.String())
	}
	return in, json.Unmarshal(said, &in)
}

// unitsFor is how many units make an input as long as that of a row.
func (b *bench) unitsFor(ctx context.Context, r row, dir string) (int, error) {
	const few = 2000
	in, err := b.generate(ctx, r.shape, few, dir)
	if err != nil {
		return 0, err
	}
	size, err := synthetic.Size(in.Path)
	if err != nil {
		return 0, err
	}
	return int(r.bytes * few / size), nil
}

// measured is the table of some inputs.
func (b *bench) measured(ctx context.Context, t table) (string, error) {
	header := []string{"input", "size", "work", "clock", "peak"}
	if t.speed {
		header = append(header, "megabytes a second of work")
	}
	var out [][]string
	for _, r := range t.rows {
		fmt.Fprintf(b.log, "%s: %s %s\n", t.name, r.what, r.shape)
		c, bytes, remove, err := b.input(ctx, r)
		if err != nil {
			return "", err
		}
		s, err := measure(ctx, b.limit, b.rounds, []command{c})
		remove()
		if err != nil {
			return "", err
		}
		cells := append([]string{r.what, size(bytes)}, s[0].figures(b.limit)...)
		if t.speed {
			cells = append(cells, speed(bytes, s[0]))
		}
		out = append(out, cells)
	}
	return markdown(header, out), nil
}

// beside is the table of what other tools take on an input.
func (b *bench) beside(ctx context.Context, r row, isDir bool) (string, error) {
	c, _, remove, err := b.input(ctx, r)
	if err != nil {
		return "", err
	}
	defer remove()
	path := c.args[len(c.args)-1]
	var out [][]string
	commands, told := []command{c}, [][]string{{"boundlint", "all of its rules"}}
	for _, p := range peers {
		version, ok := versionOf(ctx, p)
		switch {
		case p.plan == nil && !isDir || p.directory == nil && isDir:
			continue
		case !ok:
			out = append(out, []string{p.name, p.does, "not on this machine", "", ""})
			continue
		case p.prepare != nil && b.plugins == "":
			out = append(out, []string{p.name + " " + version, p.does, "the AWS provider is not on this machine", "", ""})
			continue
		}
		fmt.Fprintf(b.log, "beside: %s %s on the %s\n", p.name, version, r.what)
		one, err := b.commandOf(ctx, p, path, isDir)
		if err != nil {
			return "", err
		}
		commands, told = append(commands, *one), append(told, []string{p.name + " " + version, p.does})
	}
	samples, err := measure(ctx, b.limit, b.rounds, commands)
	if err != nil {
		return "", err
	}
	var rows [][]string
	for i, s := range samples {
		rows = append(rows, append(told[i], s.figures(b.limit)...))
	}
	return markdown([]string{"tool", "what it does", "work", "clock", "peak"}, append(rows, out...)), nil
}

// stages is what --timings tells of an input.
func (b *bench) stages(ctx context.Context, r row) (string, error) {
	fmt.Fprintf(b.log, "stages of %s\n", r.what)
	c, _, remove, err := b.input(ctx, r)
	if err != nil {
		return "", err
	}
	defer remove()
	cmd := exec.CommandContext(ctx, c.args[0], append([]string{"lint", "--timings", "--format", "compact"}, c.args[2:]...)...)
	cmd.Dir = c.dir
	var told strings.Builder
	cmd.Stderr = &told
	if err := cmd.Run(); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			return "", err
		}
	}
	return timingsOf(told.String())
}

// goBenchmarks is the table of the benchmarks of Go.
func (b *bench) goBenchmarks(ctx context.Context) (string, error) {
	var out [][]string
	for _, one := range benchmarks {
		fmt.Fprintf(b.log, "benchmark %s of %s\n", one.name, one.pkg)
		command := fmt.Sprintf("go test -run '^$' -bench '^Benchmark%s$' %s", one.name, one.pkg)
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark"+one.name+"$", "-benchtime", "300ms", one.pkg)
		cmd.Dir = b.root
		said, err := cmd.CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%s: %w: %s", command, err, said)
		}
		least, most, err := perOperation(string(said))
		if err != nil {
			return "", fmt.Errorf("%s: %w", command, err)
		}
		took := duration(least)
		if duration(most) != took {
			took += " to " + duration(most)
		}
		out = append(out, []string{one.what, took, "`" + command + "`"})
	}
	return markdown([]string{"what", "time", "command"}, out), nil
}

// size is a number of bytes in megabytes; "" for none.
func size(bytes int64) string {
	switch {
	case bytes == 0:
		return ""
	case bytes < megabyte/2:
		return fmt.Sprintf("%.0f kB", float64(bytes)/1000)
	case bytes < 10*megabyte:
		return fmt.Sprintf("%.1f MB", float64(bytes)/megabyte)
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/megabyte)
}

// speed is how much of an input each second of work reads and judges.
func speed(bytes int64, s sample) string {
	if s.late || s.work < time.Millisecond {
		return ""
	}
	return fmt.Sprintf("%.0f", float64(bytes)/megabyte/s.work.Seconds())
}
