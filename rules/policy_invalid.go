package rules

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
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
			`Reported at their place are faults of the grammar (a key written twice, unknown elements, a wrong Effect, Action beside NotAction, a Principal in an identity-based policy, Sids and ARNs of a wrong shape, unknown condition operators), actions and services that AWS does not list, condition keys that AWS does not list, and keys that none of the statement's actions supplies.`,
		Why: `A document that IAM refuses stops the apply half-way. One that it takes and that names nothing is worse: a misspelt action in an Allow is dead, in a Deny it is a hole, and a condition on a key that the request never carries holds never, or always. IAM says nothing about either.`,
		Blind: `The lists of actions and keys are those of the day the finding names: AWS adds to them almost daily. What is certainly refused, or looks like a slip of the pen, is an error; what may only be too new, a wildcard that matches nothing, a key that no action of the statement supplies, and remarks on odd spellings are warnings. Of a document that nobody holds only errors are reported. ` +
			`Where part of a name is known after apply, it is not judged. Documents of policies that are only looked up were taken by IAM already and are not read again.`,
		Fix:        `Write what the finding suggests; the nearest name that exists is given where there is one. If the action is newer than the list, exempt the finding or set the rule's severity.`,
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html", "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"},
		Security:   "5.0",
	},
	Run: func(p *lint.Pass) error {
		for d := range writtenDocuments(p) {
			c := invalidity{pass: p, doc: d, seen: map[string]int{}}
			c.document()
		}
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
		for _, e := range s.Action {
			c.action(s, e, false)
		}
		for _, e := range s.NotAction {
			c.action(s, e, true)
		}
		for i := range s.Condition {
			c.key(s, &s.Condition[i])
		}
	}
}

// report files a finding about a range of the document. summary and detail
// are sentences that may lack their capital and full stop.
func (c *invalidity) report(severity lint.Severity, code string, statement int, at policy.Range, summary, detail string) {
	if c.doc.Kind == policy.AnyPolicy && severity != lint.Error {
		// Nobody holds it: it may be of no use, or used elsewhere for
		// something that makes sense of what looks odd.
		return
	}
	key := code + "/" + strconv.Itoa(statement)
	c.seen[key]++
	f := lint.Finding{
		Address:     c.doc.Address,
		Attribute:   c.doc.Location.Attribute,
		Location:    c.doc.Location,
		Message:     sentence(summary),
		Remediation: sentence(detail),
		Key:         key + "/" + strconv.Itoa(c.seen[key]),
	}
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
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{Indent: "  "})
		}
	}
	if c.doc.Sensitive {
		// The texts quote the document.
		f.Message = fmt.Sprintf("The policy document, which is sensitive, has a fault of the kind %s.", code)
		f.Remediation = "Look at the document where it is written."
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

// dataDate is the day of the lists that actions and keys are looked up in.
func dataDate() string { return catalog.Datasets()[0].Date.Format("2006-01-02") }

// action looks an entry of Action or NotAction up in the catalog. Entries
// that the parser has found fault with are not judged again.
func (c *invalidity) action(s *policy.Statement, e policy.Element, not bool) {
	text, known := e.Text.Known()
	service, name, found := strings.Cut(text, ":")
	if !known || !found || c.faulty(e.Range) {
		return
	}
	if catalog.Unlisted(text) {
		// AWS's own policies name it: it is withdrawn or not documented, and
		// no slip.
		return
	}
	entry := catalogService{}
	if !entry.lookup(service) {
		near := policy.Nearest(service, catalog.Services())
		detail := fmt.Sprintf("Check the spelling; the list of services is of %s.", dataDate())
		if near != "" {
			detail = fmt.Sprintf("Write %s:%s, if that is meant; the list of services is of %s.", near, name, dataDate())
		}
		c.report(missingSeverity(s, not, isSlip(service, catalog.Services())), "unknown-service", s.Index, e.Range,
			fmt.Sprintf("AWS has no service %q: %s", service, deadOrHole(s, text, not)), detail)
		return
	}
	if entry.matches(text, name) {
		return
	}
	if strings.ContainsAny(name, "*?") {
		c.report(lint.Warning, "unknown-action", s.Index, e.Range,
			fmt.Sprintf("no action of %s matches %q: %s", service, text, deadOrHole(s, text, not)),
			fmt.Sprintf("Check the spelling; the list of actions is of %s.", dataDate()))
		return
	}
	near := policy.Nearest(name, entry.names())
	detail := fmt.Sprintf("Check the spelling; the list of actions is of %s, and the action may be newer.", dataDate())
	if near != "" {
		detail = fmt.Sprintf("Write %s:%s, if that is meant; the list of actions is of %s.", entry.Prefix, near, dataDate())
	}
	c.report(missingSeverity(s, not, isSlip(name, entry.names())), "unknown-action", s.Index, e.Range,
		fmt.Sprintf("the service %s has no action %q: %s", entry.Prefix, name, deadOrHole(s, text, not)), detail)
}

// faulty reports whether the parser found fault with exactly that place.
func (c *invalidity) faulty(at policy.Range) bool {
	return slices.ContainsFunc(c.doc.Diagnostics, func(d policy.Diagnostic) bool { return d.Range == at })
}

// missingSeverity is an error for what looks like a slip of the pen and for
// what leaves a hole, and a warning for what may only be newer than the data.
func missingSeverity(s *policy.Statement, not, slip bool) lint.Severity {
	hole := s.Effect == policy.Deny && !not || s.Effect == policy.Allow && not
	if slip || hole {
		return lint.Error
	}
	return lint.Warning
}

// isSlip reports whether the name is so near to a known one that it is one
// misspelt.
func isSlip(name string, known []string) bool {
	return policy.NearestWithin(name, known, min(2, len(name)/3)) != ""
}

// deadOrHole says what an entry that matches nothing means.
func deadOrHole(s *policy.Statement, text string, not bool) string {
	switch {
	case s.Effect == policy.EffectUnknown:
		return fmt.Sprintf("%q matches nothing", text)
	case not && s.Effect == policy.Allow:
		return fmt.Sprintf("%q keeps nothing out of what NotAction allows", text)
	case not:
		return fmt.Sprintf("%q exempts nothing from the Deny", text)
	case s.Effect == policy.Deny:
		return fmt.Sprintf("the Deny of %q stops nothing", text)
	default:
		return fmt.Sprintf("the Allow of %q grants nothing", text)
	}
}

// catalogService is a service of the catalog, by the prefix of its actions.
type catalogService struct{ *catalog.Service }

func (s *catalogService) lookup(prefix string) bool {
	found, ok := catalog.LookupService(prefix)
	s.Service = found
	return ok
}

// matches reports whether an action of the service is named by the entry.
func (s *catalogService) matches(text, name string) bool {
	if !strings.ContainsAny(name, "*?") {
		_, ok := s.Action(name)
		return ok
	}
	for range catalog.ActionsMatching(text) {
		return true
	}
	return false
}

func (s *catalogService) names() []string {
	var names []string
	for a := range s.Actions() {
		names = append(names, a.Name)
	}
	return names
}

// key looks a condition key up, and whether the statement's actions have it.
func (c *invalidity) key(s *policy.Statement, cond *policy.Condition) {
	name, known := cond.Key.Known()
	prefix, _, found := strings.Cut(name, ":")
	if !known || !found || strings.Contains(name, "${") || c.faulty(cond.KeyRange) {
		return
	}
	if !knownKey(name) {
		near := policy.Nearest(name, catalog.KeysOf(prefix))
		detail := fmt.Sprintf("Check the spelling; the list of keys is of %s.", dataDate())
		severity := lint.Warning
		if near != "" {
			detail = fmt.Sprintf("Write %s, if that is meant; the list of keys is of %s.", near, dataDate())
		}
		if isSlip(name, catalog.KeysOf(prefix)) {
			severity = lint.Error
		}
		c.report(severity, "unknown-key", s.Index, cond.KeyRange,
			fmt.Sprintf("AWS has no condition key %q: %s", name, absentKey(cond)), detail)
		return
	}
	// boundary-condition-ineffective speaks about the key of the scheme, and
	// the keys of identity providers travel with whoever signed in there.
	if strings.EqualFold(name, "iam:PermissionsBoundary") || strings.Contains(prefix, ".") || strings.EqualFold(prefix, "saml") {
		return
	}
	actions, closed := statementActions(s)
	if !closed || len(actions) == 0 || slices.ContainsFunc(actions, func(a *catalog.Action) bool { return a.Presence(name) != catalog.PresentNever }) {
		return
	}
	c.report(lint.Warning, "key-without-action", s.Index, cond.KeyRange,
		fmt.Sprintf("no action of the statement supplies the condition key %q: %s", name, absentKey(cond)),
		fmt.Sprintf("Move the condition to a statement with actions that have the key, or use a key that %s has; the list is of %s.", actions[0], dataDate()))
}

// knownKey reports whether AWS lists the key. Some lists spell the part that
// the user chooses as <key> or tag-key instead of ${TagKey}.
func knownKey(name string) bool {
	if _, ok := catalog.LookupKey(name); ok {
		return true
	}
	head, _, found := strings.Cut(name, "/")
	if !found {
		return false
	}
	prefix, _, _ := strings.Cut(name, ":")
	return slices.ContainsFunc(catalog.KeysOf(prefix), func(k string) bool {
		h, tail, found := strings.Cut(k, "/")
		return found && strings.EqualFold(h, head) && (tail == "tag-key" || strings.ContainsAny(tail, "<{"))
	})
}

// absentKey says what a condition on a key means that no request carries.
func absentKey(cond *policy.Condition) string {
	text, known := cond.Operator.Known()
	op, err := policy.ParseOperator(text)
	if !known || err != nil {
		return "no request carries it"
	}
	holds := op.Negated || op.IfExists
	switch {
	case op.Family == policy.FamilyNull:
		holds = len(cond.Values) > 0 && slices.ContainsFunc(cond.Values, func(e policy.Element) bool {
			v, known := e.Text.Known()
			return known && strings.EqualFold(v, "true")
		})
	case op.Set == policy.ForAllValues:
		holds = true
	case op.Set == policy.ForAnyValue:
		holds = false
	}
	if holds {
		return "no request carries it, so the condition always holds"
	}
	return "no request carries it, so the condition never holds"
}

// statementActions are the actions that Action names; closed is false where
// it may name others that the catalog does not have.
func statementActions(s *policy.Statement) (actions []*catalog.Action, closed bool) {
	if s.NotAction != nil {
		return nil, false
	}
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known || text == "*" || text == "*:*" {
			return nil, false
		}
		before := len(actions)
		for a := range catalog.ActionsMatching(text) {
			actions = append(actions, a)
		}
		if len(actions) == before {
			return nil, false
		}
	}
	return actions, true
}
