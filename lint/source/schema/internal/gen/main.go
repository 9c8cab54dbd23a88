// Command gen makes the embedded facts about the AWS provider of Terraform:
//
//	go generate ./lint/source/schema
//
// It asks the real provider, which it finds with two environment variables:
// BOUNDLINT_TEST_TERRAFORM is a terraform program, BOUNDLINT_TEST_PLUGIN_DIR a
// directory of plugins with the provider in it (terraform init -plugin-dir).
// Where they are not set it leaves everything as it is, and says so.
//
// `terraform providers schema -json` has the attributes and nested blocks of
// each type, and which are computed, but no defaults. So the program speaks to
// the provider itself, and lets it plan each resource type with next to no
// configuration: what it plans for an attribute that is not set is null, a
// default, or unknown.
//
// No program of provider version 6 can be had from a package registry. What
// that version adds is taken from the classes that were generated from its
// schema for the CDK for Terraform, an npm package of a pinned version.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/boundlint/boundlint/lint/internal/npm"
	"github.com/boundlint/boundlint/lint/internal/pack"
)

func main() {
	out := flag.String("out", "data", "directory to write to")
	from := flag.String("from", "", "directory with the npm package's .tgz file, instead of the registry")
	flag.Parse()
	//nolint:forbidigo // a program of its own, which is told where the tools are as the tests are
	terraform, plugins, log := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR"), os.Stderr
	if terraform == "" || plugins == "" {
		fmt.Fprintln(log, "schema/gen: BOUNDLINT_TEST_TERRAFORM and BOUNDLINT_TEST_PLUGIN_DIR are not set, the embedded data stays as it is")
		return
	}
	if err := run(*out, npm.Fetcher{Dir: *from}, terraform, plugins, log); err != nil {
		fmt.Fprintln(log, "schema/gen:", err)
		//nolint:forbidigo // as above
		os.Exit(1)
	}
}

func run(out string, fetch npm.Fetcher, terraform, plugins string, log io.Writer) error {
	files, err := fetch.Files(bindings)
	if err != nil {
		return err
	}
	newer, newerVersion, err := readBindings(files)
	if err != nil {
		return fmt.Errorf("%s: %w", bindings.Package, err)
	}
	dir, err := os.MkdirTemp("", "boundlint-schema-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	found, err := findProvider(terraform, plugins, dir)
	if err != nil {
		return err
	}
	types, err := found.types(log)
	if err != nil {
		return err
	}
	for name, b := range newer {
		if types[name] == nil {
			types[name] = b
		} else {
			types[name].merge(b)
		}
	}
	packed, err := packTypes(types)
	if err != nil {
		return err
	}
	return errors.Join(
		write(filepath.Join(out, "aws.pack"), packed, pack.Equal),
		write(filepath.Join(out, "versions.txt"), []byte(found.version+"\n"+newerVersion+"\n"), bytes.Equal),
	)
}

// types are the resources ("aws_x") and data sources ("data.aws_x") of a
// provider.
func (i *installed) types(log io.Writer) (map[string]*block, error) {
	p := newPlanner(i.program, i.schema.ConfigSchema.Block)
	defer p.stop()
	types := map[string]*block{}
	for n, name := range sortedKeys(i.schema.ResourceSchemas) {
		b := i.schema.ResourceSchemas[name].Block
		if err := p.plan(name, b); err != nil {
			return nil, err
		}
		if err := p.failed[name]; err != nil {
			fmt.Fprintf(log, "schema/gen: %s cannot be planned, so that its defaults are unknown: %s\n", name, err)
		}
		if n%100 == 99 {
			fmt.Fprintf(log, "schema/gen: %d of %d resource types\n", n+1, len(i.schema.ResourceSchemas))
		}
		types[name] = p.observed.resource(b)
	}
	for name, s := range i.schema.DataSourceSchemas {
		types["data."+name] = dataSource(s.Block)
	}
	return types, nil
}

func packTypes(types map[string]*block) ([]byte, error) {
	w := pack.NewPlainWriter()
	for _, name := range sortedKeys(types) {
		text, err := encode(types[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		w.Add(name, text)
	}
	return w.Bytes()
}

// write writes a file whose content changes.
func write(path string, content []byte, same func(a, b []byte) bool) error {
	if old, err := os.ReadFile(path); err == nil && same(old, content) {
		return nil
	}
	return os.WriteFile(path, content, 0o644)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
