package tfstate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// Faults are the parts of a plan or state that are not as Terraform prints
// them, where the rest can be judged all the same.
type Faults []string

// maxFaults is how many faults are told.
const maxFaults = 3

// Add notes a fault.
func (f *Faults) Add(format string, args ...any) {
	if fault := fmt.Sprintf(format, args...); !slices.Contains(*f, fault) {
		*f = append(*f, fault)
	}
}

// Mistyped notes attributes that have another type than the provider gives
// them.
func (f *Faults) Mistyped(found []stream.Mismatch) {
	for _, m := range found {
		f.Add("%s", m)
	}
}

// Reason is why the input is not complete, "" where there is no fault.
func (f Faults) Reason() string {
	if len(f) == 0 {
		return ""
	}
	told := strings.Join(f[:min(len(f), maxFaults)], "; ")
	if len(f) > maxFaults {
		told += fmt.Sprintf("; and %d more", len(f)-maxFaults)
	}
	return "it is not what terraform show -json prints: " + told
}

// ErrTwice tells that two entries are of one resource instance.
func ErrTwice(address string, first, second jsontext.Pointer) error {
	return stream.Errorf("%s and %s are both of %s", stream.Place(first), stream.Place(second), address)
}
