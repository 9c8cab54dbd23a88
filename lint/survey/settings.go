package survey

import "github.com/boundlint/boundlint/lint"

// Reason is why a deployer is trusted and exempt, until somebody has looked.
func (d Deployer) Reason() string { return "inferred by boundlint init, to be confirmed: " + d.Because }

// Settings are what the survey proposes, as far as it decides what is found:
// its boundaries, names and deployers.
func (s *Survey) Settings() *lint.Settings {
	out := &lint.Settings{}
	if len(s.Accounts) == 1 {
		out.AccountID = s.Accounts[0].ID
	}
	for _, b := range s.Boundaries {
		if b.Wide {
			continue
		}
		approved := lint.ApprovedBoundary{Name: b.Label}
		if b.ARN != "" {
			approved.ARNs = []string{b.ARN}
		} else {
			approved.References = []string{b.Reference}
		}
		out.Boundaries = append(out.Boundaries, approved)
	}
	for _, n := range s.Names {
		out.Naming = append(out.Naming, lint.Naming{Type: n.Type, Name: n.Pattern})
	}
	for _, d := range s.Deployers {
		if !d.Shared {
			out.Trusted = append(out.Trusted, lint.Trusted{Pattern: d.Pattern, Reason: d.Reason()})
		}
	}
	return out
}
