// Command benchdoc measures boundlint, and what else people run on the same files,
// and writes docs/performance.md of it: the prose of performance.md.tmpl with the
// tables of one run.
//
//	go run ./cmd/benchdoc -plugin-dir DIR
//
// It builds boundlint, makes the inputs (fixtures/bench) in a temporary directory,
// and takes other tools from the PATH: the page says which of them are not there. A
// run takes some ten minutes on two cores that do nothing else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "benchdoc:", err)
		os.Exit(1)
	}
}

// options say what is measured.
type options struct {
	// root is the directory of the repository, out the page, plugins where
	// Terraform finds the AWS provider.
	root, out, plugins string
	only               *regexp.Regexp
	rounds             int
	// scale is by what the sizes of inputs are multiplied, to try the command.
	scale float64
	// limit is how long one command may take.
	limit time.Duration
}

func run(ctx context.Context, args []string, log io.Writer) (err error) {
	o := options{}
	flags := flag.NewFlagSet("benchdoc", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&o.root, "root", ".", "the `directory` of the repository")
	flags.StringVar(&o.out, "o", "", "the `file` to write, docs/performance.md by default")
	flags.StringVar(&o.plugins, "plugin-dir", "", "the `directory` in which terraform finds the AWS provider, for terraform validate")
	only := flags.String("only", "", "measure only the tables that match a `regexp`; the others stay empty")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each command runs")
	flags.Float64Var(&o.scale, "scale", 1, "multiply the sizes of inputs, to try the command")
	flags.DurationVar(&o.limit, "limit", 2*time.Minute, "how long one command may take")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	if o.root, err = filepath.Abs(o.root); err != nil {
		return err
	}
	if o.out == "" {
		o.out = filepath.Join(o.root, "docs", "performance.md")
	}
	dir, err := os.MkdirTemp("", "benchdoc")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{options: o, dir: dir, log: log}
	text, err := b.page(ctx)
	if err != nil {
		return err
	}
	return os.WriteFile(o.out, text, 0o644)
}
