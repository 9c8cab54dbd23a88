package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/report"
)

// askedInputs is what one command asks of its inputs.
type askedInputs struct {
	// models are linked and ready, each with its settings.
	models []asked
}

// asked is one model and what it was made of.
type asked struct {
	*inquiry.Inquiry
	settings *lint.Settings
	parts    []*iam.Model
	// assumed is the account that is taken to be the deployment's because the
	// question or the policies name it, "" where the input tells.
	assumed string
}

// askFlags are those of the commands that answer a question about inputs.
func (p *program) askFlags(own ...cli.Flag) []cli.Flag {
	own = append(own,
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the answer: text or json"},
		&cli.BoolFlag{Name: "verbose", Usage: "list in full what the text shortens, and show the statements"},
	)
	judging := []string{"strict", "no-inline-ignores", "partial", "changed", "deployer", "deployer-from"}
	for _, f := range slices.Concat(settingsFlags(), p.inputFlags(), budgetFlags()) {
		if !slices.Contains(judging, namesOf(f)[0]) {
			own = append(own, f)
		}
	}
	return own
}

// answerFormat is what --format asks for; json is true for JSON.
func answerFormat(c *cli.Context) (asJSON bool, err error) {
	switch f := c.String("format"); f {
	case "text":
		return false, nil
	case "json":
		return true, nil
	default:
		return false, usagef("boundlint %s writes text or json, not %s", c.Command.Name, f)
	}
}

// askedParts are models that are taken together, with their settings.
type askedParts struct {
	settings *lint.Settings
	parts    []*iam.Model
}

// inquire reads the inputs of a question. Part of an input that cannot be
// read makes the exit code 2; the rest is asked all the same.
func (p *program) inquire(c *cli.Context, paths []string) (*askedInputs, error) {
	groups, err := p.readAsked(c, paths)
	if err != nil {
		return nil, err
	}
	out := &askedInputs{}
	for _, g := range groups {
		q, err := inquiry.New(g.settings, g.parts...)
		if err != nil {
			return nil, err
		}
		p.secrets = append(p.secrets, driver.SecretsOf(q.Model, isConditionKey))
		out.models = append(out.models, asked{Inquiry: q, settings: g.settings, parts: g.parts})
	}
	out.cross()
	return out, nil
}

// cross makes the policies of the resources of each account known to all inquiries.
func (q *askedInputs) cross() {
	var all []*inquiry.Inquiry
	for i := range q.models {
		all = append(all, q.models[i].Inquiry)
	}
	accounts := inquiry.AccountsOf(all)
	for _, one := range all {
		one.Beside(accounts)
	}
}

// readAsked reads the inputs of a question, without linking them.
func (p *program) readAsked(c *cli.Context, paths []string) ([]askedParts, error) {
	in, err := p.readPaths(c, paths)
	if err != nil {
		return nil, err
	}
	for _, fault := range in.faults {
		p.printError(fault)
		p.code = exitFailure
	}
	for _, d := range in.remarks {
		p.printError(fmt.Errorf("%s: %s", d.Input, d.Message))
	}
	var out []askedParts
	for _, b := range in.batches {
		b.models = slices.DeleteFunc(b.models, p.isSecondReading)
		groups := [][]*iam.Model{b.models}
		if !c.Bool("same-account") {
			groups = nil
			for _, m := range b.models {
				groups = append(groups, []*iam.Model{m})
			}
		}
		for _, parts := range groups {
			p.remark(parts)
			out = append(out, askedParts{b.settings, parts})
		}
	}
	return out, nil
}

// isSecondReading reports whether a model is a root module as OpenTofu reads it,
// besides how Terraform does: a question has one answer.
func (p *program) isSecondReading(m *iam.Model) bool {
	if m.Input.Tool != iam.OpenTofu {
		return false
	}
	p.printError(fmt.Errorf("%s: Terraform and OpenTofu read different files of it; the question is asked of what Terraform reads",
		m.Input.Path))
	return true
}

// remark passes on what the sources have to say about what they could not
// read, each with its place, once for all workspaces of a root module.
func (p *program) remark(models []*iam.Model) {
	for _, m := range models {
		for _, d := range lint.DiagnosticsOf(m) {
			where := cmp.Or(report.Place(d.Location), d.Input)
			if message := where + ": " + d.Message; d.Severity == lint.Error && !p.told[message] {
				p.told[message] = true
				p.printError(errors.New(message))
				p.code = exitFailure
			}
		}
	}
}

// subject is the one entity that a name means. Where the input does not tell
// the account that it is deployed to, that of literals is taken.
func (q *askedInputs) subject(name string, literals ...string) (*inquiry.Subject, *asked, error) {
	var found []*iam.Entity
	var in []*asked
	for i := range q.models {
		for _, e := range q.models[i].Find(name) {
			found = append(found, e)
			in = append(in, &q.models[i])
		}
	}
	switch len(found) {
	case 0:
		return nil, nil, q.nobody(name)
	case 1:
	default:
		var list []string
		for i, e := range found {
			list = append(list, fmt.Sprintf("%s (%s of %s)", e.Address, e.Kind, in[i].Model.Input.Name()))
		}
		choose := "name one by its address or ARN, and one input"
		if in[0].Model.Input.Workspace != "" {
			choose += ", or one workspace with --workspace"
		}
		return nil, nil, usagef("%s may be one of %d: %s; %s", name, len(found), strings.Join(list, ", "), choose)
	}
	model, address := in[0], found[0].Address
	if !found[0].Deployment.Account.IsKnown() {
		model.assumed = accountIn(append(literals, name)...)
		if accounts := model.Subject(found[0]).LiteralAccounts(); model.assumed == "" && len(accounts) == 1 {
			model.assumed = accounts[0]
		}
	}
	if model.assumed != "" {
		settings := *model.settings
		settings.AccountID = model.assumed
		again, err := inquiry.New(&settings, model.parts...)
		if err != nil {
			return nil, nil, err
		}
		model.Inquiry = again
		q.cross()
	}
	for _, e := range model.Entities() {
		if e.Address == address {
			return model.Subject(e), model, nil
		}
	}
	return nil, nil, q.nobody(name)
}

// nobody is the error for a name that no entity has.
func (q *askedInputs) nobody(name string) error {
	var known []string
	for i := range q.models {
		for _, g := range q.models[i].Model.Groups {
			if g.Address == name {
				return usagef("%s is a group, and groups make no requests; name one of its members", name)
			}
		}
		for _, e := range q.models[i].Entities() {
			known = append(known, e.Address)
			if e.Name.Sensitive || e.Path.Sensitive {
				continue
			}
			if s, ok := e.Name.Known(); ok {
				known = append(known, s)
			}
			if s, ok := e.ARN.Known(); ok {
				known = append(known, s)
			}
		}
	}
	if len(known) == 0 {
		return usagef("the input has no role and no user")
	}
	return usagef("the input has no role or user %s%s", name, lint.Suggest(name, known))
}

// accountIn is the account that ARNs name, "" where there is none or several.
func accountIn(arns ...string) string {
	found := ""
	for _, s := range arns {
		arn, ok := policy.ParseARN(policy.Literal(s))
		if !ok {
			continue
		}
		account, _ := arn.Account.Known()
		if len(account) != len("111122223333") || strings.Trim(account, "0123456789") != "" {
			continue
		}
		if found != "" && found != account {
			return ""
		}
		found = account
	}
	return found
}

// resource is what --resource names: an ARN or pattern as it stands, or the
// ARN of what the input declares under an address.
func (q *asked) resource(text string) (policy.Text, error) {
	if text == "*" || strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "*:") {
		return policy.Literal(text), nil
	}
	if arn, ok := q.ARN(text); ok {
		return arn, nil
	}
	if found := q.Find(text); len(found) == 1 && !found[0].ARN.IsEmpty() {
		return found[0].ARN, nil
	}
	return policy.Text{}, usagef("%s is neither an ARN nor the address of something in the input that has one%s", text,
		lint.Suggest(text, q.Addresses()))
}

// contextValues are --context flags: keys in the order in which they were
// first given. No value means that the request lacks the key.
type contextValues struct {
	keys   []string
	values map[string][]policy.Text
}

// context reads KEY=VALUE; a value may be the address of something in the
// input, for its ARN.
func (q *asked) context(flags []string) (*contextValues, error) {
	out := &contextValues{values: map[string][]policy.Text{}}
	for _, f := range flags {
		key, value, ok := strings.Cut(f, "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" || !strings.Contains(key, ":") {
			return nil, usagef("--context takes KEY=VALUE, as in aws:SourceIp=203.0.113.10, not %s", f)
		}
		if i := slices.IndexFunc(out.keys, func(k string) bool { return strings.EqualFold(k, key) }); i >= 0 {
			key = out.keys[i]
			if value == "" || len(out.values[key]) == 0 {
				return nil, usagef("--context %s= says that the request lacks the key, and there is a value for it too", key)
			}
		} else {
			out.keys = append(out.keys, key)
		}
		if value == "" {
			out.values[key] = nil
			continue
		}
		text := policy.Literal(value)
		if arn, ok := q.ARN(value); ok {
			text = arn
		}
		out.values[key] = append(out.values[key], text)
	}
	return out, nil
}

func (v *contextValues) has(key string) bool {
	return slices.ContainsFunc(v.keys, func(k string) bool { return strings.EqualFold(k, key) })
}

// constraints are the keys for a search, where several values are
// alternatives.
func (v *contextValues) constraints() []authz.KeyConstraint {
	var out []authz.KeyConstraint
	for _, key := range v.keys {
		in := v.values[key]
		out = append(out, authz.KeyConstraint{Key: key, Absent: len(in) == 0, Present: len(in) > 0, In: in})
	}
	return out
}

// writeJSON writes an answer as JSON.
func (p *program) writeJSON(answer any) error {
	var b strings.Builder
	if err := report.JSON(&b, answer); err != nil {
		return err
	}
	p.progress.end()
	_, err := fmt.Fprint(p.stdout, p.coveredJSON(b.String()))
	return err
}

// jsonText is a string in JSON, and the colon after it where it is a key.
var jsonText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"(?:[^"\\]|\\.)*"(?:: )?`) })

// coveredJSON is an answer in JSON without what is sensitive in the inputs. Its
// strings are covered as what they stand for, since their escapes may hide it;
// of the keys those of conditions alone are an input's.
func (p *program) coveredJSON(text string) string {
	return jsonText().ReplaceAllStringFunc(text, func(found string) string {
		quoted, isKey := strings.CutSuffix(found, ": ")
		var plain string
		if json.Unmarshal([]byte(quoted), &plain) != nil || isKey && !strings.Contains(plain, ":") {
			return found
		}
		covered := p.covered(plain)
		var b strings.Builder
		if covered == plain || report.JSON(&b, covered) != nil {
			return found
		}
		return strings.TrimSuffix(b.String(), "\n") + found[len(quoted):]
	})
}

// covered is an answer without what is sensitive in the inputs.
func (p *program) covered(text string) string {
	for _, s := range p.secrets {
		text = s.Cover(text)
	}
	return text
}

// write writes an answer as text; inputs may hold what moves a terminal's
// cursor.
func (p *program) write(text string) error {
	return p.print(printable(p.covered(text)))
}

// entityAnswer is an entity in JSON answers.
type entityAnswer struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Kind    string `json:"kind"`
	Input   string `json:"input"`
}

func describe(e *iam.Entity, m *iam.Model) entityAnswer {
	return entityAnswer{
		Address: e.Address, Name: e.NameText().String(), ARN: e.ARN.String(), Kind: string(e.Kind), Input: m.Input.Name(),
	}
}

// witnessAnswer is a request in JSON answers, as in reports.
type witnessAnswer struct {
	Principal string              `json:"principal"`
	Action    string              `json:"action"`
	Resource  string              `json:"resource"`
	Context   map[string][]string `json:"context"`
	Absent    []string            `json:"absent,omitempty"`
	// First are requests that have to be made before.
	First []string `json:"first,omitempty"`
}

func witness(s *inquiry.Subject, w *authz.Witness) *witnessAnswer {
	if w == nil {
		return nil
	}
	plain := s.Witness(w)
	out := &witnessAnswer{
		Principal: plain.Principal, Action: plain.Action, Resource: plain.Resource, Context: plain.Context, Absent: plain.Absent,
	}
	for _, f := range w.First {
		out.First = append(out.First, f.String())
	}
	return out
}

// requestText is a request as a person would write it, with those that have
// to come first.
func requestText(w *authz.Witness) string {
	parts := []string{w.String()}
	for _, f := range w.First {
		parts = append(parts, f.String())
	}
	return strings.Join(parts, ", after ")
}
