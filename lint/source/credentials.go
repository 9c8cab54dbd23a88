package source

import "github.com/boundlint/boundlint/lint/iam"

// AddCredentialReport adds to the models of account dumps what a credential report
// says of their users. The error is an *InputError.
func AddCredentialReport(path string, models []*iam.Model) error {
	d := &door{options: Options{CredentialReport: path}}
	return d.credentials(models)
}
