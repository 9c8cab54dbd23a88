package catalog

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/pack"
)

// decoder holds the tables that the numbers of a service's text index.
type decoder struct {
	c         *pack.Cursor
	service   *Service
	dependent []string
	keyLists  [][]string
	resources [][]ActionResource
	depLists  [][]string
}

// decodeService reads what internal/gen wrote and applies the corrections.
// Lists are shared between the actions that have them in common.
func decodeService(prefix, text string) *Service {
	s := &Service{Prefix: prefix}
	d := decoder{c: pack.NewCursor(text), service: s}
	keyNames, typeNames := d.lines(), d.lines()
	arns, actionNames := d.lines(), d.lines()
	d.dependent = d.lines()
	d.keys(keyNames)
	d.keyLists = lists(&d, 1, func(n []int) string { return keyNames[n[0]] })
	s.types = make([]ResourceType, len(typeNames))
	d.resources = lists(&d, 3, func(n []int) ActionResource {
		return ActionResource{Type: &s.types[n[0]], Required: n[1] == 1, ConditionKeys: d.keyLists[n[2]]}
	})
	d.depLists = lists(&d, 1, func(n []int) string { return d.dependent[n[0]] })
	for i, name := range typeNames {
		// The few types with two shapes of ARN have both in one line.
		shapes := strings.Split(arns[i], ", ")
		s.types[i] = ResourceType{
			Service: prefix, Name: name, ARN: shapes[0], ARNs: shapes,
			ConditionKeys: d.keyLists[d.c.Number()],
		}
	}
	s.actions = make([]Action, len(actionNames))
	for i, name := range actionNames {
		a := &s.actions[i]
		a.Service, a.Name = prefix, name
		a.AccessLevel = AccessLevel(d.c.Number())
	}
	for i := range s.actions {
		s.actions[i].ResourceTypes = d.resources[d.c.Number()]
	}
	for i := range s.actions {
		s.actions[i].ConditionKeys = d.keyLists[d.c.Number()]
	}
	for i := range s.actions {
		s.actions[i].DependentActions = d.depLists[d.c.Number()]
	}
	if err := d.c.Err(); err != nil {
		panic(fmt.Sprintf("catalog: the embedded data of %s is damaged: %v", prefix, err))
	}
	correct(s)
	return s
}

// lines reads a block of names, one a line.
func (d *decoder) lines() []string {
	block := d.c.Text()
	names := make([]string, 0, strings.Count(block, "\n"))
	for name := range strings.Lines(block) {
		names = append(names, name[:len(name)-1])
	}
	return names
}

func (d *decoder) keys(names []string) {
	d.service.keys = make([]Key, len(names))
	for i, name := range names {
		code := d.c.Byte()
		d.service.keys[i] = Key{Name: name, Type: KeyType(code &^ multiValued), MultiValued: code&multiValued != 0}
	}
}

// multiValued is set in the type of keys that hold several values.
const multiValued = 0x80

// lists reads a table of lists whose elements are width numbers each. All
// elements lie in one array.
func lists[T any](d *decoder, width int, element func(numbers []int) T) [][]T {
	table := make([][]T, d.c.Count())
	var numbers [3]int
	for i := range table {
		n := d.c.Count() / width
		if n == 0 {
			continue
		}
		table[i] = make([]T, n)
		for j := range n {
			for k := range width {
				numbers[k] = d.c.Number()
			}
			table[i][j] = element(numbers[:width])
		}
	}
	return table
}
