// Package glob checks patterns of file names before they are matched.
package glob

import (
	"errors"
	"fmt"

	"github.com/bmatcuk/doublestar/v4"
)

// MaxPatterns bounds the patterns that one with braces stands for: each is
// matched by itself, and forty groups of two are 2^40.
const MaxPatterns = 1000

var (
	// ErrSyntax says that a pattern is none.
	ErrSyntax = errors.New("is not a valid glob")
	// ErrPatterns says that a pattern stands for too many.
	ErrPatterns = fmt.Errorf("stands for more than %d patterns by its braces", MaxPatterns)
)

// Check is nil for a pattern that can be matched: else [ErrSyntax] or
// [ErrPatterns].
func Check(pattern string) error {
	switch {
	case !doublestar.ValidatePattern(pattern):
		return ErrSyntax
	case patterns(pattern) > MaxPatterns:
		return ErrPatterns
	}
	return nil
}

// patterns is how many patterns one stands for, no more than one above
// MaxPatterns: those of a group in braces add up, and those of what stands in a
// row multiply.
func patterns(pattern string) int {
	type group struct{ sum, product int }
	outer, now := []group{}, group{product: 1}
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '{':
			outer, now = append(outer, now), group{product: 1}
		case ',':
			if len(outer) > 0 {
				now = group{sum: bounded(now.sum + now.product), product: 1}
			}
		case '}':
			if len(outer) > 0 {
				inner := bounded(now.sum + now.product)
				now, outer = outer[len(outer)-1], outer[:len(outer)-1]
				now.product = bounded(now.product * inner)
			}
		}
	}
	return bounded(now.sum + now.product)
}

func bounded(n int) int { return min(n, MaxPatterns+1) }
