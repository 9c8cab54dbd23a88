package tfconfig

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// meaning is what a model says about IAM, without the places and the addresses
// that a rewrite of the configuration changes.
func meaning(m *iam.Model) string {
	moved := strings.NewReplacer("module.wrap.", "", `["k"]`, "")
	text := func(x policy.Text) string { return moved.Replace(show(m.Symbols, m.Symbols.Encode(x))) }
	value := func(v iam.Value) string {
		if !v.Set {
			return "-"
		}
		return fmt.Sprintf("%s nullable=%t", text(v.Text), v.Nullable)
	}
	doc := func(d *iam.Document) string {
		if d == nil {
			return "-"
		}
		return canonical(text(d.Text))
	}
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, e := range m.Entities {
		add("%s %s %s %s %s boundary %s trust %s maybe=%t ignore=%v", e.Kind, moved.Replace(e.Address), value(e.Name), value(e.NamePrefix), value(e.Path), value(e.Boundary), doc(e.Trust), e.MayNotExist, e.IgnoreChanges)
	}
	for _, p := range m.Policies {
		add("policy %s %s %s", moved.Replace(p.Address), value(p.Name), doc(p.Document))
	}
	for _, a := range m.Attachments {
		add("attachment %s %s %s", moved.Replace(a.Address), value(a.Holder), value(a.PolicyARN))
	}
	for _, p := range m.Inline {
		add("inline %s %s %s %s", moved.Replace(p.Address), value(p.Holder), value(p.Name), doc(p.Document))
	}
	for _, g := range m.Groups {
		add("group %s %s", moved.Replace(g.Address), value(g.Name))
	}
	for _, s := range m.Memberships {
		add("member %s %s %s", moved.Replace(s.Address), value(s.User), value(s.Group))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// canonical is a document without the white space and the order of its keys.
func canonical(s string) string {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return s
	}
	return string(b)
}

// project is the files of a configuration, by path.
type project map[string]string

func readProject(t *testing.T, dir string) project {
	t.Helper()
	p := project{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if name := d.Name(); strings.Contains(name, "plan") || strings.Contains(name, "state") {
			return nil
		}
		src, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		p[filepath.ToSlash(rel)] = string(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// parsedBody is the syntax tree of a file of native configuration.
func parsedBody(t *testing.T, src string) *hclsyntax.Body {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(src), "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s\n%s", diags, src)
	}
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatal("no native body")
	}
	return body
}

func source(src string, rng hcl.Range) string { return src[rng.Start.Byte:rng.End.Byte] }

// rewrites change how a configuration is written and not what it says.
var rewrites = map[string]func(t *testing.T, p project) project{
	"wrapped in a module": func(_ *testing.T, p project) project {
		out := project{"main.tf": "module \"wrap\" {\n  source = \"./wrapped\"\n}\n"}
		for name, text := range p {
			out["wrapped/"+name] = text
		}
		return out
	},
	"one file a block": func(t *testing.T, p project) project {
		t.Helper()
		out := project{}
		for name, text := range p {
			if strings.Contains(name, "/") || !strings.HasSuffix(name, ".tf") {
				out[name] = text
				continue
			}
			for i, b := range parsedBody(t, text).Blocks {
				out[fmt.Sprintf("part_%s_%d.tf", strings.TrimSuffix(name, ".tf"), i)] = source(text, b.Range()) + "\n"
			}
		}
		return out
	},
	"as JSON": func(t *testing.T, p project) project {
		t.Helper()
		out := project{}
		for name, text := range p {
			if !strings.HasSuffix(name, ".tf") {
				out[name] = text
				continue
			}
			b, err := json.MarshalIndent(jsonBody(t, text, parsedBody(t, text)), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			out[name+".json"] = string(b)
		}
		return out
	},
	"literals as locals": func(t *testing.T, p project) project {
		t.Helper()
		return hoist(t, p, func(i int, literal string) (reference, declaration string) {
			return fmt.Sprintf("local.hoisted%d", i), fmt.Sprintf("locals {\n  hoisted%d = %s\n}\n", i, literal)
		})
	},
	"literals as variables": func(t *testing.T, p project) project {
		t.Helper()
		return hoist(t, p, func(i int, literal string) (reference, declaration string) {
			return fmt.Sprintf("var.hoisted%d", i), fmt.Sprintf("variable \"hoisted%d\" {\n  default = %s\n}\n", i, literal)
		})
	},
	"for_each over one key": oneKey,
}

// hoist moves the literal strings of resource attributes elsewhere.
func hoist(t *testing.T, p project, where func(i int, literal string) (reference, declaration string)) project {
	t.Helper()
	out, n := project{}, 0
	for _, name := range sortedKeys(p) {
		text := p[name]
		if strings.Contains(name, "/") || !strings.HasSuffix(name, ".tf") {
			out[name] = text
			continue
		}
		type edit struct {
			rng hcl.Range
			by  string
		}
		var edits []edit
		declarations := ""
		for _, b := range parsedBody(t, text).Blocks {
			if b.Type != "resource" {
				continue
			}
			for _, a := range sortedKeys(b.Body.Attributes) {
				x, ok := b.Body.Attributes[a].Expr.(*hclsyntax.TemplateExpr)
				if !ok || !x.IsStringLiteral() || strings.HasPrefix(source(text, x.Range()), "<<") {
					continue
				}
				reference, declaration := where(n, source(text, x.Range()))
				n++
				edits = append(edits, edit{x.Range(), reference})
				declarations += declaration
			}
		}
		slices.SortFunc(edits, func(a, b edit) int { return b.rng.Start.Byte - a.rng.Start.Byte })
		for _, e := range edits {
			text = text[:e.rng.Start.Byte] + e.by + text[e.rng.End.Byte:]
		}
		out[name] = text + "\n" + declarations
	}
	return out
}

// oneKey gives every resource without count and for_each a for_each with one
// key.
func oneKey(t *testing.T, p project) project {
	t.Helper()
	out := project{}
	for name, text := range p {
		if strings.Contains(name, "/") || !strings.HasSuffix(name, ".tf") {
			out[name] = text
			continue
		}
		blocks := parsedBody(t, text).Blocks
		var addresses []string
		for _, b := range slices.Backward(blocks) {
			if b.Type != "resource" || b.Body.Attributes["count"] != nil || b.Body.Attributes["for_each"] != nil {
				continue
			}
			addresses = append(addresses, strings.Join(b.Labels, "."))
			at := b.OpenBraceRange.End.Byte
			text = text[:at] + "\n  for_each = toset([\"k\"])" + text[at:]
		}
		for _, address := range addresses {
			reference := regexp.MustCompile(`\b` + regexp.QuoteMeta(address) + `\.`)
			text = reference.ReplaceAllString(text, address+`["k"].`)
		}
		out[name] = text
	}
	return out
}

// jsonBody is a body in the JSON syntax of Terraform.
func jsonBody(t *testing.T, src string, body *hclsyntax.Body) map[string]any {
	t.Helper()
	out := map[string]any{}
	for name, a := range body.Attributes {
		out[name] = jsonExpression(src, name, a.Expr)
	}
	for _, b := range body.Blocks {
		inner := jsonBody(t, src, b.Body)
		if b.Type == "variable" {
			jsonVariable(t, src, b.Body, inner)
		}
		into := out
		path := append([]string{b.Type}, b.Labels...)
		for _, step := range path[:len(path)-1] {
			next, ok := into[step].(map[string]any)
			if !ok {
				next = map[string]any{}
				into[step] = next
			}
			into = next
		}
		last := path[len(path)-1]
		if list, ok := into[last].([]any); ok {
			into[last] = append(list, inner)
		} else {
			into[last] = []any{inner}
		}
	}
	return out
}

// jsonVariable writes the type of a variable as an expression, and what
// Terraform evaluates no expression in as it is.
func jsonVariable(t *testing.T, src string, body *hclsyntax.Body, out map[string]any) {
	t.Helper()
	for name, a := range body.Attributes {
		if name == "type" {
			out[name] = source(src, a.Expr.Range())
			continue
		}
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		out[name] = ctyjson.SimpleJSONValue{Value: v}
	}
}

func jsonExpression(src, name string, x hclsyntax.Expression) any {
	text := source(src, x.Range())
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			return v
		}
	case *hclsyntax.TemplateExpr:
		if x.IsStringLiteral() && !strings.HasPrefix(text, "<<") {
			v, _ := x.Value(nil)
			return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(v.AsString())
		}
	case *hclsyntax.TupleConsExpr:
		list := []any{}
		for _, element := range x.Exprs {
			list = append(list, jsonExpression(src, name, element))
		}
		return list
	}
	if name == "iterator" || name == "provider" || name == "ignore_changes" {
		return text
	}
	if strings.HasPrefix(text, "<<") {
		text += "\n"
	}
	return "${" + text + "}"
}

// TestMetamorphic proves that the way a configuration is written does not
// change what it means.
func TestMetamorphic(t *testing.T) {
	dirs, err := filepath.Glob("testdata/cases/*")
	if err != nil {
		t.Fatal(err)
	}
	dirs = append(dirs, realProjects(t)...)
	skip := map[string]string{
		"wrapped in a module/03-tfvars-order":           "values are for the root module",
		"wrapped in a module/workbench":                 "values are for the root module",
		"one file a block/20-syntax-error-partial":      "it does not parse",
		"one file a block/02-override-file":             "the order of files counts",
		"one file a block/21-tofu-enabled":              "the file that shadows the other has another name then",
		"as JSON/19-provider-func":                      "escapes in JSON shift the source that a symbol is named after",
		"as JSON/20-syntax-error-partial":               "it does not parse",
		"as JSON/21-tofu-enabled":                       "a .tofu file beside a .tf.json does not take its place",
		"literals as locals/20-syntax-error-partial":    "it does not parse",
		"literals as variables/20-syntax-error-partial": "it does not parse",
		"for_each over one key/20-syntax-error-partial": "it does not parse",
		"for_each over one key/02-override-file":        "an override would have for_each twice",
		"for_each over one key/06-unknown-foreach":      "it has for_each",
	}
	for name, rewrite := range rewrites {
		for _, dir := range dirs {
			base := filepath.Base(dir)
			t.Run(name+"/"+base, func(t *testing.T) {
				if reason := skip[name+"/"+base]; reason != "" || base == "27-json" {
					t.Skip(reason)
				}
				p := readProject(t, dir)
				before := loadModel(t, write(t, p))
				after := loadModel(t, write(t, rewrite(t, p)))
				if a, b := meaning(before), meaning(after); a != b {
					t.Errorf("before:\n%s\nafter:\n%s\n%s", a, b, messages(after))
				}
			})
		}
	}
}
