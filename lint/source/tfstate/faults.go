package tfstate

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// Faults are the parts of a plan or state that are not as Terraform prints
// them, where the rest can be judged all the same.
type Faults struct {
	list []string
	seen map[string]bool
}

// maxFaults is how many faults are told.
const maxFaults = 3

// Add notes a fault.
func (f *Faults) Add(format string, args ...any) {
	fault := fmt.Sprintf(format, args...)
	if f.seen[fault] {
		return
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[fault] = true
	f.list = append(f.list, fault)
}

// Mistyped notes attributes that have another type than the provider gives
// them.
func (f *Faults) Mistyped(found []stream.Mismatch) {
	for _, m := range found {
		f.Add("%s", m)
	}
}

// Reason is why the input is not complete, "" where there is no fault.
func (f *Faults) Reason() string {
	if len(f.list) == 0 {
		return ""
	}
	told := strings.Join(f.list[:min(len(f.list), maxFaults)], "; ")
	if len(f.list) > maxFaults {
		told += fmt.Sprintf("; and %d more", len(f.list)-maxFaults)
	}
	return "it is not what terraform show -json prints: " + told
}

// ErrTwice tells that two entries are of one resource instance.
func ErrTwice(address string, first, second jsontext.Pointer) error {
	return stream.Errorf("%s and %s are both of %s", stream.Place(first), stream.Place(second), address)
}
