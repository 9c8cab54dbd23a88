package rules

import (
	"fmt"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// LongLivedCredentials reports access keys and passwords of users.
var LongLivedCredentials = &lint.Rule{
	ID: "long-lived-credentials", Severity: lint.Warning, Leg: lint.Hygiene, OffByDefault: true,
	Doc: lint.Doc{
		Title: "A user has an access key or a password",
		What: "Every `aws_iam_access_key` and `aws_iam_user_login_profile` that the input makes, and in an account dump with its credential " +
			"report every active access key and every password, with its age and when it was last used. An access key of the root user is an " +
			"error. Keys that are set `Inactive` do not count.",
		Why: "What does not expire is found years later in a repository, a laptop or a build log. Roles give credentials of an hour to " +
			"people (IAM Identity Center, an identity provider) as well as to machines (instance profiles, pod identity, OpenID Connect).",
		Blind: "`get-account-authorization-details` does not tell of keys and passwords: give the credential report beside it " +
			"(`--credential-report`). Keys that were made outside of Terraform are not in its plans and states. SSH keys and service-specific " +
			"credentials are not judged.",
		Fix: "Let people come by an identity provider and machines by a role. Where a key has to stay, exempt it with the reason and a date.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
		},
		Security: "5.0",
		Controls: []string{"CIS AWS Foundations 3.0 1.4", "CIS AWS Foundations 3.0 1.12", "CIS AWS Foundations 3.0 1.14"},
	},
	Run: func(p *lint.Pass) error {
		for _, c := range p.Model.Credentials {
			if c.Change == iam.ChangeDelete || c.Change == iam.ChangeForget || !c.Active {
				continue
			}
			judgeCredential(p, c)
		}
		return nil
	},
}

// The kinds of credentials.
const (
	accessKey    = "access-key"
	loginProfile = "login-profile"
)

func judgeCredential(p *lint.Pass, c *iam.Credential) {
	what := map[string]string{accessKey: "an access key", loginProfile: "a password"}[c.Kind]
	if what == "" {
		return
	}
	f := lint.Finding{Address: c.Address, Location: c.Location, Key: c.Kind + c.Place}
	user := "a user that is not known"
	if c.User.Set {
		user = "the user " + c.User.String()
	}
	if c.Root {
		f.Message = fmt.Sprintf("The root user of the account has %s%s.", what, history(c, p.Settings.Today))
		f.Remediation = "Delete it: the root user needs a password with MFA, for emergencies, and nothing else."
		if c.Kind == accessKey {
			p.Report(f, lint.Exactly(lint.Error))
		}
		return
	}
	f.Message = fmt.Sprintf("%s has %s%s.", phrase.Capital(user), what, history(c, p.Settings.Today))
	f.Remediation = "Let a machine assume a role instead, by an instance profile, pod identity or OpenID Connect."
	if c.Kind == loginProfile {
		f.Remediation = "Let people sign in by IAM Identity Center or another identity provider."
	}
	p.Report(f)
}

// history tells how old a credential is and when it was used, as far as that
// is known.
func history(c *iam.Credential, today time.Time) string {
	out := ""
	if !c.Created.IsZero() {
		out += ", " + days(c.Created, today) + " old"
	}
	switch {
	case !c.LastUsed.IsZero():
		out += ", last used " + days(c.LastUsed, today) + " ago"
	case c.KnownFromCredsFile:
		out += ", never used"
	}
	return out
}

// days is the time between two days, in words.
func days(from, to time.Time) string {
	n := max(int(to.Sub(from).Hours()/24), 0)
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
