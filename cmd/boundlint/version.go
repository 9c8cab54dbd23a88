package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/source/schema"
)

// version is set by the linker in releases.
var version = ""

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "tell version, build and the age of the AWS data",
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("boundlint version takes no argument")
			}
			return p.print(versionText(p.now()))
		},
	}
}

func versionText(now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "boundlint %s\n", versionNumber())
	fmt.Fprintf(&b, "built with %s for %s/%s%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, commit())
	what := []string{"AWS actions and condition keys", "AWS-managed policies"}
	for i, d := range catalog.Datasets() {
		fmt.Fprintf(&b, "%s of %s, %s (%s %s)\n", what[i], d.Date.Format(time.DateOnly), age(now.Sub(d.Date)), d.Package, d.Version)
	}
	older, newer := schema.Versions()
	fmt.Fprintf(&b, "attributes of the AWS provider of version %s, and what %s adds\n", older, newer)
	return b.String()
}

func age(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case days < 1:
		return "today's"
	case days == 1:
		return "1 day old"
	default:
		return fmt.Sprintf("%d days old", days)
	}
}

// commit is the revision that the build records, as the end of a sentence.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	revision := settings["vcs.revision"]
	if revision == "" {
		return ""
	}
	if settings["vcs.modified"] == "true" {
		return ", commit " + revision + " with changes"
	}
	return ", commit " + revision
}

// versionNumber is the version of the release, or of the module where it was
// installed as one.
func versionNumber() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
