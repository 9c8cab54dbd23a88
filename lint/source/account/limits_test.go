package account

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

func TestLimits(t *testing.T) {
	const few = 1000
	limit.Try(t, "maxReport", few, "larger than any credential report", func(_ *testing.T, n int) string {
		const header = "user,arn\n"
		row := strings.Repeat("u", n-len(header)-1) + "\n"
		if err := readCredentials(strings.NewReader(header+row), nil, few); err != nil {
			return err.Error()
		}
		return ""
	})
}
