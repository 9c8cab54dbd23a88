package main

import (
	"strings"
	"testing"
)

// TestGateIsRecursive: under a policy, by the configuration of a revision or against one,
// no file at the top takes the root modules below out of sight.
func TestGateIsRecursive(t *testing.T) {
	for name, top := range map[string]string{
		"a resource":         "resource \"terraform_data\" \"x\" {}\n",
		"a call that is off": "module \"a\" {\n  source = \"./app\"\n  count  = 0\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			provider := "provider \"aws\" {\n  region = \"eu-west-1\"\n}\n"
			gitRepository(t, map[string]string{"net/main.tf": provider, "org.hcl": lockAll})
			write(t, ".", map[string]string{
				"app/main.tf": role("one", `"app-one"`), "net/main.tf": provider + role("two", `"app-two"`), "main.tf": top,
			})
			for _, args := range []string{"--policy org.hcl", "--config-from HEAD", "--changed-from HEAD", "--recursive"} {
				got := boundlint(t, "", nil, append([]string{"lint"}, strings.Fields(args)...)...)
				for _, want := range []string{"boundary-missing  aws_iam_role.one", "boundary-missing  aws_iam_role.two"} {
					if got.code != 1 || !strings.Contains(got.stdout, want) {
						t.Errorf("%s: %q is missing: %+v", args, want, got)
					}
				}
			}
		})
	}
}
