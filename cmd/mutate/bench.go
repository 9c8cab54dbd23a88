package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bench tries the changes of a package.
type bench struct {
	dir, scratch string
	mutants      []*mutant
	overlay      string
	suites       []*suite
	later        []func() error // make more of them, where these notice nothing
}

// suite is a run of tests of a binary that holds all changes.
type suite struct {
	name, dir, binary string
	run               string // a regular expression, as of go test
	met               map[int]bool
	usual             time.Duration // how long it takes
}

// verdict is what came of trying a change.
type verdict struct {
	noticed bool
	text    string
}

// prepare reads the changes, and lists the tests that may notice them, the
// quickest first.
func (b *bench) prepare() error {
	u, err := load(b.dir)
	if err != nil {
		return err
	}
	b.mutants = u.mutants
	if err := b.write(u); err != nil {
		return err
	}
	tests, err := filepath.Glob(filepath.Join(b.dir, "*_test.go"))
	if err != nil {
		return err
	}
	if len(tests) > 0 {
		b.later = append(b.later, func() error { return b.include("its tests", b.dir, "^$") })
	}
	if b.dir != "rules" {
		b.later = append(b.later, func() error { return b.include("the tests of the rules", "rules", seenElsewhere) })
	}
	return nil
}

// write lists the changed files for the go command.
func (b *bench) write(u *unit) error {
	replace := map[string]string{}
	put := func(path, text string) error {
		path, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		replace[path] = filepath.Join(b.scratch, strconv.Itoa(len(replace))+".go")
		return os.WriteFile(replace[path], []byte(text), 0o600)
	}
	for path, text := range u.files {
		if err := put(path, text); err != nil {
			return err
		}
	}
	if err := put(filepath.Join(b.dir, "mutant_made.go"), "package "+u.name+"\n"+helper); err != nil {
		return err
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	b.overlay = filepath.Join(b.scratch, "overlay.json")
	return os.WriteFile(b.overlay, list, 0o600)
}

// build makes the test binary of a package.
func (b *bench) build(dir string) (string, error) {
	binary, err := filepath.Abs(filepath.Join(b.scratch, strings.ReplaceAll(b.dir+"-"+dir, string(filepath.Separator), "-")+".test"))
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", b.overlay, "-o", binary, "./"+filepath.ToSlash(dir)).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("the changes of %s do not compile:\n%s", b.dir, out)
	}
	return binary, nil
}

// slow is how long a test takes that runs after the others.
const slow = 300 * time.Millisecond

var passed = regexp.MustCompile(`(?m)^ *--- PASS: ([^/\s]+)\S* \((\S+)\)$`)

// seenElsewhere are tests of the rules that take long, and look at what the
// fixtures look at, too.
const seenElsewhere = "^(TestDifferentialVerdicts|TestFixes|TestPolicyInvalidIsQuietOnAWS|TestManyBoundaries)$"

// include runs the tests of a binary as they are, but for those to skip, keeps
// which changes they meet, and makes suites of them: the quick ones, then the
// others.
func (b *bench) include(name, dir, skip string) error {
	binary, err := b.build(dir)
	if err != nil {
		return err
	}
	notes, err := filepath.Abs(filepath.Join(b.scratch, "met"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(notes, nil, 0o600); err != nil {
		return err
	}
	out, err := (&suite{dir: dir, binary: binary}).test(time.Hour, "MUTANTS_MET="+notes, "-test.v", "-test.skip="+skip)
	if err != nil {
		return fmt.Errorf("%s fail as they are: %w\n%s", name, err, out)
	}
	ids, err := os.ReadFile(notes)
	if err != nil {
		return err
	}
	met := map[int]bool{}
	for line := range strings.FieldsSeq(string(ids)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return err
		}
		met[id] = true
	}
	took := map[string]time.Duration{} // with all that is below a test
	for _, m := range passed.FindAllStringSubmatch(string(out), -1) {
		d, err := time.ParseDuration(m[2])
		if err != nil {
			return err
		}
		took[m[1]] += d
	}
	for _, isSlow := range []bool{false, true} {
		s := &suite{name: name, dir: dir, binary: binary, met: met}
		var tests []string
		for _, test := range slices.Sorted(maps.Keys(took)) {
			if (took[test] >= slow) == isSlow {
				tests = append(tests, test)
				s.usual += took[test]
			}
		}
		if s.run = "^(" + strings.Join(tests, "|") + ")$"; len(tests) > 0 {
			b.suites = append(b.suites, s)
		}
	}
	return nil
}

// test runs a suite with a bound of the processor's time and of memory, where
// the shell can set them: a change may make a loop without end.
func (s *suite) test(limit time.Duration, env string, flags ...string) ([]byte, error) {
	args := append([]string{s.binary, "-test.short", "-test.failfast"}, flags...)
	if s.run != "" {
		args = append(args, "-test.run="+s.run)
	}
	if shell, err := exec.LookPath("sh"); err == nil {
		bound := fmt.Sprintf(`ulimit -v 6000000 2>/dev/null; ulimit -t %d 2>/dev/null; exec "$@"`, int(limit.Seconds())+1)
		args = append([]string{shell, "-c", bound, "sh"}, args...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*limit+10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), env)
	return cmd.CombinedOutput()
}

// try runs the tests that meet a change.
func (b *bench) try(m *mutant) (verdict, error) {
	made, met := "MUTANT_MADE="+strconv.Itoa(m.id), false
	for i := 0; ; i++ {
		for i == len(b.suites) && len(b.later) > 0 {
			if err := b.later[0](); err != nil {
				return verdict{}, err
			}
			b.later = b.later[1:]
		}
		if i == len(b.suites) {
			break
		}
		for _, s := range b.suites[i].parts(m) {
			if !s.met[m.id] {
				continue
			}
			met = true
			_, err := s.test(3*s.usual+5*time.Second, made)
			if _, failed := errors.AsType[*exec.ExitError](err); failed {
				return verdict{true, "noticed by " + s.name}, nil
			}
			if err != nil {
				return verdict{}, err
			}
		}
	}
	if !met {
		return verdict{false, "SURVIVES, no test comes by"}, nil
	}
	return verdict{false, "SURVIVES"}, nil
}

// parts tries the fixtures of a rule that is changed before all other tests.
func (s *suite) parts(m *mutant) []*suite {
	if filepath.Dir(m.file) != "rules" {
		return []*suite{s}
	}
	first := *s
	rule := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(m.file), ".go"), "_", "-")
	first.name, first.run = "the fixtures of "+rule, "^TestFixtures$/^"+rule+"$"
	return []*suite{&first, s}
}
