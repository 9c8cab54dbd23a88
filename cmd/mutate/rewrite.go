package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// edit replaces some bytes of a file.
type edit struct {
	at, length int
	text       string // # is the number of the change
	kind       editKind
}

// editKind orders the edits at one place.
type editKind int

const (
	closes editKind = iota
	replaces
	opens
)

// rewrite puts all changes of a file into it, each beside what it changes.
// Lines stay where they are.
func rewrite(src string, mutants []*mutant) string {
	type numbered struct {
		edit
		id int
	}
	var edits []numbered
	for _, m := range mutants {
		for _, e := range m.edits {
			edits = append(edits, numbered{e, m.id})
		}
	}
	// The changes are in the order of the outermost first: it opens first and closes last.
	slices.SortStableFunc(edits, func(a, b numbered) int {
		inner := cmp.Compare(a.id, b.id)
		if a.kind == closes {
			inner = -inner
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), inner)
	})
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(src[at:e.at])
		out.WriteString(strings.ReplaceAll(e.text, "#", strconv.Itoa(e.id)))
		at = e.at + e.length
	}
	out.WriteString(src[at:])
	return out.String()
}

// helper is the file that is built into a changed package. The environment
// says which change is made, and where the numbers of those go that are met.
const helper = `
import (
	"cmp"
	"os"
	"strconv"
	"sync/atomic"
)

var (
	mutantMade, _ = strconv.Atoi(os.Getenv("MUTANT_MADE"))
	mutantsMet    = os.Getenv("MUTANTS_MET")
	mutantMet     [1 << 16]atomic.Bool
)

func mutOn(id int) bool {
	if mutantsMet != "" && !mutantMet[id].Load() {
		metMutant(id)
	}
	return id == mutantMade
}

func metMutant(id int) {
	if mutantMet[id].Swap(true) {
		return
	}
	f, err := os.OpenFile(mutantsMet, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	if _, err := f.WriteString(strconv.Itoa(id) + "\n"); err != nil {
		panic(err)
	}
	f.Close()
}

func mutAnd(id int, a bool, b func() bool) bool {
	if mutOn(id) {
		return a || b()
	}
	return a && b()
}

func mutOr(id int, a bool, b func() bool) bool {
	if mutOn(id) {
		return a && b()
	}
	return a || b()
}

func mutLess[T cmp.Ordered](id int, a, b T) bool    { return a < b || a == b && mutOn(id) }
func mutMore[T cmp.Ordered](id int, a, b T) bool    { return a > b || a == b && mutOn(id) }
func mutAtMost[T cmp.Ordered](id int, a, b T) bool  { return a < b || a == b && !mutOn(id) }
func mutAtLeast[T cmp.Ordered](id int, a, b T) bool { return a > b || a == b && !mutOn(id) }

func mutPlus[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64](id int, a T) T {
	if mutOn(id) {
		return a + 1
	}
	return a
}

func mutEither[T any](id int, a, b T) T {
	if mutOn(id) {
		return b
	}
	return a
}
`
