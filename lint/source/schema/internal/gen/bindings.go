package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/internal/npm"
)

// bindings are classes for every resource and data source, generated from the
// schema of a version of the provider that is newer than the one that can be
// run. They tell names, types and nesting, not what is computed or has a
// default.
var bindings = npm.Release{
	Package:   "@cdktf/provider-aws",
	Version:   "21.22.1",
	Integrity: "sha512-BuSHeaQFUL9l33pBzIMRT7cTQ69AM2mLtijjteCPhVQRmvuhuj9Lvfymf7knAMhYqAT6+Lrls9jiGVW/Us3zrQ==",
}

var (
	classStart   = regexp.MustCompile(`(?m)^class (\w+) extends cdktf\.(\w+) \{`)
	typeName     = regexp.MustCompile(`terraformResourceType: '(\w+)'`)
	versionOf    = regexp.MustCompile(`providerVersion: '([\d.]+)'`)
	simpleGetter = regexp.MustCompile(`return (.*)this\.(get\w+|interpolationFor)Attribute\('(\w+)'\)`)
	nestedField  = regexp.MustCompile(`this\._\w+ = new (?:cdktf\.)?(\w+)\(this, "(\w+)"(?:, (true|false))?\)`)
	// argument is an entry of the table that says how what is set is written.
	argument = regexp.MustCompile(`(?m)^ +(\w+): \{\n +value: .*\n +isBlock: (true|false),\n +type: "(\w+)",`)
	tableOf  = regexp.MustCompile(`(?m)^function (\w+)ToHclTerraform\(`)
)

// readBindings returns the blocks of resources ("aws_x") and data sources
// ("data.aws_x"), and the version of the provider that they are of.
func readBindings(files map[string][]byte) (types map[string]*block, version string, err error) {
	types = map[string]*block{}
	for _, name := range sortedKeys(files) {
		if !strings.HasPrefix(name, "lib/") || !strings.HasSuffix(name, "/index.js") {
			continue
		}
		f := readClasses(string(files[name]))
		for _, class := range sortedKeys(f.classes) {
			c := f.classes[class]
			if c.base != "TerraformResource" && c.base != "TerraformDataSource" {
				continue
			}
			typ := typeName.FindStringSubmatch(c.body)
			found := versionOf.FindStringSubmatch(c.body)
			if typ == nil || found == nil || version != "" && version != found[1] {
				return nil, "", fmt.Errorf("%s: class %s does not tell its type and version", name, class)
			}
			version = found[1]
			key := typ[1]
			if c.base == "TerraformDataSource" {
				key = "data." + key
			}
			if types[key], err = f.block(class); err != nil {
				return nil, "", fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if len(types) == 0 {
		return nil, "", fmt.Errorf("there are no classes in it")
	}
	return types, version, nil
}

// classFile is one file of the bindings.
type classFile struct{ classes map[string]class }

type class struct{ base, body string }

func readClasses(src string) classFile {
	f := classFile{classes: map[string]class{}}
	starts := classStart.FindAllStringSubmatchIndex(src, -1)
	for i, at := range starts {
		end := len(src)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		body := src[at[0]:end]
		// The functions of the next class stand before it.
		if next := tableOf.FindStringIndex(body); next != nil {
			body = body[:next[0]]
		}
		f.classes[src[at[2]:at[3]]] = class{base: src[at[4]:at[5]], body: body}
	}
	// The table of a nested class is a function of its own.
	tables := tableOf.FindAllStringSubmatchIndex(src, -1)
	for _, at := range tables {
		end := strings.Index(src[at[0]:], "\n}")
		name := strings.ToUpper(src[at[2]:at[2]+1]) + src[at[2]+1:at[3]] + "OutputReference"
		if c, ok := f.classes[name]; ok && end > 0 {
			c.body += src[at[0] : at[0]+end]
			f.classes[name] = c
		}
	}
	return f
}

// block reads a class. What is not set is unknown in all of it.
func (f classFile) block(name string) (*block, error) {
	c, ok := f.classes[name]
	if !ok {
		return nil, fmt.Errorf("there is no class %s", name)
	}
	arguments := map[string][2]string{}
	for _, m := range argument.FindAllStringSubmatch(c.body, -1) {
		arguments[m[1]] = [2]string{m[2], m[3]}
	}
	b := newBlock()
	for _, m := range simpleGetter.FindAllStringSubmatch(c.body, -1) {
		ty, ok := simpleTypes[m[2]]
		if !ok {
			return nil, fmt.Errorf("%s.%s: unknown getter %s", name, m[3], m[2])
		}
		if strings.Contains(m[1], "Fn.tolist(") && ty.IsListType() {
			ty = cty.Set(ty.ElementType())
		}
		b.attributes[m[3]] = &attribute{typ: ty, unset: cty.UnknownVal(ty)}
	}
	for _, m := range nestedField.FindAllStringSubmatch(c.body, -1) {
		if err := f.nested(b, m[1], m[2], m[3] == "true", arguments[m[2]]); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", name, m[2], err)
		}
	}
	return b, nil
}

var simpleTypes = map[string]cty.Type{
	"getString": cty.String, "getNumber": cty.Number, "getBoolean": cty.Bool,
	"getList": cty.List(cty.String), "getNumberList": cty.List(cty.Number),
	"getStringMap": cty.Map(cty.String), "getNumberMap": cty.Map(cty.Number), "getBooleanMap": cty.Map(cty.Bool),
	"getAnyMap": cty.DynamicPseudoType, "interpolationFor": cty.DynamicPseudoType,
}

// mapTypes are maps whose class is the CDK's own, and which lists may hold.
var mapTypes = map[string]cty.Type{
	"String": cty.Map(cty.String), "Number": cty.Map(cty.Number), "Boolean": cty.Map(cty.Bool),
	"StringMap": cty.Map(cty.String), "NumberMap": cty.Map(cty.Number), "BooleanMap": cty.Map(cty.Bool),
}

// nested adds a field that is of a class: a nested block, or an attribute that
// holds objects. how is whether it is a block, and its shape; both are "" for
// what cannot be set.
func (f classFile) nested(b *block, class, field string, isSet bool, how [2]string) error {
	mode := modeList
	switch {
	case strings.HasSuffix(class, "OutputReference"):
		class = strings.TrimSuffix(class, "OutputReference")
		if how[1] == "struct" {
			mode = modeSingle
		}
	case strings.HasSuffix(class, "Map"):
		class, mode = strings.TrimSuffix(class, "Map"), modeMap
	default:
		class = strings.TrimSuffix(class, "List")
	}
	if isSet {
		mode = modeSet
	}
	if _, ok := f.classes[class+"OutputReference"]; !ok { // a class of the CDK's own
		ty, known := mapTypes[class]
		if !known {
			ty = cty.DynamicPseudoType
		} else if mode != modeMap {
			ty = mode.of(ty)
		}
		b.attributes[field] = &attribute{typ: ty, unset: cty.UnknownVal(ty)}
		return nil
	}
	inner, err := f.block(class + "OutputReference")
	if err != nil {
		return err
	}
	if how[0] == "true" {
		b.blocks[field] = &nested{mode: mode, block: inner, unknown: true}
		return nil
	}
	ty := mode.of(inner.typ())
	b.attributes[field] = &attribute{typ: ty, unset: cty.UnknownVal(ty)}
	return nil
}
