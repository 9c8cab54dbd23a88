package account

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

const header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"

const report = header +
	"<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-02T03:04:05+00:00,not_supported,not_supported,true," +
	"true,2021-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n" +
	"Ann,arn:aws:iam::111122223333:user/p/Ann,2022-01-01T00:00:00+00:00,true,no_information,2022-02-01T00:00:00+00:00,N/A,false," +
	"false,2022-03-01T00:00:00+00:00,N/A,N/A,N/A,true,2023-01-01T00:00:00+00:00,2026-10-01T00:00:00+00:00,eu-west-1,s3,false,N/A,false,N/A\n" +
	"bob,arn:aws:iam::111122223333:user/bob,2022-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n" +
	"eve,arn:aws:iam::999999999999:user/eve,2022-01-01T00:00:00+00:00,true,N/A,N/A,N/A,false,true,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"

func TestCredentials(t *testing.T) {
	t.Parallel()
	inBase64 := base64.StdEncoding.EncodeToString([]byte(report))
	for name, content := range map[string]string{
		"CSV":         report,
		"with a mark": "\xEF\xBB\xBF" + report,
		"CRLF":        strings.ReplaceAll(report, "\n", "\r\n"),
		"Base64":      inBase64 + "\n",
		"JSON":        `{"Content":"` + inBase64 + `","ReportFormat":"text/csv"}`,
		"two reports": report + header,
	} {
		m := one(t, with("{"+userPart+"}", plainly))
		if err := ReadCredentials(strings.NewReader(content), []*iam.Model{m}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m.Link(iam.Hints{})
		var got strings.Builder
		for _, c := range m.Credentials {
			fmt.Fprintf(&got, "%s %s%s user=%s root=%t active=%t mfa=%t known=%t created=%s used=%s\n", c.Address, c.Kind, c.Place, c.User, c.Root,
				c.Active, c.MFA, c.KnownFromCredsFile, c.Created.Format("2006-01-02"), c.LastUsed.Format("2006-01-02"))
		}
		const want = `arn:aws:iam::111122223333:root access-key1 user=(not set) root=true active=true mfa=true known=true created=2021-01-01 used=0001-01-01
arn:aws:iam::111122223333:user/p/Ann login-profile user=Ann root=false active=true mfa=false known=true created=2022-02-01 used=0001-01-01
arn:aws:iam::111122223333:user/p/Ann access-key1 user=Ann root=false active=false mfa=false known=true created=2022-03-01 used=0001-01-01
arn:aws:iam::111122223333:user/p/Ann access-key2 user=Ann root=false active=true mfa=false known=true created=2023-01-01 used=2026-10-01
`
		if got.String() != want {
			t.Errorf("%s: got\n%swant\n%s", name, got.String(), want)
		}
		if n := len(m.Entities[0].Credentials); n != 3 {
			t.Errorf("%s: the user has %d credentials", name, n)
		}
	}
}

func TestCredentialErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ content, want string }{
		"empty":      {"", "it is not a credential report"},
		"other CSV":  {"a,b\n1,2\n", "it is not a credential report"},
		"other JSON": {`{"State":"STARTED"}`, "it is not a credential report"},
		"no ARN":     {header + "x,y\n", "line 2 of the credential report has no arn"},
		"quotes":     {header + "\"x,y\n", "it is not a credential report"},
	} {
		err := ReadCredentials(strings.NewReader(tt.content), nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
