package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1
	exitFailure  = 2 // wrong usage, an input that could not be read, or nothing to check
)

const issuesURL = "https://github.com/boundlint/boundlint/issues"

// program is what a command may touch of the world.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// lookupEnv finds a variable of the environment.
	lookupEnv func(string) (string, bool)
	// given are the values of --var and --var-file, in the order in which they
	// stand on the command line.
	given []source.Given
	// progress tells on a terminal what takes long; nil elsewhere.
	progress *progress
	// timings are how long the parts of the run took.
	timings timings
	// fromEnv are the flags that the environment sets.
	fromEnv []word
	// stack are the policies of the organisation.
	stack []*lint.Settings
	// tree is the revision that the configuration is taken from, nil for the
	// working tree.
	tree *configTree
	// symbols are those of all that the run reads; nil where each reading has its
	// own. before asks of plans what was there before them, and keepForgotten takes
	// what they forget for something that stays.
	symbols               *policy.Symbols
	before, keepForgotten bool
	// overlay is what files of configurations are read as while changes are tried, or as
	// an editor has them.
	overlay files.Overlay
	// roots tells that all that is judged is the root modules that are named, and not what
	// lies below them.
	roots bool
	// parsed keeps the configuration that one run has parsed for the next; nil for the only
	// run.
	parsed *source.Parsed
	// coverageAsked tells that a report that is merged was made with --require-coverage.
	coverageAsked bool
	// outlines are what a shard keeps of accounts that are not its own; nil for no shard.
	outlines *driver.Outlines
	// told are the faults of inputs that standard error has already.
	told map[string]bool
	// secrets are what answers must not show of the inputs.
	secrets []*driver.Secrets
	// share is the budget of the run, newBudget makes it; nil for no bounds.
	share     *budget.Share
	newBudget func(budget.Limits) *budget.Share
	// patience is what the runs of a session have in common; nil for one run.
	patience *budget.Patience
	// watches end what looks at the budget, restores what it asks of the garbage
	// collector, and lost tells that the run goes on although there is nothing left
	// of it.
	watches, restores []func()
	lost              chan *budget.SpentError
	// code is the exit code of a command that has done its work.
	code int
}

// usageError is a mistake in the arguments.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// run is the program, from arguments (without its own name) to exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, lookupEnv func(string) (string, bool)) int {
	p := &program{
		stdin: stdin, stdout: stdout, stderr: stderr, lookupEnv: lookupEnv, told: map[string]bool{},
		newBudget: budget.New, lost: make(chan *budget.SpentError, 1),
	}
	done := make(chan int, 1)
	go func() { done <- p.command(args) }()
	select {
	case code := <-done:
		return code
	case over := <-p.lost:
		// Whoever does not end by itself ends with the program.
		p.printError(fmt.Errorf("nothing was judged: %w", over))
		return exitFailure
	}
}

// command carries out one command.
func (p *program) command(args []string) (code int) {
	defer func() {
		p.settle()
		defer p.restore()
		switch fault := recover().(type) {
		case nil:
			return
		case *budget.SpentError:
			p.printError(fmt.Errorf("nothing was judged: %w", fault))
		default:
			p.printError(errors.New(internalError(fault)))
		}
		code = exitFailure
	}()
	app := p.app()
	ordered, err := p.orderArguments(app, args)
	if err == nil {
		err = lint.Validate(rules.All())
	}
	if err == nil {
		err = app.Run(append([]string{app.Name}, ordered...))
	}
	if err != nil {
		p.printError(err)
		return exitFailure
	}
	return p.code
}

// getenv is a variable of the environment, "" where it is not set.
func (p *program) getenv(name string) string {
	value, _ := p.lookupEnv(name)
	return value
}

// internalError is what a person is told of a panic: a stack trace helps
// nobody who lints.
func internalError(fault any) string {
	what := strings.Join(strings.Fields(fmt.Sprint(fault)), " ")
	return fmt.Sprintf("internal error: %.200s; please report it at %s with the input that caused it", what, issuesURL)
}

// printError says on standard error what went wrong, a line for each fault.
func (p *program) printError(err error) {
	p.progress.end()
	if faults, ok := errors.AsType[*config.Error](err); ok {
		fmt.Fprint(p.stderr, printable(faults.Text()))
		return
	}
	text := strings.TrimRight(err.Error(), "\n")
	if _, ok := errors.AsType[*usageError](err); ok {
		text += p.sourceOfFlag(text)
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(p.stderr, "boundlint: %s\n", printable(line))
	}
}

// printable replaces what would move the cursor of a terminal or hide text:
// inputs and their names may be hostile.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

func (p *program) app() *cli.App {
	app := &cli.App{
		Name:        "boundlint",
		Usage:       "prove whether the permissions boundaries in Terraform hold",
		UsageText:   "boundlint [lint] [PATH...] [FLAG...]\n   boundlint COMMAND [ARGUMENT...] [FLAG...]",
		HideVersion: true,
		HideHelp:    true, // help.go has its own
		// Patterns and variables hold commas.
		DisableSliceFlagSeparator: true,
		Reader:                    p.stdin,
		Writer:                    p.stdout,
		ErrWriter:                 p.stderr,
		// Errors come back from Run; nothing else may end the program.
		ExitErrHandler: func(*cli.Context, error) {},
		Commands: []*cli.Command{
			p.lintCommand(),
			p.baselineCommand(),
			p.rulesCommand(),
			p.explainCommand(),
			p.simulateCommand(),
			p.whoCanCommand(),
			p.canCommand(),
			p.diffCommand(),
			p.testCommand(),
			p.reportCommand(),
			p.auditCommand(),
			p.initCommand(),
			p.generateCommand(),
			p.lspCommand(),
			p.completionCommand(),
			p.manCommand(),
			p.versionCommand(),
			p.helpCommand(),
		},
	}
	prepare(app.Commands)
	return app
}

// prepare sets what all commands have in common.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.HideHelp = true
		c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return usageFromFlags(err) }
		for i, f := range c.Flags {
			c.Flags[i] = withNames(f)
		}
		prepare(c.Subcommands)
	}
}

// usageFromFlags words what the flag package says as this program does.
func usageFromFlags(err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return usagef("%s needs a value", dashes(strings.TrimPrefix(name, "-")))
	}
	if rest, ok := strings.CutPrefix(text, "invalid boolean value "); ok {
		value, name, _ := strings.Cut(rest, " for -")
		name, _, _ = strings.Cut(name, ":")
		return usagef("%s is there or not, or =true or =false; it takes no value %s", dashes(name), value)
	}
	return usagef("%s", text)
}

// now is the date of reports and the day by which exemptions are judged. As
// for other tools, SOURCE_DATE_EPOCH makes it reproducible
// (https://reproducible-builds.org/docs/source-date-epoch).
func (p *program) now() time.Time {
	if seconds, err := strconv.ParseInt(p.getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Now().UTC()
}

// reason is why a file operation failed, without the operation and the path
// that the message around it names already.
func reason(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	if failed, ok := errors.AsType[*os.LinkError](err); ok {
		return failed.Err
	}
	return err
}

// workingDirectory is where relative paths start; "" where the system does
// not tell.
func workingDirectory() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}
