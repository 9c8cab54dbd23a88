package inquiry_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// BenchmarkExpectations decides a file of policy tests, of all kinds.
func BenchmarkExpectations(b *testing.B) {
	for _, n := range []int{250, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("entity \"app-sandbox\" {\n  policies = [\"AdministratorAccess\"]\n  boundary = boundary.developer-boundary\n}\n")
			for i := range n / 5 {
				fmt.Fprintf(&text, `test "%d" {
  as = "%s"
  deny "iam:CreateRole" { unless = { "iam:PermissionsBoundary" = boundary.developer-boundary } }
  deny "ec2:*" {}
  allow "s3:PutObject" { resource = "arn:aws:s3:::app-%d/*" }
  allow "s3:GetObject" { every = true }
  cannot_reach = ["administrator"]
}
`, i, []string{"app-sandbox", "app-developer", "app-workload"}[i%3], i)
			}
			path := filepath.Join(b.TempDir(), "it.boundlint-test.hcl")
			if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				run(b, path, n)
			}
		})
	}
}

func run(b *testing.B, path string, want int) {
	b.Helper()
	file, err := config.LoadTests(path, false)
	if err != nil {
		b.Fatal(err)
	}
	models, err := source.Read(context.Background(), "../../fixtures/real/clean-delegation/plan.json", source.Options{Symbols: &policy.Symbols{}})
	if err != nil {
		b.Fatal(err)
	}
	tests, err := inquiry.NewTests(&lint.Settings{}, file.File, models...)
	if err != nil {
		b.Fatal(err)
	}
	asked := 0
	for _, test := range file.Tests {
		subjects, err := tests.Subjects(test)
		if err != nil {
			b.Fatal(err)
		}
		for _, x := range test.Expectations {
			for _, s := range subjects {
				if _, err := tests.Check(x, s); err != nil {
					b.Fatal(err)
				}
				asked++
			}
		}
	}
	if asked != want {
		b.Fatalf("%d expectations", asked)
	}
}
