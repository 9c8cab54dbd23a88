package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/steampipe"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfplan"
	"github.com/boundlint/boundlint/lint/source/tfstate"
	"github.com/boundlint/boundlint/lint/source/unpack"
)

// sniffed is how much of the start of an input is looked at to say what it is.
const sniffed = 4096

// content reads the bytes of an input. f is the file behind r, nil for
// standard input.
func (d *door) content(r io.Reader, f *os.File) ([]*iam.Model, error) {
	in, err := unpack.Open(d.options.Share.Reader(r), unpack.MaxUnpacked)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	buffered := in.Reader
	if in.IsPacked() {
		f, buffered = nil, bufio.NewReaderSize(d.options.Share.Reader(in), 1<<16)
	}
	start, err := buffered.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		return d.binary(f)
	}
	text := bufio.NewReaderSize(&commandFilter{in: unpack.Text(buffered, start)}, 1<<16)
	if start, err = text.Peek(sniffed); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	trimmed := bytes.TrimLeft(start, " \t\r\n")
	switch {
	case len(start) == 0:
		return nil, stream.Errorf("the input is empty: expected what terraform show -json prints")
	case len(trimmed) == 0:
		return nil, stream.Errorf("the input is blank: expected what terraform show -json prints")
	case isProwler(trimmed):
		return nil, stream.Errorf("it holds findings of Prowler, which tell neither permissions boundaries nor the documents of inline " +
			"policies: pass what aws iam get-account-authorization-details prints")
	case steampipe.IsRows(trimmed):
		return d.withCredentials(steampipe.Read(stream.NewReader(text), account.Options{Path: d.path, Symbols: d.options.Symbols}))
	case isList(trimmed):
		return d.account(stream.NewReader(text), nil)
	case trimmed[0] != '{':
		return nil, stream.Errorf("%s", guessText(trimmed))
	}
	return d.object(stream.NewReader(text))
}

// isList reports whether a text begins like a JSON list, and not like a line
// of a log.
func isList(start []byte) bool {
	inside, found := bytes.CutPrefix(start, []byte("["))
	inside = bytes.TrimLeft(inside, " \t\r\n")
	return found && (len(inside) == 0 || bytes.IndexByte([]byte(`]{["-0123456789tfn`), inside[0]) >= 0)
}

// isProwler reports whether a text begins like findings of Prowler, as OCSF or as ASFF.
func isProwler(start []byte) bool {
	return bytes.HasPrefix(start, []byte("[")) && prowler().Match(start)
}

var prowler = lazy.Regexp(`"(vendor_name|name|ProviderName|product_uid)"\s*:\s*"[Pp]rowler"|"Id"\s*:\s*"prowler-`)

// object reads a JSON object: its members tell what it is, and the first that
// does hands over to the reader of that kind.
func (d *door) object(r *stream.Reader) ([]*iam.Model, error) {
	if err := r.Open(); err != nil {
		return nil, err
	}
	head := tfstate.Header{Held: stream.Fields{}}
	seen := map[string]bool{}
	for {
		name, more, err := r.Next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		head.Name = name
		switch d.kindOf(name, r.Kind(), seen) {
		case kindPlan:
			return d.one(d.plan(r, head))
		case kindState:
			return d.one(tfstate.Read(r, head, tfstate.Options{Path: d.path, Root: d.root(), Symbols: d.options.Symbols}))
		case kindStateFile:
			return d.one(tfstate.ReadFile(r, head, tfstate.Options{Path: d.path, Root: d.root(), Symbols: d.options.Symbols}))
		case kindAccount:
			return d.account(r, &account.Header{Held: head.Held, Name: name})
		case kindHeld:
			if head.Held[name], err = hold(r, name); err != nil {
				return nil, err
			}
		case kindUnknown:
			if err := r.Skip(); err != nil {
				return nil, err
			}
		}
		if len(seen) < 64 {
			seen[name] = true
		}
	}
	return d.unrecognised(r, head, seen)
}

// hold reads a member that is small. In the place of one that turns out to be
// an object or list, which none of these is, it gives an empty one.
func hold(r *stream.Reader, name string) (json.RawMessage, error) {
	kind := r.Kind()
	if name != "Policies" && (kind == '{' || kind == '[') {
		return json.RawMessage{kind, kind + 2}, r.Skip()
	}
	raw, err := r.Raw()
	return bytes.Clone(raw), err
}

// unrecognised is an object whose members told no reader to take over.
func (d *door) unrecognised(r *stream.Reader, head tfstate.Header, seen map[string]bool) ([]*iam.Model, error) {
	if account.HasPolicies(head.Held) {
		return d.account(r, &account.Header{Held: head.Held, Closed: true})
	}
	if seen["@level"] && seen["@message"] {
		// One line of many: the next would be something after the end.
		return nil, stream.Errorf("%s: expected a plan that terraform show -json prints", guessObject(seen))
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	head.Name = ""
	if seen["format_version"] && (len(seen) == 1 || len(seen) == 2 && seen["terraform_version"]) {
		// A state with nothing in it has no more than that.
		return d.one(emptyState(d, r, head))
	}
	return nil, stream.Errorf("%s: expected a plan or state that terraform show -json prints, or an account dump (aws iam "+
		"get-account-authorization-details)", guessObject(seen))
}

// tfplan are the options for reading a plan.
func (d *door) tfplan() tfplan.Options {
	return tfplan.Options{
		Path: d.path, Root: d.root(), Symbols: d.options.Symbols, Before: d.options.Before, KeepForgotten: d.options.KeepForgotten,
		KeepPlanned: d.options.KeepPlanned != nil && d.options.KeepPlanned(d.path),
	}
}

func (d *door) plan(r *stream.Reader, head tfstate.Header) (*iam.Model, error) {
	p, err := tfplan.ReadRest(r, head, d.tfplan())
	if err != nil {
		return nil, err
	}
	return d.join(p)
}

// kind is what a member tells about the object it stands in.
type kind uint8

const (
	kindUnknown kind = iota
	// kindHeld members are small and come in several kinds of objects.
	kindHeld
	kindPlan
	kindState
	kindStateFile
	kindAccount
)

func (d *door) kindOf(name string, value byte, seen map[string]bool) kind {
	switch name {
	case "format_version", "terraform_version", "complete", "errored", "applyable", "version", "serial", "lineage", "timestamp":
		return kindHeld
	case "resource_changes", "planned_values", "prior_state", "resource_drift", "deferred_changes", "relevant_attributes", "output_changes":
		return kindPlan
	case "configuration", "variables":
		// Sorted by name they come first, and of another type they are still
		// what a plan has under that name.
		if value == '{' {
			return kindPlan
		}
		return kindHeld
	case "values":
		if value == '{' || seen["format_version"] {
			return kindState
		}
	case "resources", "outputs", "check_results":
		if seen["lineage"] || seen["serial"] && seen["version"] {
			return kindStateFile
		}
	case "encrypted_data":
		return kindStateFile
	}
	return kindInDump(name)
}

// kindInDump is what a member tells that stands in no plan or state.
func kindInDump(name string) kind {
	switch {
	case account.IsList(name):
		return kindAccount
	case name == "Policies", name == "IsTruncated", name == "NextToken":
		return kindHeld
	}
	return kindUnknown
}

// guessText says what an input looks like that is not a JSON object, and what
// to pass in its place.
func guessText(start []byte) string {
	const shown = ": expected what terraform show -json prints"
	switch {
	case start[0] == '"', start[0] == '-' || start[0] >= '0' && start[0] <= '9', bytes.HasPrefix(start, []byte("null")),
		bytes.HasPrefix(start, []byte("true")), bytes.HasPrefix(start, []byte("false")):
		return "it is JSON, but not an object" + shown
	case compression(start) != "":
		return "it is compressed with " + compression(start) + ": unpack it first"
	case isBinary(start):
		return "it is binary, and not a plan file of Terraform or OpenTofu" + shown
	}
	for _, g := range textGuesses {
		if g.text().Match(start) {
			return "it " + g.what
		}
	}
	if line := jsonLine(start); line > 0 {
		return fmt.Sprintf("it begins with text, and JSON only in line %d: pass what terraform show -json prints, and nothing before it", line)
	}
	return "it is not JSON" + shown
}

// textGuesses are the texts that come in place of JSON.
var textGuesses = []struct {
	text func() *regexp.Regexp
	what string
}{
	{
		lazy.Regexp(` will perform|used the selected|Refreshing state\.\.\.|: Reading\.\.\.|No changes\. |Changes to Outputs:`),
		"is the text that terraform plan prints for people: save the plan with terraform plan -out=FILE, and pass what terraform show -json " +
			"FILE prints",
	},
	{
		// How terraform show heads a resource, in colours or not.
		lazy.Regexp(`^(\x1b\[[0-9;]*m)*(# [a-z][^\n]*\.[^\n]*:(\x1b\[[0-9;]*m)*\s*\n(\x1b\[[0-9;]*m)*(resource|data) "|No state\.|The ` +
			`state file is empty)`),
		"is the text that terraform show prints for people, without -json: expected what terraform show -json prints",
	},
	{
		lazy.Regexp(`^(\x1b\[[0-9;]*m|[│╷\s])*(\x1b\[[0-9;]*m)*Error: `),
		"is the error of a program that failed, and not its output: run terraform show -json again, see what the error says, and pass what it " +
			"prints",
	},
	{lazy.Regexp(`^An error occurred \(`), "is an error of the AWS CLI, and not its output: run the command again, and see what the " +
		"error says"},
	{
		lazy.Regexp(`^(---\n)?(User|Group|Role)DetailList:|^(---\n)?Policies:`),
		"is an account dump as YAML: run aws iam get-account-authorization-details with --output json",
	},
	{
		lazy.Regexp(`^(USER|GROUP|ROLE)DETAILLIST\t|^POLICIES\t`),
		"is an account dump as text: run aws iam get-account-authorization-details with --output json",
	},
	{lazy.Regexp(`^<`), "looks like XML or HTML, perhaps the error page of a server: expected what terraform show -json prints"},
	{
		lazy.Regexp(`resource "|terraform \{|module "`),
		"looks like Terraform configuration, of which boundlint takes the directory",
	},
}

// jsonLine is the first line that begins like a JSON object, 0 for none.
func jsonLine(start []byte) int {
	n := 0
	for line := range bytes.Lines(start) {
		n++
		if bytes.HasPrefix(line, []byte("{")) {
			return n
		}
	}
	return 0
}

// compression names what a text was compressed with, "" for nothing.
func compression(start []byte) string {
	for _, c := range []struct{ magic, name string }{
		{"\x1f\x8b", "gzip"}, {"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"},
	} {
		if bytes.HasPrefix(start, []byte(c.magic)) {
			return c.name
		}
	}
	return ""
}

// isBinary reports whether text would not start like that.
func isBinary(start []byte) bool {
	if bytes.IndexByte(start, 0) >= 0 {
		return true
	}
	// The last rune may be cut.
	for len(start) > 4 {
		r, n := utf8.DecodeRune(start)
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\x1b' {
			return true
		}
		start = start[n:]
	}
	return false
}

// guessObject says what a JSON object looks like by its members.
func guessObject(seen map[string]bool) string {
	for _, g := range guesses {
		all := true
		for _, name := range g.members {
			all = all && seen[name]
		}
		if all {
			return "it looks like " + g.what
		}
	}
	if len(seen) == 0 {
		return "it is an empty JSON object"
	}
	return "it is JSON, but neither a plan nor a state"
}

var guesses = []struct {
	members []string
	what    string
}{
	{[]string{"@level", "@message"}, "the log of terraform plan -json, not the plan: save the plan with -out"},
	{[]string{"provider_schemas"}, "what terraform providers schema -json prints"},
	{[]string{"valid", "diagnostics"}, "what terraform validate -json prints"},
	{[]string{"terraform_version", "provider_selections"}, "what terraform version -json prints"},
	{[]string{"terraform_version", "platform"}, "what terraform version -json prints"},
	{[]string{"Statement"}, "an IAM policy document"},
	{[]string{"AWSTemplateFormatVersion"}, "a CloudFormation template"},
	{[]string{"Resources"}, "a CloudFormation template"},
	{[]string{"Policies"}, "what aws iam list-policies prints, which has no documents: get-account-authorization-details has"},
	{[]string{"Roles"}, "what aws iam list-roles prints, which has no policies: get-account-authorization-details has"},
	{[]string{"Users"}, "what aws iam list-users prints, which has no policies: get-account-authorization-details has"},
	{[]string{"$schema", "runs"}, "a SARIF report"},
	{[]string{"tool", "findings"}, "a report of boundlint itself"},
	{[]string{"resource"}, "Terraform configuration in JSON, of which boundlint takes the directory"},
	{[]string{"Modules"}, "Terraform's list of modules"},
	{[]string{"dependencies"}, "a package.json"},
}

// account reads an account dump and what the credential report says of it.
func (d *door) account(r *stream.Reader, head *account.Header) ([]*iam.Model, error) {
	return d.withCredentials(account.Read(r, head, account.Options{Path: d.path, Symbols: d.options.Symbols}))
}

// withCredentials adds what the credential report says, if there is one.
func (d *door) withCredentials(models []*iam.Model, err error) ([]*iam.Model, error) {
	if err != nil || d.options.CredentialReport == "" {
		return models, err
	}
	return models, d.credentials(models)
}

// CheckCredentialReport reports what is wrong with a credential report, an
// *InputError, where no input is read with it.
func CheckCredentialReport(path string) error {
	return AddCredentialReport(path, nil)
}

// credentials adds what the credential report says.
func (d *door) credentials(models []*iam.Model) error {
	f, err := files.OpenNamed(d.options.CredentialReport)
	if err == nil {
		defer f.Close()
		err = readCredentials(f, models)
	}
	if err == nil {
		return nil
	}
	at := &door{path: d.options.CredentialReport}
	return at.fault(err)
}

func readCredentials(f *os.File, models []*iam.Model) error {
	before, err := f.Stat()
	if err != nil {
		return err
	}
	in, err := unpack.Open(f, unpack.MaxUnpacked)
	if err != nil {
		return err
	}
	defer in.Close()
	start, _ := in.Peek(4)
	report := unpack.Text(in.Reader, start)
	if err := account.ReadCredentials(report, models); err != nil {
		return err
	}
	return files.CheckSteady(f, before)
}

func emptyState(d *door, r *stream.Reader, head tfstate.Header) (*iam.Model, error) {
	return tfstate.Empty(r, head, tfstate.Options{Path: d.path, Root: d.root(), Symbols: d.options.Symbols})
}
