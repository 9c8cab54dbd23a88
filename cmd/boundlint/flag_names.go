package main

import "github.com/urfave/cli/v2"

// A flag of cli makes its names anew, by a regular expression, whenever it is asked for them,
// and cli asks each flag of a command about each other one. These have them.
type (
	boolFlag struct {
		*cli.BoolFlag
		names []string
	}
	stringFlag struct {
		*cli.StringFlag
		names []string
	}
	stringSliceFlag struct {
		*cli.StringSliceFlag
		names []string
	}
	genericFlag struct {
		*cli.GenericFlag
		names []string
	}
)

func (f *boolFlag) Names() []string { return f.names }

func (f *stringFlag) Names() []string { return f.names }

func (f *stringSliceFlag) Names() []string { return f.names }

func (f *genericFlag) Names() []string { return f.names }

// withNames is a flag that has its names: of a kind that is not here it is the flag itself.
func withNames(f cli.Flag) cli.Flag {
	switch f := f.(type) {
	case *cli.BoolFlag:
		return &boolFlag{f, namesOf(f)}
	case *cli.StringFlag:
		return &stringFlag{f, namesOf(f)}
	case *cli.StringSliceFlag:
		return &stringSliceFlag{f, namesOf(f)}
	case *cli.GenericFlag:
		return &genericFlag{f, namesOf(f)}
	}
	return f
}

// namesOf are the names of a flag, which cli would cut at a comma or a space: no flag here has
// either in its name. Every run makes the flags of all commands.
func namesOf(f cli.Flag) []string {
	switch f := f.(type) {
	case *cli.BoolFlag:
		return joined(f.Name, f.Aliases)
	case *cli.StringFlag:
		return joined(f.Name, f.Aliases)
	case *cli.StringSliceFlag:
		return joined(f.Name, f.Aliases)
	case *cli.GenericFlag:
		return joined(f.Name, f.Aliases)
	}
	return f.Names()
}

func joined(name string, aliases []string) []string { return append([]string{name}, aliases...) }
