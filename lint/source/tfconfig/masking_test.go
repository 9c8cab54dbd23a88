package tfconfig

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// mayBe is the pattern of what a text can turn out to be; spread tells that a
// symbol in it stands for any number of elements, so that there is none.
func mayBe(t policy.Text) (pattern string, spread bool) {
	var b strings.Builder
	for _, p := range t.Parts() {
		switch {
		case p.Symbol == nil:
			b.WriteString(regexp.QuoteMeta(p.Literal))
		case p.Symbol.Kind == policy.SymbolSpread:
			return "", true
		case p.Symbol.Kind == policy.SymbolChoice:
			var alternatives []string
			for _, x := range p.Symbol.Alternatives {
				inner, s := mayBe(x)
				spread = spread || s
				alternatives = append(alternatives, inner)
			}
			b.WriteString("(?:" + strings.Join(alternatives, "|") + ")")
		default:
			b.WriteString(`(?s:.*)`)
		}
	}
	return b.String(), spread
}

// compatible reports whether what is known of a text with a value hidden can
// be what it is with the value.
func compatible(hidden, full policy.Text) bool {
	pattern, spread := mayBe(hidden)
	if spread {
		return true
	}
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`).MatchString(full.String())
}

func compatibleValues(hidden, full iam.Value) bool {
	switch {
	case !full.Set:
		return !hidden.Set || hidden.Nullable || hidden.IsUnknown()
	case !hidden.Set:
		return false
	}
	return compatible(hidden.Text, full.Text)
}

// compatibleDocuments compares documents element by element: lists in them are
// sets, whose order depends on the values.
func compatibleDocuments(syms *policy.Symbols, hidden, full *iam.Document) bool {
	if hidden == nil || full == nil {
		return hidden == full || hidden != nil && !hidden.Text.IsKnown()
	}
	var h, f any
	if json.Unmarshal([]byte(syms.Encode(hidden.Text)), &h) != nil || json.Unmarshal([]byte(full.Text.String()), &f) != nil {
		return compatible(hidden.Text, full.Text)
	}
	if certain, maybe := certainStatements(hidden, h); maybe {
		// What is certain must be there; of the rest nothing is claimed.
		whole, ok := f.(map[string]any)
		if !ok {
			return false
		}
		for _, s := range certain {
			if !slices.ContainsFunc(asListOf(whole["Statement"]), func(x any) bool { return compatibleJSON(syms, s, x) }) {
				return false
			}
		}
		return true
	}
	return compatibleJSON(syms, h, f)
}

// certainStatements are the statements of a document that do exist, and
// whether there are others.
func certainStatements(d *iam.Document, text any) (certain []any, maybe bool) {
	object, ok := text.(map[string]any)
	if !ok {
		return nil, false
	}
	list := asListOf(object["Statement"])
	for i, s := range d.Statements {
		switch {
		case s.Maybe != nil:
			maybe = true
		case i < len(list):
			certain = append(certain, list[i])
		}
	}
	return certain, maybe
}

func compatibleJSON(syms *policy.Symbols, hidden, full any) bool {
	if s, ok := hidden.(string); ok {
		text := syms.Text(s)
		pattern, spread := mayBe(text)
		if spread || text.Symbol() != nil && text.Symbol().Kind != policy.SymbolChoice {
			return true
		}
		if f, ok := full.(string); ok {
			return regexp.MustCompile(`\A(?:` + pattern + `)\z`).MatchString(f)
		}
	}
	if h, ok := hidden.(map[string]any); ok {
		f, ok := full.(map[string]any)
		if !ok {
			return false
		}
		symbolic := false
		for k, v := range h {
			if policy.ContainsToken(k) {
				// A name that is not known may be any, or none.
				symbolic = true
				continue
			}
			if !compatibleJSON(syms, v, f[k]) {
				return false
			}
		}
		if !symbolic && len(h) != len(f) {
			return false
		}
		return true
	}
	h, f := asListOf(hidden), asListOf(full)
	for _, x := range h {
		if s, ok := x.(string); ok {
			if _, spread := mayBe(syms.Text(s)); spread {
				return true
			}
		}
	}
	if len(h) != len(f) {
		return false
	}
	if len(h) == 1 && !isJSONList(hidden) && !isJSONList(full) {
		return reflect.DeepEqual(hidden, full)
	}
	for _, x := range f {
		if !slices.ContainsFunc(h, func(y any) bool { return compatibleJSON(syms, y, x) }) {
			return false
		}
	}
	return true
}

func isJSONList(v any) bool {
	_, ok := v.([]any)
	return ok
}

func asListOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// TestMasking hides the default of one variable after the other. What is still
// known then must be what it was: a value that is not known is never guessed.
func TestMasking(t *testing.T) {
	dirs, err := filepath.Glob("testdata/cases/*")
	if err != nil {
		t.Fatal(err)
	}
	dirs = append(append(dirs, realProjects(t)...), "testdata/idioms", "testdata/late", "testdata/masking")
	for _, dir := range dirs {
		p := readProject(t, dir)
		for file, text := range p {
			if !strings.HasSuffix(file, ".tf") || strings.Contains(dir, "20-syntax-error") || strings.Contains(dir, "05-nullable-false") {
				continue
			}
			for _, b := range parsedBody(t, text).Blocks {
				a := b.Body.Attributes["default"]
				if b.Type != "variable" || a == nil {
					continue
				}
				t.Run(filepath.Base(dir)+"/"+b.Labels[0], func(t *testing.T) {
					masked := project{}
					maps.Copy(masked, p)
					masked[file] = text[:a.SrcRange.Start.Byte] + text[a.SrcRange.End.Byte:]
					compareMasked(t, loadModel(t, write(t, masked)), loadModel(t, write(t, p)))
				})
			}
		}
	}
}

func compareMasked(t *testing.T, hidden, full *iam.Model) {
	t.Helper()
	entities := map[string]*iam.Entity{}
	standIns := map[string]bool{}
	for _, e := range hidden.Entities {
		entities[e.Address] = e
		standIns[policy.WithoutKeys(e.Address)] = standIns[policy.WithoutKeys(e.Address)] || e.MayNotExist
	}
	seen := map[string]bool{}
	for _, f := range full.Entities {
		seen[f.Address] = true
		h := entities[f.Address]
		if h == nil {
			if !standIns[policy.WithoutKeys(f.Address)] && len(hidden.Diagnostics) == 0 {
				t.Errorf("%s is gone", f.Address)
			}
			continue
		}
		if strings.Contains(f.Address, "compacted") {
			continue // a symbol counts as a text that is not empty
		}
		for name, pair := range map[string][2]iam.Value{"name": {h.Name, f.Name}, "path": {h.Path, f.Path}, "boundary": {h.Boundary, f.Boundary}} {
			if !compatibleValues(pair[0], pair[1]) {
				t.Errorf("%s: %s is %s where a value is hidden, and %s", f.Address, name, pair[0], pair[1])
			}
		}
		if !compatibleDocuments(hidden.Symbols, h.Trust, f.Trust) {
			t.Errorf("%s: the trust policy is\n%s\nwhere a value is hidden, and\n%s", f.Address, h.Trust.Text, f.Trust.Text)
		}
	}
	for _, h := range hidden.Entities {
		if !seen[h.Address] && !h.MayNotExist {
			t.Errorf("%s is certain where a value is hidden, and is not there", h.Address)
		}
	}
	inline := map[string]*iam.InlinePolicy{}
	for _, p := range hidden.Inline {
		inline[p.Address+" "+p.Name.String()] = p
	}
	for _, f := range full.Inline {
		if h := inline[f.Address+" "+f.Name.String()]; h != nil && !compatibleDocuments(hidden.Symbols, h.Document, f.Document) {
			t.Errorf("%s: the policy is\n%s\nwhere a value is hidden, and\n%s", f.Address, h.Document.Text, f.Document.Text)
		}
	}
	policies := map[string]*iam.ManagedPolicy{}
	for _, p := range hidden.Policies {
		policies[p.Address] = p
	}
	for _, f := range full.Policies {
		if h := policies[f.Address]; h != nil && !compatibleDocuments(hidden.Symbols, h.Document, f.Document) {
			t.Errorf("%s: the policy is\n%s\nwhere a value is hidden, and\n%s", f.Address, h.Document.Text, f.Document.Text)
		}
	}
}
