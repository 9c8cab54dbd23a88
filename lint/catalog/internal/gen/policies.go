package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/pack"
)

// arnHead is what the ARNs of all AWS-managed policies begin with.
const arnHead = "arn:aws:iam::aws:policy/"

// policiesPerGroup bounds the plain size of a group, in bytes. Larger groups
// compress better, smaller ones make one document cheaper to read: at 64 KiB
// all documents take 7 % more room than in a single stream.
const policiesPerGroup = 64 << 10

type managedPolicy struct {
	ARN      string `json:"arn"`
	Latest   string `json:"latestVersionId"`
	Versions map[string]struct {
		Created  string          `json:"createdDate"`
		Document json.RawMessage `json:"document"`
	} `json:"versions"`
}

// readPolicies returns the current document of every policy by path and name,
// and the day of the newest one.
func readPolicies(files map[string][]byte) (documents map[string]string, newest string, err error) {
	var policies map[string]managedPolicy
	if err := json.Unmarshal(files["dist/managedPolicies.json"], &policies); err != nil {
		return nil, "", fmt.Errorf("dist/managedPolicies.json: %w", err)
	}
	if len(policies) == 0 {
		return nil, "", errors.New("dist/managedPolicies.json is empty")
	}
	documents = make(map[string]string, len(policies))
	for name, p := range policies {
		key, ok := strings.CutPrefix(p.ARN, arnHead)
		version, current := p.Versions[p.Latest]
		if !ok || !current {
			return nil, "", fmt.Errorf("policy %s: unexpected ARN %q or version %q", name, p.ARN, p.Latest)
		}
		var document bytes.Buffer
		if err := json.Compact(&document, version.Document); err != nil {
			return nil, "", fmt.Errorf("policy %s: %w", name, err)
		}
		documents[key] = document.String()
		newest = max(newest, version.Created)
	}
	return documents, day(newest), nil
}

func packPolicies(documents map[string]string) ([]byte, error) {
	w := pack.NewWriter(policiesPerGroup)
	for _, key := range slices.Sorted(maps.Keys(documents)) {
		w.Add(key, documents[key])
	}
	return w.Bytes()
}

// day cuts a time stamp to its date.
func day(stamp string) string {
	date, _, _ := strings.Cut(stamp, "T")
	return date
}
