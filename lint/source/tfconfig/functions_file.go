package tfconfig

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

var fileFunctions = map[string]special{
	"file":             fileFunction("file"),
	"filebase64":       fileFunction("filebase64"),
	"filebase64sha256": fileFunction("filebase64sha256"),
	"filebase64sha512": fileFunction("filebase64sha512"),
	"fileexists":       fileFunction("fileexists"),
	"filemd5":          fileFunction("filemd5"),
	"fileset":          fileFunction("fileset"),
	"filesha1":         fileFunction("filesha1"),
	"filesha256":       fileFunction("filesha256"),
	"filesha512":       fileFunction("filesha512"),
	"templatefile":     fileFunction("templatefile"),
	"templatestring":   templateString,
}

// contents are what functions of one file make of it.
var contents = map[string]func(b []byte) string{
	"filebase64":       base64.StdEncoding.EncodeToString,
	"filemd5":          func(b []byte) string { return digest(b, md5.New, hex.EncodeToString) },
	"filesha1":         func(b []byte) string { return digest(b, sha1.New, hex.EncodeToString) },
	"filesha256":       func(b []byte) string { return digest(b, sha256.New, hex.EncodeToString) },
	"filesha512":       func(b []byte) string { return digest(b, sha512.New, hex.EncodeToString) },
	"filebase64sha256": func(b []byte) string { return digest(b, sha256.New, base64.StdEncoding.EncodeToString) },
	"filebase64sha512": func(b []byte) string { return digest(b, sha512.New, base64.StdEncoding.EncodeToString) },
}

func fileFunction(name string) special {
	return func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		return e.callFile(name, args, at)
	}
}

// callFile reads a file of the scanned tree. Relative paths start at the root
// module, which is Terraform's working directory.
func (e *env) callFile(name string, args []cty.Value, at hclsyntax.Expression) (cty.Value, error) {
	if want := fileArguments(name); len(args) != want {
		return cty.NilVal, fmt.Errorf("%d arguments are needed", want)
	}
	v, err := convertValue(args[0], cty.String)
	switch {
	case err != nil || isNull(v):
		return cty.NilVal, errors.New("a path is needed")
	case !v.IsKnown() || policy.ContainsToken(v.AsString()):
		e.doubtful()
		return cty.UnknownVal(fileType(name)), nil
	}
	full, err := e.filePath(v.AsString())
	switch {
	case err != nil:
		return cty.NilVal, err
	case name == "fileset":
		return e.fileSet(full, args[1], at)
	case name == "fileexists":
		return e.fileExists(full, v.AsString())
	}
	b, err := e.readContents(full, name == "file" || name == "templatefile")
	switch {
	case err != nil:
		return cty.NilVal, fileError{v.AsString(), err}
	case !e.charge(1+len(b)/bytesPerStep, at.Range):
		return e.starve(cty.String), nil
	case name == "file":
		return e.bounded(string(b), at), nil
	case name == "templatefile":
		if e.templates > 0 {
			e.doubtful() // OpenTofu takes what Terraform refuses
		}
		return e.render(b, e.shownFile(full, e.given[:min(1, len(e.given))]...), args[1], at), nil
	}
	return e.bounded(contents[name](b), at), nil
}

// readContents reads a file of the tree, which has to be text where a function makes
// text of it.
func (e *env) readContents(full string, text bool) ([]byte, error) {
	b, err := e.ev.loader.contents(full)
	switch {
	case errors.Is(err, fs.ErrNotExist) && madeByTerraform(full):
		return nil, errMade
	case err != nil || !text:
	case !utf8.Valid(b):
		return nil, errors.New("it is not UTF-8")
	case forgesToken(string(b)):
		return nil, errToken
	}
	return b, err
}

// fileContent is the content of the file that an expression names.
func (e *env) fileContent(x hclsyntax.Expression) cty.Value {
	p, marks := e.eval(x).Unmark()
	v, err := e.callFile("file", []cty.Value{p}, x)
	if err != nil {
		return e.failCall("file", err, []cty.Value{p.WithMarks(marks)}, x)
	}
	return v.WithMarks(marks)
}

// fileError is a file that cannot be read, by the path that the configuration
// names. Where the cause is a refusal, Terraform may read it.
type fileError struct {
	path  string
	cause error
}

func (e fileError) Error() string { return e.text(e.path) }
func (e fileError) Unwrap() error { return e.cause }

// text says so, with the path or what stands for one that is sensitive.
func (e fileError) text(shown string) string {
	if _, ok := errors.AsType[refusal](e.cause); ok {
		return "boundlint does not read " + shown + ": " + plainError(e.cause)
	}
	return shown + " cannot be read: " + plainError(e.cause)
}

// failFile is the outcome of a call that cannot read its file.
func (e *env) failFile(name string, err fileError, marks []cty.ValueMarks, x hclsyntax.Expression) cty.Value {
	why := err.Error()
	if anyMark(marks, markSensitive) {
		why = err.text("a file whose path is sensitive")
	}
	if _, ok := errors.AsType[refusal](err); ok {
		return e.refuse(fileType(name), "%s", why).WithMarks(withoutMaybe(marks)...)
	}
	return e.unreadable(fileType(name), x.Range(), "%s", why).WithMarks(withoutMaybe(marks)...)
}

// fileArguments is how many arguments a function of files takes.
func fileArguments(name string) int {
	if name == "fileset" || name == "templatefile" {
		return 2
	}
	return 1
}

// fileType is the type of what a function of files gives.
func fileType(name string) cty.Type {
	switch name {
	case "fileexists":
		return cty.Bool
	case "fileset":
		return cty.Set(cty.String)
	}
	return cty.String
}

// errMade is for a file that is not there yet, and is once Terraform evaluates the
// configuration.
var errMade = refusal("terraform init, plan or apply makes it")

// madeByTerraform reports whether Terraform writes a file of that path itself: its
// data directory, lock files, and the state of the local backend.
func madeByTerraform(p string) bool {
	return slices.ContainsFunc(strings.Split(p, "/"), func(name string) bool {
		return strings.HasPrefix(name, ".terraform") || strings.HasPrefix(name, "terraform.tfstate")
	})
}

var errPath = refused("its path is longer than %d bytes", maxPath)

// filePath is a path that the configuration names as one in the tree.
func (e *env) filePath(p string) (string, error) {
	if len(p) > maxPath {
		return "", errPath
	}
	full := e.ev.inTree(p)
	if path.IsAbs(p) || strings.HasPrefix(p, "~") || filepath.IsAbs(p) || isOutside(full) {
		return "", fileError{p, errOutside}
	}
	return full, nil
}

// fileExists is false for what is not there, and for nothing else: Terraform
// fails on a directory.
func (e *env) fileExists(full, named string) (cty.Value, error) {
	info, err := e.ev.loader.tree.stat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist) && madeByTerraform(full):
		err = errMade
	case errors.Is(err, fs.ErrNotExist):
		return cty.False, nil
	case err == nil && info.IsDir():
		err = errDirectory
	case err == nil && !info.Mode().IsRegular():
		err = errIrregular
	}
	if err != nil {
		return cty.NilVal, fileError{named, err}
	}
	return cty.True, nil
}

func templateString(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	if len(args) != 2 {
		return cty.NilVal, errors.New("two arguments are needed")
	}
	template, err := convertValue(args[0], cty.String)
	if err != nil {
		return cty.NilVal, err
	}
	if !isText(template) || policy.ContainsToken(template.AsString()) {
		return cty.UnknownVal(cty.String), nil
	}
	return e.render([]byte(template.AsString()), e.shownFile(at.Range().Filename, e.given[:min(1, len(e.given))]...), args[1], at), nil
}

// parseTemplate parses a template after its shape has been checked.
func parseTemplate(src []byte, file string) (hclsyntax.Expression, error) {
	if err := checkTemplateShape(src); err != nil {
		return nil, err
	}
	x, diags := hclsyntax.ParseTemplate(src, file, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s: %s", diags[0].Summary, diags[0].Detail)
	}
	return x, nil
}

// parsedTemplate is a template file, or why it cannot be parsed.
type parsedTemplate struct {
	src  string
	expr hclsyntax.Expression
	err  error
}

// template parses a template, the same text in the same file once.
func (ev *evaluator) template(src []byte, file string) (hclsyntax.Expression, error) {
	known, ok := ev.templates[file]
	if !ok || known.src != string(src) {
		ev.steps -= len(src) / 4 // a parser's step costs more than one of ours
		known.src = string(src)
		known.expr, known.err = parseTemplate(src, file)
		ev.templates[file] = known
	}
	return known.expr, known.err
}

// templateEnv is where a template stands: it sees what it is given alone.
func (e *env) templateEnv(vars cty.Value, at hcl.Range) (*env, bool) {
	vars, marks := vars.Unmark()
	if !isDefinite(vars) || !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
		return nil, false
	}
	inner := *e
	inner.templates++
	var given []binding
	for it := vars.ElementIterator(); it.Next(); {
		k, v := it.Element()
		given = append(given, binding{k.AsString(), v.WithMarks(marks)})
	}
	inner.names = &names{outer: e.names, vars: given, closed: true, kind: "template", round: at.Filename, number: at.Start.Byte}
	return &inner, true
}

// render evaluates a template with the given variables.
func (e *env) render(src []byte, file string, vars cty.Value, at hclsyntax.Expression) cty.Value {
	if e.templates >= e.ev.limits.templates {
		return e.refuse(cty.String, "templates are nested more than %d deep", e.ev.limits.templates)
	}
	x, err := e.ev.template(src, file)
	if r, ok := errors.AsType[refusal](err); ok {
		return e.refuse(cty.String, "boundlint does not read the template: %s", r)
	}
	switch {
	case err != nil && file == hiddenFile:
		return e.fail(at.Range(), "the template, which is sensitive, cannot be read")
	case err != nil:
		return e.fail(at.Range(), "the template cannot be read: %s", err)
	}
	inner, ok := e.templateEnv(vars, at.Range())
	if !ok {
		e.doubtful()
		_, marks := vars.Unmark()
		return cty.UnknownVal(cty.String).WithMarks(marks)
	}
	v, err := convertValue(inner.eval(x), cty.String)
	if err != nil {
		return e.fail(at.Range(), "the template gives no string: %s", err)
	}
	return v
}
