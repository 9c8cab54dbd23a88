package organization

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// command is one of the AWS CLI whose answer is read from a file of that name, or a table
// of Steampipe.
type command struct {
	name string
	// argument is what the answer does not say and the name of the file has to: the
	// option that it was asked with, and what its value looks like; nil for nothing.
	argument *argument
	shape    *stream.Shape
	take     func(a *answers, of string, f *file) error
}

type argument struct {
	option  string
	pattern func() *regexp.Regexp
}

// What the values look like: API Reference of AWS Organizations and of IAM Identity
// Center, the patterns of TargetId, ParentId, ChildId, PolicyId, AccountId and
// PermissionSetArn.
var (
	parentArgument  = &argument{"parent", lazy.Regexp(`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})`)}
	targetArgument  = &argument{"target", lazy.Regexp(`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})`)}
	childArgument   = &argument{"child", lazy.Regexp(`^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})`)}
	policyArgument  = &argument{"policy", lazy.Regexp(`^p-[0-9a-zA-Z_]{8,128}`)}
	accountArgument = &argument{"account", lazy.Regexp(`^\d{12}`)}
	setArgument     = &argument{"permission set", lazy.Regexp(`^ps-[0-9a-zA-Z]{16}`)}
)

// dumpCommand is the one whose answer is the dump of an account, which other names may
// have, too.
const dumpCommand = "get-account-authorization-details"

// dumpName is the account of a dump, or the table of rows of Steampipe.
var dumpName = lazy.Regexp(`^([0-9]{12}\b|aws_iam_(role|user|group|policy)\b)`)

// commandOf is the command whose answer a file holds by its name, and the argument
// that follows it there. The longest name counts: list-policies-for-target and not
// list-policies.
func commandOf(file string) (found *command, rest string) {
	stem, _ := stem(file)
	for _, c := range readable() {
		if after, ok := strings.CutPrefix(stem, c.name); ok && (found == nil || len(c.name) > len(found.name)) {
			if after == "" || strings.ContainsRune("-_.", rune(after[0])) {
				found, rest = c, strings.TrimLeft(after, "-_.")
			}
		}
	}
	return found, rest
}

// readable are the commands and tables that are read.
func readable() []*command {
	out := make([]*command, 0, len(commands)+len(tables))
	for _, list := range [][]command{commands, tables} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	return out
}

// stem is the name of a file without what tells its format, however that is spelt; ""
// where that is not JSON. Answers may be in a file of text, as shells and editors name
// them: plain is true for those, which only count by their names.
func stem(file string) (stem string, plain bool) {
	name := path.Base(file)
	for _, ending := range []string{".gz", ".zst"} {
		name, _ = cutEnding(name, ending)
	}
	if stem, ok := cutEnding(name, ".json"); ok {
		return stem, false
	}
	if stem, ok := cutEnding(name, ".txt"); ok {
		return stem, true
	}
	return "", false
}

func cutEnding(name, ending string) (string, bool) {
	at := len(name) - len(ending)
	if at < 0 || !strings.EqualFold(name[at:], ending) {
		return name, false
	}
	return name[:at], true
}

// answersIn are the files of a directory with JSON in them, where one has the name of
// a command or of an account; none where the directory has configuration in it, or
// below it.
func answersIn(t *files.Tree) []string {
	out := answersAmong(t)
	if out == nil || configuredBelow(t) {
		return nil
	}
	return out
}

// answersAmong are those files, whatever else is there.
func answersAmong(t *files.Tree) []string {
	entries, err := t.List(".")
	if err != nil {
		return nil
	}
	var out []string
	told := false
	for _, e := range entries {
		name := e.Name()
		stem, plain := stem(name)
		if e.IsDir() || stem == "" || strings.HasPrefix(name, ".") {
			continue
		}
		c, _ := commandOf(name)
		named := c != nil || strings.HasPrefix(stem, dumpCommand) || dumpName().MatchString(stem)
		if !named && plain {
			continue
		}
		told = told || named
		out = append(out, name)
	}
	if !told {
		return nil
	}
	return out
}

// mostWalked bounds the files and directories in which configuration is looked for.
const mostWalked = 20_000

// configuredBelow reports whether there is configuration in a directory or below it,
// or so much that it was not all looked at.
func configuredBelow(t *files.Tree) bool {
	found, walked := false, 0
	_ = fs.WalkDir(t.FS("."), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || found {
			return fs.SkipDir // what cannot be listed holds nothing that is read
		}
		if walked++; walked > mostWalked || !e.IsDir() && isConfiguration(e.Name()) {
			found = true
			return fs.SkipDir
		}
		if e.IsDir() && p != "." && strings.HasPrefix(e.Name(), ".") {
			return fs.SkipDir
		}
		return nil
	})
	return found
}

// argumentIn is the argument of a command in the rest of a file's name.
func (c *command) argumentIn(rest string) (string, error) {
	if c.argument == nil {
		return "", nil
	}
	if of := c.argument.pattern().FindString(rest); of != "" {
		return of, nil
	}
	return "", stream.Errorf("its name does not say of which %s the answer is: name it %s-ID.json", c.argument.option, c.name)
}

// types are those of organization policies that a file's name has in it.
func typesIn(rest string) []string {
	return slices.DeleteFunc([]string{"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}, func(kind string) bool {
		return !strings.Contains(strings.ToUpper(rest), kind)
	})
}
