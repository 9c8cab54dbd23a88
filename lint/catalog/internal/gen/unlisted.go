package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// unlistedActions returns the entries of Action and NotAction in AWS-managed
// policies that match no listed action, in lower case, sorted: actions of
// services that AWS has withdrawn, and some that it does not document.
func unlistedActions(services []sourceService, documents map[string]string) ([]string, error) {
	names := map[string][]string{}
	for _, s := range services {
		for _, a := range s.actions {
			names[s.prefix] = append(names[s.prefix], strings.ToLower(a.Name))
		}
	}
	unlisted := map[string]bool{}
	for key, document := range documents {
		entries, err := actionEntries(document)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", key, err)
		}
		for _, entry := range entries {
			prefix, pattern, found := strings.Cut(strings.ToLower(entry), ":")
			if found && !slices.ContainsFunc(names[prefix], func(name string) bool { return policy.Glob(pattern, name) }) {
				unlisted[prefix+":"+pattern] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(unlisted)), nil
}

func actionEntries(document string) ([]string, error) {
	type statement struct {
		Action    oneOrMany[string] `json:"Action"`
		NotAction oneOrMany[string] `json:"NotAction"`
	}
	var d struct {
		Statement oneOrMany[statement] `json:"Statement"`
	}
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	var out []string
	for _, s := range d.Statement {
		out = append(append(out, s.Action...), s.NotAction...)
	}
	return out, nil
}

// oneOrMany is a list that JSON may give as its only element.
type oneOrMany[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *oneOrMany[T]) UnmarshalJSON(data []byte) error {
	if strings.HasPrefix(string(data), "[") {
		return json.Unmarshal(data, (*[]T)(l))
	}
	var one T
	err := json.Unmarshal(data, &one)
	*l = oneOrMany[T]{one}
	return err
}
