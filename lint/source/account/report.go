package account

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Report is a credential report (IAM User Guide, getting credential reports):
// one line for each user and one for the root user.
type Report struct {
	rows []map[string]string
}

// ReadReport reads the CSV of a credential report, or the answer of
// iam:GetCredentialReport, which has it in base64.
func ReadReport(content []byte) (*Report, error) {
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	if trimmed := bytes.TrimSpace(content); bytes.HasPrefix(trimmed, []byte("{")) {
		var answer struct {
			Content string `json:"Content"`
		}
		if err := json.Unmarshal(trimmed, &answer); err != nil {
			return nil, stream.Errorf("it is no credential report: JSON that cannot be read")
		}
		decoded, err := base64.StdEncoding.DecodeString(answer.Content)
		if err != nil || len(decoded) == 0 {
			return nil, stream.Errorf("it is JSON, but not the answer of aws iam get-credential-report")
		}
		content = decoded
	}
	lines := csv.NewReader(bytes.NewReader(content))
	lines.FieldsPerRecord = -1
	header, err := lines.Read()
	if err != nil || len(header) < 3 || header[0] != "user" || header[1] != "arn" {
		return nil, stream.Errorf("it is no credential report: expected a CSV that begins with user,arn,user_creation_time")
	}
	report := &Report{}
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		if err != nil {
			return nil, stream.Errorf("the credential report cannot be read: %v", err)
		}
		row := map[string]string{}
		for i, f := range fields {
			if i < len(header) {
				row[header[i]] = f
			}
		}
		report.rows = append(report.rows, row)
	}
}

// rootUser is how the report calls the root user.
const rootUser = "<root_account>"

// credentials adds the keys and passwords of the account's users.
func (b *builder) credentials(r *Report) {
	for _, row := range r.rows {
		provider := b.ofAccount(row["arn"])
		if provider == "" {
			continue
		}
		add := func(kind, place, active, created, used string) {
			if active != "true" && active != "false" || kind == "login-profile" && active == "false" {
				return
			}
			if kind == "access-key" && active == "false" && when(created).IsZero() {
				// There is no such key.
				return
			}
			b.model.Credentials = append(b.model.Credentials, &iam.Credential{
				Address: row["arn"], Kind: kind, Place: place, Root: row["user"] == rootUser, User: b.value(row["arn"], "user", row["arn"]),
				Provider: provider, Location: iam.Location{Address: row["arn"]}, Active: active == "true",
				Created: when(created), LastUsed: when(used), MFA: row["mfa_active"] == "true", KnownFromCredsFile: true,
			})
		}
		add("login-profile", "", row["password_enabled"], row["password_last_changed"], row["password_last_used"])
		for _, n := range []string{"1", "2"} {
			key := "access_key_" + n + "_"
			add("access-key", n, row[key+"active"], row[key+"last_rotated"], row[key+"last_used_date"])
		}
	}
}

// ofAccount is the provider of a row of the dump's own account; "" for a row
// of another.
func (b *builder) ofAccount(arn string) string {
	a, ok := policy.ParseARN(policy.Literal(arn))
	account, _ := a.Account.Known()
	for _, own := range b.accounts {
		if ok && own == account {
			return providerOf(own)
		}
	}
	return ""
}

// when reads a time of the report; N/A, no_information and the like are none.
func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(s))
	if err != nil {
		return time.Time{}
	}
	return t
}
