package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

func TestLimits(t *testing.T) {
	limit.Try(t, "maxDiagnostics", maxDiagnostics, "only the first", func(_ *testing.T, n int) string {
		src := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":["s3:*"` + strings.Repeat(",1", n) + `]}}`
		_, diagnostics := Parse(src, nil, ParseOptions{Kind: IdentityPolicy})
		if len(diagnostics) < n {
			return fmt.Sprintf("only the first %d", len(diagnostics))
		}
		return "all"
	})
}
