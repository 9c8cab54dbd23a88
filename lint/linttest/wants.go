package linttest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// want is one comment's demand.
type want struct {
	file string // relative to the case
	line int
	rule string
	text string
	met  bool
}

var (
	wantComment = regexp.MustCompile(`(?:#|//)\s*want(?:\(\+(\d+)\))?\s+(.*)$`)
	wantItem    = regexp.MustCompile(`^([a-z][a-z0-9-]*):("(?:[^"\\]|\\.)*")\s*`)
)

// wants are the demands in all files of a case.
func wants(t *testing.T, c Case) []*want {
	t.Helper()
	var out []*want
	err := filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isConfiguration(path) {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(c.Dir, path)
		if err != nil {
			return err
		}
		found, err := wantsIn(filepath.ToSlash(name), string(src))
		out = append(out, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func isConfiguration(path string) bool {
	for _, suffix := range []string{".tf", ".tofu", ".hcl"} {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	return false
}

func wantsIn(file, src string) ([]*want, error) {
	var out []*want
	for i, text := range strings.Split(src, "\n") {
		m := wantComment.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		offset := 0
		if m[1] != "" {
			var err error
			if offset, err = strconv.Atoi(m[1]); err != nil {
				return nil, err
			}
		}
		rest := strings.TrimSpace(m[2])
		if rest == "" {
			return nil, fmt.Errorf("%s:%d: a want without a rule", file, i+1)
		}
		for rest != "" {
			item := wantItem.FindStringSubmatch(rest)
			if item == nil {
				return nil, fmt.Errorf("%s:%d: not of the form rule-id:\"text\": %s", file, i+1, rest)
			}
			message, err := strconv.Unquote(item[2])
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %s: %w", file, i+1, item[2], err)
			}
			out = append(out, &want{file: file, line: i + 1 + offset, rule: item[1], text: message})
			rest = rest[len(item[0]):]
		}
	}
	return out, nil
}

// checkWants compares what is found in the configuration with the comments. A
// finding on the same line that stands for several resources, or for several
// instances of one, needs one want.
func checkWants(t *testing.T, c Case, report *lint.Report) {
	t.Helper()
	demands := wants(t, c)
	for _, f := range all(report) {
		file, at := fileIn(c, f.Location), f.Location.Range.Start.Line
		i := slices.IndexFunc(demands, func(w *want) bool {
			return w.rule == f.Rule && w.file == file && w.line == at && strings.Contains(f.Message, w.text)
		})
		if i < 0 {
			t.Errorf("hcl: no want for %s", line(c, f))
			continue
		}
		demands[i].met = true
	}
	for _, w := range demands {
		if !w.met {
			t.Errorf("hcl: %s:%d: no finding for want %s:%q", w.file, w.line, w.rule, w.text)
		}
	}
}

// fileIn is the file of a location relative to the case. Sources give it as
// seen from the working directory or, where that lies outside of the
// repository, as an absolute path.
func fileIn(c Case, l iam.Location) string {
	dir, err := filepath.Abs(c.Dir)
	if err != nil || l.File == "" {
		return l.File
	}
	file, err := filepath.Abs(filepath.FromSlash(l.File))
	if err != nil {
		return l.File
	}
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return l.File
}

// placeIn is file and line, relative to the case.
func placeIn(c Case, l iam.Location) string {
	if !l.HasFile() {
		return ""
	}
	return fileIn(c, l) + ":" + strconv.Itoa(l.Range.Start.Line)
}
