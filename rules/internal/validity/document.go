// Package validity judges policy documents by what IAM refuses and by AWS's data
// of actions, resources and condition keys.
package validity

import (
	"fmt"
	"strconv"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Judge judges the documents of a model. It remembers what it found out about
// actions, of which many documents name the same.
type Judge struct {
	pass *lint.Pass
	// named are the actions of statements by what they write, and many is how
	// many actions those are.
	named map[string]named
	many  int
	// neverMet tells of conditions by what they write whether no request meets them.
	neverMet map[string]bool
	// patterns are the parts of the ARNs of types of resources.
	patterns map[*catalog.ResourceType][][]string
}

// maxNamed is how many actions are remembered, maxConditions how many conditions,
// and maxCondition how long each of those may be.
const (
	maxNamed      = 100_000
	maxConditions = 4096
	maxCondition  = 512
)

// NewJudge is a judge for a pass.
func NewJudge(p *lint.Pass) *Judge {
	return &Judge{pass: p, named: map[string]named{}, neverMet: map[string]bool{}, patterns: map[*catalog.ResourceType][][]string{}}
}

// Document reports what is wrong with a document, and whether nothing is.
func (j *Judge) Document(d iam.PlacedDocument) (faultless bool) {
	c := invalidity{Judge: j, doc: d, seen: map[string]int{}}
	c.document()
	return len(c.seen) == 0
}

// invalidity judges one document.
type invalidity struct {
	*Judge
	doc iam.PlacedDocument
	// seen numbers findings of one kind in one statement, for their keys.
	seen map[string]int
	// last are the actions of the statement that was asked for last, last.by.
	last struct {
		by *policy.Statement
		named
	}
	// fix is the change that the next finding asks for.
	fix *lint.Fix
	// excerpts are the statements as they are shown.
	excerpts map[*policy.Statement]string
}

// excerpt shows a statement, the same text for all findings about it.
func (c *invalidity) excerpt(s *policy.Statement) string {
	if c.excerpts == nil {
		c.excerpts = map[*policy.Statement]string{}
	}
	text, ok := c.excerpts[s]
	if !ok {
		text = policy.PrintStatement(s, policy.PrintOptions{Indent: "  "})
		c.excerpts[s] = text
	}
	return text
}

// rewrite has the next finding fixed by a statement in the place of another.
func (c *invalidity) rewrite(s *policy.Statement, change func(*policy.Statement)) {
	changed := *s
	change(&changed)
	c.fix = &lint.Fix{Address: c.doc.Address, Replaced: s, Statements: []*policy.Statement{&changed}}
}

func (c *invalidity) document() {
	for _, d := range c.doc.Diagnostics {
		severity := lint.Error
		if !d.Error {
			severity = lint.Warning
		}
		c.report(severity, string(d.Code), d.Statement, d.Range, d.Summary, d.Detail)
	}
	for _, s := range c.doc.Statements {
		if s.Unknown != nil {
			continue
		}
		c.actions(s)
		c.resources(s)
		for i := range s.Condition {
			c.key(s, &s.Condition[i])
		}
		c.principals(s)
	}
}

// report files a violation about a range of the document. summary and detail
// are sentences that may lack their capital and full stop.
func (c *invalidity) report(severity lint.Severity, code string, statement int, at policy.Range, summary, detail string) {
	c.file(severity, lint.Violation, code, statement, at, summary, detail)
}

// doubt files what may be right: AWS's lists may be older than it, or AWS does
// not document how it is read.
func (c *invalidity) doubt(code string, statement int, at policy.Range, summary, detail string) {
	c.file(lint.Warning, lint.Undetermined, code, statement, at, summary, detail)
}

func (c *invalidity) file(severity lint.Severity, verdict lint.Verdict, code string, statement int, at policy.Range, summary,
	detail string,
) {
	if c.doc.Kind == policy.AnyPolicy && severity != lint.Error {
		// No principal holds it: it may be of no use, or used elsewhere for
		// something that makes sense of what looks odd.
		return
	}
	key := code + "/" + strconv.Itoa(statement)
	if statement >= 0 && statement < len(c.doc.Statements) {
		key = code + "/" + c.doc.StatementKey(c.doc.Statements[statement])
	}
	c.seen[key]++
	f := lint.Finding{
		Verdict:     verdict,
		Address:     c.doc.Address,
		Attribute:   c.doc.Location.Attribute,
		Location:    c.doc.Location,
		Message:     phrase.Sentence(summary),
		Remediation: phrase.Sentence(detail),
		Key:         key + "/" + strconv.Itoa(c.seen[key]),
		Fix:         c.fix,
	}
	c.fix = nil
	switch {
	case statement >= 0:
		f.Location = c.doc.StatementLocation(statement, at)
	case code == string(policy.CodeNotJSON) || code == string(policy.CodeTrailingData) || code == string(policy.CodeCharacters):
		// These stand in texts that people wrote as JSON, never in data
		// sources, which are traced by statements alone.
		f.Location = c.doc.StatementLocation(0, at)
	}
	if statement >= 0 && statement < len(c.doc.Statements) {
		s := c.doc.Statements[statement]
		if len(c.doc.Statements) > 1 {
			f.Message = phrase.Sentence("in " + phrase.Statement(s) + ", " + summary)
		}
		if !c.doc.Sensitive {
			f.Excerpt = c.excerpt(s)
		}
		if s.Maybe != nil {
			severity, f.Verdict = min(severity, lint.Warning), lint.Undetermined
			f.Message += fmt.Sprintf(" Whether the statement exists is not known: it depends on %s.", phrase.Symbol(s.Maybe))
		}
	}
	if c.doc.Sensitive {
		// The texts quote the document.
		f.Message = fmt.Sprintf("The policy document, which is sensitive, has a fault of the kind %s.", code)
		f.Remediation, f.Fix = "Look at the document where it is written.", nil
	}
	if f.Remediation == "" {
		f.Remediation = "Write the document as the policy grammar has it."
	}
	if f.Location.HasFile() {
		// Several holders may share one document.
		f.Cause = fmt.Sprintf("%s %s:%d:%d %s", code, f.Location.File, f.Location.Range.Start.Line, f.Location.Range.Start.Column, f.Message)
	}
	c.pass.Report(f, lint.Exactly(severity))
}
