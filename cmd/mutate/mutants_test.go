package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// loadText loads a package of one file in a module of its own.
func loadText(t *testing.T, src string) (*unit, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/p\n\ngo 1.26\n", "p.go": src} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return load(".")
}

// TestChanges lists what is changed in a function, and what is not because it
// would be the same program.
func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"a comparison in a condition", `if n == m { println("") }`, []string{"== becomes !=", `left out: println("")`}},
		{"an order in a condition", `if n < m { println("") }`, []string{"the condition is negated", "< becomes <=", `left out: println("")`}},
		{"logic", `b = b && !b`, []string{"left out: b = b && !b", "&& becomes ||", "! is left out"}},
		{"a truth", `b = true`, []string{"left out: b = true", "true is turned round"}},
		{"numbers", `n = 7; m = -1`, []string{"left out: n = 7", "left out: m = -1", "7 becomes 8", "-1 becomes 0"}},
		{"leaving a loop", `for { break }`, []string{"left out: break"}},
		{"a loop's step is always needed", `for ; n < m; n++ { }`, []string{"< becomes <="}},
		{"a case", `switch n { case 1, 2: m = n }`, []string{"the last value of a case is left out", "left out: m = n", "1 becomes 2", "2 becomes 3"}},
		{"a case like the default", `switch b { case n == m, n < m: m = n; default: m = n }`, []string{"left out: m = n", "== becomes !=", "< becomes <=", "left out: m = n"}},
		{"a case that does nothing", `switch s { case "a", "b": }`, nil},
		{"a case that does what follows", `switch s { case "a", "b": return out }`, nil},
		{"the greater one", `if n < m { n = m }`, []string{"the condition is negated", "left out: n = m"}},
		{"what differs, in order", `if n != m { b = n < m }`, []string{"!= becomes ==", "left out: b = n < m", "< becomes <="}},
		{"sizes", `s = make([]int, 0, 9)[1:]`, []string{"left out: s = make([]int, 0, 9)[1:]", "1 becomes 2"}},
		{"constants", `const k = 3; var a [4]int; _ = 1 << 5; _ = a; _ = k`, nil},
		{"panics", `panic(3)`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := c.body
			src := "package p\n\nfunc f(n, m int, b bool) (out int) {\n\tvar s any\n\t_ = s\n\t" + body + "\n\treturn out\n}\n"
			u, err := loadText(t, src)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range u.mutants {
				got = append(got, m.what)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestMade builds a program with all its changes, and makes each.
func TestMade(t *testing.T) {
	u, err := loadText(t, `package main

func main() {
	n, s := 3, "b"
	if n > 2 && (s == "a" ||
		s == "b") {
		n--
	}
	switch s {
	case "a", "b":
		n *= 10
	}
	println(n, n <= 20, -1, !(n == 20), true)
}
`)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("p.go", []byte(u.files["p.go"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("mutant_made.go", []byte("package main\n"+helper), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", "program", ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(id int) string {
		cmd := exec.Command("./program")
		var out bytes.Buffer
		cmd.Env, cmd.Stderr = append(os.Environ(), "MUTANT_MADE="+strconv.Itoa(id)), &out
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(out.String())
	}
	var got []string
	for _, m := range u.mutants {
		got = append(got, fmt.Sprintf("%d: %s: %s", m.line, m.what, run(m.id)))
	}
	want := []string{
		"13: left out: println(n, n <= 20, -1, !(n == 20), true): ",
		"4: 3 becomes 4: 30 false -1 true true",
		"5: the condition is negated: 30 false -1 true true",
		"5: && becomes ||: 20 true -1 false true",
		"5: > becomes >=: 20 true -1 false true",
		"5: 2 becomes 3: 30 false -1 true true",
		"5: || becomes &&: 30 false -1 true true",
		"5: == becomes !=: 20 true -1 false true",
		"6: == becomes !=: 30 false -1 true true",
		"7: left out: n--: 30 false -1 true true",
		"10: the last value of a case is left out: 2 true -1 true true",
		"11: left out: n *= 10: 2 true -1 true true",
		"11: 10 becomes 11: 22 false -1 true true",
		"13: <= becomes <: 20 false -1 false true",
		"13: 20 becomes 21: 20 true -1 false true",
		"13: -1 becomes 0: 20 true 0 false true",
		"13: ! is left out: 20 true -1 true true",
		"13: == becomes !=: 20 true -1 true true",
		"13: 20 becomes 21: 20 true -1 true true",
		"13: true is turned round: 20 true -1 false false",
	}
	if asItIs := run(0); asItIs != "20 true -1 false true" || !slices.Equal(got, want) {
		t.Errorf("got %q and\n%s", asItIs, strings.Join(got, "\n"))
	}
}

// TestMarking wants a reason and a line with a change.
func TestMarking(t *testing.T) {
	for src, want := range map[string]string{
		"n++ //mutate:work counts what is done": "",
		"n++ //mutate:work":                     "p.go:4:6: //mutate:work needs a reason",
		"return n //mutate:work a reason":       "p.go:4: //mutate:work marks a line on which nothing is changed",
	} {
		u, err := loadText(t, "package p\n\nfunc f(n int) int {\n\t"+src+"\n\treturn n\n}\n")
		got := ""
		if err != nil {
			got = err.Error()
		} else if len(u.mutants) != 0 {
			t.Errorf("%s: changed: %v", src, u.mutants)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
}

// TestMarkings: every marking of the packages that are tried has a reason, and
// marks a line that would be changed.
func TestMarkings(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	for _, dir := range []string{
		"lint/authz", "lint/policy", "lint/holders", "rules", "rules/internal/bounds", "rules/internal/conditions", "rules/internal/leaks", "rules/internal/trust",
	} {
		if _, err := load(dir); err != nil {
			t.Error(err)
		}
	}
}
