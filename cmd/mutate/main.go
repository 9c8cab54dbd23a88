// Command mutate changes a package in one small place at a time, and tells of
// the changes that no test notices.
//
//	go run ./cmd/mutate -n 50 ./lint/authz ./lint/policy ./rules
//
// Of each package -n changes are drawn by -seed. What does not compile counts
// as none. A change is noticed where a test of the package fails or does not
// end, or else one of the fixtures of the rules: these try the engine from
// without. It ends with 1 where fewer than -least percent are noticed.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	n := flag.Int("n", 50, "how many changes are tried in each package")
	seed := flag.Uint64("seed", 1, "which ones are drawn")
	least := flag.Float64("least", 90, "the percentage that must be noticed")
	only := flag.String("only", "", "a regular expression: try all changes of the files that match, instead of drawing some")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "mutate: name the directories of packages")
		os.Exit(2)
	}
	good, err := run(flag.Args(), options{*n, *seed, *least, *only})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if !good {
		os.Exit(1)
	}
}

type options struct {
	n     int
	seed  uint64
	least float64
	only  string
}

func run(dirs []string, o options) (good bool, err error) {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return false, err
	}
	scratch, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(scratch)
	good = true
	for _, dir := range dirs {
		drawn, err := draw(dir, only, o)
		if err != nil {
			return false, err
		}
		killed, tried := 0, 0
		for _, m := range drawn {
			if tried == o.n && o.only == "" {
				break
			}
			began := time.Now()
			by, compiles, err := try(m, scratch)
			if err != nil {
				return false, err
			}
			if !compiles {
				continue
			}
			tried++
			verdict := "SURVIVES"
			if by != "" {
				killed++
				verdict = "killed by " + by
			}
			fmt.Printf("%s: %s (%.0fs)\n", m, verdict, time.Since(began).Seconds())
		}
		if tried == 0 {
			return false, fmt.Errorf("%s: there is nothing to change", dir)
		}
		percent := 100 * float64(killed) / float64(tried)
		fmt.Printf("%s: %d of %d killed, %.1f %%\n", dir, killed, tried, percent)
		good = good && percent >= o.least
	}
	return good, nil
}

// draw puts the changes of a package into the order in which they are tried.
func draw(dir string, only *regexp.Regexp, o options) ([]*mutant, error) {
	all, err := mutantsOf(dir)
	if err != nil {
		return nil, err
	}
	if o.only != "" {
		var some []*mutant
		for _, m := range all {
			if only.MatchString(m.file) {
				some = append(some, m)
			}
		}
		return some, nil
	}
	random := rand.New(rand.NewPCG(o.seed, uint64(len(dir))))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, nil
}

// suite is a run of tests.
type suite struct {
	name, dir, run string
}

// suites are the tests that may notice a change, the quickest first.
func suites(m *mutant) []suite {
	own, fixtures := suite{"its package", m.dir, ""}, suite{"the fixtures", "rules", "^(TestFixtures|TestWays)$"}
	if filepath.Clean(m.dir) != "rules" {
		if tests, err := filepath.Glob(filepath.Join(m.dir, "*_test.go")); err != nil || len(tests) == 0 {
			return []suite{fixtures}
		}
		return []suite{own, fixtures}
	}
	rule := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(m.file), ".go"), "_", "-")
	return []suite{{"the fixtures of " + rule, m.dir, "^TestFixtures$/^" + rule + "$"}, own}
}

// usual is how long a suite takes where nothing is changed.
var usual = map[suite]time.Duration{}

// limit is how long a suite may take: a change may make a loop without end.
func (s suite) limit() (time.Duration, error) {
	if usual[s] == 0 {
		began := time.Now()
		if out, passed := s.test(time.Hour, "-count=1"); !passed {
			return 0, fmt.Errorf("%s fail as they are:\n%s", s.name, out)
		}
		usual[s] = time.Since(began)
	}
	return 3*usual[s] + 20*time.Second, nil
}

// test runs a suite and tells whether it passes, with a bound of its memory where the shell can set one.
func (s suite) test(timeout time.Duration, flags ...string) (out []byte, passed bool) {
	args := append([]string{"go", "test", "-short", "-vet=off", "-timeout", timeout.String()}, flags...)
	if s.run != "" {
		args = append(args, "-run", s.run)
	}
	args = append(args, "./"+filepath.ToSlash(filepath.Clean(s.dir)))
	if shell, err := exec.LookPath("sh"); err == nil {
		args = append([]string{shell, "-c", `ulimit -v 8000000 2>/dev/null; exec "$@"`, "sh"}, args...)
	}
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	return out, err == nil
}

// try runs the tests against a change, and returns which of them noticed it.
func try(m *mutant, scratch string) (by string, compiles bool, err error) {
	changed, overlay := filepath.Join(scratch, "changed.go"), filepath.Join(scratch, "overlay.json")
	path, err := filepath.Abs(m.file)
	if err != nil {
		return "", false, err
	}
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err == nil {
		err = errors.Join(os.WriteFile(changed, m.apply(), 0o600), os.WriteFile(overlay, list, 0o600))
	}
	if err != nil {
		return "", false, err
	}
	for _, s := range suites(m) {
		limit, err := s.limit()
		if err != nil {
			return "", false, err
		}
		out, passed := s.test(limit, "-overlay", overlay, "-failfast")
		switch {
		case bytes.Contains(out, []byte("[build failed]")), bytes.Contains(out, []byte("[setup failed]")):
			return "", false, nil
		case !passed:
			return s.name, true, nil
		case bytes.Contains(out, []byte("no tests to run")):
			return "", false, fmt.Errorf("%s: there are no tests", s.name)
		}
	}
	return "", true, nil
}
