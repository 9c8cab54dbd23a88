package planfile

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	ctymsgpack "github.com/zclconf/go-cty/cty/msgpack"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/boundlint/boundlint/lint/linttest/limit"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// number and content are fields of a message.
func number(n protowire.Number, v uint64) string {
	return string(protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), v))
}

func content(n protowire.Number, parts ...string) string {
	return string(protowire.AppendString(protowire.AppendTag(nil, n, protowire.BytesType), strings.Join(parts, "")))
}

// value is a value as a plan holds it, in a message of its own.
func value(tb testing.TB, v cty.Value, ty cty.Type) string {
	tb.Helper()
	encoded, err := ctymsgpack.Marshal(v, ty)
	if err != nil {
		tb.Fatal(err)
	}
	return content(1, string(encoded))
}

// archive is a binary plan with these members.
func archive(tb testing.TB, members ...string) *zip.Reader {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err == nil {
			_, err = w.Write([]byte(members[i+1]))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func isIAM(typ string, _ bool) bool { return strings.HasPrefix(typ, "aws_iam_") }

// shown is what a plan says, as JSON, or the error.
func shown(tb testing.TB, members ...string) string {
	tb.Helper()
	p, err := Read(archive(tb, members...), isIAM)
	if err != nil {
		if _, ok := errors.AsType[*UnknownError](err); ok {
			return "unknown: " + err.Error()
		}
		if _, ok := errors.AsType[*stream.Error](err); !ok {
			tb.Errorf("an error of another kind: %v", err)
		}
		return "error: " + err.Error()
	}
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

const aws = `provider["registry.terraform.io/hashicorp/aws"].west`

var current = number(planVersion, version)

// role is a change of a role: its address, action and values.
func role(address string, action uint64, parts ...string) string {
	return content(planChanges, content(13, address), content(8, aws), content(9, number(1, action), strings.Join(parts, "")))
}

func TestRead(t *testing.T) {
	after := cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal("r"), "arn": cty.UnknownVal(cty.String).RefineNotNull(), "path": cty.NullVal(cty.String), "max_session_duration": cty.NumberIntVal(3600),
		"managed_policy_arns": cty.SetVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")}), "force_detach_policies": cty.False,
		"tags":          cty.MapVal(map[string]cty.Value{"secret": cty.StringVal("s"), "open": cty.StringVal("o")}),
		"inline_policy": cty.ListVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"name": cty.UnknownVal(cty.String), "policy": cty.StringVal("{}")})}),
		"whole":         cty.UnknownVal(cty.List(cty.String)), "ratio": cty.NumberFloatVal(0.5), "any": cty.StringVal("typed"),
	})
	loose := maps.Clone(after.Type().AttributeTypes())
	loose["any"] = cty.DynamicPseudoType
	encoded := content(2, value(t, after, cty.Object(loose)))
	path := func(steps ...string) string { return content(4, steps...) }
	name := func(s string) string { return content(1, content(1, s)) }
	key := func(v cty.Value) string { return content(1, content(2, value(t, v, cty.DynamicPseudoType))) }
	got := shown(t,
		"tfplan", current+number(planComplete, 1)+number(planApplyable, 1)+content(planTerraform, "1.11.4")+
			content(planVariables, content(1, "stage"), content(2, value(t, cty.StringVal("prod"), cty.DynamicPseudoType)))+
			role(`module.m["a.b"].aws_iam_role.r[0]`, 1, encoded,
				path(name("tags"), key(cty.StringVal("secret"))), path(name("inline_policy"), key(cty.NumberIntVal(0)), name("policy")),
				path(name("managed_policy_arns"), key(cty.ObjectVal(map[string]cty.Value{"x": cty.True}))))+
			content(planChanges, content(13, "data.null_data_source.late"), content(9, number(1, 2), content(2, "?"), content(2, "?")))+
			content(planChanges, content(13, "null_resource.other"), content(9, number(1, 1), content(2, "?")))+
			content(planDrift, content(13, "aws_iam_role.moved"), content(9, number(1, 0), encoded)),
		"tfstate", `{"version":4,"terraform_version":"1.11.4","resources":[
			{"module":"module.m","mode":"managed","type":"aws_iam_access_key","name":"k","provider":"`+strings.ReplaceAll(aws, `"`, `\"`)+`",
			 "instances":[{"index_key":"x","attributes":{"user":"u","secret":"s","pgp_key":"p"},
			  "sensitive_attributes":[[{"type":"get_attr","value":"pgp_key"}]]}]},
			{"mode":"managed","type":"null_resource","name":"n","instances":[{"attributes":7}]}]}`)
	const want = `{
 "format_version": "1.2",
 "terraform_version": "1.11.4",
 "complete": true,
 "errored": false,
 "variables": {
  "stage": {
   "value": "prod"
  }
 },
 "resource_changes": [
  {
   "address": "data.null_data_source.late",
   "mode": "data",
   "type": "null_data_source",
   "provider_name": "",
   "change": {
    "actions": [
     "read"
    ],
    "before": null,
    "after": null,
    "after_unknown": false,
    "before_sensitive": false,
    "after_sensitive": false
   }
  },
  {
   "address": "module.m[\"a.b\"].aws_iam_role.r[0]",
   "module_address": "module.m[\"a.b\"]",
   "mode": "managed",
   "type": "aws_iam_role",
   "provider_name": "registry.terraform.io/hashicorp/aws",
   "change": {
    "actions": [
     "create"
    ],
    "before": null,
    "after": {
     "any": "typed",
     "force_detach_policies": false,
     "inline_policy": [
      {
       "policy": "{}"
      }
     ],
     "managed_policy_arns": [
      "a",
      "b"
     ],
     "max_session_duration": 3600,
     "name": "r",
     "path": null,
     "ratio": 0.5,
     "tags": {
      "open": "o",
      "secret": "s"
     }
    },
    "after_unknown": {
     "arn": true,
     "inline_policy": [
      {
       "name": true
      }
     ],
     "managed_policy_arns": [
      false,
      false
     ],
     "tags": {},
     "whole": true
    },
    "before_sensitive": false,
    "after_sensitive": {
     "inline_policy": [
      {
       "policy": true
      }
     ],
     "managed_policy_arns": true,
     "tags": {
      "secret": true
     }
    }
   }
  }
 ],
 "prior_state": {
  "format_version": "1.0",
  "terraform_version": "1.11.4",
  "values": {
   "root_module": {
    "child_modules": [
     {
      "address": "module.m",
      "resources": [
       {
        "address": "module.m.aws_iam_access_key.k[\"x\"]",
        "mode": "managed",
        "type": "aws_iam_access_key",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": {
         "pgp_key": "p",
         "secret": "s",
         "user": "u"
        },
        "sensitive_values": {
         "pgp_key": true,
         "secret": true
        }
       }
      ]
     }
    ]
   }
  }
 }
}`
	if got != want {
		t.Errorf("got %s", got)
	}
}

// TestActions are all that a plan can do to a resource.
func TestActions(t *testing.T) {
	one := content(2, content(1, "\xa1a"))
	two := one + content(2, content(1, "\xa1b"))
	for action, c := range map[uint64]struct{ values, want string }{
		0: {one, `["no-op"],"before":"a","after":"a"`}, 1: {one, `["create"],"before":null,"after":"a"`}, 2: {two, `["read"],"before":"a","after":"b"`},
		3: {two, `["update"],"before":"a","after":"b"`}, 5: {one, `["delete"],"before":"a","after":null`},
		6: {two, `["delete","create"],"before":"a","after":"b"`}, 7: {two, `["create","delete"],"before":"a","after":"b"`},
		8: {one, `["forget"],"before":"a","after":null`}, 10: {two, `["forget","create"],"before":"a","after":"b"`}, 9: {two, `["create","forget"],"before":"a","after":"b"`},
	} {
		said := strings.Join(strings.Fields(shown(t, "tfplan", current+role("aws_iam_role.r", action, c.values))), "")
		if want := `"actions":` + c.want; !strings.Contains(said, want) {
			t.Errorf("%d: want %s in %s", action, want, said)
		}
	}
}

// TestComplete: which plans are made for a part of the configuration.
func TestComplete(t *testing.T) {
	later := content(planDeferred, content(1, number(1, 1)), content(2, content(13, "aws_iam_role.r"), content(9, number(1, 1), content(2, content(1, "\xc0")))))
	for name, c := range map[string]struct{ plan, want string }{
		"of OpenTofu":              {"", `"1.2","errored":false,"resource_changes":[]`},
		"of OpenTofu, for targets": {content(planTargets, "aws_iam_role.r"), `"complete":false,"errored":false`},
		"complete":                 {number(planApplyable, 1) + number(planComplete, 1), `"complete":true,"errored":false`},
		"incomplete":               {number(planApplyable, 1), `"complete":false,"errored":false`},
		"errored":                  {number(planErrored, 1), `"errored":true`},
		"deferred, of another type": {
			content(planDeferred, content(2, content(13, "null_resource.r"), content(9, ""))), `"complete":false,"errored":false,"resource_changes":[],"deferred_changes":[{"reason":""}]`,
		},
		"deferred": {later, `"deferred_changes":[{"reason":"instance_count_unknown","resource_change":{"address":"aws_iam_role.r",`},
	} {
		if said := strings.Join(strings.Fields(shown(t, "tfplan", current+c.plan)), ""); !strings.Contains(said, c.want) {
			t.Errorf("%s: want %s in %s", name, c.want, said)
		}
	}
	moved := content(planDrift, content(13, "aws_iam_role.r"), content(9, content(2, content(1, "\xc0"))))
	if said := shown(t, "tfplan", current+moved); strings.Contains(said, "resource_drift") {
		t.Errorf("what has only moved is in %s", said)
	}
	if said := shown(t, "tfplan", current+number(planMode, modeRefreshOnly)+moved); !strings.Contains(said, "resource_drift") {
		t.Errorf("what has moved is not in %s", said)
	}
	if said := shown(t, "tfplan", current+role("data.aws_iam_role.r", 5, content(2, content(1, "\xc0")))); !strings.Contains(said, `"resource_changes": []`) {
		t.Errorf("a data source that goes is in %s", said)
	}
}

// TestDamaged: what cannot be read is said in one line, and what only another
// version can read, too.
func TestDamaged(t *testing.T) {
	nothing := content(2, content(1, "\xc0"))
	for name, c := range map[string]struct{ plan, want string }{
		"no message":          {"\x00\x01", "error: the binary plan is damaged: the plan in it cannot be read"},
		"cut off":             {current + "\x1a\x40a", "error: the binary plan is damaged: the plan in it cannot be read"},
		"another version":     {number(planVersion, 4), "unknown: the format of the binary plan has version 4, and boundlint reads version 3"},
		"no version":          {"", "unknown: the format of the binary plan has version 0, and boundlint reads version 3"},
		"another type":        {current + number(planChanges, 7), "error: the binary plan is damaged: field 3 of the plan in it is of another type"},
		"twice":               {current + content(planTerraform, "1") + content(planTerraform, "2"), "error: the binary plan is damaged: the plan in it has field 14 twice"},
		"changed twice":       {current + content(planChanges, content(13, "aws_iam_role.r"), content(9, ""), content(9, "")), "error: the binary plan is damaged: a change in it has field 9 twice"},
		"no address":          {current + content(planChanges, content(1, "m")), "unknown: the binary plan has resources without an address, as Terraform before 1.0 wrote it"},
		"an odd address":      {current + role("role", 1, nothing), `error: the binary plan is damaged: "role" in it is not an address of a resource`},
		"an odd action":       {current + role("aws_iam_role.r", 4, nothing), "unknown: the binary plan has an action of number 4 for aws_iam_role.r, which boundlint does not know"},
		"many values":         {current + role("aws_iam_role.r", 1, nothing+nothing+nothing), "error: the binary plan is damaged: aws_iam_role.r has more than two values"},
		"no value":            {current + role("aws_iam_role.r", 3, nothing), "error: the binary plan is damaged: a value of aws_iam_role.r is missing"},
		"no encoding":         {current + role("aws_iam_role.r", 1, content(2, "")), "error: the binary plan is damaged: a value of aws_iam_role.r is missing"},
		"another encoding":    {current + role("aws_iam_role.r", 1, content(2, content(2, "{}"))), "unknown: a value of aws_iam_role.r in the binary plan is encoded in a way that boundlint does not know"},
		"a long list":         {current + role("aws_iam_role.r", 1, content(2, content(1, "\xdd\xff\xff\xff\xff"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"a long map":          {current + role("aws_iam_role.r", 1, content(2, content(1, "\xdf\xff\xff\xff\xff"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"a long text":         {current + role("aws_iam_role.r", 1, content(2, content(1, "\xdb\xff\xff\xff\xffa"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"a long extension":    {current + role("aws_iam_role.r", 1, content(2, content(1, "\xc9\xff\xff\xff\xff\x00"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"another extension":   {current + role("aws_iam_role.r", 1, content(2, content(1, "\xd4\x07\x00"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"bytes":               {current + role("aws_iam_role.r", 1, content(2, content(1, "\xc4\x01a"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"a member twice":      {current + role("aws_iam_role.r", 1, content(2, content(1, "\x82\xa1a\xc0\xa1a\xc0"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"infinite":            {current + role("aws_iam_role.r", 1, content(2, content(1, "\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"more after it":       {current + role("aws_iam_role.r", 1, content(2, content(1, "\xc0\xc0"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"a long path":         {current + role("aws_iam_role.r", 1, nothing, content(4, strings.Repeat(content(1, content(1, "a")), maxDepth+1))), "error: the binary plan is damaged: a path in it is longer than any value is deep"},
		"a lonely type":       {current + role("aws_iam_role.r", 1, content(2, content(1, "\x92\xc4\x01a"))), "error: the binary plan is damaged: a value of aws_iam_role.r cannot be read"},
		"a variable of bytes": {current + content(planVariables, content(1, "v"), content(2, content(1, "\xc4"))), "error: the binary plan is damaged: a value of the variable v cannot be read"},
	} {
		if got := shown(t, "tfplan", c.plan); got != c.want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	for name, c := range map[string]struct{ state, want string }{
		"no JSON":         {"{", "error: the state in the binary plan cannot be read: the JSON is cut off: it ends at byte 1, in the middle of a value"},
		"another version": {`{"version":5}`, "unknown: the state in the binary plan has version 5, and boundlint reads version 4"},
		"a member twice": {
			`{"version":4,"resources":[{"mode":"managed","type":"aws_iam_role","name":"r","instances":[{"attributes":{"name":"a","name":"b"}}]}]}`,
			"error: the state in the binary plan cannot be read: resources[0].instances[0].attributes.name: it stands twice",
		},
		"no object": {
			`{"version":4,"resources":[{"mode":"managed","type":"aws_iam_role","name":"r","instances":[{"attributes":[]}]}]}`,
			"error: the state in the binary plan cannot be read: a resource in it is of another form",
		},
	} {
		if got := shown(t, "tfplan", current, "tfstate", c.state); got != c.want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if got := shown(t, "other", ""); got != "error: it is a zip file, but no binary plan: it has no member tfplan" {
		t.Errorf("got %s", got)
	}
}

// TestProgram: a plan tells which program made it.
func TestProgram(t *testing.T) {
	for provider, want := range map[string]string{aws: "terraform", strings.ReplaceAll(aws, "terraform.io", "opentofu.org"): "tofu"} {
		plan := number(planVersion, 4) + content(planChanges, content(8, provider))
		_, err := Read(archive(t, "tfplan", plan), isIAM)
		if strange, ok := errors.AsType[*UnknownError](err); !ok || strange.Program != want {
			t.Errorf("%s: %v", provider, err)
		}
	}
}

func TestSetDefaults(t *testing.T) {
	p := &Plan{}
	p.SetDefaults(map[string]json.RawMessage{"a": json.RawMessage("1")})
	p.SetDefaults(map[string]json.RawMessage{"a": json.RawMessage("2"), "b": json.RawMessage("3")})
	if text, err := json.Marshal(p.Variables); err != nil || string(text) != `{"a":{"value":1},"b":{"value":3}}` {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestLimits(t *testing.T) {
	decoded := func(encoded string) string {
		vs := values{left: maxValues}
		if _, err := vs.decode([]byte(encoded), "x"); err != nil {
			return err.Error()
		}
		return ""
	}
	limit.Try(t, "maxDepth", maxDepth, "nested more than 200 levels deep", func(_ *testing.T, n int) string {
		return decoded(strings.Repeat("\x91", n) + "\xc0")
	})
	limit.Try(t, "maxValues", maxValues, "holds more than 2000000 values", func(_ *testing.T, n int) string {
		return decoded("\xdd" + string([]byte{byte((n - 1) >> 24), byte((n - 1) >> 16), byte((n - 1) >> 8), byte(n - 1)}) + strings.Repeat("\xc0", n-1))
	})
}

// FuzzRead: whatever stands in a plan and its state, there is JSON or one line
// that says what is wrong.
func FuzzRead(f *testing.F) {
	object := cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal("r"), "arn": cty.UnknownVal(cty.String).RefineNotNull(), "inline_policy": cty.ListVal([]cty.Value{cty.EmptyObjectVal}),
	})
	encoded := content(2, value(f, object, cty.DynamicPseudoType))
	step := content(1, content(2, value(f, cty.NumberIntVal(0), cty.DynamicPseudoType)))
	const state = `{"version":4,"resources":[{"mode":"managed","type":"aws_iam_access_key","name":"k","instances":[{"index_key":0,"attributes":{"secret":"s"},"sensitive_attributes":[[{"value":{"value":0}}]]}]}]}`
	for _, plan := range []string{
		"", role("aws_iam_role.r", 1, encoded, content(4, content(1, content(1, "inline_policy")), step)), role(`module.m["a"].data.aws_iam_role.r[0]`, 2, encoded, encoded),
		content(planDrift, content(13, "aws_iam_role.r"), content(9, number(1, 3), encoded, encoded)), content(planVariables, content(1, "v"), encoded),
		content(planDeferred, content(1, number(1, 1)), content(2, content(13, "aws_iam_role.r"), content(9, number(1, 1), encoded))), number(planComplete, 1) + content(planTargets, "a"),
	} {
		f.Add([]byte(plan), []byte(state))
	}
	f.Fuzz(func(t *testing.T, plan, state []byte) {
		if said := shown(t, "tfplan", current+string(plan), "tfstate", string(state)); strings.HasPrefix(said, "error") && strings.ContainsAny(said, "\r\n") {
			t.Fatalf("more than one line: %q", said)
		}
	})
}
