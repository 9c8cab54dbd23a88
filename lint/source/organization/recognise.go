package organization

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// Form is how a directory shows an organization.
type Form uint8

// The forms.
const (
	// None is a directory that shows none.
	None Form = iota
	// Collected is a directory as iam-collect writes it.
	Collected
	// Answers is a directory of what the AWS CLI prints.
	Answers
)

var (
	partitionName = lazy.Regexp(`^aws(-[a-z]+)*$`)
	organizations = lazy.Regexp(`^o-[a-z0-9]{4,32}$`)
)

// Recognise tells how a directory shows an organization. One with configuration of
// Terraform or OpenTofu in it, or where the accounts would be, shows none.
func Recognise(dir string) Form {
	t, err := files.OpenTree(dir)
	if err != nil {
		return None // it is for the reader of configuration to say
	}
	defer t.Close()
	switch {
	case len(partitionsIn(t)) > 0:
		return Collected
	case len(answersIn(t)) > 0:
		return Answers
	}
	return None
}

// Unread is what of an organization a directory of configuration has in it, as a phrase
// that names a file or folder; "" for nothing. It is not read with the configuration.
// isDump tells whether a file is the dump of an account: configuration may have files of
// its own that are called after accounts.
func Unread(dir string, isDump func(path string) bool) string {
	t, err := files.OpenTree(dir)
	if err != nil {
		return ""
	}
	defer t.Close()
	if found := partitionsAround(t); len(found) > 0 && configured(t, ".") {
		return "the data of iam-collect in " + found[0].dir
	}
	for _, name := range answersAmong(t) {
		stem, _ := stem(name)
		c, _ := commandOf(name)
		if c != nil && c.isTable() {
			return "the table of Steampipe in " + name
		}
		if c != nil || strings.HasPrefix(stem, dumpCommand) {
			return "the answer of the AWS CLI in " + name
		}
		if dumpName().MatchString(stem) && isDump(t.Path(name)) {
			return "the dump of an account in " + name
		}
	}
	return ""
}

// Part is the directory to name in the place of one that is only a part of what
// iam-collect writes: an account, or the folder of the accounts. It is "" where the
// directory is none.
func Part(dir string) string {
	t, err := files.OpenTree(dir)
	if err != nil {
		return ""
	}
	defer t.Close()
	base := path.Base(strings.ReplaceAll(t.Base(), `\`, "/"))
	isOne := func(p string) bool { return policy.IsAccountID(p) && isAccount(t, p) }
	switch {
	case configured(t, "."):
	case policy.IsAccountID(base) && isAccount(t, "."):
		return filepath.Join(dir, "..", "..")
	case base == "accounts" && slices.ContainsFunc(below(t, "."), isOne):
		return filepath.Join(dir, "..")
	}
	return ""
}

// partition is a directory with the folders accounts and organizations, and the
// partition that it is of.
type partition struct{ dir, name string }

// partitionsIn finds the partitions that iam-collect has written: the directory may
// be one, the folder aws of them, the one above, or one above that.
func partitionsIn(t *files.Tree) []partition {
	if configured(t, ".") {
		return nil
	}
	return partitionsAround(t)
}

// partitionsAround are the partitions, whatever else is there.
func partitionsAround(t *files.Tree) []partition {
	if base := path.Base(strings.ReplaceAll(t.Base(), `\`, "/")); partitionName().MatchString(base) && isPartition(t, ".") {
		return []partition{{".", base}}
	}
	var out []partition
	for _, above := range slices.Concat([]string{"."}, below(t, ".")) {
		if above != "." && path.Base(above) != "aws" {
			out = append(out, partitionsBelow(t, path.Join(above, "aws"))...)
			continue
		}
		out = append(out, partitionsBelow(t, above)...)
	}
	if len(out) == 0 {
		return nil
	}
	// The folder aws of aws: the deeper one is the partition.
	return slices.CompactFunc(out, func(x, y partition) bool { return x == y })
}

// partitionsBelow are the partitions right below a directory.
func partitionsBelow(t *files.Tree, dir string) []partition {
	var out []partition
	for _, p := range below(t, dir) {
		if partitionName().MatchString(path.Base(p)) && isPartition(t, p) {
			out = append(out, partition{p, path.Base(p)})
		}
	}
	return out
}

// below are the directories in a directory.
func below(t *files.Tree, dir string) []string {
	entries, err := t.List(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if name := e.Name(); !strings.HasPrefix(name, ".") && t.IsDir(path.Join(dir, name)) {
			out = append(out, path.Join(dir, name))
		}
	}
	return out
}

// isPartition reports whether a directory has an account, or an organization, as
// iam-collect writes it.
func isPartition(t *files.Tree, dir string) bool {
	if configured(t, dir) {
		return false
	}
	for _, account := range below(t, path.Join(dir, "accounts")) {
		if policy.IsAccountID(path.Base(account)) && isAccount(t, account) {
			return true
		}
	}
	for _, o := range below(t, path.Join(dir, "organizations")) {
		if organizations().MatchString(path.Base(o)) && isFile(t, path.Join(o, "metadata.json")) {
			return true
		}
	}
	return false
}

// isAccount reports whether a directory holds what iam-collect writes of an account.
func isAccount(t *files.Tree, dir string) bool {
	if configured(t, dir) {
		return false
	}
	if isFile(t, path.Join(dir, "organization.json")) {
		return true
	}
	for _, kind := range []string{"role", "user", "group", "policy"} {
		for _, entity := range below(t, path.Join(dir, "iam", kind)) {
			if isFile(t, path.Join(entity, "metadata.json")) {
				return true
			}
		}
	}
	return false
}

func isFile(t *files.Tree, p string) bool {
	info, err := t.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// configured reports whether a directory has configuration of Terraform or OpenTofu
// in it.
func configured(t *files.Tree, dir string) bool {
	entries, err := t.List(dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return isConfiguration(e.Name())
	})
}

func isConfiguration(name string) bool {
	return slices.ContainsFunc([]string{".tf", ".tf.json", ".tofu", ".tofu.json", ".hcl"}, func(suffix string) bool {
		return strings.HasSuffix(name, suffix) && name != ".boundlint.hcl" && name != ".terraform.lock.hcl"
	})
}
