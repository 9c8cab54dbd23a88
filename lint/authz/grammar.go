package authz

import (
	"strings"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint/policy"
)

// iamNames is the grammar of the resource parts of IAM's own ARNs:
// kind/path/name (IAM API: names are [\w+=,.@-]+; paths of roles, users,
// groups and instance profiles are printable ASCII, those of policies are
// made of the characters of names).
//
// Colons in paths are left out: AWS's documentation has two readings of a
// star before one, and no principal uses them.
type iamNames struct {
	prefix string // "role/"
	policy bool
	// limit is the greatest length of a name.
	limit int
}

var iamKinds = map[string]*iamNames{
	"role":             {prefix: "role/", limit: 64},
	"user":             {prefix: "user/", limit: 64},
	"group":            {prefix: "group/", limit: 128},
	"instance-profile": {prefix: "instance-profile/", limit: 128},
	"policy":           {prefix: "policy/", limit: 128, policy: true},
}

// maxResourcePart bounds the resource part of an ARN of IAM (IAM API: a path has
// up to 512 characters, and an ARN no more than 2048).
const maxResourcePart = 512

const (
	nameLetters = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_.+=,@"
	pathLetters = "!#$%&'()*;<>?[]^`{|}~\""
)

// The states after the prefix.
const (
	afterSlash = iota + 1000
	inName
	inPath
)

func (g *iamNames) step(state int, x letter) int {
	if state < afterSlash {
		if x.s != nil || x.r != rune(g.prefix[state]) {
			return -1
		}
		if state++; state == len(g.prefix) {
			return afterSlash
		}
		return state
	}
	switch {
	case x.s != nil:
		// A symbol in a name is a name's text; what it hides is some real
		// name or Terraform could not have made it.
		if state == inPath {
			return inPath
		}
		return inName
	case x.r == '/':
		if state == afterSlash && g.policy {
			return -1
		}
		return afterSlash
	case strings.ContainsRune(nameLetters, x.r):
		if state == inPath {
			return inPath
		}
		return inName
	case !g.policy && strings.ContainsRune(pathLetters, x.r):
		return inPath
	}
	return -1
}

func (g *iamNames) accepts(state int) bool { return state == inName }

func (g *iamNames) classes() []string {
	// The prefix needs its own letters even where no pattern names them.
	out := []string{nameLetters, "/"}
	for i := range len(g.prefix) {
		out = append(out, g.prefix[i:i+1])
	}
	if !g.policy {
		out = append(out, pathLetters)
	}
	return out
}

// valid reports whether the resource part of an ARN is of the grammar, its
// name no longer than allowed.
func (g *iamNames) valid(x policy.Text) bool {
	state := 0
	for _, l := range appendLetters(nil, x) {
		if state = g.step(state, l); state < 0 {
			return false
		}
	}
	if !g.accepts(state) {
		return false
	}
	s, known := x.Known()
	return !known || utf8.RuneCountInString(s[strings.LastIndexByte(s, '/')+1:]) <= g.limit && len(s) <= maxResourcePart
}

// tailOf is what follows the head in an ARN; it reports false where the ARN
// does not begin with it.
func tailOf(arn policy.Text, head string) (policy.Text, bool) {
	parts := arn.Parts()
	if len(parts) == 0 || parts[0].Symbol != nil || !strings.HasPrefix(parts[0].Literal, head) {
		return policy.Text{}, false
	}
	rest := append([]policy.Part{{Literal: parts[0].Literal[len(head):]}}, parts[1:]...)
	return policy.NewText(rest...), true
}

func wordText(head string, word []letter) policy.Text {
	parts := []policy.Part{{Literal: head}}
	for _, l := range word {
		if l.s != nil {
			parts = append(parts, policy.Part{Symbol: l.s})
		} else {
			parts = append(parts, policy.Part{Literal: string(l.r)})
		}
	}
	return policy.NewText(parts...)
}
