package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

const (
	requestTagPrefix = "aws:requesttag/"
	tagKeysName      = "aws:tagkeys"
)

// linkTags makes the tags of a request agree: aws:TagKeys lists the tags that
// it carries, and no others (IAM User Guide, global condition context keys). It
// returns the node itself where they do, another one where something had to be
// added, and nil where they cannot.
func (a *attempt) linkTags(n *node) *node {
	at, ok := a.index[tagKeysName]
	if !ok {
		return n
	}
	listed := n.keys[at].values
	if slices.ContainsFunc(listed, func(x policy.Text) bool { return !x.IsKnown() }) {
		return n
	}
	lists := func(tag string) bool {
		return slices.ContainsFunc(listed, func(x policy.Text) bool { return strings.EqualFold(x.String(), tag) })
	}
	for _, c := range a.assigned {
		if tag, ok := requestTag(c.Key); ok && !lists(tag) {
			return a.demandTag(n, at, tag, true)
		}
	}
	for i, m := range a.keys {
		tag, ok := requestTag(m.name)
		switch carried := len(n.keys[i].values) > 0; {
		case !ok:
		case carried && !lists(tag):
			return a.demandTag(n, at, tag, true)
		case !carried && lists(tag):
			if with := n.clone(); a.addCondition(with, keyedCondition{oneCondition("Null", m.name, "false"), i}, true) {
				return with
			}
			return a.demandTag(n, at, tag, false)
		}
	}
	return n
}

// demandTag wants a tag to be listed, or not to be; nil where that cannot be.
func (a *attempt) demandTag(n *node, at int, tag string, want bool) *node {
	with := n.clone()
	listing := oneCondition("ForAnyValue:StringEqualsIgnoreCase", a.keys[at].name, tag)
	if !a.addCondition(with, keyedCondition{listing, at}, want) {
		return nil
	}
	return with
}

// requestTag is the tag of which a key holds the value in the request.
func requestTag(key string) (string, bool) {
	if len(key) <= len(requestTagPrefix) || !strings.EqualFold(key[:len(requestTagPrefix)], requestTagPrefix) {
		return "", false
	}
	return key[len(requestTagPrefix):], true
}

// oneCondition is a condition with one value.
func oneCondition(operator, key, value string) *condition {
	source := policy.Condition{Operator: policy.Literal(operator), Key: policy.Literal(key), Values: elements(policy.Literal(value))}
	return newCondition(&source, false)
}
