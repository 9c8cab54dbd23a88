package account

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// FuzzCredentials: whatever stands in a credential report, there is one line
// that says what is wrong or the credentials of the account, and the same each
// time.
func FuzzCredentials(f *testing.F) {
	const report = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active," +
		"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated\n" +
		"<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-01T00:00:00+00:00,not_supported,false,true,2020-01-01T00:00:00+00:00,N/A,false,N/A\n" +
		"\"a, b\",arn:aws:iam::111122223333:user/a,2020-01-01T00:00:00+00:00,true,no_information,2020-01-01T00:00:00+00:00,true,false,N/A,N/A,true,2020-01-01T00:00:00+00:00\n" +
		"c,arn:aws:iam::444455556666:user/c,2020-01-01T00:00:00+00:00,true,N/A,N/A,true,false,N/A,N/A,false,N/A\n"
	reports := []string{
		report, report + report, base64.StdEncoding.EncodeToString([]byte(report)), "user,arn\r\nx,arn:aws:iam::111122223333:user/x\r\n",
		`{"Content":"` + base64.StdEncoding.EncodeToString([]byte(report)) + `","ReportFormat":"text/csv"}`,
	}
	sourcetest.Seeds(func(edits []byte) {
		for which := range reports {
			f.Add(byte(which), edits)
		}
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		text := sourcetest.Edit(reports[int(which)%len(reports)], edits)
		once := func() string {
			m := &iam.Model{Providers: []*iam.Provider{{Name: "111122223333"}}}
			if err := ReadCredentials(strings.NewReader(text), []*iam.Model{m}); err != nil {
				if _, ok := errors.AsType[*stream.Error](err); !ok || strings.ContainsAny(err.Error(), "\r\n") {
					t.Fatalf("an error of another kind: %v", err)
				}
				return err.Error()
			}
			out := ""
			for _, c := range m.Credentials {
				if c.Provider != "111122223333" {
					t.Errorf("%s has a credential of the account %s", c.Address, c.Provider)
				}
				out += fmt.Sprintf("%+v\n", *c)
			}
			return out
		}
		if a, b := once(), once(); a != b {
			t.Errorf("once\n%s\nand then\n%s", a, b)
		}
	})
}
