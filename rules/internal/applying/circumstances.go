package applying

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// What a change does not tell are the circumstances of the run: the network that
// it comes from, the time, whether a device vouched for it, how the session
// began. Whoever applies is taken to meet them, so that what is refused is
// refused under all circumstances.

// decidedKeys are the global condition keys that a change, or who applies it,
// decides. Keys of services are decided too: a request carries them or not.
var decidedKeys = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice", "aws:username",
	"aws:tagkeys", "aws:requestedregion", "aws:securetransport", "aws:viaawsservice", "aws:calledvia", "aws:calledviafirst",
	"aws:calledvialast", "aws:resourceaccount", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths",
	"aws:principalservicename", "aws:principalservicenameslist",
}

// sessionPrefixes begin keys that depend on how a session began, the sessions of
// identity providers besides.
var sessionPrefixes = []string{"sts:", "saml:", "ec2:", "lambda:"}

// isCircumstance reports whether nothing but the circumstances decides what a
// request holds in a condition key.
func isCircumstance(key string, tagsKnown bool) bool {
	key = strings.ToLower(key)
	prefix, _, _ := strings.Cut(key, ":")
	switch {
	case strings.HasPrefix(key, "aws:requesttag/"), strings.HasPrefix(key, "aws:resourcetag/"):
		return false
	case strings.HasPrefix(key, "aws:principaltag/"):
		return !tagsKnown
	case strings.HasPrefix(key, "aws:"):
		return !slices.Contains(decidedKeys, key)
	case key == "iam:associatedresourcearn":
		return true
	}
	return strings.Contains(prefix, ".") || slices.ContainsFunc(sessionPrefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// withoutCircumstances is a document that says what it says where all
// circumstances are met: conditions on them are left out of what it allows, and
// what it denies under them is. Policy variables that stand for circumstances
// are met alike.
func withoutCircumstances(d *policy.Document, tagsKnown bool) *policy.Document {
	m := meeting{tagsKnown: tagsKnown, variables: d.Variables()}
	out := *d
	out.Statements = nil
	for _, s := range d.Statements {
		if fair := m.statement(s); fair != nil {
			out.Statements = append(out.Statements, fair)
		}
	}
	return &out
}
