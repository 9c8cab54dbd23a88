package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// licences are the licences that a module may have which boundlint is built
// with, each by words that stand in it and in no other, in small letters and
// without commas. A module under any
// other fails the test: AGPL, GPL and BUSL among them.
var licences = map[string]string{
	"Apache-2.0": "apache license version 2.0",
	"BSD":        "redistribution and use in source and binary forms with or without",
	"ISC":        "permission to use, copy modify and/or distribute this software for any purpose with or without fee is hereby granted",
	"MIT":        "permission is hereby granted free of charge to any person obtaining a copy",
	"MPL-2.0":    "mozilla public license version 2.0",
}

// forbidden are words with which a licence begins that no module may have,
// whatever else its files say.
var forbidden = regexp.MustCompile(`^\W*(gnu (affero |lesser |library )?general public license|business source license|server side public license|elastic license)`)

// TestLicences holds every module that is built in, or that a test uses,
// against the licences that are allowed, and the ones built in against NOTICE.
func TestLicences(t *testing.T) {
	notice := read(t, "../../NOTICE")
	builtIn := modules(t, ".")
	for path, dir := range modules(t, "-test", "../../...") {
		kinds, err := licenceOf(t, dir)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		t.Logf("%s: %s", path, strings.Join(kinds, ", "))
		// The major version is left out where the licence is the same.
		name := regexp.MustCompile(`/v\d+$`).ReplaceAllString(path, "")
		if _, ok := builtIn[path]; ok && !strings.Contains(notice, name) {
			t.Errorf("NOTICE does not name %s", path)
		}
	}
}

// TestLicenceRefused checks that what is not allowed is told as such.
func TestLicenceRefused(t *testing.T) {
	for _, text := range []string{
		"GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3, 19 November 2007",
		"                    GNU GENERAL PUBLIC LICENSE\n                       Version 3",
		"Business Source License 1.1\n\nParameters",
		"All rights reserved.",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "LICENSE"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if kinds, err := licenceOf(t, dir); err == nil {
			t.Errorf("%q is taken for %v", text, kinds)
		}
	}
	if _, err := licenceOf(t, t.TempDir()); err == nil {
		t.Error("a module without a licence passes")
	}
}

// modules returns the modules that the packages are built of, but this one,
// with the folder of each.
func modules(t *testing.T, args ...string) map[string]string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-json=Module"}, args...)...)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string]string{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var of struct {
			Module struct {
				Path, Dir string
				Main      bool
			}
		}
		err := decoder.Decode(&of)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if of.Module.Path != "" && !of.Module.Main {
			found[of.Module.Path] = of.Module.Dir
		}
	}
}

// licenceOf returns the licences that stand in the folder of a module.
func licenceOf(t *testing.T, dir string) ([]string, error) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var kinds []string
	for _, file := range files {
		if !regexp.MustCompile(`(?i)^(licen[cs]e|copying)`).MatchString(file.Name()) {
			continue
		}
		text := strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(read(t, filepath.Join(dir, file.Name())), ",", ""))), " ")
		if forbidden.MatchString(text) {
			return nil, errors.New(file.Name() + " is a licence that is not allowed")
		}
		for kind, words := range licences {
			if strings.Contains(text, words) {
				kinds = append(kinds, kind)
			}
		}
	}
	if len(kinds) == 0 {
		return nil, errors.New("no licence that is known and allowed")
	}
	return kinds, nil
}

// TestWorkflows checks that a workflow uses no action by a name that can be
// moved, and that none begins with more than the right to read.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, file := range append(files, "../../action.yml") {
		text := read(t, file)
		for _, use := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(use[1]) {
				t.Errorf("%s uses %s: want the hash of a commit, and the version as a comment", file, use[1])
			}
		}
		if strings.HasPrefix(file, "../../.github") && !strings.Contains(text, "\npermissions:\n  contents: read\n\n") {
			t.Errorf("%s does not begin with the right to read alone", file)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
