// Package baseline reads and writes the file of a baseline: a line for each
// finding that a repository had when it was written, sorted, so that a review
// sees what comes and goes.
package baseline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// FileName is the name of a baseline where none is given.
const FileName = ".boundlint-baseline.json"

// version is that of the format.
const version = 1

// maxBytes bounds what is read: some 40,000 findings.
const maxBytes = 16 << 20

// entry is a finding in the file. The order of the fields is that of the keys.
type entry struct {
	Fingerprint string        `json:"fingerprint"`
	Rule        string        `json:"rule"`
	Severity    string        `json:"severity"`
	Verdict     lint.Verdict  `json:"verdict"`
	Input       iam.InputKind `json:"input"`
	Root        string        `json:"root"`
	Workspace   string        `json:"workspace,omitempty"`
	Tool        iam.Tool      `json:"tool,omitempty"`
	Address     string        `json:"address"`
	Message     string        `json:"message"`
	Parts       []string      `json:"parts,omitempty"`
}

// ReadNamed reads a baseline that the user names. The error is one line that
// begins with the name of the file; it is fs.ErrNotExist where there is none.
func ReadNamed(name string) (*lint.Baseline, error) {
	return ReadAs(name, name)
}

// ReadAs is [ReadNamed] for a copy of a file, which messages call by the name of the
// file.
func ReadAs(file, name string) (*lint.Baseline, error) {
	src, err := files.ReadNamed(file, maxBytes)
	return parsed(src, name, err)
}

// ReadFound reads the baseline of a directory, which nobody has named: it has to be
// a file of the repository. The error is as that of [ReadNamed].
func ReadFound(dir string) (*lint.Baseline, error) {
	name := filepath.Join(dir, FileName)
	t, inside, err := files.OpenAround(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer func() { _ = t.Close() }() // it has only been read
	src, err := t.Read(path.Join(inside, FileName), maxBytes)
	return parsed(src, name, err)
}

func parsed(src []byte, name string, err error) (*lint.Baseline, error) {
	switch at, isPath := errors.AsType[*fs.PathError](err); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such baseline: boundlint baseline write makes one: %w", name, fs.ErrNotExist)
	case isPath:
		return nil, fmt.Errorf("%s: %w", name, at.Err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b, err := Parse(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b.File = filepath.ToSlash(name)
	return b, nil
}

// Parse reads the text of a baseline. The error says in one line what is wrong with
// it.
func Parse(src []byte) (*lint.Baseline, error) {
	sum := sha256.Sum256(src)
	out := &lint.Baseline{FileDigest: lint.FileDigest{Digest: hex.EncodeToString(sum[:])}}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	p := &parser{src: src, dec: jsontext.NewDecoder(bytes.NewReader(src))}
	if err := p.file(out); err != nil {
		return nil, p.describe(err)
	}
	return out, nil
}

// parser reads a file member by member, for the lines of its entries.
type parser struct {
	src []byte
	dec *jsontext.Decoder
}

// faultError is what is wrong with a file that is valid JSON.
type faultError struct {
	line    int
	message string
}

func (e *faultError) Error() string {
	if e.line == 0 {
		return e.message
	}
	return fmt.Sprintf("line %d: %s", e.line, e.message)
}

var errForeign = &faultError{message: "it is not a baseline that boundlint baseline write has written"}

// describe words an error of the decoder.
func (p *parser) describe(err error) error {
	if fault, ok := errors.AsType[*faultError](err); ok {
		return fault
	}
	line := p.line()
	if kind, ok := errors.AsType[*json.SemanticError](err); ok && kind.JSONPointer != "" {
		return &faultError{line, fmt.Sprintf("%q is not as in a baseline", kind.JSONPointer.LastToken())}
	}
	return &faultError{line, "it is not valid JSON"}
}

// line is the line of what is read next.
func (p *parser) line() int {
	at := min(int(p.dec.InputOffset()), len(p.src))
	for at < len(p.src) && bytes.IndexByte([]byte(" \t\r\n,"), p.src[at]) >= 0 {
		at++
	}
	return 1 + bytes.Count(p.src[:at], []byte("\n"))
}

func (p *parser) file(out *lint.Baseline) error {
	if start, err := p.dec.ReadToken(); err != nil {
		return err
	} else if start.Kind() != '{' {
		return errForeign
	}
	has := map[string]bool{}
	for p.dec.PeekKind() == '"' {
		name, err := p.dec.ReadToken()
		if err != nil {
			return err
		}
		member := name.String()
		has[member] = true
		switch member {
		case "version":
			err = p.version()
		case "reason":
			err = json.UnmarshalDecode(p.dec, &out.Reason)
		case "until":
			err = p.until(out)
		case "findings":
			err = p.findings(out)
		default:
			err = errForeign
		}
		if err != nil {
			return err
		}
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	if _, err := p.dec.ReadToken(); err == nil || p.dec.StackDepth() > 0 {
		return &faultError{p.line(), "something comes after the end of the baseline"}
	}
	if !has["version"] || !has["findings"] {
		return errForeign
	}
	return nil
}

func (p *parser) version() error {
	line := p.line()
	var is int
	if err := json.UnmarshalDecode(p.dec, &is); err != nil {
		return err
	}
	if is != version {
		return &faultError{line, fmt.Sprintf("the baseline has version %d of the format, and this boundlint reads version %d", is, version)}
	}
	return nil
}

func (p *parser) until(out *lint.Baseline) error {
	line := p.line()
	var text string
	if err := json.UnmarshalDecode(p.dec, &text); err != nil {
		return err
	}
	until, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return &faultError{line, fmt.Sprintf("%.80q is not a date: write YYYY-MM-DD", text)}
	}
	out.Until = until
	return nil
}

func (p *parser) findings(out *lint.Baseline) error {
	if start, err := p.dec.ReadToken(); err != nil {
		return err
	} else if start.Kind() != '[' {
		return &faultError{p.line(), "findings is not a list"}
	}
	lines := map[lint.BaselinedKey]int{}
	for p.dec.PeekKind() != ']' {
		line := p.line()
		var e entry
		if err := json.UnmarshalDecode(p.dec, &e, json.RejectUnknownMembers(true)); err != nil {
			return err
		}
		known, err := e.baselined(line)
		if err != nil {
			return err
		}
		if first, twice := lines[known.Key()]; twice {
			return &faultError{line, fmt.Sprintf("the finding stands in line %d already", first)}
		}
		lines[known.Key()] = line
		out.Findings = append(out.Findings, known)
	}
	_, err := p.dec.ReadToken()
	return err
}

var (
	fingerprint = lazy.Regexp(`^[0-9a-f]{32}(-[0-9]+)?$`)
	kinds       = []iam.InputKind{iam.InputConfig, iam.InputPlan, iam.InputState, iam.InputAccount}
	tools       = []iam.Tool{"", iam.Terraform, iam.OpenTofu}
)

// baselined is the finding of an entry, which has to be complete.
func (e *entry) baselined(line int) (lint.Baselined, error) {
	severity, ok := lint.ParseSeverity(e.Severity)
	problem := ""
	switch {
	case !fingerprint().MatchString(e.Fingerprint):
		problem = fmt.Sprintf("%.80q is not a fingerprint", e.Fingerprint)
	case e.Rule == "" || e.Address == "":
		problem = "the finding has no rule or no address"
	case !ok:
		problem = fmt.Sprintf("%.80q is not a severity", e.Severity)
	case e.Verdict != lint.Violation && e.Verdict != lint.Undetermined:
		problem = fmt.Sprintf("%.80q is not a verdict", e.Verdict)
	case !slices.Contains(kinds, e.Input) || !slices.Contains(tools, e.Tool):
		problem = "the finding is of no input that there can be"
	}
	if problem != "" {
		return lint.Baselined{}, &faultError{line, problem}
	}
	return lint.Baselined{
		Fingerprint: e.Fingerprint, Rule: e.Rule, Severity: severity, Verdict: e.Verdict,
		Input: e.Input, Root: e.Root, Workspace: e.Workspace, Tool: e.Tool, Address: e.Address, Message: e.Message, Parts: e.Parts, Line: line,
	}, nil
}

// Format is the text of a baseline: equal findings give equal bytes, in whatever order
// they come.
func Format(known *lint.Baseline) ([]byte, error) {
	findings := slices.Clone(known.Findings)
	slices.SortFunc(findings, func(a, b lint.Baselined) int { return a.Compare(&b) })
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"version\": %d,\n", version)
	if known.Reason != "" {
		reason, err := json.Marshal(known.Reason, jsontext.AllowInvalidUTF8(true))
		if err != nil {
			return nil, fmt.Errorf("write the reason: %w", err)
		}
		fmt.Fprintf(&b, "\"reason\": %s,\n", visible(string(reason)))
	}
	if !known.Until.IsZero() {
		fmt.Fprintf(&b, "\"until\": %q,\n", known.Until.Format(time.DateOnly))
	}
	b.WriteString("\"findings\": [")
	for i := range findings {
		f := &findings[i]
		line, err := json.Marshal(entry{
			f.Fingerprint, f.Rule, f.Severity.String(), f.Verdict, f.Input, f.Root, f.Workspace, f.Tool, f.Address, f.Message, f.Parts,
		}, jsontext.SpaceAfterColon(true), jsontext.SpaceAfterComma(true), jsontext.AllowInvalidUTF8(true))
		if err != nil {
			return nil, fmt.Errorf("write the finding at %s: %w", f.Address, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.WriteString(visible(string(line)))
	}
	b.WriteString("\n]\n}\n")
	return b.Bytes(), nil
}

// visible writes characters that a review would not show, or that change the
// direction of writing, as escapes. They can only stand inside a string.
func visible(line string) string {
	var b strings.Builder
	for _, r := range line {
		if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
