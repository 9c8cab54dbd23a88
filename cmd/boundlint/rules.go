package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/rules"
)

func ruleIDs() []string {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// ruleEntry is one rule in the JSON of boundlint rules.
type ruleEntry struct {
	ID       string   `json:"id"`
	Severity string   `json:"severity"`
	Leg      string   `json:"leg"`
	Title    string   `json:"title"`
	Enabled  bool     `json:"enabledByDefault"`
	Controls []string `json:"controls"`
}

func (p *program) rulesCommand() *cli.Command {
	return &cli.Command{
		Name:  "rules",
		Usage: "list the rules",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the list: text or json"},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("boundlint rules takes no argument; boundlint explain %s tells about one rule", c.Args().First())
			}
			switch f := c.String("format"); f {
			case "text":
				return p.listRules()
			case "json":
				return p.listRulesJSON()
			default:
				return usagef("boundlint rules writes text or json, not %s", f)
			}
		},
	}
}

func (p *program) listRules() error {
	width := 0
	for _, id := range ruleIDs() {
		width = max(width, len(id))
	}
	var b strings.Builder
	var leg lint.Leg
	for _, r := range rules.All() {
		if r.Leg != leg {
			if leg != "" {
				b.WriteString("\n")
			}
			leg = r.Leg
			fmt.Fprintf(&b, "%s\n", leg)
		}
		severity := r.Severity.String()
		if r.OffByDefault {
			severity = "off"
		}
		fmt.Fprintf(&b, "  %-*s  %-7s  %s\n", width, r.ID, severity, r.Doc.Title)
	}
	return p.print(b.String())
}

func (p *program) listRulesJSON() error {
	list := []ruleEntry{}
	for _, r := range rules.All() {
		list = append(list, ruleEntry{
			ID: r.ID, Severity: r.Severity.String(), Leg: string(r.Leg), Title: r.Doc.Title,
			Enabled: !r.OffByDefault, Controls: append([]string{}, r.Doc.Controls...),
		})
	}
	return report.JSON(p.stdout, list)
}
