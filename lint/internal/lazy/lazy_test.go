package lazy

import "testing"

func TestRegexp(t *testing.T) {
	digits := Regexp(`^[0-9]+$`)
	first := digits()
	if !first.MatchString("12") || first.MatchString("x") || digits() != first {
		t.Error("it is not the one regular expression that was asked for")
	}
	wrong := Regexp(`(`) // nobody asks for it yet
	defer func() {
		if recover() == nil {
			t.Error("what is no regular expression is taken")
		}
	}()
	wrong()
}
