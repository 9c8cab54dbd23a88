package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// installed is a provider as the real Terraform finds it.
type installed struct {
	program string
	version string
	schema  *tfjson.ProviderSchema
}

const providerAddress = "registry.terraform.io/hashicorp/aws"

const requires = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
`

// findProvider asks terraform for the schema of the AWS provider in a
// directory of plugins. dir is a directory to work in.
func findProvider(terraform, plugins, dir string) (*installed, error) {
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(requires), 0o600); err != nil {
		return nil, err
	}
	run := func(args ...string) ([]byte, error) {
		command := exec.Command(terraform, args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
		out, err := command.Output()
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil, fmt.Errorf("terraform %s: %w: %s", args[0], err, failed.Stderr)
		}
		return out, err
	}
	if _, err := run("init", "-plugin-dir="+plugins, "-no-color"); err != nil {
		return nil, err
	}
	out, err := run("providers", "schema", "-json")
	if err != nil {
		return nil, err
	}
	var all tfjson.ProviderSchemas
	if err := json.Unmarshal(out, &all); err != nil {
		return nil, err
	}
	programs, err := filepath.Glob(filepath.Join(dir, ".terraform/providers", providerAddress, "*", "*", "terraform-provider-aws*"))
	if err != nil {
		return nil, err
	}
	schema := all.Schemas[providerAddress]
	if len(programs) != 1 || schema == nil {
		return nil, fmt.Errorf("%s has no AWS provider", plugins)
	}
	version := filepath.Base(filepath.Dir(filepath.Dir(programs[0])))
	return &installed{program: programs[0], version: version, schema: schema}, nil
}

// resource is what is known of a resource's block.
func (o *observed) resource(b *tfjson.SchemaBlock) *block {
	out := newBlock()
	for name, a := range b.Attributes {
		ty := attributeType(a)
		unset := cty.UnknownVal(ty)
		if !a.Computed {
			unset = agreed(o.attributes[a], ty)
		}
		out.attributes[name] = &attribute{typ: ty, unset: unset, sensitive: a.Sensitive, writeOnly: a.WriteOnly}
	}
	for name, n := range b.NestedBlocks {
		m := modeOf(n.NestingMode)
		none := m.none(blockType(n.Block))
		out.blocks[name] = &nested{
			mode: m, block: o.resource(n.Block),
			unknown: !agreed(o.blocks[n], none.Type()).RawEquals(none),
		}
	}
	return out
}

// dataSource is what is known of a data source's block. What a provider reads
// for an argument that is not set cannot be planned: it is unknown.
func dataSource(b *tfjson.SchemaBlock) *block { return (&observed{}).resource(b) }

// attributeType is the type of an attribute's values.
func attributeType(a *tfjson.SchemaAttribute) cty.Type {
	if n := a.AttributeNestedType; n != nil {
		attributes := map[string]cty.Type{}
		for name, inner := range n.Attributes {
			attributes[name] = attributeType(inner)
		}
		return modeOf(n.NestingMode).of(cty.Object(attributes))
	}
	return a.AttributeType
}

// blockType is the type of the values of a block.
func blockType(b *tfjson.SchemaBlock) cty.Type {
	attributes := map[string]cty.Type{}
	for name, a := range b.Attributes {
		attributes[name] = attributeType(a)
	}
	for name, n := range b.NestedBlocks {
		attributes[name] = modeOf(n.NestingMode).of(blockType(n.Block))
	}
	return cty.Object(attributes)
}

func modeOf(m tfjson.SchemaNestingMode) mode {
	switch m {
	case tfjson.SchemaNestingModeList:
		return modeList
	case tfjson.SchemaNestingModeSet:
		return modeSet
	case tfjson.SchemaNestingModeMap:
		return modeMap
	case tfjson.SchemaNestingModeSingle, tfjson.SchemaNestingModeGroup:
	}
	return modeSingle
}
