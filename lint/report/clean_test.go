package report

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestJSONEscapes(t *testing.T) {
	var b strings.Builder
	in := map[string]string{"a": "x\u009b2J\u202ey\x7f\U000e0001 é 日本 \U0010fffd"}
	if err := JSON(&b, in); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(b.String(), func(r rune) bool { return r != '\n' && unprintable(r) }) {
		t.Errorf("it is not escaped: %q", b.String())
	}
	var out map[string]string
	if err := json.Unmarshal([]byte(b.String()), &out); err != nil || out["a"] != in["a"] {
		t.Errorf("got %q, %v", out, err)
	}
}
