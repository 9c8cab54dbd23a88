package driver

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// quoting finds the lines that reports may show of files. A line says more than
// the finding about it, so a file is quoted only where nothing in it, and
// nothing that it makes, is sensitive.
type quoting struct {
	source    func(file string) []byte
	hidden    []*Secrets
	sensitive map[string]bool
	// read is the file that was asked for last, and contents are its lines.
	read     string
	contents []string
}

// mostQuoted is how many lines are quoted at most.
const mostQuoted = 4

// quote gives findings the line on which each of them begins, with those after it
// where it says nothing.
func (r *run) quote(found []lint.Finding, hidden []*Secrets) {
	if r.opts.Source == nil {
		return
	}
	q := &quoting{source: r.opts.Source, hidden: hidden, sensitive: map[string]bool{}}
	for _, m := range r.models {
		q.note(m)
	}
	// One file is read after the other, and none is kept.
	byFile := make([]*lint.Finding, 0, len(found))
	for i := range found {
		if found[i].Location.HasFile() {
			byFile = append(byFile, &found[i])
		}
	}
	slices.SortStableFunc(byFile, func(a, b *lint.Finding) int { return strings.Compare(a.Location.File, b.Location.File) })
	for _, f := range byFile {
		f.Source = q.lines(f.Location.File, f.Location.Range.Start.Line)
	}
}

// Showing returns the function that tells whether the lines of a file may be shown:
// not where something in it, or something that it makes, is sensitive. conditionKey
// is as in [Options].
func Showing(models []*iam.Model, conditionKey func(string) bool) func(file string, content []byte) bool {
	q := &quoting{sensitive: map[string]bool{}}
	for _, m := range models {
		q.note(m)
		q.hidden = append(q.hidden, SecretsOf(m, conditionKey))
	}
	return func(file string, content []byte) bool {
		if q.sensitive[file] || bytes.Contains(content, []byte("sensitive")) {
			return false
		}
		for line := range strings.Lines(string(content)) {
			for _, s := range q.hidden {
				if s.shows(strings.TrimRight(line, "\r\n")) {
					return false
				}
			}
		}
		return true
	}
}

// note notes the files in which a model has something that is sensitive.
func (q *quoting) note(m *iam.Model) {
	for v := range m.Values() {
		if v.Sensitive {
			q.sensitive[v.Location.File] = true
		}
	}
	for d := range m.AllDocuments() {
		if !d.Sensitive {
			continue
		}
		q.sensitive[d.Location.File] = true
		if d.Document.Document == nil {
			continue
		}
		for i := range d.Statements {
			q.sensitive[d.StatementLocation(i, policy.Range{}).File] = true
		}
	}
}

// lines are what is quoted of a place, "" for nothing. The first line of a statement
// often is a bracket; it ends with a line that is indented no further.
func (q *quoting) lines(file string, first int) string {
	quoted := []string{q.line(file, first)}
	if !isOpening(quoted[0]) {
		return quoted[0]
	}
	for len(quoted) < mostQuoted {
		line := q.line(file, first+len(quoted))
		if line == "" {
			break
		}
		quoted = append(quoted, line)
		if indentOf(line) <= indentOf(quoted[0]) {
			break
		}
	}
	return strings.Join(quoted, "\n")
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// isOpening reports whether a line says no more than that something begins.
func isOpening(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && !strings.ContainsFunc(line, unicode.IsLetter) || line == "statement {" ||
		strings.HasSuffix(line, "[{") || strings.HasSuffix(line, "= {") || strings.HasSuffix(line, ": {")
}

// line is a line of a file, "" where it is not quoted.
func (q *quoting) line(file string, number int) string {
	if file != q.read {
		q.read, q.contents = file, q.content(file)
	}
	if number > len(q.contents) {
		return ""
	}
	line := strings.TrimRight(q.contents[number-1], "\r")
	for _, s := range q.hidden {
		if s.shows(line) {
			return ""
		}
	}
	return line
}

// content are the lines of a file, none where it is not quoted. Files of values are
// not: what is in them is sensitive by what other files say. Neither is
// configuration in JSON, of which a line may hold any number of resources.
func (q *quoting) content(file string) []string {
	if q.sensitive[file] || strings.Contains(file, ".tfvars") || strings.HasSuffix(file, ".tf.json") || strings.HasSuffix(file, ".tofu.json") {
		return nil
	}
	content := q.source(file)
	if bytes.Contains(content, []byte("sensitive")) {
		return nil
	}
	return strings.Split(string(content), "\n")
}

// shows reports whether a line shows what is sensitive: a text of it, or a part
// of one that has several lines.
func (s *Secrets) shows(line string) bool {
	if s == nil {
		return false
	}
	if s.Cover(line) != line {
		return true
	}
	part := strings.TrimSpace(line)
	if len(part) < iam.LeastSecret {
		return false
	}
	for _, value := range s.values {
		if strings.Contains(value, part) {
			return true
		}
	}
	return false
}
