package main

import (
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/budget"
)

// budgetFlags bound what a run takes.
func budgetFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "timeout", Usage: "the `TIME` that the run may take, shared by its inputs, such as 90s; 5m by default, 0 for no " +
			"limit"},
		&cli.StringFlag{Name: "max-memory", Usage: "the `SIZE` up to which its memory may grow, such as 512MiB; by default 2GiB, or half of " +
			"what the container may have if that is less; 0 for no limit"},
	}
}

// startBudget begins the budget of the run: from now on somebody looks at clock
// and memory.
func (p *program) startBudget(c *cli.Context) error {
	limits := budget.Limits{Timeout: budget.DefaultTimeout, Memory: budget.Memory(), Patience: p.patience}
	if c.IsSet("timeout") {
		d, err := time.ParseDuration(c.String("timeout"))
		if c.String("timeout") == "0" {
			d, err = 0, nil
		}
		if err != nil || d < 0 {
			return usagef("--timeout takes a time such as 90s or 5m, not %s", c.String("timeout"))
		}
		limits.Timeout = d
	}
	if text := c.String("max-memory"); c.IsSet("max-memory") {
		limits.Memory = 0
		if text != "0" {
			size, err := budget.ParseSize(text)
			if err != nil {
				return usagef("--max-memory %s, not %s", err, text)
			}
			limits.Memory = size
		}
	}
	p.share = p.newBudget(limits)
	ended, stop, restore := p.share.Watch()
	p.watches = append(p.watches, stop)
	p.restores = append(p.restores, restore)
	go func() {
		if over, ok := <-ended; ok {
			p.lost <- over
		}
	}()
	return nil
}

// settle ends the watch over the budget: what is left to do is to write.
func (p *program) settle() {
	p.progress.end()
	for _, stop := range p.watches {
		stop()
	}
	p.watches = nil
}

// restore leaves the garbage collector as the command found it.
func (p *program) restore() {
	for _, restore := range slices.Backward(p.restores) {
		restore()
	}
	p.restores = nil
}
