package fix

import (
	"path/filepath"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// planner looks for the changes that may fix one finding.
type planner struct {
	finding *lint.Finding
	model   *iam.Model
	files   *contents
}

// contents are the files of the run as they are so far.
type contents struct {
	Files

	tree files.Overlay
	// names are what the report calls the files, by their paths.
	names map[string]string
}

// read is the path of a file that may be changed, and what it holds now.
func (c *contents) read(shown string) (file string, src []byte, ok bool) {
	if shown == "" {
		return "", nil, false
	}
	file, ok = c.Path(filepath.FromSlash(shown))
	if !ok {
		return "", nil, false
	}
	if src, ok = c.tree[file]; ok {
		c.names[file] = shown
		return file, src, true
	}
	src = c.Read(shown)
	if src == nil {
		return "", nil, false
	}
	c.tree[file], c.names[file] = src, shown
	return file, src, true
}

// plan are the changes that may fix the finding, the first that does so counts. None
// of them is sure to.
func (p *planner) plan() []change {
	f := p.finding
	switch {
	case f.Verdict != lint.Violation:
		return nil
	case f.Rule == lint.ExemptionUnused:
		return p.comment()
	case isBoundaryFinding(f):
		return p.attribute()
	case f.Fix == nil || f.Fix.Statements == nil || f.Fix.Example:
		return nil
	case f.Fix.Replaced != nil:
		return p.replaceParts()
	}
	return p.addStatements()
}

// document is the document that the statements of a fix go into; false where it
// is not known for certain, or sensitive.
func (p *planner) document(f *lint.Fix) (iam.PlacedDocument, bool) {
	var found []iam.PlacedDocument
	for d := range p.model.AllDocuments() {
		if d.Address != f.Address || d.Gone || d.Sensitive || d.Document.Document == nil || len(d.Statements) == 0 {
			continue
		}
		if replaced := f.Replaced; replaced != nil {
			if replaced.Index < len(d.Statements) && d.Statements[replaced.Index] == replaced {
				return d, true
			}
			continue
		}
		if d.Kind != policy.TrustPolicy {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		return iam.PlacedDocument{}, false
	}
	return found[0], true
}

// isPlaceholder reports whether a text has something that a person fills in.
func isPlaceholder(text string) bool { return strings.Contains(text, "<") }
