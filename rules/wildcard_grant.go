package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// WildcardGrant reports statements that allow more than they spell out.
var WildcardGrant = &lint.Rule{
	ID: "wildcard-grant", Severity: lint.Warning, Leg: lint.Hygiene, OffByDefault: true,
	Doc: lint.Doc{
		Title: "A policy allows by wildcard what could be spelled out",
		What: "In identity-based policies: a statement that allows every action, every action of a service, or all but some (`NotAction`); " +
			"and one that allows actions on every resource although AWS authorises them on resources that can be named. Which actions take no " +
			"resource, so that `*` is the only way to write them, is known from AWS's service authorization reference. A condition on the " +
			"resource's tags, account or organization counts as naming it.",
		Why: "A wildcard grants what exists today and what AWS adds tomorrow, on what is there and what others will make.",
		Blind: "Documents that serve as a permissions boundary grant nothing and are not judged, nor are organization policies. Wildcards " +
			"inside a name (`s3:Get*`, `arn:aws:s3:::team-*`) are taken to be meant. AWS's own policies are AWS's matter.",
		Fix: "List the actions that are used, and name the resources, by a pattern if need be.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
			"https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
		},
		Security: "4.0",
	},
	Run: func(p *lint.Pass) error {
		boundaries, err := holders.BoundaryDocuments(p)
		if err != nil {
			return err
		}
		judge := func(address string, d *iam.Document, perhaps *policy.Symbol) {
			if d == nil || d.Document == nil || d.Invalid {
				return
			}
			if !slices.ContainsFunc(boundaries, func(b iam.PlacedDocument) bool { return b.Document == d }) {
				judgeWildcards(p, address, d, perhaps)
			}
		}
		for _, m := range p.Model.Policies {
			if !m.Gone() {
				judge(m.Address, m.Document, perhapsBoundary(p.Model, m))
			}
		}
		for _, i := range p.Model.Inline {
			if i.Change != iam.ChangeDelete && i.Change != iam.ChangeForget {
				judge(i.Address, i.Document, nil)
			}
		}
		return nil
	},
}

// perhapsBoundary is what hides whether a policy is the boundary of an entity, nil
// for nothing.
func perhapsBoundary(m *iam.Model, p *iam.ManagedPolicy) *policy.Symbol {
	for _, e := range m.Entities {
		if !e.Gone() && slices.Contains(e.BoundaryMaybe, p) {
			if symbols := e.Boundary.Text.Symbols(); len(symbols) > 0 {
				return symbols[0]
			}
		}
	}
	return nil
}

// judgeWildcards judges a document; perhaps hides whether it is one of a
// boundary.
func judgeWildcards(p *lint.Pass, address string, d *iam.Document, perhaps *policy.Symbol) {
	if d.Unknown != nil {
		p.Report(lint.Finding{
			Verdict: lint.Undetermined, Address: address, Attribute: d.Location.Attribute, Location: d.Location, Key: "document",
			Message:     fmt.Sprintf("Whether the policy allows by wildcards depends on %s.", phrase.HiddenBy(d.Unknown)),
			Remediation: phrase.ShowIt(p.Model, d.Location, "the document"),
		})
		return
	}
	for _, s := range d.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		w := wildcardsIn(s)
		if w.what == "" {
			continue
		}
		if w.hides == nil {
			w.hides = perhaps
		}
		f := lint.Finding{
			Address: address, Attribute: d.Location.Attribute, Location: d.StatementLocation(s.Index, w.at),
			Key:         d.StatementKey(s),
			Parts:       []string{w.what},
			Message:     fmt.Sprintf("%s allows %s.", phrase.Capital(phrase.Statement(s)), w.what),
			Remediation: w.remedy,
		}
		if !d.Sensitive {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
		}
		if w.hides != nil {
			f.Verdict = lint.Undetermined
			f.Message = fmt.Sprintf("Whether %s allows by wildcards depends on %s.", phrase.Statement(s), phrase.HiddenBy(w.hides))
			f.Remediation = "Write the statement so that its actions and resources are known."
		}
		p.Report(f)
	}
}

// wildcards is what a statement allows by wildcard.
type wildcards struct {
	// what follows "allows"; "" where nothing is.
	what, remedy string
	at           policy.Range
	// hides is set where it is not certain.
	hides *policy.Symbol
}

// wildcardsIn judges one statement: its actions, then its resources.
func wildcardsIn(s *policy.Statement) wildcards {
	var w wildcards
	switch {
	case s.Unknown != nil:
		w.hides = s.Unknown
	case s.EffectText.Symbol() != nil:
		w.hides = s.EffectText.Symbol()
	case s.Maybe != nil:
		w.hides = s.Maybe
	}
	actions, at, hidden := wideActions(s)
	scope, on, hiding := wideResources(s)
	w.at = at
	switch {
	case actions != "":
		w.what, w.remedy = actions, "List the actions that are needed"
		if scope.where != "" {
			w.what, w.remedy = actions+scope.where, w.remedy+", and name the resources"
		}
	case scope.where != "":
		w.what, w.remedy, w.at = series(scope.actions)+scope.where, "Name the resources", on
	case hidden != nil:
		w.what, w.hides = "what is hidden", hidden
	case hiding != nil:
		w.what, w.hides, w.at = "what is hidden", hiding, on
	}
	w.remedy += "."
	return w
}

// wideActions says which actions the statement takes in by a wildcard.
func wideActions(s *policy.Statement) (what string, at policy.Range, hides *policy.Symbol) {
	if len(s.NotAction) > 0 {
		return "every action but those that it lists", s.NotAction[0].Range, nil
	}
	var services []string
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known {
			if sym := e.Text.Symbol(); sym != nil && hides == nil {
				hides = sym
				if what == "" {
					at = e.Range
				}
			}
			continue
		}
		if holders.IsStar(e) {
			return "every action", e.Range, nil
		}
		if service, name, ok := strings.Cut(text, ":"); ok && name != "" && strings.Trim(name, "*") == "" {
			if len(services) == 0 {
				at = e.Range
			}
			services = append(services, strings.ToLower(service))
		}
	}
	switch len(services) {
	case 0:
		return "", at, hides
	case 1:
		return "every action of " + services[0], at, nil
	}
	return "every action of " + series(services), at, nil
}

// series joins names as a sentence does, and counts those that are too many.
func series(names []string) string {
	const most = 4
	if len(names) > most+1 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// scope is what a statement allows on resources that it does not name.
type scope struct {
	// where follows the actions: " on every resource"; "" where the resources
	// are named, or cannot be.
	where   string
	actions []string
}

// wideResources says which actions the statement allows on every resource
// although they could be allowed on some.
func wideResources(s *policy.Statement) (out scope, at policy.Range, hides *policy.Symbol) {
	if slices.ContainsFunc(s.Condition, scopesResource) {
		return scope{}, at, nil
	}
	if len(s.NotResource) > 0 {
		return scope{" on every resource but those that it lists", scopableActions(s, "")}, s.NotResource[0].Range, nil
	}
	i := slices.IndexFunc(s.Resource, everyResource)
	if i < 0 {
		if i = slices.IndexFunc(s.Resource, holders.MaybeStar); i < 0 {
			return scope{}, at, nil
		}
		hides = s.Resource[i].Text.Symbols()[0]
	}
	service := ""
	if arn, ok := policy.ParseARN(s.Resource[i].Text); ok {
		service, _ = arn.Service.Known()
	}
	at = s.Resource[i].Range
	actions := scopableActions(s, service)
	switch {
	case len(actions) == 0:
		return scope{}, at, nil
	case hides != nil:
		return scope{}, at, hides
	}
	return scope{" on every resource", actions}, at, nil
}

// everyResource reports whether an entry of Resource takes in everything, or
// everything of a service: arn:aws:s3:::*.
func everyResource(e policy.Element) bool {
	if holders.IsStar(e) {
		return true
	}
	arn, ok := policy.ParseARN(e.Text)
	if !ok || !isStarText(arn.Resource) {
		return false
	}
	for _, part := range []policy.Text{arn.Region, arn.Account} {
		if !part.IsEmpty() && !isStarText(part) {
			return false
		}
	}
	return true
}

func isStarText(x policy.Text) bool {
	known, ok := x.Known()
	return ok && known != "" && strings.Trim(known, "*") == ""
}

// scopingKeys are condition keys that narrow a statement to resources of some
// kind.
var scopingKeys = []string{"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"}

func scopesResource(c policy.Condition) bool {
	key, known := c.Key.Known()
	if !known {
		return false
	}
	key = strings.ToLower(key)
	return slices.Contains(scopingKeys, key) || strings.Contains(key, "resourcetag/")
}

// scopableActions are the actions, or the patterns of them, that the
// statement allows and that can be allowed on named resources: of one service
// where its resources are meant, else of all. A pattern counts where most of
// the actions that it stands for do: ec2:Describe* is written for those that
// take no resource.
func scopableActions(s *policy.Statement, service string) []string {
	if len(s.NotAction) > 0 {
		return []string{"every action"}
	}
	var out []string
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known {
			continue
		}
		yes, no := 0, 0
		for a := range catalog.ActionsMatching(text) {
			if canBeScoped(a) && (service == "" || service == a.Service) {
				yes++
			} else {
				no++
			}
		}
		if yes > no {
			out = append(out, text)
		}
	}
	return out
}

// canBeScoped reports whether it makes sense to allow an action on named
// resources only. Of a type that a request may go without there is often no
// resource to name: what lists all, and the metrics that are in no dataset.
func canBeScoped(a *catalog.Action) bool {
	if len(a.ResourceTypes) != 1 || a.ResourceTypes[0].Required {
		return !a.TakesNoResource()
	}
	return a.AccessLevel != catalog.AccessList && a.ResourceTypes[0].Type.Name != "dataset"
}
