package report

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// Place is file:line:column as compilers write it, "" without a file.
func Place(l iam.Location) string {
	if !l.HasFile() {
		return ""
	}
	if l.Range.Start.Column > 0 {
		return fmt.Sprintf("%s:%d:%d", l.File, l.Range.Start.Line, l.Range.Start.Column)
	}
	return fmt.Sprintf("%s:%d", l.File, l.Range.Start.Line)
}

// calls are the places of the module calls that lead to a location, innermost
// first.
func calls(l iam.Location) []string {
	var out []string
	for c := l.Call; c != nil; c = c.Call {
		if p := Place(*c); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// relative is a file as seen from the root of the repository, slash-separated;
// false where it lies outside or that cannot be told. No answer is absolute
// or begins with "..".
func (o Options) relative(file string) (string, bool) {
	if file == "" || file == "-" {
		return "", false
	}
	slashed := filepath.ToSlash(file)
	if !isAbs(slashed) && o.Base != "" && o.Dir != "" {
		slashed = path.Join(filepath.ToSlash(o.Dir), slashed)
	}
	if isAbs(slashed) {
		base := path.Clean(filepath.ToSlash(o.Base))
		if o.Base == "" {
			base = path.Clean(filepath.ToSlash(o.Dir))
		}
		slashed = path.Clean(slashed)
		if base == "/" {
			slashed = strings.TrimPrefix(slashed, "/")
		} else {
			rest, found := strings.CutPrefix(slashed, base+"/")
			if !found {
				return "", false
			}
			slashed = rest
		}
	}
	slashed = path.Clean(slashed)
	if slashed == "." || slashed == ".." || strings.HasPrefix(slashed, "../") || isAbs(slashed) {
		return "", false
	}
	return slashed, true
}

// inputFile is the path that stands for an input: its own, or what it is
// called where it lies outside of the repository.
func (o Options) inputFile(r *lint.Report, input int) string {
	if input < 0 || input >= len(r.Inputs) {
		return "plan.json"
	}
	p := r.Inputs[input].Path
	if file, ok := o.relative(p); ok {
		return file
	}
	switch name := path.Base(filepath.ToSlash(p)); name {
	case ".", "..", "/", "-", "":
		return "plan.json"
	default:
		return name
	}
}

// filePlace is a place for formats that demand a file of each finding: what has
// none in the repository stands at line 1 of the input, without a column.
func (o Options) filePlace(r *lint.Report, input int, l iam.Location) (file string, line, column int) {
	if file, ok := o.relative(l.File); ok && l.HasFile() {
		return clean(file), max(l.Range.Start.Line, 1), l.Range.Start.Column
	}
	return clean(o.inputFile(r, input)), 1, 0
}

// inputNamed is the index of the input with a path, -1 for none.
func inputNamed(r *lint.Report, path string) int {
	return slices.IndexFunc(r.Inputs, func(in lint.InputSummary) bool { return in.Path == path })
}

// isAbs reports whether a slash-separated path is absolute, on Windows too:
// a report may be written elsewhere than it was made.
func isAbs(p string) bool {
	return strings.HasPrefix(p, "/") || len(p) > 2 && p[1] == ':' && p[2] == '/'
}

// uri is a relative path as a relative URI reference. A colon is escaped as
// well: in the first segment it would read as a scheme.
func uri(relative string) string {
	var b strings.Builder
	for i := range len(relative) {
		c := relative[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/@!$&'()*+,;=", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
