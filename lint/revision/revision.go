// Package revision takes the files of a revision out of git. It runs git and no
// other program, and nothing that a repository can name: what it asks of git runs no
// hook, filter or pager, and fetches nothing.
package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
)

// What is larger was not written by a person, and no reader of configuration takes
// it.
const (
	maxFile  = 8 << 20
	maxTotal = 1 << 30
	maxFiles = 500_000
)

// MissingError tells that a clone does not have a revision.
type MissingError struct {
	Revision string
	// Shallow tells that the clone has not all revisions.
	Shallow bool
}

func (e *MissingError) Error() string {
	remote, branch, ok := strings.Cut(e.Revision, "/")
	fetch := "git fetch --depth=1 origin " + e.Revision
	if ok {
		fetch = fmt.Sprintf("git fetch --depth=1 %s %s:refs/remotes/%s", remote, branch, e.Revision)
	}
	what := "this clone"
	if e.Shallow {
		what = "this shallow clone"
	}
	return fmt.Sprintf("there is no revision %s in %s: fetch it, %s", e.Revision, what, fetch)
}

// Unpack writes the files of a revision of a repository into an empty directory, which
// looks like a repository itself afterwards, and adds the modules that terraform init
// has installed in the repository. It returns the id of the commit or tree. The error
// is a *[MissingError] where the repository has no such revision.
func Unpack(ctx context.Context, repository, rev, dir string) (id string, err error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return "", errors.New("git is not installed")
	}
	g := &git{ctx, program, repository}
	if id, err = g.resolve(rev); err != nil {
		return "", err
	}
	entries, err := g.list(id)
	if err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := root.Mkdir(".git", 0o700); err != nil {
		return "", err
	}
	if err := g.write(root, entries); err != nil {
		return "", err
	}
	return id, installed(repository, root, entries)
}

// git runs the program in one repository.
type git struct {
	ctx     context.Context
	program string
	dir     string
}

func (g *git) command(args ...string) *exec.Cmd {
	fixed := []string{"-C", g.dir, "--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"}
	c := exec.CommandContext(g.ctx, g.program, slices.Concat(fixed, args)...)
	// Without a protocol nothing is fetched of a partial clone, by whatever helper.
	c.Env = append(os.Environ(), "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C")
	return c
}

// ask returns what a command prints.
func (g *git) ask(args ...string) (string, error) {
	c := g.command(args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return "", gitError(args, err, stderr.String())
	}
	return string(out), nil
}

func gitError(args []string, err error, said string) error {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	if line == "" {
		line = err.Error()
	}
	return fmt.Errorf("git %s: %s", args[0], line)
}

// resolve is the id of a revision.
func (g *git) resolve(rev string) (string, error) {
	id, err := g.ask("rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err == nil {
		return strings.TrimSpace(id), nil
	}
	shallow, err := g.ask("rev-parse", "--is-shallow-repository")
	if err != nil {
		return "", err // it is not a repository
	}
	return "", &MissingError{rev, strings.TrimSpace(shallow) == "true"}
}

// entry is a file or link of the revision.
type entry struct {
	path, id string
	link     bool
}

// list are the files of a revision that can be part of configuration.
func (g *git) list(id string) ([]entry, error) {
	out, err := g.ask("ls-tree", "-r", "-l", "-z", "--full-tree", id)
	if err != nil {
		return nil, err
	}
	var entries []entry
	var total int64
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about)
		if !ok || len(fields) != 4 || fields[1] != "blob" || isOdd(name) {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil || size > maxFile {
			continue // it is not here, or is not configuration
		}
		total += size
		entries = append(entries, entry{name, fields[2], fields[0] == "120000"})
		if total > maxTotal || len(entries) > maxFiles {
			return nil, fmt.Errorf("the revision has more than %d files or %d bytes", maxFiles, maxTotal)
		}
	}
	return entries, nil
}

// isOdd tells names that no checkout has.
func isOdd(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git")
	})
}

// write writes the files.
func (g *git) write(root *os.Root, entries []entry) error {
	c := g.command("cat-file", "--batch")
	var ids, stderr bytes.Buffer
	for _, e := range entries {
		ids.WriteString(e.id + "\n")
	}
	c.Stdin, c.Stderr = &ids, &stderr
	stdout, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return err
	}
	r := bufio.NewReader(stdout)
	for _, e := range entries {
		if err = writeEntry(root, e, r); err != nil {
			break
		}
	}
	if err != nil {
		_ = stdout.Close() // git ends for it
	}
	if ended := c.Wait(); err == nil && ended != nil {
		err = gitError([]string{"cat-file"}, ended, stderr.String())
	}
	return err
}

// writeEntry takes the next file from what git prints. One that a partial clone does
// not have is left out.
func writeEntry(root *os.Root, e entry, r *bufio.Reader) error {
	head, err := r.ReadString('\n')
	if err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return nil
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil || size < 0 || size > maxFile {
		return fmt.Errorf("git cat-file: %q has no size", strings.TrimSpace(head))
	}
	content := make([]byte, size+1)
	if _, err := io.ReadFull(r, content); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	return put(root, e.path, content[:size], e.link)
}

// put writes one file, or a link, below the root.
func put(root *os.Root, name string, content []byte, link bool) error {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	if link {
		return root.Symlink(string(content), name)
	}
	return root.WriteFile(name, content, 0o600)
}

// installed copies what terraform init has put beside the root modules: the modules
// of registries are in no revision.
func installed(repository string, root *os.Root, entries []entry) error {
	tree, err := files.OpenTree(repository)
	if err != nil {
		return err
	}
	defer func() { _ = tree.Close() }() // it has only been read
	c := &copying{tree: tree, root: root}
	seen := map[string]bool{}
	for _, e := range entries {
		dir := path.Dir(e.path)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if data := path.Join(dir, ".terraform"); tree.IsDir(data) {
			c.file(path.Join(data, "environment"))
			c.dir(path.Join(data, "modules"))
		}
	}
	return nil
}

// copying copies what can be read, up to the limits.
type copying struct {
	tree  *files.Tree
	root  *os.Root
	count int
	total int64
}

func (c *copying) dir(name string) {
	list, err := c.tree.List(name)
	if err != nil {
		return
	}
	for _, e := range list {
		switch inside := path.Join(name, e.Name()); {
		case isOdd(e.Name()):
		case e.IsDir():
			c.dir(inside)
		default:
			c.file(inside)
		}
	}
}

func (c *copying) file(name string) {
	if c.count >= maxFiles || c.total >= maxTotal {
		return
	}
	content, err := c.tree.Read(name, maxFile)
	if err != nil || put(c.root, name, content, false) != nil {
		return // what is in it counts as new
	}
	c.count++
	c.total += int64(len(content))
}
