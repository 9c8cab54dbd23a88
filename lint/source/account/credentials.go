package account

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// maxReport bounds a credential report, in bytes: an account has at most
// 5,000 users unless AWS raises that, of some 400 bytes each.
const maxReport = 1 << 28

// The columns that are read (IAM User Guide, "Get credential reports").
const (
	columnUser = "user"
	columnARN  = "arn"
)

// ReadCredentials adds to the models of a dump the access keys and passwords
// of a credential report: the CSV, its Base64, or the JSON that aws iam
// get-credential-report prints. Rows of accounts that are not in the dump say
// nothing about it. Several reports may stand one after the other.
func ReadCredentials(r io.Reader, models []*iam.Model) error {
	return readCredentials(r, models, maxReport)
}

func readCredentials(r io.Reader, models []*iam.Model, limit int) error {
	content, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return err
	}
	if len(content) > limit {
		return stream.Errorf("it is larger than any credential report")
	}
	rows := csv.NewReader(bytes.NewReader(decodeReport(content)))
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if err != nil || !slices.Contains(header, columnUser) || !slices.Contains(header, columnARN) {
		return stream.Errorf("it is not a credential report: expected the CSV of aws iam get-credential-report, with the columns user and arn")
	}
	byAccount := map[string][]*iam.Model{} // a dump of an account may be in several pages
	for _, m := range models {
		if len(m.Providers) > 0 {
			byAccount[m.Providers[0].Name] = append(byAccount[m.Providers[0].Name], m)
		}
	}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &stream.Error{Problem: "it is not a credential report: " + err.Error(), Err: err}
		}
		row := map[string]string{}
		for i, name := range header {
			if i < len(fields) {
				row[name] = fields[i]
			}
		}
		if row[columnUser] == columnUser {
			header = fields
			continue
		}
		arn, ok := policy.ParseARN(policy.Literal(row[columnARN]))
		if !ok || policy.ContainsToken(row[columnUser]+row[columnARN]) {
			line, _ := rows.FieldPos(0)
			return stream.Errorf("line %d of the credential report has no arn", line)
		}
		account, _ := arn.Account.Known()
		for _, m := range byAccount[account] {
			m.Credentials = append(m.Credentials, credentialsIn(row, account)...)
			m.Reported = append(m.Reported, reportedUser(row))
		}
	}
}

// decodeReport is the CSV of what may be wrapped.
func decodeReport(content []byte) []byte {
	content = bytes.TrimPrefix(bytes.TrimSpace(content), []byte("\xEF\xBB\xBF"))
	var wrapped struct {
		Content string `json:"Content"`
	}
	if bytes.HasPrefix(content, []byte("{")) && json.Unmarshal(content, &wrapped) == nil {
		content = []byte(wrapped.Content)
	}
	if bytes.ContainsRune(content, ',') {
		return content
	}
	if plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(content))); err == nil {
		return plain
	}
	return content
}

// credentialsIn are the credentials of one user.
func credentialsIn(row map[string]string, account string) []*iam.Credential {
	is := func(column string) bool { return strings.EqualFold(row[column], "true") }
	base := iam.Credential{
		Declared: iam.Declared{Address: row[columnARN], Provider: account}, MFA: is("mfa_active"), KnownFromCredsFile: true, Active: true,
		Root: strings.HasSuffix(row[columnARN], ":root"),
	}
	at := func(column string) iam.Location { return iam.Location{Address: base.Address, Attribute: column} }
	base.User = iam.Value{Text: policy.Literal(row[columnUser]), Set: !base.Root, Location: at(columnUser)}
	var out []*iam.Credential
	if is("password_enabled") {
		c := base
		c.Kind, c.Location = "login-profile", at("password_enabled")
		c.Created, c.LastUsed = when(row["password_last_changed"]), when(row["password_last_used"])
		out = append(out, &c)
	}
	for _, place := range []string{"1", "2"} {
		column := fmt.Sprintf("access_key_%s_active", place)
		c := base
		c.Kind, c.Place, c.Active, c.Location = "access-key", place, is(column), at(column)
		c.Created = when(row["access_key_"+place+"_last_rotated"])
		c.LastUsed = when(row["access_key_"+place+"_last_used_date"])
		// A key that is switched off is one still; where there is none, no
		// day is given on which it was made.
		if c.Active || !c.Created.IsZero() {
			out = append(out, &c)
		}
	}
	return out
}

// reportedUser is a row as it stands.
func reportedUser(row map[string]string) *iam.ReportedUser {
	is := func(column string) bool { return strings.EqualFold(row[column], "true") }
	u := &iam.ReportedUser{
		Address: row[columnARN], Name: row[columnUser], Root: strings.HasSuffix(row[columnARN], ":root"),
		Created: when(row["user_creation_time"]), Password: is("password_enabled"), PasswordChanged: when(row["password_last_changed"]),
		NoPassword:   strings.EqualFold(row["password_enabled"], "false"),
		PasswordUsed: when(row["password_last_used"]), MFA: is("mfa_active"), Certificates: is("cert_1_active") || is("cert_2_active"),
	}
	for i, place := range []string{"1", "2"} {
		u.Keys[i] = iam.ReportedKey{
			Active: is("access_key_" + place + "_active"), Rotated: when(row["access_key_"+place+"_last_rotated"]),
			Used: when(row["access_key_"+place+"_last_used_date"]),
		}
	}
	return u
}

// when is a time, zero for N/A, no_information and not_supported.
func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
