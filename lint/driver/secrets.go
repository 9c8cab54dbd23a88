package driver

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// redacted stands in reports for what is sensitive.
const redacted = "(sensitive)"

// longSecret is the length from which on a sensitive value is looked for within
// words.
const longSecret = 6

// Secrets are the sensitive texts of an input. Rules avoid them where they
// speak of a value; what they derive from one, such as the ARN of an entity
// or a request that a sensitive policy allows, is covered here, for all rules
// and at once.
type Secrets struct {
	// texts are covered wherever they stand as words, longest first.
	texts []string
	// values are the sensitive values themselves. They are covered within
	// longer words, too: what is made of them is sensitive.
	values []string
	// patterns are what sensitive policies name: a request that one of them
	// takes would show it.
	patterns []string
	// known are all of them, and lengths those that begin alike have; they are
	// made when they are first asked.
	known   map[string]secret
	lengths map[string][]int
}

// secret is one text to cover: whole words of it, or wherever it stands.
type secret struct {
	text  string
	words bool
	// rank is where it comes among all: values first, the longest first.
	rank int
}

// SecretsOf gathers what is sensitive in a linked model; nil for nothing.
// documented reports whether AWS documents a condition key, whose name is then
// no secret; nil takes all for documented.
func SecretsOf(m *iam.Model, documented func(key string) bool) *Secrets {
	texts, patterns := map[string]bool{}, map[string]bool{}
	for v := range m.Values() {
		for _, s := range literalsOf(v) {
			texts[s] = true
		}
	}
	for _, account := range sensitiveAccounts(m) {
		texts[account] = true
	}
	for d := range m.AllDocuments() {
		if !d.Sensitive || d.Document.Document == nil {
			continue
		}
		for _, s := range d.Statements {
			// As messages name statements: a Sid alone is too common a word.
			if sid, ok := s.Sid.Known(); ok && sid != "" {
				texts["("+sid+")"] = true
			}
		}
		for _, s := range slices.Concat(named(d.Document.Document), undocumented(d.Document.Document, documented)) {
			if strings.Trim(s, "*?") != "" && len(s) >= iam.LeastSecret {
				texts[s], patterns[s] = true, true
			}
		}
	}
	values := map[string]bool{}
	for _, s := range m.Secrets {
		if len(s) >= iam.LeastSecret {
			values[s] = true
		}
	}
	if len(texts)+len(values) == 0 {
		return nil
	}
	return &Secrets{values: longestFirst(values), texts: longestFirst(texts), patterns: slices.Sorted(maps.Keys(patterns))}
}

// longestFirst are texts as they are and as messages quote them, the longest
// first: a shorter one may be a part of it.
func longestFirst(texts map[string]bool) []string {
	var out []string
	for s := range texts {
		out = append(out, s)
		if quoted := strconv.Quote(s); quoted[1:len(quoted)-1] != s {
			out = append(out, quoted[1:len(quoted)-1])
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(out)
}

// sensitiveAccounts are the accounts that nothing but sensitive values tells.
func sensitiveAccounts(m *iam.Model) []string {
	providers := []string{""}
	for _, p := range m.Providers {
		providers = append(providers, p.Name)
	}
	var out []string
	for _, d := range m.Deployments(providers...) {
		if account, known := d.Account.Known(); known && d.AccountSensitive {
			out = append(out, account)
		}
	}
	return out
}

// literalsOf are what is known of a sensitive value: all of it, or the words
// between the symbols in it as the source gave it. What Link put in the place of
// a symbol is the name of another resource.
func literalsOf(v *iam.Value) []string {
	if !v.Sensitive || !v.Set {
		return nil
	}
	if s, ok := v.Text.Known(); ok {
		if len(s) < iam.LeastSecret {
			return nil
		}
		return []string{s}
	}
	var out []string
	for _, part := range v.Written.Parts() {
		for _, word := range strings.FieldsFunc(part.Literal, func(r rune) bool { return r == ':' || r == '/' }) {
			if len(word) >= longSecret && !slices.Contains(wordsOfARNs, word) {
				out = append(out, word)
			}
		}
	}
	return out
}

// wordsOfARNs are words that ARNs have besides names.
var wordsOfARNs = []string{"policy", "instance-profile", "aws-cn", "aws-us-gov", "aws-reserved", "sso.amazonaws.com"}

// undocumented are the condition keys of a document that AWS does not have.
func undocumented(d *policy.Document, documented func(string) bool) []string {
	if documented == nil {
		return nil
	}
	var out []string
	for _, s := range d.Statements {
		for _, c := range s.Condition {
			if key := c.Key.String(); !documented(key) {
				out = append(out, key)
			}
		}
	}
	return out
}

// named are the resources, principals, values and tags that a document names.
func named(d *policy.Document) []string {
	var out []string
	elements := func(list []policy.Element) {
		for _, e := range list {
			out = append(out, e.Text.String())
		}
	}
	for _, s := range d.Statements {
		elements(s.Resource)
		elements(s.NotResource)
		for _, c := range s.Condition {
			if _, tag, ok := strings.Cut(c.Key.String(), "/"); ok {
				out = append(out, tag)
			}
			elements(c.Values)
		}
		for _, p := range []*policy.Principals{s.Principal, s.NotPrincipal} {
			if p == nil {
				continue
			}
			for _, e := range p.Entries {
				out = append(out, e.Text.String())
			}
		}
	}
	return out
}

// cover covers what is sensitive in a finding, but in its Fix: that is data for
// who writes the configuration, and no report shows what its remediation does not.
func (s *Secrets) cover(f *lint.Finding) {
	for _, text := range []*string{
		&f.Address, &f.Attribute, &f.Message, &f.Remediation, &f.Excerpt, &f.Source, &f.Because, &f.HiddenBy, &f.Cause, &f.Origin, &f.Key,
	} {
		*text = s.sentence(*text)
	}
	f.Parts = s.sentences(f.Parts)
	f.Related = slices.Clone(f.Related)
	for i := range f.Related {
		f.Related[i].Address = s.sentence(f.Related[i].Address)
		f.Related[i].Message = s.sentence(f.Related[i].Message)
		f.Related[i].Steps = s.steps(f.Related[i].Steps)
	}
	f.Witness = s.request(f.Witness)
	f.Steps = s.steps(f.Steps)
}

// sentences are texts with what is sensitive in them covered.
func (s *Secrets) sentences(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = s.sentence(texts[i])
	}
	return texts
}

// steps are steps with what is sensitive in them covered.
func (s *Secrets) steps(steps []lint.Step) []lint.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		step := &steps[i]
		step.Message = s.sentence(step.Message)
		step.From, step.To = s.sentence(step.From), s.sentence(step.To)
		step.Witness = slices.Clone(step.Witness)
		for j := range step.Witness {
			step.Witness[j] = *s.request(&step.Witness[j])
		}
	}
	return steps
}

// summary covers what is sensitive in the summary of an input.
func (s *Secrets) summary(in *lint.InputSummary) {
	if s == nil {
		return
	}
	for _, text := range []*string{&in.Account, &in.AccountName, &in.OrganizationPath, &in.Partition, &in.Region} {
		if s.sentence(*text) != *text {
			*text = "" // it is as good as not known
		}
	}
	in.Entities = slices.Clone(in.Entities)
	for i := range in.Entities {
		e := &in.Entities[i]
		e.Address, e.Name, e.ARN, e.Boundary = s.sentence(e.Address), s.sentence(e.Name), s.sentence(e.ARN), s.sentence(e.Boundary)
	}
	c := &in.Coverage
	for _, list := range []*[]string{&in.Beyond, &in.Reasons, &in.Unmanaged, &c.Unfollowed, &c.Stacks, &c.Empty, &c.Policies, &c.Boundaries} {
		*list = slices.Clone(*list) // nil stays nil
		for i, text := range *list {
			(*list)[i] = s.sentence(text)
		}
	}
}

// request covers what is sensitive in a request. A witness may be shared, so
// a new one is made.
func (s *Secrets) request(w *lint.Witness) *lint.Witness {
	if w == nil {
		return nil
	}
	out := *w
	out.Principal, out.Action = s.sentence(w.Principal), s.sentence(w.Action)
	out.Resource = s.object(w.Resource)
	out.Context = map[string][]string{}
	for key, values := range w.Context {
		key = s.key(key)
		for _, v := range values {
			out.Context[key] = append(out.Context[key], s.object(v))
		}
	}
	out.Absent = slices.Clone(w.Absent)
	for i := range out.Absent {
		out.Absent[i] = s.key(out.Absent[i])
	}
	return &out
}

// key covers what is sensitive in the name of a condition key: the tag that it
// is about.
func (s *Secrets) key(key string) string {
	key = s.sentence(key)
	if kind, tag, ok := strings.Cut(key, "/"); ok && slices.Contains(s.texts, tag) {
		return kind + "/" + redacted
	}
	return key
}

// object covers a text that a sensitive policy may have given.
func (s *Secrets) object(text string) string {
	if slices.ContainsFunc(s.patterns, func(p string) bool { return policy.Glob(p, text) }) {
		return redacted
	}
	return s.sentence(text)
}

// Cover covers what is sensitive in a text that has been written: the words,
// and what a sensitive policy may have given.
func (s *Secrets) Cover(text string) string {
	if s == nil {
		return text
	}
	var b strings.Builder
	for text != "" {
		end := strings.IndexFunc(text, isDelimiter)
		if end < 0 {
			end = len(text)
		}
		b.WriteString(s.object(text[:end]))
		rest := strings.TrimLeftFunc(text[end:], isDelimiter)
		b.WriteString(text[end : len(text)-len(rest)])
		text = rest
	}
	return s.sentence(b.String())
}

func isDelimiter(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"',;()", r) }

// sentence covers the sensitive words of a text.
func (s *Secrets) sentence(text string) string {
	if s == nil {
		return text
	}
	for _, c := range s.candidates(text) {
		if c.words {
			text = replaceWord(text, c.text)
		} else {
			text = strings.ReplaceAll(text, c.text, redacted)
		}
	}
	return text
}

// beginning is how much of a secret it is looked for by. No secret is shorter but
// a Sid, and those begin with a bracket.
const beginning = 3

// candidates are the secrets that stand in a text: an input may have thousands of
// secrets, and a report thousands of texts.
func (s *Secrets) candidates(text string) []secret {
	if s.known == nil {
		s.prepare()
	}
	var out []secret
	for i := range max(0, len(text)-beginning+1) {
		for _, n := range s.lengths[text[i:i+beginning]] {
			if i+n > len(text) {
				break
			}
			if c, ok := s.known[text[i:i+n]]; ok {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(a, b secret) int { return a.rank - b.rank })
	return slices.Compact(out)
}

func (s *Secrets) prepare() {
	s.known, s.lengths = map[string]secret{}, map[string][]int{}
	for i, t := range slices.Concat(s.values, s.texts) {
		isValue := i < len(s.values)
		if _, twice := s.known[t]; twice || len(t) < beginning {
			continue // a value is covered within words, too
		}
		s.known[t] = secret{t, !isValue || len(t) < longSecret, i}
		lengths := s.lengths[t[:beginning]]
		if at, there := slices.BinarySearch(lengths, len(t)); !there {
			s.lengths[t[:beginning]] = slices.Insert(lengths, at, len(t))
		}
	}
}

// replaceWord covers a word where it is not part of a longer one.
func replaceWord(text, word string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, word)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := at + len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		first, _ := utf8.DecodeRuneInString(word)
		after, _ := utf8.DecodeRuneInString(text[end:])
		last, _ := utf8.DecodeLastRuneInString(word)
		if inWord(before) && isAlphanumeric(first) || inWord(after) && isAlphanumeric(last) {
			b.WriteString(text[:end])
		} else {
			b.WriteString(text[:at] + redacted)
		}
		text = text[end:]
	}
}

func inWord(r rune) bool { return r == '-' || r == '_' || isAlphanumeric(r) }

func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
