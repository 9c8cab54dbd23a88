package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// TestLSPEdits edits roots at random, as editors do and as nobody should: after each edit a
// session, which has what it judged before, shows what lint finds in the same text.
func TestLSPEdits(t *testing.T) {
	edits := 25
	if testing.Short() {
		edits = 8
	}
	for seed, name := range []string{"weak-delegation", "users-and-groups", "delegation-hole"} {
		src, err := os.ReadFile(filepath.Join("../../fixtures/real", name, "main.tf"))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			before := workingDirectory()
			defer t.Chdir(before)
			workspace(t, map[string]string{"main.tf": string(src), "role.tf": lspRole})
			x := &edited{
				t: t, random: rand.New(rand.NewPCG(uint64(seed), 1)), original: string(src), copied: filepath.Join(t.TempDir(), "it"),
				shown: map[string][]string{},
			}
			if err := os.MkdirAll(filepath.Join(x.copied, ".git"), 0o700); err != nil {
				t.Fatal(err)
			}
			e := openEditor(t)
			e.open("main.tf")
			e.open("role.tf")
			for range edits {
				x.edit(e)
				x.compare(e)
			}
			if code := e.quit(); code != exitClean {
				t.Error(code)
			}
			if x.found < edits || x.faults == 0 {
				t.Errorf("%d diagnostics and %d faults of the language say little", x.found, x.faults)
			}
		})
	}
}

// edited is a root module that is edited.
type edited struct {
	t        *testing.T
	random   *rand.Rand
	original string
	// copied is the directory that has the same text, saved.
	copied string
	// shown are the diagnostics of each file, and found and faults how many there were.
	shown         map[string][]string
	found, faults int
}

var quoted = regexp.MustCompile(`"[^"$]*"`)

// edit changes main.tf in one place, or puts back what it was.
func (x *edited) edit(e *testEditor) {
	text := e.texts["main.tf"].String()
	lines := strings.SplitAfter(text, "\n")
	at := x.random.IntN(len(lines))
	switch n := x.random.IntN(10); {
	case n < 6:
		words := quoted.FindAllStringIndex(text, -1)
		to, from := words[x.random.IntN(len(words))], words[x.random.IntN(len(words))]
		text = text[:to[0]] + text[from[0]:from[1]] + text[to[1]:]
	case n < 7:
		lines[at] = ""
		text = strings.Join(lines, "")
	case n < 8:
		text = strings.Join(slices.Insert(lines, at, "\n"), "")
	case n < 9:
		text = strings.Join(slices.Insert(lines, at, lines[x.random.IntN(len(lines))]), "")
	default:
		text = x.original
	}
	old := e.texts["main.tf"]
	same := 0
	for same < min(len(text), len(old.String())) && text[same] == old.String()[same] {
		same++
	}
	// The version changes, if nothing else does.
	e.change("main.tf", old.String()[same:], text[same:])
}

// compare waits until the session shows what lint finds: for the last version of main.tf, and
// for other files where something else is to say of them.
func (x *edited) compare(e *testEditor) {
	x.t.Helper()
	want := x.lint(e)
	same := func() bool {
		for file := range e.texts {
			if !slices.Equal(x.shown[file], want[file]) {
				return false
			}
		}
		return true
	}
	for current, late := false, time.After(time.Minute); !current || !same(); {
		select {
		case r := <-e.sent:
			var p lspPublish
			if r.Method() == "textDocument/publishDiagnostics" && r.UnmarshalParams(&p) == nil {
				file := filepath.Base(p.URI)
				x.shown[file] = x.listed(p.Diagnostics)
				current = current || file == "main.tf" && p.Version != nil && *p.Version == e.versions[file]
			}
		case <-late:
			x.t.Fatalf("the session shows\n%s\nand lint finds\n%s\nin\n%s", x.shown, want, e.texts["main.tf"])
		}
	}
	x.found += len(want["main.tf"])
}

func (x *edited) listed(list []lspDiagnostic) []string {
	var out []string
	for _, d := range list {
		out = append(out, fmt.Sprintf("%d:%d %d %s %s", d.Range.Start.Line+1, d.Range.Start.Character+1, d.Severity, d.Code, d.Message))
	}
	slices.Sort(out)
	return out
}

// lint is what a run of its own finds in the texts of the editor, by file.
func (x *edited) lint(e *testEditor) map[string][]string {
	x.t.Helper()
	for file, text := range e.texts {
		if err := os.WriteFile(filepath.Join(x.copied, file), []byte(text.String()), 0o600); err != nil {
			x.t.Fatal(err)
		}
	}
	got := boundlint(x.t, "", nil, "lint", "--format", "json", x.copied)
	type place struct {
		File         string
		Line, Column int
	}
	var report struct {
		Findings []struct {
			Rule, Severity, Verdict, Message string
			Location                         place
		}
		Diagnostics []struct {
			Severity, Message string
			Location          place
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		x.t.Fatalf("%v in %+v", err, got)
	}
	severities := map[string]int{"error": lspError, "warning": lspWarning, "note": lspInformation}
	out := map[string][]string{}
	for _, f := range report.Findings {
		if f.Verdict == string(lint.Undetermined) {
			f.Message = "Undetermined: " + f.Message
		}
		file := filepath.Base(f.Location.File)
		out[file] = append(out[file], fmt.Sprintf("%d:%d %d %s %s", f.Location.Line, f.Location.Column, severities[f.Severity], f.Rule, f.Message))
	}
	for _, d := range report.Diagnostics {
		x.faults++
		file := filepath.Base(d.Location.File)
		out[file] = append(out[file], fmt.Sprintf("%d:%d %d  %s", d.Location.Line, d.Location.Column, severities[d.Severity], d.Message))
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}
