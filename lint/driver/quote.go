package driver

import (
	"bytes"
	"strings"

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
	lines     map[string][]string
}

// quote gives findings the line on which each of them begins.
func (r *run) quote(found []lint.Finding, hidden []*Secrets) {
	if r.opts.Source == nil {
		return
	}
	q := &quoting{r.opts.Source, hidden, map[string]bool{}, map[string][]string{}}
	for _, m := range r.models {
		q.note(m)
	}
	for i := range found {
		if l := found[i].Location; l.HasFile() {
			found[i].Source = q.line(l.File, l.Range.Start.Line)
		}
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

// line is a line of a file, "" where it is not quoted.
func (q *quoting) line(file string, number int) string {
	lines, known := q.lines[file]
	if !known {
		lines = q.read(file)
		q.lines[file] = lines
	}
	if number > len(lines) {
		return ""
	}
	line := strings.TrimRight(lines[number-1], "\r")
	for _, s := range q.hidden {
		if s.shows(line) {
			return ""
		}
	}
	return line
}

// read are the lines of a file, none where it is not quoted. Files of values are
// not: what is in them is sensitive by what other files say.
func (q *quoting) read(file string) []string {
	if q.sensitive[file] || strings.Contains(file, ".tfvars") {
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
