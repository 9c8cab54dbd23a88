package policy

import "strings"

// SplitAddress splits the address of a resource, or a reference to it, at its
// dots; instance keys stay with the step that they follow, dots inside them and
// all. There is at least one step. It is here, and not with the model, because
// a [Symbol] says by an address what it is an attribute of.
func SplitAddress(address string) []string {
	var steps []string
	for more := true; more; {
		var step string
		step, address, more = cutStep(address)
		steps = append(steps, step)
	}
	return steps
}

// cutStep is the first step of an address and what follows its dot; more is
// false where nothing does.
func cutStep(address string) (step, rest string, more bool) {
	quoted, depth := false, 0
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			return address[:i], address[i+1:], i+1 < len(address)
		}
	}
	return address, "", false
}

// WithoutKeys is an address or reference without instance keys.
func WithoutKeys(address string) string {
	if !strings.Contains(address, "[") {
		return address
	}
	steps := SplitAddress(address)
	for i, s := range steps {
		steps[i], _, _ = strings.Cut(s, "[")
	}
	return strings.Join(steps, ".")
}

// TypeOf is the resource type in the address of a resource, module path and
// instance keys or not; "data.TYPE" for a data source, "" if it is no such
// address.
func TypeOf(address string) string {
	step, rest, more := cutStep(address)
	for more && step == "module" {
		if _, rest, more = cutStep(rest); more {
			step, rest, more = cutStep(rest)
		}
	}
	if more && step == "data" {
		if step, _, more = cutStep(rest); more {
			return "data." + step
		}
	}
	if !more {
		return ""
	}
	return step
}
