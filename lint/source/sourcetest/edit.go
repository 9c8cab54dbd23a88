package sourcetest

import (
	"flag"
	"regexp"
	"slices"
)

// A fuzz target that takes whole documents spends its time on making each that
// is new as short as can be, for which it tries the square of its length. One
// that takes a few edits of a document gets deep into it at once.

// MaxEdits is how many bytes of edits are worth a try.
const MaxEdits = 64

// tokens are what is edited: texts in quotes, words and numbers, and signs.
var tokens = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|[\w.-]+|[^\s\w]`)

// palette are what stands in the place of a token, of every kind and none.
var palette = []string{
	``, `null`, `true`, `false`, `0`, `-1`, `1e999`, `12`, `""`, `"x"`, `"${x}"`, `"*"`, `[]`, `{}`, `[""]`, `[null]`, `[[]]`, `{"":""}`,
	`{"a":{}}`, `"\u0000"`, `"\ud800"`, "\"\xff\"", `"../.."`, `"a.b[0]"`, `"a[\""`, `module.x`, `=`, `,`, `:`, `{`, `}`, `[`, `]`, `"`, "\n",
	`\`,
}

// Edit changes a text as three bytes each say: what to do, and where.
func Edit(text string, edits []byte) string {
	for ; len(edits) >= 3; edits = edits[3:] {
		spans := tokens.FindAllStringIndex(text, -1)
		if len(spans) == 0 {
			return text
		}
		what, arg := int(edits[0]), int(edits[2])
		at := (int(edits[1])<<8 | arg) % len(spans)
		from, to := spans[at][0], spans[at][1]
		switch what % 8 {
		case 0, 1:
			text = text[:from] + palette[what/8%len(palette)] + text[to:]
		case 2: // a whole object or list
			text = text[:from] + palette[what/8%len(palette)] + text[closing(text, spans, at):]
		case 3:
			text = text[:to] + palette[what/8%len(palette)] + text[to:]
		case 4: // twice
			end := closing(text, spans, at)
			text = text[:end] + "," + text[from:end] + text[end:]
		case 5: // another token of the same text
			other := spans[(at+what+1)%len(spans)]
			text = text[:from] + text[other[0]:other[1]] + text[to:]
		case 6:
			text = text[:from]
		case 7:
			middle := from + (to-from)/2
			text = text[:middle] + string([]byte{byte(what + arg)}) + text[middle:]
		}
	}
	return text
}

// closing is where the object or list that a token opens ends, or the token.
func closing(text string, spans [][]int, at int) int {
	depth := 0
	for _, span := range spans[at:] {
		switch text[span[0]] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth <= 0 {
			return span[1]
		}
	}
	return spans[at][1]
}

// Seeds are edits to begin with: each kind of them, spread over a text.
func Seeds(add func(edits []byte)) {
	add(nil)
	for what := range len(palette) * 8 {
		if what%7 == 0 {
			add([]byte{byte(what), byte(what * 5), byte(what * 11)})
		}
	}
	add(slices.Concat([]byte{8, 0, 40}, []byte{17, 0, 90}, []byte{30, 1, 7}))
}

// TooLong reports whether an input is too long to be tried while fuzzing: what
// is found with it would take minutes to be made short. Long ones of a corpus
// are still run as tests.
func TooLong(n int) bool {
	f := flag.Lookup("test.fuzz")
	return n > 400 && f != nil && f.Value.String() != ""
}
