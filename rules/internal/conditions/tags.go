package conditions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// A condition that asks for a tag of the principal can never be met by who does
// not have the tag, is never given it, and has no session that brings it along.
// One that asks for a tag of the resource can never be met on resources that are
// named in full and do not have it.

// DeadByTags judges an Allow with a condition on the boundary by the tags of
// those who have its document: it is dead where none of them can meet it, for no
// other reason than its tags.
func DeadByTags(a *holders.Account, d *policy.Document, s *policy.Statement) Fault {
	tags := tagsAskedOf(s)
	holders := holders.HavingDocument.Of(a)[d]
	if s.Effect != policy.Allow || len(tags) == 0 || len(holders) == 0 {
		return Fault{}
	}
	var out Fault
	for i, h := range holders {
		verdict := meetsByTags(a, h, d, s)
		if verdict == authz.Allowed {
			return Fault{}
		}
		if verdict == authz.Undetermined && !out.Hidden {
			out = Fault{Hidden: true, Why: "the tags of " + phrase.Uncapital(h.Name()) + " are not known"}
		}
		if i == 0 && !out.Hidden {
			out.Why = missingTag(h.Entity, tags)
		}
	}
	out.Dead = true
	out.Fix = conditionFix{lead: "Give who has the policy the tag, let the trust policy allow sts:TagSession to who brings it along, or " +
		"name the boundary in full."}
	return out
}

// meetsByTags tells whether a principal can meet the conditions of a statement
// with the tags that it has: Allowed also where it is not for the tags that it
// cannot, Undetermined where something hides them.
func meetsByTags(a *holders.Account, h *holders.Holder, d *policy.Document, s *policy.Statement) authz.Verdict {
	e := h.Entity
	if e == nil {
		return authz.Allowed
	}
	shown := *e
	shown.Tags.Hidden = false
	if !a.TagsKnown(&shown) || tagsItself(a, h) {
		return authz.Allowed
	}
	alone := authz.Principal{
		Kind: h.Principal.Kind, ARN: h.Principal.ARN, Account: h.Principal.Account, Origins: h.Principal.Origins,
		Identity: []*authz.Policy{authz.Compile(&policy.Document{Version: d.Version, Statements: []*policy.Statement{s}})},
	}
	var actions []string
	for _, x := range s.Action {
		if name, known := x.Text.Known(); known {
			actions = append(actions, name)
		}
	}
	may := func() bool {
		return len(actions) != len(s.Action) ||
			authz.Search(&alone, a.Universe(h.Deployment), &authz.Query{Actions: actions}).Verdict != authz.Denied
	}
	if !may() {
		return authz.Allowed // whatever its tags
	}
	alone.Tags, alone.TagsKnown = e.Tags.Map(), true
	switch {
	case may():
		return authz.Allowed
	case e.Tags.Hidden:
		return authz.Undetermined
	}
	return authz.Denied
}

// tagsItself reports whether a principal may give itself tags.
func tagsItself(a *holders.Account, h *holders.Holder) bool {
	q := &authz.Query{Actions: []string{"iam:TagRole", "iam:TagUser"}, Resources: []policy.Text{h.Principal.ARN}}
	return authz.Search(h.Strict(), a.Universe(h.Deployment), q).Verdict != authz.Denied
}

// DeadOnResources judges an Allow with a condition on the boundary by the tags
// of the entities that it names: it is dead where none of them meets it, for no
// other reason than its tags.
func DeadOnResources(a *holders.Account, d *policy.Document, s *policy.Statement) Fault {
	tags := resourceTagsAskedOf(s)
	if s.Effect != policy.Allow || len(tags) == 0 || len(s.Resource) == 0 || s.NotAction != nil {
		return Fault{}
	}
	out := Fault{
		Dead: true,
		Fix:  conditionFix{lead: "Give what the statement names the tag, or take the condition on the tag out."},
	}
	for _, x := range s.Resource {
		e := a.EntityOf(x.Text)
		if e == nil {
			return Fault{}
		}
		switch metOn(a, e, d, s, tags) {
		case authz.Allowed:
			return Fault{}
		case authz.Undetermined:
			out.Hidden, out.Why = true, "the tags of "+phrase.Entity(e)+" are not known"
		case authz.Denied:
		}
		if out.Why == "" {
			out.Why = fmt.Sprintf("it asks for a value in the tag %s that %s does not have", strings.Join(tags, " or "), phrase.Entity(e))
		}
	}
	return out
}

// metOn tells whether the conditions of a statement can be met on an entity
// with the tags that it has, as meetsByTags does.
func metOn(a *holders.Account, e *iam.Entity, d *policy.Document, s *policy.Statement, tags []string) authz.Verdict {
	alone := &authz.Principal{
		Account:  e.Deployment.Account,
		Identity: []*authz.Policy{authz.Compile(&policy.Document{Version: d.Version, Statements: []*policy.Statement{s}})},
	}
	q := &authz.Query{Resources: []policy.Text{e.ARN}}
	for _, x := range s.Action {
		name, known := x.Text.Known()
		if !known {
			return authz.Allowed
		}
		q.Actions = append(q.Actions, name)
	}
	if authz.Search(alone, a.Universe(e.Deployment), q).Verdict == authz.Denied || isTaggedBy(a, e, d) {
		return authz.Allowed
	}
	for _, tag := range tags {
		for _, prefix := range resourceTags {
			k := authz.KeyConstraint{Key: prefix + tag}
			if value, has := e.Tags.Value(tag); has {
				k.In = []policy.Text{value}
			} else {
				k.Absent = true
			}
			q.Keys = append(q.Keys, k)
		}
	}
	switch {
	case authz.Search(alone, a.Universe(e.Deployment), q).Verdict != authz.Denied:
		return authz.Allowed
	case e.Tags.Hidden:
		return authz.Undetermined
	}
	return authz.Denied
}

// isTaggedBy reports whether a principal that has a document may give an entity
// tags.
func isTaggedBy(a *holders.Account, e *iam.Entity, d *policy.Document) bool {
	q := &authz.Query{Actions: []string{"iam:TagRole", "iam:TagUser"}, Resources: []policy.Text{e.ARN}}
	return slices.ContainsFunc(holders.HavingDocument.Of(a)[d], func(h *holders.Holder) bool {
		return authz.Search(h.Strict(), a.Universe(h.Deployment), q).Verdict != authz.Denied
	})
}

// resourceTags begin the keys that hold the tags of a resource of IAM.
var resourceTags = []string{"aws:ResourceTag/", "iam:ResourceTag/"}

// resourceTagsAskedOf are the tags of the resource that conditions ask for.
func resourceTagsAskedOf(s *policy.Statement) []string {
	var out []string
	for i := range s.Condition {
		key, known := s.Condition[i].Key.Known()
		for _, prefix := range resourceTags {
			if known && len(key) > len(prefix) && strings.EqualFold(key[:len(prefix)], prefix) && !slices.Contains(out, key[len(prefix):]) {
				out = append(out, key[len(prefix):])
			}
		}
	}
	return out
}

const principalTag = "aws:principaltag/"

// tagVariable is a policy variable for a tag of the principal.
var tagVariable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\$\{aws:PrincipalTag/([^},]+)\}`) })

// tagsAskedOf are the tags of the principal that the conditions of a statement
// ask for, as keys and in variables without a default.
func tagsAskedOf(s *policy.Statement) []string {
	var out []string
	add := func(tag string) {
		if tag != "" && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	for i := range s.Condition {
		c := &s.Condition[i]
		if key, known := c.Key.Known(); known && strings.HasPrefix(strings.ToLower(key), principalTag) {
			add(key[len(principalTag):])
		}
		for _, v := range c.Values {
			for _, found := range tagVariable().FindAllStringSubmatch(v.Text.String(), -1) {
				add(strings.TrimSpace(found[1]))
			}
		}
	}
	return out
}

// missingTag says what of the tags an entity lacks.
func missingTag(e *iam.Entity, tags []string) string {
	for _, tag := range tags {
		if _, has := e.Tags.Value(tag); !has {
			return fmt.Sprintf("it asks for the tag %s, which %s does not have and no session of it brings along", tag, phrase.Entity(e))
		}
	}
	return fmt.Sprintf("%s has another value in the tag %s than it asks for, and no session of it brings one along", phrase.Entity(e),
		strings.Join(tags, " or "))
}
