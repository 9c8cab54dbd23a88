package catalog

import (
	"os"
	"os/exec"
	"testing"
)

// runFresh runs the calling test alone in a new process, where it finds
// BOUNDLINT_TEST_FRESH set.
func runFresh(t *testing.T) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "-test.run=^"+t.Name()+"$", "-test.count=1")
	command.Env = append(os.Environ(), "BOUNDLINT_TEST_FRESH=1")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// BenchmarkFirst measures what the first question in a process costs.
func BenchmarkFirst(b *testing.B) {
	for _, name := range []string{"iam", "sts", "s3", "ec2"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := new(serviceStore).lookup(name); !ok {
					b.Fatal("not found")
				}
			}
		})
	}
	b.Run("all actions", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for range new(serviceStore).matching("*") {
				continue
			}
		}
	})
	b.Run("managed policy", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			mustText(new(policyStore).open(), "AdministratorAccess")
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	b.Run("action", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			LookupAction("iam:CreateRole")
		}
	})
	b.Run("global key", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			LookupKey("aws:PrincipalArn")
		}
	})
	b.Run("presence", func(b *testing.B) {
		a, _ := LookupAction("iam:CreateRole")
		b.ReportAllocs()
		for b.Loop() {
			a.Presence("iam:PermissionsBoundary")
		}
	})
	b.Run("key instance", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			LookupKey("aws:RequestTag/Team")
		}
	})
	b.Run("iam matching", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for range ActionsMatching("iam:*Boundary") {
				continue
			}
		}
	})
	b.Run("all matching", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for range ActionsMatching("*") {
				continue
			}
		}
	})
}
