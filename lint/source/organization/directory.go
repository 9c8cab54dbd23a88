package organization

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/unpack"
)

// Options say how a directory is read.
type Options struct {
	// Path is the directory as the user names it.
	Path string
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
	// Share bounds the time and the memory of the reading; nil for no bound.
	Share *budget.Share
	// Keep is given the model of each account with what reads it again, and returns what
	// is kept in its place; nil keeps all.
	Keep func(m *iam.Model, again func() (*iam.Model, error)) *iam.Model
}

// maxFile bounds a file of a directory. The largest ones list all accounts of an
// organization with what is attached to each, or are the dump of an account.
const maxFile = 256 << 20

// directory is one that is read.
type directory struct {
	options Options
	tree    *files.Tree
	// limit is what a file may have at most, in bytes.
	limit int64
}

func openDirectory(o Options) (*directory, error) {
	if o.Symbols == nil {
		o.Symbols = &policy.Symbols{}
	}
	t, err := files.OpenTree(o.Path)
	if err != nil {
		return nil, err
	}
	return &directory{o, t, maxFile}, nil
}

// kept is what is kept of the model of an account. again reads it in a directory that is
// opened again, with what the organizations of trees give it.
func (d *directory) kept(m *iam.Model, trees []*tree, again func(d *directory) (*iam.Model, error)) *iam.Model {
	if d.options.Keep == nil {
		return m
	}
	o := d.options
	o.Keep, o.Share = nil, nil // it has been paid for
	return d.options.Keep(m, func() (*iam.Model, error) {
		d, err := openDirectory(o)
		if err != nil {
			return nil, err
		}
		defer d.tree.Close()
		m, err := again(d)
		if m == nil {
			return nil, err
		}
		for _, t := range trees {
			t.giveAgain(m)
		}
		return m, nil // what is wrong with it has been told
	})
}

// shown is a path as people see it.
func (d *directory) shown(p string) string { return path.Join(filepath.ToSlash(d.options.Path), p) }

// account are the options for what the dump of an account has, too.
func (d *directory) account(p string) account.Options {
	return account.Options{Path: d.shown(p), Symbols: d.options.Symbols}
}

// file is a file that has been read.
type file struct {
	// path is as people see it.
	path string
	raw  json.RawMessage
}

// read reads a file of JSON, one value: nil where there is no such file, or where it
// says null. The value keeps its white space, so that places in it are places in the
// file.
func (d *directory) read(p string, shape *stream.Shape) (*file, error) {
	src, err := d.tree.Read(p, d.limit)
	return d.checked(p, src, err, shape)
}

// checked is a file that has been read, or not.
func (d *directory) checked(p string, src []byte, err error, shape *stream.Shape) (*file, error) {
	if files.IsMissing(err) {
		return nil, nil
	}
	if err == nil {
		src, err = unpack.TextOf(src)
	}
	if err == nil {
		r := stream.NewReader(bytes.NewReader(src))
		if r.Kind() == 0 && len(bytes.TrimSpace(src)) == 0 {
			err = stream.Errorf("it is empty: expected JSON")
		} else if err = r.Skip(); err == nil {
			err = r.End()
		}
	}
	if err == nil {
		err = shape.Check(bytes.TrimSpace(src), "")
	}
	switch {
	case err != nil:
		return nil, d.fault(p, err)
	case string(bytes.TrimSpace(src)) == "null":
		return nil, nil
	}
	return &file{d.shown(p), src}, nil
}

// decode reads a file of JSON into v, which takes all values of the shape.
func (d *directory) decode(p string, shape *stream.Shape, v any) (*file, error) {
	f, err := d.read(p, shape)
	return d.decoded(p, f, err, v)
}

func (d *directory) decoded(p string, f *file, err error, v any) (*file, error) {
	if f == nil || err != nil {
		return nil, err
	}
	if err := stream.Decode(bytes.TrimSpace(f.raw), "", v); err != nil {
		return nil, d.fault(p, err)
	}
	return f, nil
}

// fault is an error with the file that it is about, inside the directory.
func (d *directory) fault(p string, err error) error {
	if told, ok := errors.AsType[*stream.Error](err); ok {
		return &stream.Error{Problem: p + ": " + told.Problem, Err: told.Err}
	}
	problem := err.Error()
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		problem = at.Err.Error()
	}
	return &stream.Error{Problem: p + ": " + problem, Err: err}
}

// folders are the directories in a directory, sorted; none where it is not there.
func (d *directory) folders(dir string) ([]string, error) {
	entries, err := d.tree.List(dir)
	if files.IsMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, d.fault(dir, err)
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && d.tree.IsDir(path.Join(dir, name)) {
			out = append(out, name)
		}
	}
	return out, nil
}

// whole is the place of a file whose content is the value of an attribute.
func (f *file) whole() account.Place {
	start := len(f.raw) - len(bytes.TrimLeft(f.raw, " \t\r\n"))
	return account.Place{File: f.path, Start: f.position(start), Verbatim: true}
}

// text is the content as a JSON string, so that a policy document keeps its places.
func (f *file) text() json.RawMessage { return quoted(bytes.TrimSpace(f.raw)) }

func quoted(text []byte) json.RawMessage {
	out, err := json.Marshal(string(text))
	if err != nil {
		return text // every string has an encoding
	}
	return out
}

// position is the place of a byte.
func (f *file) position(at int) policy.Pos { return (&walk{file: f}).to(at) }

// walk tells the places of bytes that come one after the other, in one pass over the
// file however many they are.
type walk struct {
	file *file
	at   policy.Pos
}

// to is the place of a byte that does not come before the last one.
func (w *walk) to(at int) policy.Pos {
	if w.at.Line == 0 {
		w.at = policy.Pos{Line: 1, Column: 1}
	}
	at = min(max(at, w.at.Byte), len(w.file.raw))
	between := w.file.raw[w.at.Byte:at]
	if line := bytes.LastIndexByte(between, '\n'); line >= 0 {
		w.at.Line += bytes.Count(between, []byte("\n"))
		w.at.Column = len(between) - line
	} else {
		w.at.Column += len(between)
	}
	w.at.Byte = at
	return w.at
}

// member is the place of the first member of that name.
func (f *file) member(name string) account.Place {
	at := bytes.Index(f.raw, []byte(fmt.Sprintf("%q", name)))
	return account.Place{File: f.path, Start: f.position(max(at, 0))}
}
