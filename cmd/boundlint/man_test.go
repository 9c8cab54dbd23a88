package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// The manual page has every command and flag that is shown.
func TestManual(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run([]string{"man"}, strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false }); code != exitClean {
		t.Fatal(code, errs.String())
	}
	page := out.String()
	if !strings.HasPrefix(page, ".TH BOUNDLINT 1\n.SH NAME\nboundlint \\- prove") || strings.Contains(page, "boundlint man") {
		t.Errorf("it begins with %.200s", page)
	}
	var look func(above string, commands []*cli.Command)
	look = func(above string, commands []*cli.Command) {
		for _, c := range commands {
			if c.Hidden {
				continue
			}
			if !strings.Contains(page, "\n.SS "+roff(above+" "+c.Name)) {
				t.Errorf("it does not tell of %s %s", above, c.Name)
			}
			for _, f := range c.Flags {
				if !strings.Contains(page, roff(dashes(f.Names()[0]))) {
					t.Errorf("it does not tell of %s %s %s", above, c.Name, f.Names()[0])
				}
			}
			look(above+" "+c.Name, c.Subcommands)
		}
	}
	look("boundlint", (&program{}).app().Commands)
}

func TestRoff(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", "--flag": `\-\-flag`, `a\b`: `a\eb`, ".x\n'y\nz.": "\\&.x\n\\&'y\nz.",
	} {
		if got := roff(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
