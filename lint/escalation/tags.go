package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// tagged are contexts with the tags of the resource in them that the node's
// policies ask for: as they are, or as the node can make them.
func (e *engine) tagged(n *node, action string, x policy.Text, tags iam.Tags, in []context) []context {
	known, ok := catalog.LookupAction(action)
	if !ok {
		return in
	}
	for _, key := range e.tagsAsked(n) {
		if known.Presence(strings.ToLower(key)) == catalog.PresentNever {
			continue
		}
		_, tag, _ := strings.Cut(key, "/")
		value, has, hidden := tagValue(tags, tag)
		var out []context
		for _, c := range in {
			switch {
			case has:
				out = append(out, with(c, authz.KeyConstraint{Key: key, In: []policy.Text{value}}))
			case hidden:
				unseen := e.hiddenTag(x, tag)
				none := with(c, authz.KeyConstraint{Key: key, Absent: true})
				none.doubt = &authz.Reason{Text: "it is not known which tags " + x.String() + " has", Symbol: unseen}
				out = append(out, with(c, authz.KeyConstraint{Key: key, In: []policy.Text{policy.SymbolText(unseen)}}), none)
			default:
				out = append(out, with(c, authz.KeyConstraint{Key: key, Absent: true}))
			}
			if e.mayTag(n, x) {
				own := with(c, authz.KeyConstraint{Key: key, Present: true})
				own.tags = append(slices.Clip(c.tags), key)
				out = append(out, own)
			}
		}
		in = out
	}
	return in
}

// tagValue is what stands under a tag, whose name is compared without case as that of
// the condition key is; hidden tells that it cannot be seen whether anything does. Two
// names that differ only in case cannot both be tags of an entity of IAM, elsewhere
// both can (IAM User Guide, tags for IAM resources; Tagging AWS Resources, tag naming
// limits): where their values differ, it is not known which counts.
func tagValue(tags iam.Tags, tag string) (value policy.Text, has, hidden bool) {
	for _, x := range tags.Values {
		if !strings.EqualFold(x.Key, tag) {
			continue
		}
		if has && !value.Equal(x.Value) {
			return policy.Text{}, false, true
		}
		value, has = x.Value, true
	}
	return value, has, !has && tags.Hidden
}

// hiddenTag stands for the value of a tag that cannot be seen.
func (e *engine) hiddenTag(x policy.Text, tag string) *policy.Symbol {
	name := "the tag " + tag + " of " + x.String()
	if e.hiddenTags[name] == nil {
		e.hiddenTags[name] = &policy.Symbol{Name: name}
	}
	return e.hiddenTags[name]
}

// tagsAsked are the condition keys about tags of a resource in the policies
// of a node.
func (e *engine) tagsAsked(n *node) []string {
	if known, ok := e.tags[n.class]; ok {
		return known
	}
	var out []string
	seen := map[string]bool{}
	visit := func(p *authz.Policy) {
		if p == nil || p.Document == nil {
			return
		}
		for _, s := range p.Document.Statements {
			for i := range s.Condition {
				key, _ := s.Condition[i].Key.Known()
				if _, ok := resourceTag(&s.Condition[i]); ok && !seen[strings.ToLower(key)] {
					seen[strings.ToLower(key)] = true
					out = append(out, key)
				}
			}
		}
	}
	n.eachPolicy(visit)
	e.tags[n.class] = out
	return out
}

// resourceTag is the tag of the resource that a condition asks for, in lower
// case.
func resourceTag(c *policy.Condition) (string, bool) {
	key, _ := c.Key.Known()
	key = strings.ToLower(key)
	_, tag, _ := strings.Cut(key, "/")
	return tag, strings.Contains(key, ":resourcetag/")
}

// taggers are the actions that tag a resource of IAM, by the type of it, and
// those of other services, of which a service has one.
var (
	taggers        = map[string]string{"role": "iam:TagRole", "user": "iam:TagUser", "policy": "iam:TagPolicy"}
	serviceTaggers = []string{"TagResource", "CreateTags", "AddTags", "AddTagsToResource"}
)

// taggerOf is the action that tags a resource; "" where none is known.
func taggerOf(x policy.Text) string {
	arn, ok := policy.ParseARN(x)
	if !ok {
		return ""
	}
	service, _ := arn.Service.Known()
	if service == "iam" {
		return taggers[arn.ResourceType()]
	}
	for _, name := range serviceTaggers {
		if _, ok := catalog.LookupAction(service + ":" + name); ok {
			return service + ":" + name
		}
	}
	return ""
}

func (e *engine) mayTag(n *node, x policy.Text) bool {
	action := taggerOf(x)
	if action == "" {
		return false
	}
	_, ok := e.allowedOn(n, action)
	return ok
}

// settle adds to an answer what its context takes for granted: the doubt, and
// the requests by which the actor tags the resource first.
func (e *engine) settle(n *node, answer authz.Answer, x policy.Text, c context) authz.Answer {
	if answer.Verdict == authz.Denied {
		return answer
	}
	for _, key := range c.tags {
		w := answer.Witness
		if w == nil {
			w = answer.Perhaps
		}
		value, has := w.Value(key)
		if !has {
			return denied()
		}
		_, tag, _ := strings.Cut(key, "/")
		first := e.on(n, taggerOf(x), x, context{keys: []authz.KeyConstraint{
			{Key: "aws:RequestTag/" + tag, In: []policy.Text{value}}, {Key: "aws:TagKeys", In: []policy.Text{policy.Literal(tag)}},
		}})
		if first.Verdict != authz.Allowed {
			return denied()
		}
		with := *w
		with.First = append([]*authz.Witness{first.Witness}, w.First...)
		if answer.Witness != nil {
			answer.Witness = &with
		} else {
			answer.Perhaps = &with
		}
	}
	if answer.Verdict == authz.Allowed && c.doubt != nil {
		answer = doubted(answer, *c.doubt)
	}
	return answer
}
