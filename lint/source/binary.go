package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// maxPlanMember bounds how much of a binary plan is looked at to tell who
// made it.
const maxPlanMember = 64 << 20

// binary reads what terraform plan -out writes: a zip file. Only the program
// that made it can show it, and that starts the provider programs that it
// finds in the directory, so it is run by permission only.
func (d *door) binary(f *os.File) ([]*iam.Model, error) {
	if f == nil {
		return nil, stream.Errorf("it is a zip file, perhaps the binary plan that terraform plan -out writes: pass what terraform show -json " +
			"prints of it")
	}
	program, err := planProgram(f)
	if err != nil {
		return nil, err
	}
	if !d.options.AllowExec {
		return nil, stream.Errorf("it is a binary plan, which only %s can show; run: %s show -json %s > plan.json (and pass plan.json, or let "+
			"boundlint do it with --allow-exec)", program, program, shellQuote(d.path))
	}
	return d.show(program)
}

// planProgram tells which program made a binary plan: the plan names the
// providers by the registry that the program takes them from.
func planProgram(f *os.File) (string, error) {
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return "", &stream.Error{Problem: "it begins like a zip file and is none: a binary plan that is cut off?", Err: err}
	}
	for _, member := range z.File {
		if member.Name != "tfplan" {
			continue
		}
		r, err := member.Open()
		if err != nil {
			return "", &stream.Error{Problem: "the binary plan cannot be unpacked", Err: err}
		}
		defer r.Close()
		content, err := io.ReadAll(io.LimitReader(r, maxPlanMember+1))
		switch {
		case err != nil:
			return "", &stream.Error{Problem: "the binary plan cannot be unpacked", Err: err}
		case len(content) > maxPlanMember: // who made it may stand in the rest
			return "", stream.Errorf("the member tfplan of the binary plan is larger than %d bytes", maxPlanMember)
		case bytes.Contains(content, []byte("registry.opentofu.org/")):
			return "tofu", nil
		}
		return "terraform", nil
	}
	return "", stream.Errorf("it is a zip file, but no binary plan: it has no member tfplan")
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
		line = strings.TrimSpace(strings.Trim(strings.TrimSpace(colors.ReplaceAllString(line, "")), "│╷╵"))
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
var colors = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// shellQuote is a path as a person can paste it into a shell.
func shellQuote(path string) string {
	if strings.IndexFunc(path, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@:+,", r)
	}) < 0 && path != "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
