package catalog

import (
	"slices"
	"strings"
	"sync"
)

// KeyType is the type of a condition key's values.
type KeyType uint8

// The types. The zero value is that of no listed key.
const (
	TypeUnknown KeyType = iota
	TypeString
	TypeARN
	TypeBool
	TypeNumeric
	TypeDate
	TypeIPAddress
	TypeBinary
)

// String returns the type as AWS writes it.
func (t KeyType) String() string {
	switch t {
	case TypeString:
		return "String"
	case TypeARN:
		return "ARN"
	case TypeBool:
		return "Bool"
	case TypeNumeric:
		return "Numeric"
	case TypeDate:
		return "Date"
	case TypeIPAddress:
		return "IPAddress"
	case TypeBinary:
		return "Binary"
	case TypeUnknown:
	}
	return "Unknown"
}

// Key is a condition key.
type Key struct {
	// Name is the documented spelling. A part in ${...} stands for text that
	// the user chooses: aws:RequestTag/${TagKey}.
	Name string
	Type KeyType
	// MultiValued tells that a request can hold several values of the key, so
	// that conditions on it need ForAllValues or ForAnyValue.
	MultiValued bool
	// Global tells that the key does not belong to one service.
	Global bool
	// Elsewhere tells whether requests carry the key whose action does not
	// list it. It is PresentNever for keys that come only with the actions
	// that list them, among them aws:RequestTag, aws:ResourceTag and
	// aws:TagKeys. [Action.Presence] has the whole answer for an action.
	Elsewhere Presence
}

// Template reports whether the name has a part that the user chooses.
func (k *Key) Template() bool { return strings.Contains(k.Name, "${") }

// Matches reports whether name, in any case, is the key or, where the key is
// a template, an instance of it.
func (k *Key) Matches(name string) bool { return matchesTemplate(k.Name, name) }

// matchesTemplate compares without case. Each ${...} stands for one or more
// characters; the template itself is an instance too.
func matchesTemplate(template, name string) bool {
	head, _, found := strings.Cut(template, "${")
	if !found {
		return compareFold(template, name) == 0
	}
	if prefix, rest, ok := strings.Cut(template, ":"); ok && strings.Contains(prefix, "${") && rest != "" {
		// What the user chooses of a prefix has no colon in it: the address
		// of a provider is without https://.
		own, tail, ok := strings.Cut(name, ":")
		return ok && matchesTemplate(prefix, own) && matchesTemplate(rest, tail)
	}
	if len(name) < len(head) || compareFold(head, name[:len(head)]) != 0 {
		return false
	}
	return globFold(strings.ReplaceAll(toLower(pattern(template)), "*", "?*"), name)
}

// LookupKey returns the condition key that name, in any case, spells or is an
// instance of: "AWS:requesttag/Team" is aws:RequestTag/${TagKey}. A key of an
// identity provider that AWS does not list by name ("app.terraform.io:sub")
// is an instance of ${OIDCProvider}.${Domain}:${Claim}.
func LookupKey(name string) (*Key, bool) {
	if k, ok := globalKey(name); ok {
		return k, true
	}
	prefix, _, ok := strings.Cut(name, ":")
	if !ok {
		return nil, false
	}
	if s, ok := LookupService(prefix); ok {
		if k, ok := s.key(name); ok {
			return k, true
		}
	}
	for _, f := range foreignPrefixes() {
		if !matchesTemplate(f.prefix, prefix) {
			continue
		}
		for _, owner := range f.services {
			if s, ok := LookupService(owner); ok {
				if k, ok := s.key(name); ok {
					return k, true
				}
			}
		}
	}
	if strings.Contains(prefix, ".") && providerKey.Matches(name) {
		return &providerKey, true
	}
	return nil, false
}

// providerKeyName stands for the keys of OpenID Connect providers, whose prefix
// is the provider's address without scheme and therefore open: any claim that
// AWS takes over (aud, sub, amr and more) may follow.
const providerKeyName = "${OIDCProvider}.${Domain}:${Claim}"

var providerKey = Key{Name: providerKeyName, Type: TypeString}

// foreignPrefix says which services list keys of a prefix that is not theirs.
type foreignPrefix struct {
	prefix   string
	services []string
}

var foreign struct {
	once sync.Once
	list []foreignPrefix
}

func foreignPrefixes() []foreignPrefix {
	foreign.once.Do(func() {
		text, _ := mustText(services.open().file, keyPrefixesName)
		for line := range strings.Lines(text) {
			prefix, owners, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			foreign.list = append(foreign.list, foreignPrefix{prefix, strings.Split(owners, ",")})
		}
	})
	return foreign.list
}

// GlobalKeys returns the keys that do not belong to one service, by name.
func GlobalKeys() []*Key {
	out := make([]*Key, len(globalKeys))
	for i := range globalKeys {
		out[i] = &globalKeys[i]
	}
	return out
}

func globalKey(name string) (*Key, bool) {
	i, ok := slices.BinarySearchFunc(globalKeys[:], name, func(k Key, name string) int {
		return compareFold(k.Name, name)
	})
	if ok {
		return &globalKeys[i], true
	}
	if slash := strings.IndexByte(name, '/'); slash > 0 && slash+1 < len(name) {
		for i := range globalKeys {
			if globalKeys[i].Template() && globalKeys[i].Matches(name) {
				return &globalKeys[i], true
			}
		}
	}
	return nil, false
}
