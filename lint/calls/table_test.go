package calls_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/catalog"
)

// TestTable holds the table to what was recorded of the real provider: for each
// type and change the same actions.
func TestTable(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "recorded.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, text, _ := strings.Cut(lines.Text(), ":")
		words := strings.Fields(key)
		seen[words[0]] = true
		table := calls.Of(words[0])
		if table == nil {
			t.Errorf("the table lacks %s", words[0])
			continue
		}
		recorded := strings.Fields(text)
		certain, possible := expected(table, words[1], words[2:])
		for _, action := range recorded {
			if !slices.Contains(possible, action) {
				t.Errorf("%s: the provider asks for %s, and the table has %v", key, action, possible)
			}
		}
		for _, action := range certain {
			if !slices.Contains(recorded, action) {
				t.Errorf("%s: the table has %s, and the provider asks for %v", key, action, recorded)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for _, typ := range calls.Types() {
		if (strings.HasPrefix(typ, "aws_iam_") || strings.HasPrefix(typ, "aws_ssoadmin_") || strings.HasPrefix(typ, calls.Data)) && !seen[typ] {
			t.Errorf("nothing is recorded of %s", typ)
		}
	}
}

// expected are the actions that the table has for a recorded change. change is
// the attribute and what becomes of it: "tags set".
func expected(table *calls.Type, step string, change []string) (certain, possible []string) {
	attribute, to := "", ""
	if len(change) > 0 {
		attribute = change[0]
	}
	if len(change) > 1 {
		to = change[1]
	}
	for _, c := range table.Calls {
		block, _, _ := strings.Cut(c.If, ".")
		about := c.If == "" || block == attribute
		switch {
		case c.Of.String() == step && step != "update":
		case c.Of == calls.Read && (step == "create" || step == "update"):
		case c.Of == calls.Update && step == "update":
			about = about && becomes(c.To, to)
		default:
			continue
		}
		if !about || c.Besides {
			continue
		}
		possible = append(possible, c.Action)
		// What the provider makes it need not read again.
		if !c.Perhaps && (c.Of != calls.Read || step == "read") {
			certain = append(certain, c.Action)
		}
	}
	return certain, possible
}

// becomes reports whether a call is made where an attribute becomes what a case
// says: a value more, one less, another one.
func becomes(to calls.To, what string) bool {
	switch to {
	case calls.Set:
		return what != "unset"
	case calls.Unset:
		return what == "unset" || what == "replace"
	case calls.Had, calls.Any, calls.Again:
	}
	return true
}

// TestActionsExist holds the table to AWS's list of actions and keys.
func TestActionsExist(t *testing.T) {
	for _, typ := range calls.Types() {
		for _, c := range calls.Of(typ).Calls {
			action, ok := catalog.LookupAction(c.Action)
			if !ok {
				t.Errorf("%s: there is no action %s", typ, c.Action)
				continue
			}
			for key, used := range map[string]bool{
				"iam:PermissionsBoundary": c.Boundary != "", "iam:PolicyARN": c.Policy != "", "iam:AWSServiceName": c.ServiceName != "",
				"aws:TagKeys": c.Tags, "iam:PassedToService": len(c.Services) > 0,
			} {
				if used && action.Presence(key) == catalog.PresentNever {
					t.Errorf("%s: %s carries no %s", typ, c.Action, key)
				}
			}
		}
	}
}
