package audit

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/trail"
)

// trusteesOf are the names of those whom the trust policies of roles let in, by the
// addresses of the roles.
func trusteesOf(models []*iam.Model) map[string][]string {
	out := map[string][]string{}
	for _, m := range models {
		for _, e := range m.Entities {
			if e.Kind == iam.Role && e.Trust != nil && e.Trust.Document != nil && e.Trust.Unknown == nil {
				out[e.Address] = trusteeNames(authz.Compile(e.Trust.Document))
			}
		}
	}
	return out
}

// trusteeNames are those whom a trust policy lets in, as it names them, in order.
func trusteeNames(trust *authz.Policy) []string {
	var out []string
	for _, t := range trust.Trustees() {
		if name, known := t.Name.Known(); known {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// trustPolicy is a trust policy out of an event, nil where it is not one.
func trustPolicy(text string) *authz.Policy {
	d, diags := policy.Parse(text, nil, policy.ParseOptions{Kind: policy.TrustPolicy})
	if diags.HasErrors() {
		return nil
	}
	return authz.Compile(d)
}

// ofTrust says whether an event makes a role trust someone whom it did not: Allowed,
// Denied, or Undetermined where it is not known, and whom. Earlier events tell whom it
// trusted, or else the audit before, which has only names and not the conditions.
func (t *changes) ofTrust(e *trail.Event) (authz.Verdict, []string) {
	key := entityKey{e.Account, e.EntityKind, e.Entity}
	before, followed := t.trust[key]
	after := trustPolicy(e.Document)
	t.trust[key] = after
	switch last := t.lastTrusts[key]; {
	case after == nil:
		return authz.Undetermined, nil
	case before != nil:
		return newlyTrusted(e.Account, after, before)
	case !followed && len(last) > 0 && day(e.Time) > t.lastDate:
		return besidesNames(e.Account, after, last)
	}
	return authz.Undetermined, trusteeNames(after)
}

// newlyTrusted are those whom a trust policy certainly lets in and another one, nil for
// none, does not; or, where there are none, those of whom that is not determined.
func newlyTrusted(account string, after, before *authz.Policy) (authz.Verdict, []string) {
	u := &authz.Universe{Account: policy.Literal(account), Memory: authz.NewMemory()}
	certain, perhaps := []string{}, []string{}
	for _, who := range authz.NewTrustees(after, before) {
		name, _ := who.Name.Known()
		switch authz.NewlyTrusted(policy.Text{}, after, before, who.Principal, u).Verdict {
		case authz.Allowed:
			certain = append(certain, name)
		case authz.Undetermined:
			perhaps = append(perhaps, name)
		case authz.Denied:
		}
	}
	switch {
	case len(certain) > 0:
		return authz.Allowed, sortedNames(certain)
	case len(perhaps) > 0:
		return authz.Undetermined, sortedNames(perhaps)
	}
	return authz.Denied, nil
}

func sortedNames(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// besidesNames is newlyTrusted where of the trust policy before only the names are
// known: those whom it did not name, nor their account, nor everyone, are newly trusted.
func besidesNames(account string, after *authz.Policy, names []string) (authz.Verdict, []string) {
	verdict, all := newlyTrusted(account, after, nil)
	who := unnamed(all, names)
	if verdict == authz.Allowed && len(who) == 0 { // the conditions may be others
		verdict = authz.Undetermined
	}
	return verdict, who
}

// unnamed are the names of a list that another list has not, nor what contains them: the
// account of a principal, or everyone.
func unnamed(list, names []string) []string {
	var out []string
	for _, name := range list {
		if !slices.ContainsFunc(names, func(other string) bool { return contains(other, name) }) {
			out = append(out, name)
		}
	}
	return out
}

// contains reports whether a name in a trust policy is another one's, or contains it
// (IAM User Guide, AWS JSON policy elements: Principal).
func contains(name, other string) bool {
	account := accountNamed(name)
	return name == other || name == "*" || account != "" && account == accountOf(other)
}

// accountNamed is the number of the account that a name stands for, "" where it is not
// the name of an account.
func accountNamed(name string) string {
	if policy.IsAccountID(name) {
		return name
	}
	if account, ok := strings.CutSuffix(name, ":root"); ok {
		return account[strings.LastIndexByte(account, ':')+1:]
	}
	return ""
}

// accountOf is the number of the account that a name stands for or is in; "" for none,
// and for providers, which an account does not stand for.
func accountOf(name string) string {
	parts := strings.SplitN(name, ":", 6)
	switch {
	case policy.IsAccountID(name):
		return name
	case len(parts) < 6 || strings.HasPrefix(parts[5], "saml-provider/") || strings.HasPrefix(parts[5], "oidc-provider/"):
		return ""
	}
	return parts[4]
}
