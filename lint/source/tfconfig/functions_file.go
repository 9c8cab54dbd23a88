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
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// maxMatches bounds what fileset finds.
const maxMatches = 10_000

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
		return e.callFile(name, args, at), nil
	}
}

// callFile reads a file of the scanned tree. Relative paths start at the root
// module, which is Terraform's working directory.
func (e *env) callFile(name string, args []cty.Value, at hclsyntax.Expression) cty.Value {
	v, marks := args[0].Unmark()
	converted, err := convertValue(v, cty.String)
	switch {
	case err != nil || isNull(converted):
		return e.fail(at.Range(), "%s: a path is needed", name)
	case !converted.IsKnown() || policy.ContainsToken(converted.AsString()):
		e.doubtful()
		return unknownFile(name).WithMarks(marks)
	}
	p := converted.AsString()
	full, err := e.filePath(p)
	if err != nil {
		e.fail(at.Range(), "%s: %s", name, err)
		return unknownFile(name)
	}
	if name == "fileset" {
		return e.fileSet(full, args, at).WithMarks(marks)
	}
	b, err := e.ev.loader.contents(full)
	if name == "fileexists" {
		return cty.BoolVal(err == nil).WithMarks(marks)
	}
	if err == nil && (name == "file" || name == "templatefile") {
		switch {
		case !utf8.Valid(b):
			err = errors.New("it is not UTF-8")
		case forgesToken(string(b)):
			err = errToken
		}
	}
	if err != nil {
		e.fail(at.Range(), "%s: %s cannot be read: %s", name, p, plainError(err))
		return unknownFile(name)
	}
	if !e.burn(1+len(b)/bytesPerStep, at.Range) {
		return unknownFile(name)
	}
	switch name {
	case "file":
		return e.bounded(string(b), at).WithMarks(marks)
	case "templatefile":
		if len(args) < 2 {
			return e.fail(at.Range(), "templatefile: two arguments are needed")
		}
		return e.render(b, full, args[1], at).WithMarks(marks)
	}
	return e.bounded(contents[name](b), at).WithMarks(marks)
}

func unknownFile(name string) cty.Value {
	switch name {
	case "fileexists":
		return unknownBool
	case "fileset":
		return cty.UnknownVal(cty.Set(cty.String))
	}
	return cty.UnknownVal(cty.String)
}

// filePath is a path that the configuration names as one in the tree.
func (e *env) filePath(p string) (string, error) {
	full := e.ev.inTree(p)
	if path.IsAbs(p) || strings.HasPrefix(p, "~") || filepath.IsAbs(p) || full == ".." || strings.HasPrefix(full, "../") {
		return "", fmt.Errorf("%q lies outside of the directory that is scanned and is not read", p)
	}
	return full, nil
}

func (e *env) fileSet(dir string, args []cty.Value, at hclsyntax.Expression) cty.Value {
	if len(args) != 2 {
		return e.fail(at.Range(), "fileset: two arguments are needed")
	}
	pattern, _ := args[1].Unmark()
	if !isText(pattern) || policy.ContainsToken(pattern.AsString()) {
		return unknownFile("fileset")
	}
	full := path.Join(dir, pattern.AsString())
	if full == ".." || strings.HasPrefix(full, "../") {
		e.fail(at.Range(), "fileset: %q lies outside of the directory that is scanned and is not read", pattern.AsString())
		return unknownFile("fileset")
	}
	var matches []cty.Value
	err := doublestar.GlobWalk(e.ev.loader.tree.root.FS(), full, func(match string, d fs.DirEntry) error {
		if !e.burn(1, at.Range) || len(matches) >= maxMatches {
			return fmt.Errorf("more than %d files match", maxMatches)
		}
		if rel, err := filepath.Rel(dir, match); err == nil && d.Type().IsRegular() {
			matches = append(matches, cty.StringVal(filepath.ToSlash(rel)))
		}
		return nil
	}, doublestar.WithNoFollow(), doublestar.WithFilesOnly())
	if err != nil {
		e.fail(at.Range(), "fileset: %s", plainError(err))
		return unknownFile("fileset")
	}
	if len(matches) == 0 {
		return cty.SetValEmpty(cty.String)
	}
	return cty.SetVal(matches)
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
	return e.render([]byte(template.AsString()), at.Range().Filename, args[1], at), nil
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
		ev.fuel -= len(src) / 4 // a parser's step costs more than one of ours
		known.src = string(src)
		known.expr, known.err = parseTemplate(src, file)
		ev.templates[file] = known
	}
	return known.expr, known.err
}

// templateEnv is where a template stands: it sees what it is given alone.
func (e *env) templateEnv(vars cty.Value) (*env, bool) {
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
	inner.names = &names{outer: e.names, vars: given, closed: true}
	return &inner, true
}

// render evaluates a template with the given variables.
func (e *env) render(src []byte, file string, vars cty.Value, at hclsyntax.Expression) cty.Value {
	if e.templates >= maxTemplateDepth {
		return e.fail(at.Range(), "templates are nested more than %d deep", maxTemplateDepth)
	}
	x, err := e.ev.template(src, file)
	if err != nil {
		return e.fail(at.Range(), "the template cannot be read: %s", err)
	}
	inner, ok := e.templateEnv(vars)
	if !ok {
		return cty.UnknownVal(cty.String)
	}
	v, err := convertValue(inner.eval(x), cty.String)
	if err != nil {
		return e.fail(at.Range(), "the template gives no string: %s", err)
	}
	return v
}
