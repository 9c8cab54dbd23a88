package main

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/pack"
)

// prefixesName is the name, which no service has, under which the pack says
// what services the keys of a foreign prefix (saml:, www.amazon.com:) belong
// to: lines of the prefix, a tab, and the services, separated by commas.
const prefixesName = "#key-prefixes"

type sourceAction struct {
	Name          string           `json:"name"`
	AccessLevel   string           `json:"accessLevel"`
	ResourceTypes []sourceResource `json:"resourceTypes"`
	ConditionKeys []string         `json:"conditionKeys"`
	Dependent     []string         `json:"dependentActions"`
}

type sourceResource struct {
	Name          string   `json:"name"`
	Required      bool     `json:"required"`
	ConditionKeys []string `json:"conditionKeys"`
	Dependent     []string `json:"dependentActions"`
}

type sourceType struct {
	Key           string   `json:"key"`
	ARN           string   `json:"arn"`
	ConditionKeys []string `json:"conditionKeys"`
}

type sourceKey struct {
	Key  string `json:"key"`
	Type string `json:"type"`
}

// sourceService is what the package says of one service, in its own order.
type sourceService struct {
	prefix  string
	actions []sourceAction
	types   []sourceType
	keys    []sourceKey
}

// readServices reads every service, by prefix, and the day on which the
// package's data was collected.
func readServices(files map[string][]byte, passRole []string) (services []sourceService, date string, err error) {
	var info struct {
		UpdatedAt string `json:"updatedAt"`
	}
	if err := unmarshal(files, "package.json", &info); err != nil {
		return nil, "", err
	}
	var prefixes []string
	if err := unmarshal(files, "data/services.json", &prefixes); err != nil {
		return nil, "", err
	}
	slices.Sort(prefixes)
	for _, prefix := range prefixes {
		s, err := readService(files, prefix)
		if err != nil {
			return nil, "", err
		}
		services = append(services, s)
	}
	return services, day(info.UpdatedAt), addPassRole(services, passRole)
}

// packServices packs names, keys and templates of every service. The
// descriptions, which are AWS's text, are left out.
func packServices(services []sourceService) ([]byte, error) {
	w := pack.NewPlainWriter()
	w.Add(prefixesName, foreignPrefixes(services))
	for _, s := range services {
		text, err := encode(s)
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", s.prefix, err)
		}
		w.Add(s.prefix, text)
	}
	return w.Bytes()
}

func unmarshal(files map[string][]byte, name string, into any) error {
	if err := json.Unmarshal(files[name], into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func readService(files map[string][]byte, prefix string) (sourceService, error) {
	s := sourceService{prefix: prefix}
	actions := map[string]sourceAction{}
	types := map[string]sourceType{}
	keys := map[string]sourceKey{}
	for _, part := range []struct {
		folder string
		into   any
	}{{"actions", &actions}, {"resourceTypes", &types}, {"conditionKeys", &keys}} {
		if err := unmarshal(files, "data/"+part.folder+"/"+prefix+".json", part.into); err != nil {
			return s, err
		}
	}
	s.actions = slices.SortedFunc(maps.Values(actions), func(a, b sourceAction) int { return compareFold(a.Name, b.Name) })
	s.types = slices.SortedFunc(maps.Values(types), func(a, b sourceType) int { return compareFold(a.Key, b.Key) })
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		k := keys[name]
		k.Key = placeholders(k.Key)
		s.keys = append(s.keys, k)
	}
	slices.SortStableFunc(s.keys, func(a, b sourceKey) int { return compareFold(a.Key, b.Key) })
	// A few keys are listed twice, with their placeholders in different ways.
	s.keys = slices.CompactFunc(s.keys, func(a, b sourceKey) bool { return compareFold(a.Key, b.Key) == 0 })
	return s, nil
}

// placeholders writes what a user chooses in a name or ARN as ${...}
// throughout. A few are documented in other ways: s3:ExistingObjectTag/<key>,
// ssm:resourceTag/tag-key, sagemaker:ResourceTag/, and
// ${ServerName}-{Date-and-Time-Stamp-of-Backup}.
func placeholders(name string) string {
	name = strings.NewReplacer("<", "${", ">", "}", "${", "${", "{", "${").Replace(name)
	if head, ok := strings.CutSuffix(name, "/tag-key"); ok {
		name = head + "/"
	}
	if strings.HasSuffix(name, "/") {
		name += "${TagKey}"
	}
	return name
}

func compareFold(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// addPassRole marks the actions of the list as dependent on iam:PassRole: the
// package said so itself until release 0.15 and lists nothing since.
func addPassRole(services []sourceService, list []string) error {
	for _, entry := range list {
		prefix, name, _ := strings.Cut(entry, ":")
		i := slices.IndexFunc(services, func(s sourceService) bool { return s.prefix == prefix })
		if i < 0 {
			return fmt.Errorf("passrole.txt: %s: there is no such service", entry)
		}
		actions := services[i].actions
		j := slices.IndexFunc(actions, func(a sourceAction) bool { return a.Name == name })
		if j < 0 {
			return fmt.Errorf("passrole.txt: %s: there is no such action", entry)
		}
		if !slices.Contains(actions[j].Dependent, "iam:PassRole") {
			actions[j].Dependent = append(actions[j].Dependent, "iam:PassRole")
		}
	}
	return nil
}

// foreignPrefixes lists the prefixes of condition keys that are not the
// prefix of the service that lists them.
func foreignPrefixes(services []sourceService) string {
	owners := map[string][]string{}
	for _, s := range services {
		for _, k := range s.keys {
			prefix, _, _ := strings.Cut(strings.ReplaceAll(k.Key, "${", "\x00{"), ":")
			prefix = strings.ReplaceAll(prefix, "\x00{", "${")
			if prefix == s.prefix || prefix == "aws" || slices.Contains(owners[prefix], s.prefix) {
				continue
			}
			owners[prefix] = append(owners[prefix], s.prefix)
		}
	}
	var out strings.Builder
	for _, prefix := range slices.Sorted(maps.Keys(owners)) {
		fmt.Fprintf(&out, "%s\t%s\n", prefix, strings.Join(owners[prefix], ","))
	}
	return out.String()
}

// interner numbers distinct lists of numbers in the order in which they come.
// List 0 is the empty one.
type interner struct {
	ids   map[string]int
	lists [][]int
}

func newInterner() *interner {
	return &interner{ids: map[string]int{"[]": 0}, lists: [][]int{{}}}
}

func (n *interner) id(list []int) int {
	name := fmt.Sprint(list)
	id, ok := n.ids[name]
	if !ok {
		id = len(n.lists)
		n.ids[name] = id
		n.lists = append(n.lists, list)
	}
	return id
}

// encoder turns one service into the text that the catalog decodes: first the
// names of keys, types and actions, one a line, which compress best together,
// then numbers.
type encoder struct {
	keyIndex, typeIndex, dependentIndex map[string]int
	dependents                          []string
	keyLists, resourceLists, depLists   *interner
}

func encode(s sourceService) (string, error) {
	e := encoder{
		keyIndex: map[string]int{}, typeIndex: map[string]int{}, dependentIndex: map[string]int{},
		keyLists: newInterner(), resourceLists: newInterner(), depLists: newInterner(),
	}
	var keyNames, typeNames, arns, actionNames []string
	var keyTypes []byte
	for i, k := range s.keys {
		e.keyIndex[strings.ToLower(k.Key)] = i
		code, ok := keyTypeCodes[k.Type]
		if !ok {
			return "", fmt.Errorf("key %s has the unknown type %q", k.Key, k.Type)
		}
		keyNames = append(keyNames, k.Key)
		keyTypes = append(keyTypes, code)
	}
	var typeKeys []int
	for i, t := range s.types {
		e.typeIndex[strings.ToLower(t.Key)] = i
		typeNames = append(typeNames, t.Key)
		arns = append(arns, placeholders(t.ARN))
		id, err := e.keyList(t.ConditionKeys)
		if err != nil {
			return "", fmt.Errorf("resource type %s: %w", t.Key, err)
		}
		typeKeys = append(typeKeys, id)
	}
	var columns [4][]int // a column of one field compresses better than rows
	for _, a := range s.actions {
		actionNames = append(actionNames, a.Name)
		fields, err := e.action(a)
		if err != nil {
			return "", fmt.Errorf("action %s: %w", a.Name, err)
		}
		for i, n := range fields {
			columns[i] = append(columns[i], n)
		}
	}
	var out []byte
	for _, names := range [][]string{keyNames, typeNames, arns, actionNames, e.dependents} {
		block, err := lines(names)
		if err != nil {
			return "", err
		}
		out = pack.AppendText(out, block)
	}
	out = append(out, keyTypes...)
	for _, lists := range []*interner{e.keyLists, e.resourceLists, e.depLists} {
		out = binary.AppendUvarint(out, uint64(len(lists.lists)))
		for _, list := range lists.lists {
			out = binary.AppendUvarint(out, uint64(len(list)))
			out = appendNumbers(out, list)
		}
	}
	out = appendNumbers(out, typeKeys)
	for _, column := range columns {
		out = appendNumbers(out, column)
	}
	return string(out), nil
}

// keyTypeCodes are the catalog's KeyType values; 0x80 marks keys that hold
// several values.
var keyTypeCodes = map[string]byte{
	"String": 1, "ARN": 2, "Bool": 3, "Numeric": 4, "Date": 5, "IPAddress": 6, "Binary": 7,
	"ArrayOfString": 0x81, "ArrayOfARN": 0x82, "ArrayOfBool": 0x83, "ArrayOfNumeric": 0x84,
	"ArrayOfDate": 0x85, "ArrayOfIPAddress": 0x86, "ArrayOfBinary": 0x87,
}

// accessLevelCodes are the catalog's AccessLevel values. The package writes
// "Write" beside the two narrower levels.
var accessLevelCodes = map[string]int{
	"List": 1, "Read": 2, "Write": 3, "Tagging, Write": 4, "Tagging": 4,
	"Permissions management, Write": 5, "Permissions management": 5,
}

// action returns access level, and the numbers of the lists of resource types,
// of keys and of dependent actions.
func (e *encoder) action(a sourceAction) (fields [4]int, err error) {
	level, ok := accessLevelCodes[a.AccessLevel]
	if !ok {
		return fields, fmt.Errorf("unknown access level %q", a.AccessLevel)
	}
	keys, err := e.keyList(a.ConditionKeys)
	if err != nil {
		return fields, err
	}
	dependent := slices.Clone(a.Dependent)
	var resources []int // three numbers each: type, 1 if required, list of keys
	for _, r := range a.ResourceTypes {
		index, ok := e.typeIndex[strings.ToLower(r.Name)]
		if !ok {
			return fields, fmt.Errorf("resource type %q is not listed", r.Name)
		}
		list, err := e.keyList(r.ConditionKeys)
		if err != nil {
			return fields, err
		}
		required := 0
		if r.Required {
			required = 1
		}
		resources = append(resources, index, required, list)
		dependent = append(dependent, r.Dependent...)
	}
	slices.Sort(dependent)
	var deps []int
	for _, d := range slices.Compact(dependent) {
		i, ok := e.dependentIndex[d]
		if !ok {
			i = len(e.dependents)
			e.dependentIndex[d] = i
			e.dependents = append(e.dependents, d)
		}
		deps = append(deps, i)
	}
	return [4]int{level, e.resourceLists.id(resources), keys, e.depLists.id(deps)}, nil
}

func (e *encoder) keyList(names []string) (int, error) {
	var list []int
	for _, name := range names {
		i, ok := e.keyIndex[strings.ToLower(placeholders(name))]
		if !ok {
			return 0, fmt.Errorf("condition key %q is not listed", name)
		}
		list = append(list, i)
	}
	slices.Sort(list)
	return e.keyLists.id(slices.Compact(list)), nil
}

func lines(names []string) (string, error) {
	var out strings.Builder
	for _, name := range names {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			return "", fmt.Errorf("name %q is not printable ASCII", name)
		}
		out.WriteString(name)
		out.WriteByte('\n')
	}
	return out.String(), nil
}

func appendNumbers(out []byte, numbers []int) []byte {
	for _, n := range numbers {
		out = binary.AppendUvarint(out, uint64(n))
	}
	return out
}
