package glob

import (
	"errors"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for pattern, want := range map[string]error{
		"policies/*.json":                         nil,
		"{a,b}/**/{c,d,e}.json":                   nil,
		strings.Repeat("{a,b}", 9):                nil, // 512
		strings.Repeat("{a,b}", 10):               ErrPatterns,
		strings.Repeat("{a,b}", 40):               ErrPatterns,
		"{" + strings.Repeat("a,", 999) + "a}":    nil,
		"{" + strings.Repeat("a,", 1000) + "a}":   ErrPatterns,
		"{a,{b,c}{d,e}}":                          nil,
		"{x," + strings.Repeat("{a,b}", 12) + "}": ErrPatterns,
		`\{a,b\}` + strings.Repeat(`\{a,b\}`, 40): nil,
		strings.Repeat("[{,}]", 12):               ErrPatterns, // more than it is, which is not harm
		"[a":                                      ErrSyntax,
		"{a,b":                                    ErrSyntax,
	} {
		if err := Check(pattern); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", pattern, err, want)
		}
	}
}
