package lazy

import "testing"

func TestRegexp(t *testing.T) {
	digits := Regexp(`^[0-9]+$`)
	if !digits().MatchString("12") || digits().MatchString("x") || digits() != digits() {
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
