// Command growth checks that what boundlint takes grows with its input, and not
// faster: it makes inputs of every shape in three sizes (fixtures/bench), takes them
// through every reader, rule and stage of the engine, and fails where the work or the
// allocated memory of a stage grows with more than the 1.3th power of the size, or
// where each unit of the input takes more of the live heap than its share.
//
//	go run ./cmd/growth
//	go run ./cmd/growth -only dump/company -v
//
// It asserts exponents and ratios of one run and never seconds, so that a slow or busy
// machine gives the same answer: work is the time of the processors, the sizes take
// turns, and the least of several rounds counts.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

func main() {
	failed, err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(2)
	case failed > 0:
		os.Exit(1)
	}
}

// run checks what the arguments name, and returns how many subjects fail.
func run(args []string, stdout, stderr io.Writer) (failed int, err error) {
	flags := flag.NewFlagSet("growth", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "check only the shapes that match a `regexp`")
	c := checker{out: stdout}
	flags.IntVar(&c.rounds, "rounds", 2, "how often each size is measured")
	flags.IntVar(&c.retries, "retries", 3, "how often a subject that fails is measured again, by as many rounds")
	flags.BoolVar(&c.verbose, "v", false, "print every stage")
	if err := flags.Parse(args); err != nil {
		return 0, err
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "growth")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	alone()
	start, checked := time.Now(), 0
	for _, p := range plans {
		if !match.MatchString(p.shape) {
			continue
		}
		s, err := p.subject(dir)
		if err != nil {
			return failed, fmt.Errorf("%s: %w", p.shape, err)
		}
		ok, err := c.check(s)
		if err != nil {
			return failed, fmt.Errorf("%s: %w", p.shape, err)
		}
		checked++
		if !ok {
			failed++
		}
	}
	fmt.Fprintf(stdout, "%d of %d shapes grow too fast or take too much (%s)\n", failed, checked, time.Since(start).Round(time.Second))
	return failed, nil
}
