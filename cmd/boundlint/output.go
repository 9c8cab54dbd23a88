package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
)

// outputs is what --format and its companions ask for.
type outputs struct {
	stdout  io.Writer
	list    []output
	options report.Options
}

// output is one --format.
type output struct {
	name     string
	reporter report.Reporter
	file     string // "" for standard output
}

func (p *program) outputs(c *cli.Context) (*outputs, error) {
	o := &outputs{stdout: p.stdout}
	formats := c.StringSlice("format")
	if len(formats) == 0 {
		formats = []string{"text"}
	}
	var onStdout string
	taken := map[string]bool{}
	for _, f := range formats {
		name, file, _ := strings.Cut(f, "=")
		reporter, ok := report.ByName(name)
		if !ok {
			return nil, usagef("there is no format %s%s", name, formatHint(name))
		}
		switch {
		case file == "-" || !strings.Contains(f, "="):
			if onStdout != "" {
				return nil, usagef("both %s and %s would go to standard output; write one to a file, --format %s=FILE", onStdout, name, name)
			}
			if report.IsBinary(name) && isTerminal(p.stdout) {
				return nil, usagef("%s is not for a terminal; write it to a file, --format %s=FILE", name, name)
			}
			onStdout, file = name, ""
		case file == "":
			return nil, usagef("--format %s names no file", f)
		case taken[filepath.Clean(file)]:
			return nil, usagef("two formats would go to %s", file)
		default:
			taken[filepath.Clean(file)] = true
		}
		o.list = append(o.list, output{name, reporter, file})
	}
	color, err := p.color(c.String("color"))
	if err != nil {
		return nil, err
	}
	failOn, ok := lint.ParseFailOn(c.String("fail-on"))
	if !ok {
		names := []string{lint.Error.String(), lint.Warning.String(), lint.Note.String(), "none"}
		return nil, usagef("--fail-on takes error, warning, note or none, not %s%s", c.String("fail-on"),
			lint.Suggest(c.String("fail-on"), names))
	}
	if region := c.String("region"); region != "" && !policy.IsRegion(region) {
		return nil, usagef("--region takes the name of an AWS region, such as eu-west-1, not %s", region)
	}
	o.options = report.Options{
		Color:   color,
		Width:   p.width(),
		Base:    repositoryRoot(),
		Dir:     workingDirectory(),
		Now:     p.now(),
		Verbose: c.Bool("verbose"),
		FailOn:  failOn,
		Region:  c.String("region"),
		Run:     c.String("run"),
	}
	return o, nil
}

func formatHint(name string) string {
	if hint := lint.Suggest(name, report.Names()); hint != "" {
		return hint
	}
	return "; there are " + strings.Join(report.Names(), ", ")
}

// color decides whether standard output gets colours.
func (p *program) color(when string) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		// https://no-color.org: set and not empty means no, whatever it says.
		return p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb" && isTerminal(p.stdout), nil
	}
	return false, usagef("--color takes auto, always or never, not %s", when)
}

// readHere reports whether text goes to a terminal.
func (o *outputs) readHere() bool {
	return isTerminal(o.stdout) && slices.ContainsFunc(o.list, func(out output) bool { return out.file == "" && out.name == "text" })
}

// repositoryRoot is the nearest directory upwards with a .git, "" for none.
func repositoryRoot() string {
	dir := workingDirectory()
	if dir == "" {
		return ""
	}
	return files.Repository(dir)
}

// refuseOverwrite refuses to write a report over an input, a file that is part of one, or
// another report. stdin is what is read as standard input, nil for nothing;
// unread tells that an input could not be read, of which it is not known of what
// files it is made.
func (o *outputs) refuseOverwrite(paths []string, stdin io.Reader, unread bool) error {
	var inputs []fs.FileInfo
	for _, path := range paths {
		if in, err := files.StatNamed(path); err == nil {
			inputs = append(inputs, in)
		}
	}
	if f, ok := stdin.(*os.File); ok && slices.Contains(paths, "-") {
		if in, err := f.Stat(); err == nil {
			inputs = append(inputs, in)
		}
	}
	var reports []fs.FileInfo
	for _, out := range o.list {
		if out.file == "" {
			continue
		}
		target, err := files.StatNamed(out.file)
		if err != nil {
			continue // there is nothing to write over
		}
		same := func(other fs.FileInfo) bool { return os.SameFile(other, target) }
		switch {
		case slices.ContainsFunc(inputs, same), isInOrganization(out.file, paths):
			return usagef("--format %s=%s would write over an input", out.name, out.file)
		case unread && isPartOfInput(out.file):
			return usagef("--format %s=%s would write over a file of Terraform or of boundlint", out.name, out.file)
		case target.Mode().IsRegular() && slices.ContainsFunc(reports, same):
			return usagef("two formats would go to %s", out.file)
		}
		reports = append(reports, target)
	}
	return nil
}

// isInOrganization reports whether a file lies in a directory that is read as that of
// an organization.
func isInOrganization(file string, paths []string) bool {
	real, err := files.RealNamed(file)
	return err == nil && slices.ContainsFunc(paths, func(dir string) bool {
		info, err := files.StatNamed(dir)
		if err != nil || !info.IsDir() || !source.IsOrganization(dir) {
			return false
		}
		base, err := files.RealNamed(dir)
		if err != nil {
			return false
		}
		inside, err := filepath.Rel(base, real)
		return err == nil && filepath.IsLocal(inside)
	})
}

// isPartOfInput tells files by their names that are not reports.
func isPartOfInput(path string) bool {
	names := []string{path}
	if target, err := files.RealNamed(path); err == nil {
		names = append(names, target)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		name = strings.ToLower(filepath.Base(name))
		return name == "modules.json" || slices.ContainsFunc(partsOfInputs, func(suffix string) bool {
			return strings.HasSuffix(strings.TrimSuffix(name, ".json"), suffix)
		})
	})
}

// partsOfInputs are the ends of their names, before .json.
var partsOfInputs = []string{".tf", ".tofu", ".tfvars", ".hcl", ".tfstate", ".tfplan"}

// write writes the report in every format. Files come first, so that they are
// there when the reader of standard output has gone away.
func (o *outputs) write(r *lint.Report) error {
	for _, out := range o.list {
		if out.file == "" {
			continue
		}
		options := o.options
		options.Color, options.Width = false, 0
		var b bytes.Buffer
		if err := out.reporter.Report(&b, r, options); err != nil {
			return fmt.Errorf("write %s: %w", out.file, err)
		}
		if err := writeFile(out.file, b.Bytes()); err != nil {
			return fmt.Errorf("write %s: %w", out.file, reason(err))
		}
	}
	for _, out := range o.list {
		if out.file != "" {
			continue
		}
		if err := out.reporter.Report(o.stdout, r, o.options); err != nil {
			return fmt.Errorf("write %s to standard output: %w", out.name, reason(err))
		}
	}
	return nil
}

// writeFile replaces a file at once or not at all: whoever reads it meanwhile
// sees the old one or the new one. What is not a regular file, such as
// /dev/stderr or a pipe, is written in place.
func writeFile(path string, content []byte) (err error) { return replaceFile(path, content, 0) }

// replaceFile is writeFile for a file that keeps its mode; 0 is that of a new one.
func replaceFile(path string, content []byte, mode fs.FileMode) error {
	return replaceFrom(path, bytes.NewReader(content), mode)
}

// replaceFrom is replaceFile for what need not fit into memory.
func replaceFrom(path string, content io.Reader, mode fs.FileMode) (err error) {
	if target, err := files.RealNamed(path); err == nil {
		path = target
	}
	if info, err := files.StatNamed(path); err == nil && !info.Mode().IsRegular() {
		return writeInPlace(path, content)
	}
	replacing.Lock()
	defer replacing.Unlock()
	// os.CreateTemp would make a file that only its owner may read.
	temporary := fmt.Sprintf("%s.%08x.tmp", path, rand.Uint32())
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary)
		}
	}()
	_, err = io.Copy(f, content)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

func writeInPlace(path string, content io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
