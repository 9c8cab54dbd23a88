package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
)

func (p *program) whoCanCommand() *cli.Command {
	return &cli.Command{
		Name:      "who-can",
		Usage:     "list the roles and users that can do something",
		ArgsUsage: "ACTION [RESOURCE] [PATH...]",
		Description: `It lists every role and user for whom some such request is allowed by all that
applies to it, each with such a request. ACTION may be a pattern, such as
"iam:Create*"; RESOURCE is an ARN, a pattern of ARNs, or an address of the input.

The exit code is 0 whatever the answer, and 2 for wrong usage or an input that
could not be read.`,
		Flags: p.askFlags(
			&cli.StringSliceFlag{Name: "context", Usage: "only requests in which a condition key has this value, `KEY=VALUE`; KEY= without the key"},
		),
		Action: func(c *cli.Context) error { return p.whoCan(c) },
	}
}

// whoCanAnswer is the JSON of who-can.
type whoCanAnswer struct {
	Action   string      `json:"action"`
	Resource string      `json:"resource"`
	Asked    int         `json:"asked"`
	Entities []canAnswer `json:"entities"`
	// Notes are what a person should know about the question.
	Notes []string `json:"notes"`
}

type canAnswer struct {
	entityAnswer
	Decision string         `json:"decision"`
	Witness  *witnessAnswer `json:"witness"`
	Because  string         `json:"because,omitempty"`
	text     string
}

func (p *program) whoCan(c *cli.Context) error {
	asJSON, err := answerFormat(c)
	if err != nil {
		return err
	}
	args := c.Args().Slice()
	if len(args) == 0 {
		return usagef("boundlint who-can needs an ACTION, such as iam:CreateRole")
	}
	action, resource, paths := args[0], "", args[1:]
	if action != "*" && !strings.Contains(action, ":") {
		return usagef("who-can takes the full name of an action first, such as iam:CreateRole, not %s", action)
	}
	if len(paths) > 0 && isResource(paths[0]) {
		resource, paths = paths[0], paths[1:]
	}
	q, err := p.inquire(c, paths)
	if err != nil || len(q.models) == 0 {
		return err
	}
	answer := &whoCanAnswer{Action: canonicalAction(action), Resource: resource, Entities: []canAnswer{}, Notes: unknownAction(action)}
	if resource == "" {
		answer.Resource = "*"
	}
	var unresolved error
	for i := range q.models {
		query, err := q.models[i].query(answer.Action, resource, c.StringSlice("context"))
		if err != nil {
			unresolved = err // another input may have it
			continue
		}
		q.models[i].whoCan(answer, query)
	}
	if unresolved != nil && answer.Asked == 0 {
		return unresolved
	}
	if asJSON {
		return p.writeJSON(answer)
	}
	return p.write(answer.text(len(q.models) > 1))
}

// isResource tells a RESOURCE from a PATH: an ARN, a pattern, or what is no
// file.
func isResource(arg string) bool {
	for _, start := range []string{"arn:", "*:", "role/", "user/"} {
		if arg == "*" || strings.HasPrefix(arg, start) {
			return true
		}
	}
	_, err := files.StatNamed(arg)
	return arg != "-" && arg != "" && errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(arg, "/\\") && !strings.HasSuffix(arg, ".json")
}

// query is what is asked of every entity of the model.
func (q *asked) query(action, resource string, flags []string) (*authz.Query, error) {
	query := &authz.Query{Actions: []string{action}}
	if resource != "" && resource != "*" {
		on, err := q.resource(resource)
		if err != nil {
			return nil, err
		}
		query.Resources = []policy.Text{on}
	}
	values, err := q.context(flags)
	if err != nil {
		return nil, err
	}
	query.Keys = values.constraints()
	return query, nil
}

// whoCan asks of every entity of one model.
func (q *asked) whoCan(out *whoCanAnswer, query *authz.Query) {
	for _, e := range q.Entities() {
		out.Asked++
		s := q.Subject(e)
		answer := s.Ask(query)
		one := canAnswer{entityAnswer: describe(e, q.Model), Decision: answer.Verdict.String()}
		switch answer.Verdict {
		case authz.Denied:
			continue
		case authz.Allowed:
			one.Witness, one.text = witness(s, answer.Witness), requestText(answer.Witness)
		case authz.Undetermined:
			one.Witness, one.Because = witness(s, answer.Perhaps), inquiry.Because(answer.Reasons)
			one.text = "because " + one.Because
			if answer.Perhaps != nil {
				one.text = requestText(answer.Perhaps) + ": " + one.text
			}
		}
		out.Entities = append(out.Entities, one)
	}
	for _, x := range q.UnseenPolicies(query) {
		note := fmt.Sprintf("The policy of %s is not in the input: it may let others in.", x)
		if !slices.Contains(out.Notes, note) {
			out.Notes = append(out.Notes, note)
		}
	}
}

// text lists first who can, then who may.
func (a *whoCanAnswer) text(several bool) string {
	counts := map[string]int{}
	width := 0
	name := func(e *canAnswer) string {
		if several {
			return e.Address + " of " + e.Input
		}
		return e.Address
	}
	for i := range a.Entities {
		counts[a.Entities[i].Decision]++
		width = max(width, len(name(&a.Entities[i])))
	}
	width = min(width, 60)
	allowed, undetermined := authz.Allowed.String(), authz.Undetermined.String()
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d roles and users can", shapeText(a.Action, policy.Literal(a.Resource)), counts[allowed], a.Asked)
	if n := counts[undetermined]; n > 0 {
		fmt.Fprintf(&b, ", of %d more it is not determined", n)
	}
	b.WriteString("\n")
	for _, decision := range []string{allowed, undetermined} {
		if counts[decision] == 0 {
			continue
		}
		heading := ""
		if decision == undetermined {
			heading = "not determined:\n"
		}
		b.WriteString("\n" + heading)
		for i := range a.Entities {
			if e := &a.Entities[i]; e.Decision == decision {
				fmt.Fprintf(&b, "  %-*s  %s\n", width, name(e), e.text)
			}
		}
	}
	for _, n := range a.Notes {
		fmt.Fprintf(&b, "\nNote: %s\n", n)
	}
	return b.String()
}
