// Command mutate changes a package in one small place at a time, and tells of
// the changes that no test notices.
//
//	go run ./cmd/mutate -n 50 ./lint/authz ./lint/policy ./rules
//
// Of each package -n changes are drawn by -seed. All of them are built into one
// test binary, where a variable of the environment says which one is made. A
// change is noticed where a test of the package fails or does not end, or else
// one of the rules: these try the engine from without. It ends with 1 where
// fewer than -least percent are noticed.
//
// A line that changes nothing but the amount of work is marked, with a reason:
//
//	if n > many { //mutate:work the answer is the same, found in fewer steps
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

func main() {
	n := flag.Int("n", 50, "how many changes are tried in each package")
	seed := flag.Uint64("seed", 1, "which ones are drawn")
	least := flag.Float64("least", 90, "the percentage that must be noticed")
	only := flag.String("only", "", "a regular expression: try all changes whose file:line matches, instead of drawing some")
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
	noticed, tried := 0, 0
	for _, dir := range dirs {
		b := &bench{dir: filepath.Clean(dir), scratch: scratch}
		if err := b.prepare(); err != nil {
			return false, err
		}
		drawn := draw(b.mutants, only, o)
		if len(drawn) == 0 {
			return false, fmt.Errorf("%s: there is nothing to change", dir)
		}
		killed := 0
		for _, m := range drawn {
			began := time.Now()
			verdict, err := b.try(m)
			if err != nil {
				return false, err
			}
			if verdict.noticed {
				killed++
			}
			fmt.Printf("%s: %s (%.0fs)\n", m, verdict.text, time.Since(began).Seconds())
		}
		good = percent(dir, killed, len(drawn)) >= o.least && good
		noticed, tried = noticed+killed, tried+len(drawn)
	}
	if len(dirs) > 1 {
		percent("in all", noticed, tried)
	}
	return good, nil
}

func percent(of string, noticed, tried int) float64 {
	share := 100 * float64(noticed) / float64(tried)
	fmt.Printf("%s: %d of %d noticed, %.1f %%\n", of, noticed, tried, share)
	return share
}

// draw selects the changes that are tried.
func draw(all []*mutant, only *regexp.Regexp, o options) []*mutant {
	if o.only != "" {
		var some []*mutant
		for _, m := range all {
			if only.MatchString(fmt.Sprintf("%s:%d:", m.file, m.line)) {
				some = append(some, m)
			}
		}
		return some
	}
	all = append([]*mutant(nil), all...)
	random := rand.New(rand.NewPCG(o.seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(len(all), o.n)]
}
