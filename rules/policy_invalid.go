package rules

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// PolicyInvalid reports what IAM refuses in a policy document, and what names
// nothing that exists.
var PolicyInvalid = &lint.Rule{
	ID:       "policy-invalid",
	Severity: lint.Error,
	Leg:      lint.Hygiene,
	Doc: lint.Doc{
		Title: "A policy document that IAM refuses, or that names what does not exist",
		What: `Every policy document of the input is read as IAM reads it: managed and inline policies, trust policies, resource and organization policies, documents of the configuration, and data sources whose document nobody holds. ` +
			`Reported at their place are faults of the grammar (a key written twice, unknown elements, a wrong Effect, Action beside NotAction, a Principal in an identity-based policy, Sids and ARNs of a wrong shape, unknown condition operators), actions, services and condition keys that are misspelt, keys that none of the statement's actions supplies, and conditions that no request can meet: an operator that does not read the key's type, a value that no request has, a claim of another identity provider. ` +
			`So are resources that no action of the statement acts on, ARNs without the account or region that they need or with one that they must not have, and principals of a trust policy that cannot use its action, and attached AWS-managed policies that AWS does not have. ` +
			`What AWS does not document (a multi-valued key without ForAnyValue or ForAllValues, a wildcard in the part of an ARN that names the resource type) and names that AWS's lists do not have yet are undetermined.`,
		Why: `A document that IAM refuses stops the apply half-way. One that it takes and that names nothing is worse: a misspelt action in an Allow is dead, in a Deny it is a hole, and a condition on a key that the request never carries holds never, or always. IAM says nothing about either.`,
		Blind: `The lists of actions and keys are those of the day the finding names: AWS adds to them almost daily. What is certainly refused, or is a name of theirs misspelt, is an error; what never matches and what is odd is a warning; what may only be too new is undetermined. Which resources an action acts on is judged for a Deny of the services that boundaries are about, for an Allow of IAM's and STS's actions, and for one of S3, KMS, SNS, SQS and Secrets Manager where the statement grants nothing at all. Of a document that nobody holds only errors are reported. ` +
			`Where part of a name is known after apply, it is not judged. Documents of policies that are only looked up were taken by IAM already and are not read again.`,
		Fix:        `Write what the finding suggests; the nearest name that exists is given where there is one. If the action is newer than the list, exempt the finding or set the rule's severity.`,
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html", "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"},
		Security:   "5.0",
	},
	Run: func(p *lint.Pass) error {
		// Of documents with the same statements one is judged, if it has no fault.
		type read struct {
			first *policy.Statement
			kind  policy.Kind
		}
		faultless := map[read]*policy.Document{}
		for d := range writtenDocuments(p) {
			p.Check()
			of := read{kind: d.Kind}
			if list := d.Statements; len(list) > 0 {
				of.first = list[0]
			}
			if like := faultless[of]; like != nil && of.first != nil && sameDocument(like, d.Document.Document) && len(d.Diagnostics) == 0 {
				continue
			}
			c := invalidity{pass: p, doc: d, seen: map[string]int{}}
			c.document()
			if len(c.seen) == 0 {
				faultless[of] = d.Document.Document
			}
		}
		unlistedAttachments(p)
		return nil
	},
}

// writtenDocuments visits the documents of the model whose holders stay, and
// those of the settings.
func writtenDocuments(p *lint.Pass) iter.Seq[iam.PlacedDocument] {
	return func(yield func(iam.PlacedDocument) bool) {
		for d := range p.Model.AllDocuments() {
			if d.Document.Document != nil && !d.Gone && !yield(d) {
				return
			}
		}
		for i := range p.Settings.Boundaries {
			b := &p.Settings.Boundaries[i]
			if b.Document != nil && !yield(iam.PlacedDocument{Document: b.Document, Kind: policy.IdentityPolicy, Address: "boundary." + b.Name}) {
				return
			}
		}
		for _, o := range p.Settings.OrganizationPolicies {
			if o.Document != nil && !yield(iam.PlacedDocument{Document: o.Document, Kind: policy.OrganizationPolicy, Address: o.Address}) {
				return
			}
		}
	}
}

// invalidity judges one document.
type invalidity struct {
	pass *lint.Pass
	doc  iam.PlacedDocument
	// seen numbers findings of one kind in one statement, for their keys.
	seen map[string]int
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

func (c *invalidity) file(severity lint.Severity, verdict lint.Verdict, code string, statement int, at policy.Range, summary, detail string) {
	if c.doc.Kind == policy.AnyPolicy && severity != lint.Error {
		// Nobody holds it: it may be of no use, or used elsewhere for
		// something that makes sense of what looks odd.
		return
	}
	key := code + "/" + strconv.Itoa(statement)
	c.seen[key]++
	f := lint.Finding{
		Verdict:     verdict,
		Address:     c.doc.Address,
		Attribute:   c.doc.Location.Attribute,
		Location:    c.doc.Location,
		Message:     sentence(summary),
		Remediation: sentence(detail),
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
			f.Message = sentence("in " + statementName(s) + ", " + summary)
		}
		if !c.doc.Sensitive {
			f.Excerpt = c.excerpt(s)
		}
		if s.Maybe != nil {
			severity, f.Verdict = min(severity, lint.Warning), lint.Undetermined
			f.Message += fmt.Sprintf(" Whether the statement exists is not known: it depends on %s.", symbolName(s.Maybe))
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
	c.pass.ReportAs(severity, f)
}

// statementName is how a person finds a statement: by its number from one and
// its Sid.
func statementName(s *policy.Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if sid, known := s.Sid.Known(); known && sid != "" {
		name += " (" + sid + ")"
	}
	return name
}

// sentence gives a text its capital and its full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if c := text[0]; c >= 'a' && c <= 'z' {
		text = string(c-'a'+'A') + text[1:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
