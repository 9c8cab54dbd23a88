package source

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/source/planfile"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
	"github.com/boundlint/boundlint/lint/source/tfplan"
)

// binary reads what terraform plan -out writes: a zip file. Of a version that
// is not known only the program that made the plan can show it, and that starts
// the provider programs that it finds in the directory, so it is run by
// permission only.
func (d *door) binary(f *os.File) ([]*iam.Model, error) {
	if f == nil {
		return nil, stream.Errorf("it is a zip file, perhaps the binary plan that terraform plan -out writes: pass its path, or what terraform " +
			"show -json prints of it")
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, &stream.Error{Problem: "it begins like a zip file and is none: a binary plan that is cut off?", Err: err}
	}
	p, err := planfile.Read(z, resource.Reads)
	strange, ok := errors.AsType[*planfile.UnknownError](err)
	switch {
	case ok && d.options.AllowExec:
		return d.show(strange.Program)
	case ok:
		return nil, stream.Errorf("%s; run: %s show -json %s > plan.json (and pass plan.json, or let boundlint do it with --allow-exec)",
			strange.Problem, strange.Program, shellQuote(d.path))
	case err != nil:
		return nil, err
	}
	d.shown = d.path
	return d.one(d.decoded(p))
}

// decoded reads a binary plan as what terraform show -json prints of it: there
// is one reader of plans.
func (d *door) decoded(b *planfile.Plan) (*iam.Model, error) {
	unreadable := d.describe(b)
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	in := d.options.Share.Reader(bytes.NewReader(text))
	p, err := tfplan.Read(in, d.tfplan())
	if err != nil {
		return nil, err
	}
	m, err := d.join(p)
	if err == nil && unreadable != nil && d.options.ConfigDir != "" {
		// Else it is what the plan is joined with, and has been told.
		m.Diagnostics = append(m.Diagnostics, d.notUsed(unreadable))
	}
	return m, err
}

// describe adds what terraform show -json says of the configuration in a binary
// plan. Without it the plan tells less of what is not known before apply.
func (d *door) describe(p *planfile.Plan) error {
	s, err := openSnapshot(d.path, d.scratch())
	if err != nil {
		return err
	}
	defer s.close()
	tool := iam.Terraform
	if p.Program == "tofu" {
		tool = iam.OpenTofu
	}
	c, err := tfconfig.Describe(s.dir, tfconfig.Options{
		Symbols: d.options.Symbols, Base: s.base, Scope: d.path, Display: s.display, Tool: tool, Share: d.options.Share,
	})
	if err != nil {
		return err
	}
	p.Configuration = c.Configuration
	p.SetDefaults(c.Defaults)
	return nil
}

// show runs the program and reads what it prints.
func (d *door) show(program string) ([]*iam.Model, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, &stream.Error{Problem: fmt.Sprintf("it is a binary plan of %s, which is not installed here", program), Err: err}
	}
	plan, err := filepath.Abs(d.path)
	if err != nil {
		return nil, err
	}
	dir := d.options.ConfigDir
	if info, err := files.StatNamed(dir); err != nil || !info.IsDir() {
		dir = filepath.Dir(plan)
	}
	d.shown = d.path
	cmd := exec.CommandContext(d.ctx, path, "show", "-json", "-no-color", plan)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	models, readErr := d.content(out, nil)
	_, _ = io.Copy(io.Discard, out) // or it waits for ever to write the rest
	if err := cmd.Wait(); err != nil {
		return nil, &stream.Error{Problem: fmt.Sprintf("%s show -json failed in %s: %s", program, dir, complaint(stderr.String(), err)), Err: err}
	}
	return models, readErr
}

// complaint is the first error in what a program said, on one line, else the
// first line that says something: warnings may come before it.
func complaint(said string, err error) string {
	const most = 300
	first, told := "", ""
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(strings.Trim(strings.TrimSpace(colors().ReplaceAllString(line, "")), "│╷╵"))
		switch {
		case strings.HasPrefix(line, "Error: ") && told == "":
			told = strings.TrimSuffix(line, ".") + "."
		case told != "" && strings.HasPrefix(line, "Error: "):
			return told
		case told != "" && line != "" && len(told) < most:
			told += " " + line
		case first == "":
			first = line
		}
	}
	switch {
	case told != "":
		return told
	case first != "":
		return first
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.String()
	}
	return err.Error()
}

// colors are the sequences that colour a terminal.
var colors = lazy.Regexp(`\x1b\[[0-9;]*m`)

// shellQuote is a path as a person can paste it into a shell.
func shellQuote(path string) string {
	if strings.IndexFunc(path, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@:+,", r)
	}) < 0 && path != "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
