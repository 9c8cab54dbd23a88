package catalog

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write data/actions.txt and data/policies.txt anew")

// TestDataAsText holds the embedded data to the same as text, in which a
// reviewer of newer data sees what came, went and changed: an action a line,
// and a managed policy a line.
func TestDataAsText(t *testing.T) {
	for path, text := range map[string]string{"data/actions.txt": actionsAsText(), "data/policies.txt": policiesAsText()} {
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(committed) != text {
			t.Errorf("%s differs from the embedded data: run go generate ./lint/catalog", path)
		}
	}
}

// actionsAsText has a block for each service: its actions, with their access
// level, the resource types that they are authorised on (* after those that
// every request names) and their condition keys; then its resource types.
func actionsAsText() string {
	var out strings.Builder
	for _, prefix := range Services() {
		service, _ := LookupService(prefix)
		fmt.Fprintf(&out, "%s\n", prefix)
		types := map[string]string{}
		for a := range service.Actions() {
			fmt.Fprintf(&out, "  %s: %s", a.Name, a.AccessLevel)
			for _, r := range a.ResourceTypes {
				required := ""
				if r.Required {
					required = "*"
				}
				fmt.Fprintf(&out, " %s%s", r.Type.Name, required)
				types[r.Type.Name] = strings.Join(r.Type.ARNs, " ")
			}
			for _, key := range a.ConditionKeys {
				fmt.Fprintf(&out, " %s", key)
			}
			out.WriteString("\n")
		}
		for _, name := range slices.Sorted(maps.Keys(types)) {
			fmt.Fprintf(&out, "  %s = %s\n", name, types[name])
		}
	}
	return out.String()
}

// policiesAsText has the ARN of each managed policy and a digest of its
// document.
func policiesAsText() string {
	var out strings.Builder
	for _, arn := range ManagedPolicyARNs() {
		document, _ := ManagedPolicy(arn)
		fmt.Fprintf(&out, "%s %x\n", arn, sha256.Sum256([]byte(document)))
	}
	return out.String()
}
