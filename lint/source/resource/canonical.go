package resource

import "encoding/json"

// canonical is a text that two documents share if they say the same in other
// order of keys and with other white space; lists keep their order. A text
// that is not JSON is its own canonical form.
func canonical(src string) string {
	var v any
	if json.Unmarshal([]byte(src), &v) != nil {
		return src
	}
	out, err := json.Marshal(v)
	if err != nil {
		return src
	}
	return string(out)
}
