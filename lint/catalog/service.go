package catalog

import (
	_ "embed"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/internal/pack"
)

//go:embed data/services.pack
var servicesData string

// keyPrefixesName is the text of the pack that says which services the keys
// of a foreign prefix belong to. It is not a service.
const keyPrefixesName = "#key-prefixes"

// services is what has been read of the embedded data.
var services serviceStore

// serviceStore is the opened pack and what has been decoded of it.
type serviceStore struct {
	once     sync.Once
	file     *pack.File
	prefixes []string
	slots    []serviceSlot // parallel to prefixes
	matched  matched
}

type serviceSlot struct {
	once    sync.Once
	service *Service
	listing sync.Once
	names   string
}

func (s *serviceStore) open() *serviceStore {
	s.once.Do(func() {
		s.file = mustOpen(servicesData)
		s.prefixes = slices.DeleteFunc(slices.Clone(s.file.Names()),
			func(name string) bool { return name == keyPrefixesName })
		s.slots = make([]serviceSlot, len(s.prefixes))
	})
	return s
}

func (s *serviceStore) lookup(prefix string) (*Service, bool) {
	i, ok := slices.BinarySearchFunc(s.open().prefixes, prefix, compareFold)
	if !ok {
		return nil, false
	}
	return s.at(i), true
}

func (s *serviceStore) at(i int) *Service {
	slot := &s.slots[i]
	slot.once.Do(func() {
		prefix := s.prefixes[i]
		text, _ := mustText(s.file, prefix)
		slot.service = decodeService(prefix, text)
	})
	return slot.service
}

// mustOpen opens an embedded pack. A damaged one is a fault of the build,
// about which no caller could do anything.
func mustOpen(data string) *pack.File {
	file, err := pack.Open(data)
	if err != nil {
		panic(fmt.Sprintf("catalog: the embedded data is damaged: %v", err))
	}
	return file
}

// mustText reads one text of an embedded pack.
func mustText(file *pack.File, name string) (string, bool) {
	text, ok, err := file.Text(name)
	if err != nil {
		panic(fmt.Sprintf("catalog: the embedded data is damaged: %v", err))
	}
	return text, ok
}

// Service is one AWS service, as IAM divides them: by the prefix of their
// actions.
type Service struct {
	// Prefix is what stands in front of the colon of an action: "iam".
	Prefix string

	actions []Action       // by name, ignoring case
	types   []ResourceType // by name, ignoring case
	keys    []Key          // by name, ignoring case
}

// Services returns the prefixes of all services, sorted.
func Services() []string {
	return slices.Clone(services.open().prefixes)
}

// LookupService returns the service of that prefix, in any case.
func LookupService(prefix string) (*Service, bool) { return services.lookup(prefix) }

// Action returns the action of that name, without prefix, in any case.
func (s *Service) Action(name string) (*Action, bool) {
	i, ok := slices.BinarySearchFunc(s.actions, name, func(a Action, name string) int {
		return compareFold(a.Name, name)
	})
	if !ok {
		return nil, false
	}
	return &s.actions[i], true
}

// Actions returns all actions of the service by name.
func (s *Service) Actions() iter.Seq[*Action] { return pointers(s.actions) }

// ResourceType returns the resource type of that name, in any case.
func (s *Service) ResourceType(name string) (*ResourceType, bool) {
	i, ok := slices.BinarySearchFunc(s.types, name, func(t ResourceType, name string) int {
		return compareFold(t.Name, name)
	})
	if !ok {
		return nil, false
	}
	return &s.types[i], true
}

// ResourceTypes returns all resource types that the service lists, by name.
// Some are another service's (sts lists IAM's roles).
func (s *Service) ResourceTypes() iter.Seq[*ResourceType] { return pointers(s.types) }

// NamesTypes reports whether the resource part of every ARN of the service
// begins with the type of the resource, as role/ does in IAM's. A bucket's ARN
// has its name there.
func (s *Service) NamesTypes() bool {
	for t := range s.ResourceTypes() {
		for _, arn := range t.ARNs {
			parts := strings.SplitN(arn, ":", 6)
			if len(parts) == 6 && parts[2] == s.Prefix && (strings.HasPrefix(parts[5], "${") || strings.HasPrefix(parts[5], "*")) {
				return false
			}
		}
	}
	return len(s.types) > 0
}

// HasTypeWith reports whether the resource part of some ARN of the service
// begins with start.
func (s *Service) HasTypeWith(start string) bool {
	for t := range s.ResourceTypes() {
		for _, arn := range t.ARNs {
			if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && strings.HasPrefix(parts[5], start) {
				return true
			}
		}
	}
	return false
}

// Keys returns all condition keys that the service lists, by name. Those that
// begin with aws: are global keys that only some actions carry.
func (s *Service) Keys() iter.Seq[*Key] { return pointers(s.keys) }

// key returns the key of the service that name, in any case, spells or is a
// case of, where the key is a template.
func (s *Service) key(name string) (*Key, bool) {
	i, ok := slices.BinarySearchFunc(s.keys, name, func(k Key, name string) int {
		return compareFold(k.Name, name)
	})
	if ok {
		return &s.keys[i], true
	}
	for i := range s.keys {
		if s.keys[i].Matches(name) {
			return &s.keys[i], true
		}
	}
	return nil, false
}

func pointers[T any](list []T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// LookupAction returns the action of that full name ("iam:CreateRole"), in
// any case. Wildcards are not expanded; see [ActionsMatching].
func LookupAction(name string) (*Action, bool) {
	prefix, rest, ok := strings.Cut(name, ":")
	if !ok {
		return nil, false
	}
	s, ok := LookupService(prefix)
	if !ok {
		return nil, false
	}
	return s.Action(rest)
}

// ActionsMatching returns all actions whose full name the pattern of an Action
// element matches: '*' is any run of characters, '?' exactly one, in any case.
// A lone "*" matches all actions of all services, and loads them. Services
// come by prefix, their actions by name.
func ActionsMatching(pattern string) iter.Seq[*Action] { return services.matching(pattern) }

func (s *serviceStore) matching(pattern string) iter.Seq[*Action] {
	pattern = toLower(pattern)
	from, to := s.named(pattern)
	if to-from > 1 {
		return s.among(pattern, from, to)
	}
	return slices.Values(s.matched.of(pattern, func() []*Action { return slices.Collect(s.among(pattern, from, to)) }))
}

// among are the actions that match, of the services from one up to, not
// including, another.
func (s *serviceStore) among(pattern string, from, to int) iter.Seq[*Action] {
	return func(yield func(*Action) bool) {
		for i := from; i < to; i++ {
			rests := restsAfter(pattern, s.prefixes[i]+":")
			if len(rests) == 0 || !rests.mayBeIn(s.names(i)) {
				continue
			}
			for a := range s.at(i).Actions() {
				if rests.match(a.Name) && !yield(a) {
					return
				}
			}
		}
	}
}

// matched are the actions of one service that patterns match. A policy is asked
// about its patterns many times, and many policies have the same.
type matched struct {
	lock sync.RWMutex
	by   map[string][]*Action
}

// maxMatched bounds how many patterns are remembered.
const maxMatched = 1024

func (m *matched) of(pattern string, find func() []*Action) []*Action {
	m.lock.RLock()
	actions, ok := m.by[pattern]
	m.lock.RUnlock()
	if ok {
		return actions
	}
	actions = find()
	m.lock.Lock()
	defer m.lock.Unlock()
	if len(m.by) >= maxMatched || m.by == nil {
		m.by = map[string][]*Action{}
	}
	m.by[pattern] = actions
	return actions
}

// named are the services that a pattern in lower case may name, from one up to,
// not including, another: one where it has no wildcard in its prefix.
func (s *serviceStore) named(pattern string) (from, to int) {
	prefixes := s.open().prefixes
	prefix, _, ok := strings.Cut(pattern, ":")
	if !ok || strings.ContainsAny(prefix, "*?") {
		return 0, len(prefixes)
	}
	i, found := slices.BinarySearchFunc(prefixes, prefix, compareFold)
	if !found {
		return i, i
	}
	return i, i + 1
}

// names are the names of the actions of a service in lower case, a line each.
func (s *serviceStore) names(i int) string {
	slot := &s.slots[i]
	slot.listing.Do(func() {
		var b strings.Builder
		for a := range s.at(i).Actions() {
			b.WriteString(toLower(a.Name) + "\n")
		}
		slot.names = b.String()
	})
	return slot.names
}
