package main

import (
	"slices"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestFlagNames: each flag of each command is of a kind that has its names, and they are those
// that cli knows it by.
func TestFlagNames(t *testing.T) {
	p := &program{lookupEnv: func(string) (string, bool) { return "", false }}
	flags := 0
	var visit func(commands []*cli.Command)
	visit = func(commands []*cli.Command) {
		for _, c := range commands {
			for _, f := range c.Flags {
				var inner cli.Flag
				switch f := f.(type) {
				case *boolFlag:
					inner = f.BoolFlag
				case *stringFlag:
					inner = f.StringFlag
				case *stringSliceFlag:
					inner = f.StringSliceFlag
				case *genericFlag:
					inner = f.GenericFlag
				default:
					t.Errorf("%s: --%s is of the kind %T, which makes its names each time", c.Name, f.Names()[0], f)
					continue
				}
				flags++
				if !slices.Equal(f.Names(), inner.Names()) {
					t.Errorf("%s: it is called %v and has the names %v", c.Name, inner.Names(), f.Names())
				}
			}
			visit(c.Subcommands)
		}
	}
	visit(p.app().Commands)
	if flags < 100 {
		t.Errorf("only %d flags", flags)
	}
	if other := (&cli.IntFlag{Name: "n"}); withNames(other) != cli.Flag(other) {
		t.Error("a flag of another kind is not left as it is")
	}
}
