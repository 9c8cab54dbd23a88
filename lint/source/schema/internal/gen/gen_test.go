package main

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/source/schema"
)

// realProvider finds the real provider; a test without it is skipped.
func realProvider(t *testing.T) *installed {
	t.Helper()
	terraform, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if terraform == "" || plugins == "" {
		t.Skip("set BOUNDLINT_TEST_TERRAFORM to a terraform program and BOUNDLINT_TEST_PLUGIN_DIR to a directory with the AWS provider")
	}
	found, err := findProvider(terraform, plugins, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestAgreesWithProvider compares the names, types and nesting of all that is
// embedded with the schema of the real provider.
func TestAgreesWithProvider(t *testing.T) {
	found := realProvider(t)
	if older, _ := schema.Versions(); older != found.version {
		t.Errorf("embedded is version %s, the provider is %s: run go generate", older, found.version)
	}
	types := 0
	for _, kind := range []struct {
		schemas map[string]*tfjson.Schema
		lookup  func(string) *schema.Block
	}{{found.schema.ResourceSchemas, schema.Resource}, {found.schema.DataSourceSchemas, schema.DataSource}} {
		for name, s := range kind.schemas {
			types++
			b := kind.lookup(name)
			if b == nil {
				t.Errorf("%s is not embedded", name)
				continue
			}
			sameBlock(t, name, s.Block, b)
		}
	}
	t.Logf("%d types of version %s", types, found.version)
}

func sameBlock(t *testing.T, path string, want *tfjson.SchemaBlock, got *schema.Block) {
	t.Helper()
	for name, a := range want.Attributes {
		embedded := got.Attribute(name)
		switch {
		case embedded == nil || embedded.Added:
			t.Errorf("%s.%s is not embedded", path, name)
		case embedded.Type() != cty.DynamicPseudoType && !embedded.Type().Equals(attributeType(a)):
			t.Errorf("%s.%s has another type", path, name)
		case embedded.Sensitive != a.Sensitive || embedded.WriteOnly != a.WriteOnly:
			t.Errorf("%s.%s has other flags", path, name)
		case a.Computed && embedded.Unset().IsKnown():
			t.Errorf("%s.%s is computed, and not unknown", path, name)
		}
	}
	for name, n := range want.NestedBlocks {
		embedded := got.Nested(name)
		if embedded == nil || embedded.Added || string(embedded.Mode) != string(modeOf(n.NestingMode)) {
			t.Errorf("%s.%s is not embedded, or otherwise", path, name)
			continue
		}
		sameBlock(t, path+"."+name, n.Block, embedded.Block())
	}
	for _, name := range got.Names() {
		if a := got.Attribute(name); a != nil && !a.Added && want.Attributes[name] == nil {
			t.Errorf("%s.%s is embedded, and the provider does not have it", path, name)
		}
		if n := got.Nested(name); n != nil && !n.Added && want.NestedBlocks[name] == nil {
			t.Errorf("%s.%s is embedded, and the provider does not have it", path, name)
		}
	}
}

// TestAgreesWithPlans compares what is embedded of some types, as to what is
// not set, with what the real provider plans.
func TestAgreesWithPlans(t *testing.T) {
	found := realProvider(t)
	p := newPlanner(found.program, found.schema.ConfigSchema.Block)
	defer p.stop()
	for name, s := range found.schema.ResourceSchemas {
		if !strings.HasPrefix(name, "aws_iam_") && !slices.Contains([]string{"aws_eks_cluster", "aws_instance", "aws_lambda_function", "aws_s3_bucket"}, name) {
			continue
		}
		if err := p.plan(name, s.Block); err != nil {
			t.Fatal(err)
		}
		if err := p.failed[name]; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		samePlan(t, name, p.observed.resource(s.Block), schema.Resource(name))
	}
}

func samePlan(t *testing.T, path string, want *block, got *schema.Block) {
	t.Helper()
	for name, a := range want.attributes {
		if embedded := got.Attribute(name); embedded.Type() != cty.DynamicPseudoType && !embedded.Unset().RawEquals(a.unset) {
			t.Errorf("%s.%s: %#v is embedded, %#v planned", path, name, embedded.Unset(), a.unset)
		}
	}
	for name, n := range want.blocks {
		if embedded := got.Nested(name); embedded.Computed != n.unknown {
			t.Errorf("%s.%s: computed %v is embedded, %v planned", path, name, embedded.Computed, n.unknown)
		}
		samePlan(t, path+"."+name, n.block, got.Nested(name).Block())
	}
}

// classes are a file of the bindings, cut down.
const classes = `
function aThingRuleToHclTerraform(struct) {
    const attrs = {
        priority: {
            value: cdktf.numberToHclTerraform(struct.priority),
            isBlock: false,
            type: "simple",
            storageClassType: "number",
        },
    };
}
class AThingRuleOutputReference extends cdktf.ComplexObject {
    get priority() {
        return this.getNumberAttribute('priority');
    }
}
class AThingRuleList extends cdktf.ComplexList {
}
class AThingStatusOutputReference extends cdktf.ComplexObject {
    // state - computed: true, optional: false, required: false
    get state() {
        return this.getStringAttribute('state');
    }
}
class AThingStatusList extends cdktf.ComplexList {
}
class AThingTimeoutsOutputReference extends cdktf.ComplexObject {
    get create() {
        return this.getStringAttribute('create');
    }
}
class AThing extends cdktf.TerraformResource {
    constructor(scope, id, config) {
        super(scope, id, {
            terraformResourceType: 'aws_a_thing',
            terraformGeneratorMetadata: {
                providerVersion: '6.0.1',
            },
        });
        this._status = new AThingStatusList(this, "status", false);
        this._tagsAll = new cdktf.StringMap(this, "tags_all");
        this._rule = new AThingRuleList(this, "rule", true);
        this._timeouts = new AThingTimeoutsOutputReference(this, "timeouts");
    }
    get names() {
        return cdktf.Fn.tolist(this.getListAttribute('names'));
    }
    get region() {
        return this.getStringAttribute('region');
    }
    synthesizeHclAttributes() {
        const attrs = {
            rule: {
                value: cdktf.listMapperHcl(aThingRuleToHclTerraform, true)(this._rule.internalValue),
                isBlock: true,
                type: "set",
                storageClassType: "AThingRuleList",
            },
            timeouts: {
                value: aThingTimeoutsToHclTerraform(this._timeouts.internalValue),
                isBlock: true,
                type: "struct",
                storageClassType: "AThingTimeouts",
            },
        };
    }
}
`

const classesText = `names Ss ?
region s ?
rule :set 1 ?
status L2 ?
tags_all Ms ?
timeouts :single 3 ?
-
priority n ?
-
state s
-
create s ?
`

func TestBindings(t *testing.T) {
	types, version, err := readBindings(map[string][]byte{"lib/a-thing/index.js": []byte(classes), "lib/index.js": nil})
	if err != nil || version != "6.0.1" {
		t.Fatal(version, err)
	}
	if names := slices.Sorted(maps.Keys(types)); !slices.Equal(names, []string{"aws_a_thing"}) {
		t.Fatalf("types %v", names)
	}
	if text, err := encode(types["aws_a_thing"]); err != nil || text != classesText {
		t.Errorf("%v\n%s", err, text)
	}
	for name, files := range map[string]map[string][]byte{
		"nothing":    {},
		"a getter":   {"lib/x/index.js": []byte(strings.ReplaceAll(classes, "getNumberAttribute", "getOtherAttribute"))},
		"a class":    {"lib/x/index.js": []byte(strings.ReplaceAll(classes, "AThingStatusOutputReference", "Other"))},
		"no version": {"lib/x/index.js": []byte(strings.ReplaceAll(classes, "providerVersion", "other"))},
	} {
		types, _, err := readBindings(files)
		if name == "a class" { // what it holds is not known then
			if err != nil || types["aws_a_thing"].attributes["status"].typ != cty.DynamicPseudoType {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s is not an error", name)
		}
	}
}

func TestMerge(t *testing.T) {
	known := func(ty cty.Type, unset cty.Value) *attribute { return &attribute{typ: ty, unset: unset} }
	object := func(names ...string) cty.Type {
		attributes := map[string]cty.Type{}
		for _, n := range names {
			attributes[n] = cty.String
		}
		return cty.List(cty.Object(attributes))
	}
	older := newBlock()
	older.attributes["same"] = known(cty.Number, cty.NumberIntVal(3))
	older.attributes["other"] = known(cty.Number, cty.NumberIntVal(3))
	older.attributes["removed"] = known(cty.Bool, cty.NullVal(cty.Bool))
	older.attributes["objects"] = known(object("a", "b"), cty.UnknownVal(object("a", "b")))
	older.attributes["blocks"] = known(object("a"), cty.UnknownVal(object("a")))
	older.blocks["block"] = &nested{mode: modeList, block: newBlock()}
	newer := newBlock()
	newer.attributes["same"] = known(cty.Number, cty.UnknownVal(cty.Number))
	newer.attributes["other"] = known(cty.String, cty.UnknownVal(cty.String))
	newer.attributes["added"] = known(cty.String, cty.UnknownVal(cty.String))
	newer.attributes["objects"] = known(object("a"), cty.UnknownVal(object("a")))
	newer.blocks["blocks"] = &nested{mode: modeList, block: &block{attributes: map[string]*attribute{"new": known(cty.String, cty.UnknownVal(cty.String))}}}
	newer.blocks["block"] = &nested{mode: modeList, block: &block{attributes: map[string]*attribute{"new": known(cty.String, cty.UnknownVal(cty.String))}}}
	newer.blocks["more"] = &nested{mode: modeSet, block: newBlock(), unknown: true}
	older.merge(newer)
	const want = `added s ?+
block :list 1
blocks d ?
more :set 2 ?+
objects L3 ?
other d ?
removed b
same n =3
-
new s ?+
-
-
a s
b s
`
	if text, err := encode(older); err != nil || text != want {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestMessages reads back what is written of the plugin protocol.
func TestMessages(t *testing.T) {
	long := strings.Repeat("x", 300)
	message := field(field(field([]byte{0x28, 0x01}, 1, []byte("a")), 2, []byte(long)), 1, nil)
	fields, err := decodeMessage(message)
	if err != nil || len(fields[1]) != 2 || string(fields[1][0]) != "a" || string(fields[2][0]) != long || len(fields[5]) != 0 {
		t.Errorf("%v %v", fields, err)
	}
	for _, broken := range [][]byte{{0x0a}, {0x0a, 5, 'x'}, {0x0d, 1}, bytes.Repeat([]byte{0xff}, 12)} {
		if _, err := decodeMessage(broken); err == nil {
			t.Errorf("% x is not an error", broken)
		}
	}
	if err := diagnosed([][]byte{field(nil, 2, []byte("wrong"))}); err == nil || err.Error() != "wrong" {
		t.Error(err)
	}
}

// TestProbes plans what a type is planned with.
func TestProbes(t *testing.T) {
	inner := &tfjson.SchemaBlock{Attributes: map[string]*tfjson.SchemaAttribute{
		"computed": {AttributeType: cty.String, Computed: true},
	}}
	b := &tfjson.SchemaBlock{
		Attributes: map[string]*tfjson.SchemaAttribute{
			"required": {AttributeType: cty.String, Required: true},
			"optional": {AttributeType: cty.Bool, Optional: true},
		},
		NestedBlocks: map[string]*tfjson.SchemaBlockType{"set": {NestingMode: tfjson.SchemaNestingModeSet, Block: inner}},
	}
	list := probes(b)
	if len(list) != 4 {
		t.Fatalf("%v", list)
	}
	config := list[3].value(b)
	want := cty.ObjectVal(map[string]cty.Value{
		"required": cty.StringVal("x"), "optional": cty.NullVal(cty.Bool),
		"set": cty.SetVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"computed": cty.NullVal(cty.String)})}),
	})
	if !config.RawEquals(want) {
		t.Errorf("%#v", config)
	}
	o := observed{map[*tfjson.SchemaAttribute][]cty.Value{}, map[*tfjson.SchemaBlockType][]cty.Value{}}
	for _, p := range list {
		config := p.value(b)
		planned := proposed(config, b).AsValueMap()
		planned["optional"] = cty.True
		o.observe(config, cty.ObjectVal(planned), b)
	}
	text, err := encode(o.resource(b))
	if want := "optional b =true\nrequired s\nset :set 1\n-\ncomputed s ?\n"; err != nil || text != want {
		t.Errorf("%v\n%s", err, text)
	}
}
