package report

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// A fix in SARIF is a change of the file that a tool may make without asking. It
// is there for what was decided again with the change (--fix-dry-run), and else for
// a permissions boundary that a resource of the root module lacks or sets to the
// wrong value: elsewhere a person chooses, for the change would reach every caller
// of a module, replace the resource, or go into a policy.

// boundaryAttribute is the one attribute that can be set in place.
const boundaryAttribute = "permissions_boundary"

var (
	// blockHead is the first line of a resource of which nothing else stands there.
	blockHead = lazy.Regexp(`^resource\s+"[^"]+"\s+"[^"]+"\s*\{\s*(#.*|//.*)?$`)
	// beforeValue is what stands before the value of the attribute.
	beforeValue = lazy.Regexp(`^\s*` + boundaryAttribute + `\s*=\s*$`)
)

// fixes are the changes that certainly fix a finding; nil for none. The line of
// the place tells whether it is one: without it there is no fix.
func (s *sarifWriter) fixes(f *lint.Finding) []sarifFix {
	if f.Fix != nil && f.Fix.Edits != nil {
		return s.proven(f.Fix.Edits)
	}
	file, ok := s.options.relative(f.Location.File)
	if !ok || f.Verdict != lint.Violation || f.Fix == nil || f.Fix.Attribute != boundaryAttribute || f.Attribute != boundaryAttribute ||
		f.Fix.Address != f.Address || strings.HasPrefix(f.Address, "module.") || f.Location.Call != nil || strings.HasSuffix(file, ".json") {
		return nil
	}
	// The remediation is covered where something in it is sensitive.
	replacement, ok := replacementAt(f)
	if !ok || !strings.Contains(f.Remediation, f.Fix.Expression) {
		return nil
	}
	change := sarifChange{
		Location:     sarifArtifactLocation{URI: uri(file), URIBaseID: sourceRoot},
		Replacements: []sarifReplacement{replacement},
	}
	return []sarifFix{{
		Description: sarifMessage{Text: unlinked(clean("Set " + boundaryAttribute + " to " + f.Fix.Expression + "."))},
		Changes:     []sarifChange{change},
	}}
}

// proven are the edits of whole lines that were decided again.
func (s *sarifWriter) proven(edits []lint.Edit) []sarifFix {
	var changes []sarifChange
	for _, e := range edits {
		file, ok := s.options.relative(e.File)
		if !ok {
			return nil
		}
		replacement := sarifReplacement{
			Deleted:  sarifRegion{StartLine: e.From, StartColumn: 1, EndLine: e.To, EndColumn: 1},
			Inserted: sarifContent{Text: e.Text},
		}
		last := len(changes) - 1
		if last < 0 || changes[last].Location.URI != uri(file) {
			changes = append(changes, sarifChange{Location: sarifArtifactLocation{URI: uri(file), URIBaseID: sourceRoot}})
			last++
		}
		changes[last].Replacements = append(changes[last].Replacements, replacement)
	}
	return []sarifFix{{Description: sarifMessage{Text: "Change the configuration as boundlint lint --fix does."}, Changes: changes}}
}

// replacementAt puts the attribute into the block whose head is the place, or the
// expression where its value is.
func replacementAt(f *lint.Finding) (sarifReplacement, bool) {
	start, end := f.Location.Range.Start, f.Location.Range.End
	if blockHead().MatchString(f.Source) && start.Column == 1 {
		below := start.Line + 1
		return sarifReplacement{
			Deleted:  sarifRegion{StartLine: below, StartColumn: 1, EndLine: below, EndColumn: 1},
			Inserted: sarifContent{Text: "  " + boundaryAttribute + " = " + f.Fix.Expression + "\n"},
		}, true
	}
	from, to := start.Column-1, end.Column-1
	if start.Line != end.Line || from < 0 || to <= from || to > len(f.Source) || !beforeValue().MatchString(f.Source[:from]) ||
		!isASCII(f.Source[:to]) { // columns of SARIF are not bytes
		return sarifReplacement{}, false
	}
	return sarifReplacement{
		Deleted:  sarifRegion{StartLine: start.Line, StartColumn: start.Column, EndLine: end.Line, EndColumn: end.Column},
		Inserted: sarifContent{Text: f.Fix.Expression},
	}, true
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
