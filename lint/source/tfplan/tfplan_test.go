package tfplan

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

func read(t *testing.T, plan string) *iam.Model {
	t.Helper()
	p, err := Read(strings.NewReader(plan), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatalf("%v in\n%s", err, plan)
	}
	return model(t, p)
}

func model(t *testing.T, p *Plan) *iam.Model {
	t.Helper()
	m, err := p.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// role is an element of resource_changes.
func role(name, actions, before, after, unknown string) string {
	return `{"address":"aws_iam_role.` + name + `","mode":"managed","type":"aws_iam_role","name":"` + name + `",` +
		`"provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":[` + actions + `],` +
		`"before":` + before + `,"after":` + after + `,"after_unknown":` + unknown + `}}`
}

const (
	was = `{"name":"app-x","path":"/","assume_role_policy":"{}","permissions_boundary":"arn:aws:iam::111122223333:policy/b","arn":"arn:aws:iam::111122223333:role/app-x"}`
	is  = `{"name":"app-x","path":"/","assume_role_policy":"{}","permissions_boundary":null,"arn":"arn:aws:iam::111122223333:role/app-x"}`
)

// TestActions reads every list of actions, those of the future too.
func TestActions(t *testing.T) {
	for actions, want := range map[string]iam.Change{
		`"no-op"`:             iam.ChangeNoOp,
		`"create"`:            iam.ChangeCreate,
		`"update"`:            iam.ChangeUpdate,
		`"delete"`:            iam.ChangeDelete,
		`"delete","create"`:   iam.ChangeReplace,
		`"create","delete"`:   iam.ChangeReplace,
		`"create","forget"`:   iam.ChangeReplace,
		`"forget","create"`:   iam.ChangeReplace,
		`"forget"`:            iam.ChangeForget,
		`"read"`:              iam.ChangeRead,
		`"something-unheard"`: iam.ChangeUpdate,
	} {
		before, after := was, is
		if want == iam.ChangeCreate {
			before = "null"
		}
		if want == iam.ChangeDelete || want == iam.ChangeForget {
			after = "null"
		}
		m := read(t, `{"format_version":"1.2","resource_changes":[`+role("x", actions, before, after, "{}")+`]}`)
		if len(m.Entities) != 1 {
			t.Fatalf("%s: %d entities", actions, len(m.Entities))
		}
		e := m.Entities[0]
		if e.Change != want {
			t.Errorf("%s: got %s, want %s", actions, e.Change, want)
		}
		if e.HasBefore != (before != "null") {
			t.Errorf("%s: HasBefore is %t", actions, e.HasBefore)
		}
		// What goes away is told as it was.
		if gone := after == "null"; e.Boundary.Set != gone {
			t.Errorf("%s: boundary %s", actions, e.Boundary)
		}
		if name, _ := e.Name.Known(); name != "app-x" {
			t.Errorf("%s: name %s", actions, e.Name)
		}
	}
}

// plan is a plan with changes and the expressions of the resources of its
// root module, which are given as members of root_module.
func planJSON(changes, module string) string {
	return `{"format_version":"1.2","terraform_version":"1.11.4","variables":{"known":{"value":"x"}},
		"resource_changes":[` + changes + `],"configuration":{"root_module":{` + module + `}}}`
}

func blockJSON(name, expressions string) string {
	return `{"address":"aws_iam_role.` + name + `","mode":"managed","type":"aws_iam_role","name":"` + name +
		`","provider_config_key":"aws","expressions":{` + expressions + `}}`
}

// TestBoundaryReferences resolves the references of one hidden attribute.
func TestBoundaryReferences(t *testing.T) {
	policies := `{"address":"aws_iam_policy.b","mode":"managed","type":"aws_iam_policy","name":"b","change":{"actions":["create"],"before":null,
		"after":{"name":"b","path":"/"},"after_unknown":{"arn":true,"id":true}}},
		{"address":"aws_iam_policy.k[\"a.b[c\\\"]\"]","mode":"managed","type":"aws_iam_policy","name":"k","index":"a.b[c\"]","change":{"actions":["create"],"before":null,
		"after":{"name":"k","path":"/"},"after_unknown":{"arn":true,"id":true}}},
		{"address":"aws_iam_policy.g","mode":"managed","type":"aws_iam_policy","name":"g","change":{"actions":["create"],"before":null,
		"after":{"path":"/"},"after_unknown":{"arn":true,"id":true,"name":true}}},`
	for name, c := range map[string]struct{ references, want string }{
		"arn":                   {`"aws_iam_policy.b.arn","aws_iam_policy.b"`, `<aws_iam_policy.b.arn> from aws_iam_policy.b.arn`},
		"id is the arn":         {`"aws_iam_policy.b.id","aws_iam_policy.b"`, `<aws_iam_policy.b.arn> from aws_iam_policy.b.id`},
		"format 0.1":            {`"aws_iam_policy.b"`, `<aws_iam_policy.b.arn> from aws_iam_policy.b`},
		"key":                   {`"aws_iam_policy.k[\"a.b[c\\\"]\"].arn","aws_iam_policy.k[\"a.b[c\\\"]\"]","aws_iam_policy.k"`, `<aws_iam_policy.k["a.b[c\"]"].arn> from aws_iam_policy.k.arn`},
		"splat of one":          {`"aws_iam_policy.k"`, `<aws_iam_policy.k["a.b[c\"]"].arn> from aws_iam_policy.k`},
		"local":                 {`"local.b"`, `<aws_iam_role.x.permissions_boundary> unknown by local.b from local.b`},
		"known variable beside": {`"var.known","aws_iam_policy.b.arn","aws_iam_policy.b"`, `<aws_iam_policy.b.arn>`},
		"a part of an arn":      {`"aws_iam_policy.g.name","aws_iam_policy.g"`, `<aws_iam_role.x.permissions_boundary> unknown by aws_iam_policy.g.name from aws_iam_policy.g.name`},
		"known name beside":     {`"aws_iam_policy.b.name","aws_iam_policy.b","aws_iam_policy.b.arn","aws_iam_policy.b"`, `<aws_iam_policy.b.arn>`},
		"account in an arn":     {`"data.aws_caller_identity.me.account_id","data.aws_caller_identity.me"`, `<aws_iam_role.x.permissions_boundary> unknown by data.aws_caller_identity.me.account_id from data.aws_caller_identity.me.account_id`},
		"random suffix":         {`"random_id.r.hex","random_id.r"`, `<aws_iam_role.x.permissions_boundary> unknown by random_id.r.hex from random_id.r.hex`},
		"value of a resource":   {`"terraform_data.late.output","terraform_data.late"`, `<terraform_data.late.output> from terraform_data.late.output`},
		"two":                   {`"aws_iam_policy.b.arn","aws_iam_policy.b","aws_iam_policy.g.arn","aws_iam_policy.g"`, `<aws_iam_role.x.permissions_boundary> unknown by aws_iam_policy.b.arn, aws_iam_policy.g.arn or null`},
		"variable without":      {`"var.boundary"`, `<aws_iam_role.x.permissions_boundary> unknown by var.boundary or null from var.boundary`},
		"role's arn":            {`"aws_iam_role.y.arn","aws_iam_role.y"`, `<aws_iam_role.y.arn> from aws_iam_role.y.arn`},
		"nothing":               {``, `<aws_iam_role.x.permissions_boundary> unknown by aws_iam_role.x.permissions_boundary`},
	} {
		t.Run(name, func(t *testing.T) {
			expression := `"name":{"constant_value":"app-x"},"permissions_boundary":{"references":[` + c.references + `]}`
			if c.references == "" {
				expression = `"permissions_boundary":{}`
			}
			deferred := `{"address":"data.aws_caller_identity.me","mode":"data","type":"aws_caller_identity","name":"me","change":{"actions":["read"],"before":null,"after":{},"after_unknown":{"account_id":true,"id":true,"arn":true}}},`
			m := read(t, planJSON(policies+deferred+role("x", `"create"`, "null", `{"name":"app-x","path":"/"}`,
				`{"permissions_boundary":true,"arn":true,"managed_policy_arns":true,"inline_policy":true,"name_prefix":true}`),
				`"resources":[`+blockJSON("x", expression)+`]`))
			got := sourcetest.Dump(m)
			if !strings.Contains(got, "  boundary "+c.want+"\n") {
				t.Errorf("want %s in\n%s", c.want, got)
			}
			if strings.Contains(got, "attachment") || strings.Contains(got, "inline ") {
				t.Errorf("what is not set is there:\n%s", got)
			}
		})
	}
}

// TestWhollyUnknown reads after_unknown where it is a bare true.
func TestWhollyUnknown(t *testing.T) {
	configured := read(t, planJSON(role("x", `"create"`, "null", "null", "true"),
		`"resources":[`+blockJSON("x", `"name":{"constant_value":"app-x"},"permissions_boundary":{"references":["aws_iam_policy.b.arn","aws_iam_policy.b"]}`)+`]`))
	got := sourcetest.Dump(configured)
	for _, want := range []string{"  name app-x\n", "  boundary <aws_iam_policy.b.arn> from aws_iam_policy.b.arn\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	bare := read(t, `{"format_version":"0.1","resource_changes":[`+role("x", `"create"`, "null", "null", "true")+`]}`)
	if e := bare.Entities[0]; !e.Boundary.IsUnknown() || !e.Name.IsUnknown() || e.Trust == nil || e.Trust.Unknown == nil {
		t.Errorf("without a configuration all is unknown:\n%s", sourcetest.Dump(bare))
	}
}

// TestOrder reads the real plans with their members in alphabetical order, as
// jq -S writes them: the configuration comes first then.
func TestOrder(t *testing.T) {
	plans, err := filepath.Glob(real + "/*/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range plans {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(content, &v); err != nil {
			t.Fatal(err)
		}
		sorted, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if want, got := dump(t, content), dump(t, sorted); got != want {
			t.Errorf("%s: %s", path, difference(want, got))
		}
	}
}

func TestDriftAndMoves(t *testing.T) {
	drifted := strings.Replace(is, `"permissions_boundary":null`, `"permissions_boundary":"arn:aws:iam::aws:policy/AdministratorAccess"`, 1)
	moved := strings.Replace(role("x", `"update"`, was, was, "{}"), `"mode"`, `"previous_address":"aws_iam_role.old","mode"`, 1)
	m := read(t, `{"format_version":"1.2","resource_drift":[`+role("x", `"update"`, was, drifted, "{}")+`],
		"resource_changes":[`+moved+`,`+strings.Replace(role("x", `"delete"`, was, "null", "{}"), `"mode"`, `"deposed":"ab12","mode"`, 1)+`],
		"prior_state":{"values":{"root_module":{"resources":[{"address":"aws_iam_role.old","mode":"managed","type":"aws_iam_role","name":"old","values":`+was+`}]}}}}`)
	if len(m.Entities) != 1 {
		t.Fatalf("got\n%s", sourcetest.Dump(m))
	}
	e := m.Entities[0]
	if e.Drift == nil || e.Drift.Before.String() != "arn:aws:iam::111122223333:policy/b" || e.Drift.After.String() != "arn:aws:iam::aws:policy/AdministratorAccess" {
		t.Errorf("drift %+v", e.Drift)
	}
	if e.Change != iam.ChangeUpdate || m.Moved["aws_iam_role.x"] != "aws_iam_role.old" {
		t.Errorf("change %s, moved %v", e.Change, m.Moved)
	}
}

// TestTargeted keeps what a plan for some targets does not touch: it stays.
func TestTargeted(t *testing.T) {
	prior := `{"address":"aws_iam_role.other","mode":"managed","type":"aws_iam_role","name":"other","provider_name":"registry.terraform.io/hashicorp/aws","values":` + was + `}`
	m := read(t, `{"format_version":"1.2","complete":false,"resource_changes":[`+role("x", `"no-op"`, was, was, "{}")+`],
		"prior_state":{"format_version":"1.0","values":{"root_module":{"child_modules":[{"address":"module.m","resources":[`+
		strings.Replace(prior, "aws_iam_role.other", "module.m.aws_iam_role.other", 1)+`]}]}}}}`)
	if m.Input.Complete || len(m.Input.Reasons) != 1 || len(m.Entities) != 2 {
		t.Fatalf("got\n%s", sourcetest.Dump(m))
	}
	if e := m.Entities[1]; e.Address != "module.m.aws_iam_role.other" || e.Change != iam.ChangeNone || !e.Boundary.Set {
		t.Errorf("got\n%s", sourcetest.Dump(m))
	}
	if p := m.Providers; len(p) != 1 || len(p[0].StateAccounts) != 1 || p[0].StateAccounts[0] != "111122223333" {
		t.Errorf("providers %+v", p)
	}
}

func TestDeferred(t *testing.T) {
	m := read(t, `{"format_version":"1.2","complete":false,"resource_changes":[],"deferred_changes":[
		{"reason":"instance_count_unknown","resource_change":`+role("x", `"create"`, "null", `{"path":"/"}`, `{"name":true}`)+`},
		{"reason":"provider_config_unknown","resource_change":`+role("y", `"create"`, "null", `{"path":"/"}`, `{"name":true}`)+`}]}`)
	if len(m.Entities) != 2 || !m.Entities[0].MayNotExist || m.Entities[1].MayNotExist || m.Input.Complete {
		t.Errorf("got\n%s", sourcetest.Dump(m))
	}
}

// TestSensitive keeps marks of whole resources and of attributes.
func TestSensitive(t *testing.T) {
	const secret = "arn:aws:iam::111122223333:policy/secret"
	for _, marks := range []string{`{"permissions_boundary":true,"assume_role_policy":true}`, `true`} {
		c := strings.Replace(role("x", `"create"`, "null", `{"name":"x","permissions_boundary":"`+secret+`","assume_role_policy":"{\"secret\":1}"}`, "{}"),
			`"before":null`, `"before":null,"after_sensitive":`+marks, 1)
		m := read(t, `{"format_version":"1.2","resource_changes":[`+c+`]}`)
		if got := sourcetest.Dump(m); strings.Contains(got, "secret") && !strings.Contains(got, "boundary (sensitive)") {
			t.Errorf("got\n%s", got)
		}
		if text, ok := m.Entities[0].Boundary.Known(); !ok || text != secret {
			t.Errorf("a sensitive value is used: got %q", text)
		}
		if !m.Entities[0].Trust.Sensitive {
			t.Error("the document is not marked")
		}
	}
}

// TestEchoes: what a role reports as attached counts only as long as no
// resource of the plan takes it away.
func TestEchoes(t *testing.T) {
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	state := strings.Replace(was, `"path"`, `"managed_policy_arns":["`+admin+`"],"inline_policy":[{"name":"i","policy":"{}"}],"path"`, 1)
	attachment := func(actions, before, after string) string {
		return `,{"address":"aws_iam_role_policy_attachment.a","mode":"managed","type":"aws_iam_role_policy_attachment","name":"a",
			"change":{"actions":["` + actions + `"],"before":` + before + `,"after":` + after + `}}`
	}
	const attached = `{"role":"app-x","policy_arn":"` + admin + `"}`
	for name, c := range map[string]struct {
		more string
		want []string
	}{
		"by hand":  {"", []string{"aws_iam_role.x"}},
		"kept":     {attachment("no-op", attached, attached), []string{"aws_iam_role_policy_attachment.a"}},
		"detached": {attachment("delete", attached, "null"), []string{"aws_iam_role_policy_attachment.a"}},
	} {
		m := read(t, planJSON(role("x", `"no-op"`, state, state, "{}")+c.more, `"resources":[`+blockJSON("x", `"name":{"constant_value":"app-x"}`)+`]`))
		var got []string
		for _, a := range m.Attachments {
			got = append(got, a.Address)
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		if len(m.Inline) != 1 {
			t.Errorf("%s: %d inline policies", name, len(m.Inline))
		}
	}
}

// TestModules follows inputs and outputs through nested modules with keys.
func TestModules(t *testing.T) {
	boundary := `{"address":"module.b[\"k\"].aws_iam_policy.p[0]","module_address":"module.b[\"k\"]","mode":"managed","type":"aws_iam_policy","name":"p","index":0,
		"change":{"actions":["create"],"before":null,"after":{"name":"p"},"after_unknown":{"arn":true}}}`
	deep := strings.Replace(role("x", `"create"`, "null", `{"name":"x"}`, `{"permissions_boundary":true}`), `"aws_iam_role.x"`, `"module.a[1].module.c.aws_iam_role.x"`, 1)
	m := read(t, planJSON(boundary+","+deep, `"module_calls":{
		"b":{"module":{"outputs":{"arn":{"expression":{"references":["aws_iam_policy.p[0].arn","aws_iam_policy.p[0]","aws_iam_policy.p"]}}},
			"resources":[{"address":"aws_iam_policy.p","mode":"managed","type":"aws_iam_policy","name":"p","expressions":{"name":{"constant_value":"p"}}}]}},
		"a":{"expressions":{"settings":{"references":["module.b[\"k\"].arn","module.b[\"k\"]"]}},
			"module":{"variables":{"settings":{}},"module_calls":{"c":{"expressions":{"boundary":{"references":["var.settings.boundary","var.settings"]}},
				"module":{"variables":{"boundary":{"default":null}},"resources":[`+blockJSON("x", `"permissions_boundary":{"references":["var.boundary"]}`)+`]}}}}}}`))
	const want = `  boundary <module.b["k"].aws_iam_policy.p[0].arn> from module.b.aws_iam_policy.p.arn`
	if got := sourcetest.Dump(m); !strings.Contains(got, want) {
		t.Errorf("no %s in\n%s", want, got)
	}
}

// TestHostile: plans that Terraform never writes end in an error or a model,
// and soon.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"module calls itself": planJSON(role("x", `"create"`, "null", `{}`, `{"permissions_boundary":true}`),
			`"resources":[`+blockJSON("x", `"permissions_boundary":{"references":["module.m.o"]}`)+`],
			 "module_calls":{"m":{"expressions":{"i":{"references":["module.m.o","module.m"]}},"module":{"outputs":{"o":{"expression":{"references":["var.i"]}}},"variables":{"i":{}}}}}`),
		"changes are not a list": `{"format_version":"1.2","resource_changes":{"a":1},"configuration":[],"prior_state":3,"variables":[]}`,
		"values are odd":         `{"format_version":"1.2","resource_changes":[1,null,"x",[],{"type":7,"mode":null},{"type":"aws_iam_role","mode":"managed"},{"type":"aws_iam_role","mode":"managed","address":7,"change":[]}]}`,
		"marks are odd":          `{"format_version":"1.2","resource_changes":[` + role("x", `"create"`, "null", `{"name":["a"],"inline_policy":"x","permissions_boundary":{"a":1}}`, `{"name":{"x":true},"inline_policy":[true,{"policy":true}],"tags":true,"path":[true]}`) + `]}`,
		"document is odd": `{"format_version":"1.2","resource_changes":[{"address":"data.aws_iam_policy_document.d","mode":"data","type":"aws_iam_policy_document","name":"d",
			"change":{"actions":["read"],"after":{"statement":[{"condition":7,"principals":[null,true],"actions":{"a":1}},null,true]},"after_unknown":{"json":true,"statement":[{"condition":[{"values":true}],"principals":true,"resources":true},true]}}}]}`,
	} {
		t.Run(name, func(*testing.T) {
			p, err := Read(bytes.NewReader([]byte(text)), Options{Symbols: &policy.Symbols{}})
			if err == nil {
				_, _ = p.Model() // it does not panic
			}
		})
	}
}

// TestHolderSplat: a splat of the only instance of a role names the role,
// whichever attribute it takes; of several it is not certain which is meant.
func TestHolderSplat(t *testing.T) {
	instance := func(i string) string {
		return strings.Replace(role("r", `"create"`, "null", `{"name":"r`+i+`"}`, `{"id":true,"arn":true}`), "aws_iam_role.r", "aws_iam_role.r["+i+"]", 1)
	}
	const attachment = `{"address":"aws_iam_role_policy_attachment.a","mode":"managed","type":"aws_iam_role_policy_attachment","name":"a",
		"change":{"actions":["create"],"before":null,"after":{"policy_arn":"p"},"after_unknown":{"role":true}}}`
	const configuration = `"resources":[{"address":"aws_iam_role_policy_attachment.a","mode":"managed","type":"aws_iam_role_policy_attachment","name":"a",
		"expressions":{"role":{"references":["aws_iam_role.r"]},"policy_arn":{"constant_value":"p"}}}]`
	for instances, want := range map[string]string{
		instance("0"):                       "  holder <aws_iam_role.r[0].name>\n",
		instance("0") + "," + instance("1"): "  holder <aws_iam_role_policy_attachment.a.role> unknown by aws_iam_role.r\n",
	} {
		if got := sourcetest.Dump(read(t, planJSON(instances+","+attachment, configuration))); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
