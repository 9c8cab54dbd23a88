package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/budget"
)

// What is not judged because nothing is left of the budget is named, with exit
// code 2.
func TestBudgetIsSpent(t *testing.T) {
	for _, args := range []string{
		"lint --timeout 1ns ../../fixtures/real/self-service-users",
		"lint --timeout 1ns --format json ../../fixtures/real/self-service-users",
		"who-can --timeout 1ns * ../../fixtures/real/self-service-users",
		"audit --timeout 1ns ../../fixtures/audit/october",
	} {
		var out, errs strings.Builder
		code := run(strings.Fields(args), strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false })
		if code != exitFailure || !strings.Contains(errs.String(), "not judged: the run took all of its --timeout 1ns") {
			t.Errorf("%s: exit %d\n%s\n%s", args, code, out.String(), errs.String())
		}
	}
}

// TestBudgetOfAudit: an audit for which the rest of the budget does not suffice is not
// written in part: one line says so, with exit code 2.
func TestBudgetOfAudit(t *testing.T) {
	made, ended := 0, 0
	for steps := 1; steps < 1<<16; steps *= 2 {
		var out, errs strings.Builder
		p := &program{
			stdin: strings.NewReader(""), stdout: &out, stderr: &errs, told: map[string]bool{}, lost: make(chan *budget.SpentError, 1),
			lookupEnv: func(string) (string, bool) { return "", false }, newBudget: budget.NewSteps,
		}
		code := p.command(strings.Fields(fmt.Sprintf("audit --timeout %dms --catalog-since 2026-08-01 ../../fixtures/audit/account", steps)))
		switch text := errs.String(); {
		case code != exitFailure && text == "" && strings.HasPrefix(out.String(), "audit of"):
			made++
		case code == exitFailure && strings.Contains(text, "boundlint: the audit was not made: the run took all of its --timeout") && out.String() == "":
			ended++
		case code != exitFailure || !strings.Contains(text, "--timeout") || strings.Contains(text, "internal error"):
			t.Errorf("%d steps: exit code %d\n%s\n%s", steps, code, text, out.String())
		}
	}
	if made == 0 || ended == 0 {
		t.Errorf("made %d times, ended while it was made %d times", made, ended)
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
		for _, command := range []string{"lint ../../fixtures/real/clean-delegation ", "audit ../../fixtures/audit/october "} {
			var out, errs strings.Builder
			code := run(strings.Fields(command+args), strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false })
			if want == "" && code == exitFailure || !strings.Contains(errs.String(), want) {
				t.Errorf("%s%s: exit %d: %s", command, args, code, errs.String())
			}
		}
	}
}
