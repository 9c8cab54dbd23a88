package main

import (
	"strings"
	"testing"
)

// What is not judged because nothing is left of the budget is named, with exit
// code 2.
func TestBudgetIsSpent(t *testing.T) {
	for _, args := range []string{
		"lint --timeout 1ns ../../fixtures/real/self-service-users",
		"lint --timeout 1ns --format json ../../fixtures/real/self-service-users",
		"who-can --timeout 1ns * ../../fixtures/real/self-service-users",
	} {
		var out, errs strings.Builder
		code := run(strings.Fields(args), strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false })
		if code != exitFailure || !strings.Contains(errs.String(), "not judged: the run took all of its --timeout 1ns") {
			t.Errorf("%s: exit %d\n%s\n%s", args, code, out.String(), errs.String())
		}
	}
}

func TestBudgetFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--timeout 5":          "--timeout takes a time such as 90s or 5m, not 5",
		"--timeout -1s":        "--timeout takes a time such as 90s or 5m, not -1s",
		"--max-memory x":       "--max-memory takes a size such as 512MiB or 2GiB, not x",
		"--max-memory 1MiB":    "--max-memory takes no less than 64MiB, not 1MiB",
		"--timeout 0":          "",
		"--max-memory 0":       "",
		"--max-memory 3000MiB": "",
	} {
		var out, errs strings.Builder
		code := run(append([]string{"lint", "../../fixtures/real/clean-delegation"}, strings.Fields(args)...), strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false })
		if want == "" && code == exitFailure || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit %d: %s", args, code, errs.String())
		}
	}
}
