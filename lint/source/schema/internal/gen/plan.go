package main

import (
	"errors"
	"maps"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// observed is what the provider plans where a configuration does not set an
// attribute, or has no block of a type: one value for each probe.
type observed struct {
	attributes map[*tfjson.SchemaAttribute][]cty.Value
	blocks     map[*tfjson.SchemaBlockType][]cty.Value
}

// probe is a configuration that a resource type is planned with.
type probe struct {
	// depth is how deep nested blocks are given, each once.
	depth int
	// required gives the required attributes a value: some types cannot be
	// planned without, and some not with a value that is made up.
	required bool
}

// maxBlocks is how many nested blocks a probe has at most: a few types nest
// tens of thousands, over which a provider takes minutes.
const maxBlocks = 200

// probes are the configurations that a type is planned with.
func probes(b *tfjson.SchemaBlock) []probe {
	var list []probe
	for depth := 0; depth == 0 || countBlocks(b, depth) > countBlocks(b, depth-1) && countBlocks(b, depth) <= maxBlocks; depth++ {
		list = append(list, probe{depth: depth}, probe{depth: depth, required: true})
	}
	return list
}

func countBlocks(b *tfjson.SchemaBlock, depth int) int {
	n := 0
	if depth > 0 {
		for _, nested := range b.NestedBlocks {
			n += 1 + countBlocks(nested.Block, depth-1)
		}
	}
	return n
}

// value is the configuration of a block.
func (p probe) value(b *tfjson.SchemaBlock) cty.Value {
	attributes := map[string]cty.Value{}
	for name, a := range b.Attributes {
		attributes[name] = cty.NullVal(attributeType(a))
		if p.required && a.Required {
			attributes[name] = sample(attributeType(a))
		}
	}
	for name, n := range b.NestedBlocks {
		if p.depth == 0 {
			attributes[name] = modeOf(n.NestingMode).none(blockType(n.Block))
		} else {
			attributes[name] = modeOf(n.NestingMode).one(probe{p.depth - 1, p.required}.value(n.Block))
		}
	}
	return cty.ObjectVal(attributes)
}

// none is the value of a nested block that is not there.
func (m mode) none(ty cty.Type) cty.Value {
	switch m {
	case modeList:
		return cty.ListValEmpty(ty)
	case modeSet:
		return cty.SetValEmpty(ty)
	case modeMap:
		return cty.MapValEmpty(ty)
	case modeSingle:
	}
	return cty.NullVal(ty)
}

// one is the value of a nested block that is there once.
func (m mode) one(v cty.Value) cty.Value {
	switch m {
	case modeList:
		return cty.ListVal([]cty.Value{v})
	case modeSet:
		return cty.SetVal([]cty.Value{v})
	case modeMap:
		return cty.MapVal(map[string]cty.Value{"x": v})
	case modeSingle:
	}
	return v
}

// only is the block in the value of a nested block that is there once; false
// where it is not.
func (m mode) only(v cty.Value) (cty.Value, bool) {
	if !v.IsKnown() || v.IsNull() {
		return v, false
	}
	if m == modeSingle {
		return v, true
	}
	if v.LengthInt() != 1 {
		return v, false
	}
	it := v.ElementIterator()
	it.Next()
	_, element := it.Element()
	return element, true
}

// sample is a value of a type.
func sample(ty cty.Type) cty.Value {
	switch {
	case ty == cty.String:
		return cty.StringVal("x")
	case ty == cty.Number:
		return cty.NumberIntVal(1)
	case ty == cty.Bool:
		return cty.True
	case ty.IsListType():
		return cty.ListVal([]cty.Value{sample(ty.ElementType())})
	case ty.IsSetType():
		return cty.SetVal([]cty.Value{sample(ty.ElementType())})
	case ty.IsMapType():
		return cty.MapVal(map[string]cty.Value{"x": sample(ty.ElementType())})
	case ty.IsObjectType():
		attributes := map[string]cty.Value{}
		for name, t := range ty.AttributeTypes() {
			attributes[name] = sample(t)
		}
		return cty.ObjectVal(attributes)
	}
	return cty.NullVal(ty)
}

// proposed is a configuration in which what is computed is unknown, as
// Terraform proposes it to a provider.
func proposed(config cty.Value, b *tfjson.SchemaBlock) cty.Value {
	attributes := config.AsValueMap()
	for name, a := range b.Attributes {
		if a.Computed && attributes[name].IsNull() {
			attributes[name] = cty.UnknownVal(attributeType(a))
		}
	}
	for name, n := range b.NestedBlocks {
		m := modeOf(n.NestingMode)
		if inner, ok := m.only(attributes[name]); ok {
			attributes[name] = m.one(proposed(inner, n.Block))
		}
	}
	return cty.ObjectVal(attributes)
}

// observe keeps what was planned for what the configuration does not set.
func (o *observed) observe(config, planned cty.Value, b *tfjson.SchemaBlock) {
	for name, a := range b.Attributes {
		if config.GetAttr(name).IsNull() {
			o.attributes[a] = append(o.attributes[a], planned.GetAttr(name))
		}
	}
	for name, n := range b.NestedBlocks {
		m := modeOf(n.NestingMode)
		given, ok := m.only(config.GetAttr(name))
		if !ok {
			o.blocks[n] = append(o.blocks[n], planned.GetAttr(name))
		} else if made, ok := m.only(planned.GetAttr(name)); ok {
			o.observe(given, made, n.Block)
		}
	}
}

// agreed is what all observations have in common: a known value, or else an
// unknown one of the type.
func agreed(values []cty.Value, ty cty.Type) cty.Value {
	for _, v := range values {
		if !v.IsWhollyKnown() || !v.RawEquals(values[0]) {
			return cty.UnknownVal(ty)
		}
	}
	if len(values) == 0 {
		return cty.UnknownVal(ty)
	}
	return values[0]
}

// needs are attributes without which the provider plans nothing for a type,
// or not if they are made up.
var needs = map[string]map[string]cty.Value{
	"aws_alb_target_group": {
		"port": cty.NumberIntVal(80), "protocol": cty.StringVal("HTTP"),
		"vpc_id": cty.StringVal("vpc-1"),
	},
	"aws_api_gateway_authorizer": {"authorizer_uri": cty.StringVal("arn:aws:apigateway:eu-west-1:lambda:path/x")},
	"aws_dynamodb_table": {
		"read_capacity": cty.NumberIntVal(1), "write_capacity": cty.NumberIntVal(1),
		"hash_key": cty.StringVal("x"),
	},
	"aws_iot_ca_certificate":               {"verification_certificate_pem": cty.StringVal("x")},
	"aws_kinesis_firehose_delivery_stream": {"destination": cty.StringVal("extended_s3")},
	"aws_lambda_function": {
		"handler": cty.StringVal("x"), "runtime": cty.StringVal("python3.12"),
		"filename": cty.StringVal("x.zip"),
	},
	"aws_lb_target_group":      {"port": cty.NumberIntVal(80), "protocol": cty.StringVal("HTTP"), "vpc_id": cty.StringVal("vpc-1")},
	"aws_workspaces_directory": {"directory_id": cty.StringVal("d-1")},
	"aws_lightsail_instance":   {"availability_zone": cty.StringVal("eu-west-1a")},
}

// needed is a configuration with what its type cannot be planned without.
func needed(typ string, config cty.Value) cty.Value {
	attributes := config.AsValueMap()
	maps.Copy(attributes, needs[typ])
	return cty.ObjectVal(attributes)
}

// planner plans resource types, with a provider that it starts anew where a
// probe has ended it.
type planner struct {
	program  string
	config   cty.Value
	running  *provider
	observed observed
	// failed has the types that no probe could plan, and why.
	failed map[string]error
}

func newPlanner(program string, provider *tfjson.SchemaBlock) *planner {
	attributes := probe{}.value(provider).AsValueMap()
	maps.Copy(attributes, map[string]cty.Value{ // nothing that needs a network
		"region": cty.StringVal("eu-west-1"), "access_key": cty.StringVal("mock"), "secret_key": cty.StringVal("mock"),
		"skip_credentials_validation": cty.True, "skip_requesting_account_id": cty.True,
		"skip_region_validation": cty.True, "skip_metadata_api_check": cty.StringVal("true"),
	})
	return &planner{
		program: program, config: cty.ObjectVal(attributes), failed: map[string]error{},
		observed: observed{map[*tfjson.SchemaAttribute][]cty.Value{}, map[*tfjson.SchemaBlockType][]cty.Value{}},
	}
}

func (p *planner) stop() {
	if p.running != nil {
		p.running.stop()
		p.running = nil
	}
}

// plan observes one type. The error tells that there is no provider.
func (p *planner) plan(typ string, b *tfjson.SchemaBlock) error {
	planned := false
	var failed error
	ended := map[bool]bool{}
	for _, probe := range probes(b) {
		if ended[probe.required] { // it would end it again
			continue
		}
		if p.running == nil {
			running, err := start(p.program)
			if err != nil {
				return err
			}
			p.running = running
			if err := running.configure(p.config); err != nil {
				return err
			}
		}
		config := needed(typ, probe.value(b))
		v, err := p.running.plan(typ, config, proposed(config, b))
		if errors.Is(err, errGone) {
			ended[probe.required] = true
			p.stop()
		}
		if err != nil {
			failed = err
			continue
		}
		planned = true
		p.observed.observe(config, v, b)
	}
	if !planned {
		p.failed[typ] = failed
	}
	return nil
}
