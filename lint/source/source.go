// Package source recognises what an input is and has the right reader turn
// its bytes into models: a plan, a state, a directory of configuration, an
// account dump.
package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/organization"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
)

// Options say how inputs are read.
type Options struct {
	// Stdin is read for the path "-".
	Stdin io.Reader
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
	// AllowExec permits running terraform or tofu to show a binary plan of a
	// version that is not known.
	AllowExec bool
	// ConfigDir is the configuration that a plan is joined with: a directory,
	// or a binary plan, which carries its configuration; "" for none.
	ConfigDir string
	// Given are values for the variables of configurations, LookupEnv finds a
	// variable of the environment, and Workspace and Workspaces tell in which
	// workspaces configurations are judged: as in [tfconfig.Options].
	Given      []Given
	LookupEnv  func(name string) (value string, set bool)
	Workspace  string
	Workspaces func(root string) []string
	// WorkspacesFirst is as in [tfconfig.Options].
	WorkspacesFirst bool
	// Exclude are globs of directories in which no root module is looked for.
	Exclude []string
	// Recursive looks for root modules below a directory even if it has
	// configuration of its own.
	Recursive bool
	// Also are the paths of the whole run, and Partial tells that they are not
	// all that there is to judge: nothing is then said of directories below a
	// path that are not judged with it.
	Also    []string
	Partial bool
	// KeepPlanned tells of a plan, or of a root module by its path for people,
	// whether its resources are kept as the provider that applies them has them, in
	// [iam.Model.Planned]; nil for none.
	KeepPlanned func(path string) bool
	// CredentialReport is a CSV that belongs to an account dump, "" for none.
	CredentialReport string
	// Share bounds the time and the memory of the reading; nil for no bound.
	// Where it is used up the error is an *InputError that says so, or the
	// models that could be read say what they lack.
	Share *budget.Share
	// Before asks of a plan what was there before it. It changes nothing for other
	// inputs.
	Before bool
	// KeepForgotten takes what a plan forgets, and leaves as it is, for something
	// that stays. It changes nothing for other inputs.
	KeepForgotten bool
	// Overlay is what files of configurations are read as in the place of what they
	// hold; nil for none.
	Overlay files.Overlay
	// Parsed keeps the configuration that is parsed for the next reading; nil keeps nothing.
	Parsed *Parsed
	// Keep is given the model of each account that can be read again, with what reads it
	// again, and returns what is kept in its place; nil keeps all.
	Keep func(m *iam.Model, again func() (*iam.Model, error)) *iam.Model
	// Scratch is where the configuration in a binary plan is unpacked; nil for
	// temporary directories that nobody else removes.
	Scratch *files.Scratch
}

// Parsed keeps what is parsed.
type Parsed = tfconfig.Parsed

// Given is a value for variables, as the command line gives it.
type Given = tfconfig.Given

// InputError is an input that cannot be read: one clear line for a person.
type InputError struct {
	Path string
	// Problem says what is wrong, and what was expected, without the path.
	Problem string
	// Err is the cause, nil where Problem says all.
	Err error
}

func (e *InputError) Error() string { return e.Path + ": " + e.Problem }

func (e *InputError) Unwrap() error { return e.Err }

// NotJudged is the fault of an input whose share of the budget is used up.
func NotJudged(path string, over *budget.SpentError) *InputError {
	return &InputError{Path: path, Problem: "not judged: " + over.Error(), Err: over}
}

// Read reads the input at path: a file, a directory, or "-". What a file holds
// is told by its content and not by its name. A directory may hold several
// root modules and so give several models; no model is linked yet: lint.Run
// does that, with what the configuration says. The error is an *InputError
// where the input is at fault; models read before it are returned with it.
func Read(ctx context.Context, path string, o Options) ([]*iam.Model, error) {
	if o.Symbols == nil {
		o.Symbols = &policy.Symbols{}
	}
	d := &door{ctx: ctx, path: path, options: o}
	models, err := d.read()
	return models, d.fault(err)
}

// door reads one input.
type door struct {
	ctx     context.Context
	path    string
	options Options
	// shown is the binary plan that is read, "" for none.
	shown string
}

// fault makes an *InputError of whatever went wrong.
func (d *door) fault(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*InputError](err); ok {
		return err
	}
	if over, ok := errors.AsType[*budget.SpentError](err); ok {
		return NotJudged(d.path, over)
	}
	if told, ok := errors.AsType[*stream.Error](err); ok {
		return &InputError{Path: d.path, Problem: told.Problem, Err: told.Err}
	}
	return &InputError{Path: d.path, Problem: reason(err), Err: err}
}

// reason is what the operating system has to say, without the path, which
// stands before it.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return "reading it is not permitted"
	}
	return err.Error()
}

func (d *door) read() ([]*iam.Model, error) {
	if d.path == "-" {
		if d.options.Stdin == nil {
			return nil, stream.Errorf("there is no standard input")
		}
		return d.content(d.options.Stdin, nil)
	}
	info, err := files.StatNamed(d.path)
	if err != nil {
		return nil, err
	}
	if over := d.options.Share.Over(); over != nil {
		return nil, over
	}
	if info.IsDir() && organization.Recognise(d.path) != organization.None {
		return d.organization()
	}
	if info.IsDir() || isConfiguration(d.path) {
		return d.configuration(info.IsDir())
	}
	if err := checkKind(info); err != nil {
		return nil, err
	}
	f, err := files.OpenNamed(d.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil {
		err = checkKind(info) // another may be in its place by now
	}
	if err != nil {
		return nil, err
	}
	models, err := d.content(f, f)
	// What is wrong with a mixture of two contents helps nobody.
	if changed := files.CheckSteady(f, info); changed != nil {
		return nil, changed
	}
	if d.options.Keep != nil && info.Mode().IsRegular() {
		d.keep(models)
	}
	return models, err
}

// keep puts what is kept in the place of the accounts of a file.
func (d *door) keep(models []*iam.Model) {
	o := d.options
	o.Keep, o.Share = nil, nil // it has been paid for
	for i, m := range models {
		if m.Input.Kind != iam.InputAccount {
			continue
		}
		account := m.Input.Root
		models[i] = d.options.Keep(m, func() (*iam.Model, error) {
			all, err := Read(context.Background(), d.path, o)
			if at := slices.IndexFunc(all, func(m *iam.Model) bool { return m.Input.Root == account }); at >= 0 && err == nil {
				return all[at], nil
			}
			return nil, err
		})
	}
}

// checkKind refuses what is neither a regular file nor a pipe.
func checkKind(info fs.FileInfo) error {
	if kind := info.Mode().Type(); kind&^fs.ModeNamedPipe != 0 {
		return stream.Errorf("it is not a regular file (%s): expected a plan or state, a directory, or - for standard input", modeName(kind))
	}
	return nil
}

func modeName(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeDir != 0:
		return "a directory"
	case kind&fs.ModeSocket != 0:
		return "a socket"
	case kind&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// isConfiguration tells files of configuration by their names: they have no
// other mark.
func isConfiguration(path string) bool {
	for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	return false
}

func (d *door) one(m *iam.Model, err error) ([]*iam.Model, error) {
	if m == nil || err != nil {
		return nil, err
	}
	return []*iam.Model{m}, nil
}

// configuration evaluates a directory of Terraform files, or a file of it.
func (d *door) configuration(isDir bool) ([]*iam.Model, error) {
	if isDir {
		if whole := organization.Part(d.path); whole != "" {
			return nil, stream.Errorf("it is a part of what iam-collect writes: name the directory %s, which has all accounts in it", whole)
		}
	}
	models, err := tfconfig.LoadAll(d.path, d.options.tfconfig())
	if isDir && len(models) > 0 {
		isDump := func(path string) bool {
			kind, err := KindOfFile(path)
			return err == nil && kind == DumpFile
		}
		if unread := organization.Unread(d.path, isDump); unread != "" {
			models[0].Diagnostics = append(models[0].Diagnostics, iam.Diagnostic{
				Summary:  unread + " is not read, for there is configuration in the directory: put it into a directory of its own",
				Location: iam.Location{File: d.path},
			})
		}
	}
	return models, err
}

// organization reads a directory that shows the accounts of an organization.
func (d *door) organization() ([]*iam.Model, error) {
	o := organization.Options{Path: d.path, Symbols: d.options.Symbols, Share: d.options.Share, Keep: d.options.Keep}
	if d.options.CredentialReport != "" {
		o.Keep = nil // it is added to all of them
	}
	return d.withCredentials(organization.Read(o))
}

// tfconfig are the options that concern configuration.
func (o Options) tfconfig() tfconfig.Options {
	return tfconfig.Options{
		Symbols: o.Symbols, Given: o.Given, LookupEnv: o.LookupEnv, Workspace: o.Workspace, Workspaces: o.Workspaces,
		WorkspacesFirst: o.WorkspacesFirst,
		Exclude:         o.Exclude, Recursive: o.Recursive, Also: o.Also, Partial: o.Partial, Share: o.Share,
		KeepPlanned: o.KeepPlanned, Overlay: o.Overlay, Parsed: o.Parsed,
	}
}
