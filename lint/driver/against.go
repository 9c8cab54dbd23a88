package driver

import (
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// unmanaged are the addresses of the roles and users of an account dump that
// none of the states manages; nil where there is nothing to compare. AWS's own
// are left out. What has no ARN in a state is found by kind, name and account:
// names are unique in an account whatever their case.
func unmanaged(m *iam.Model, states []*iam.Model) []string {
	if len(states) == 0 || m.Input.Kind != iam.InputAccount {
		return nil
	}
	managed := map[string]bool{}
	for _, state := range states {
		for _, e := range state.Entities {
			if e.Gone() {
				continue
			}
			for _, key := range identities(e) {
				managed[key] = true
			}
		}
	}
	out := []string{}
	for _, e := range m.Entities {
		if e.Gone() || e.AWSOwned() {
			continue
		}
		found := false
		for _, key := range identities(e) {
			found = found || managed[key]
		}
		if !found {
			out = append(out, e.Address)
		}
	}
	return out
}

// identities are what an entity is recognised by in another input.
func identities(e *iam.Entity) []string {
	var out []string
	if arn, known := e.ARN.Known(); known && arn != "" {
		out = append(out, arn)
	}
	name, nameKnown := e.Name.Known()
	account, accountKnown := e.Deployment.Account.Known()
	if nameKnown && accountKnown && account != "" {
		out = append(out, strings.Join([]string{account, string(e.Kind), strings.ToLower(name)}, " "))
	}
	return out
}
