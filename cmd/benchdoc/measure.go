package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// command is a program to measure.
type command struct {
	// name is what it is called in the page.
	name string
	args []string
	// dir is the directory it runs in, "" for the current one.
	dir string
}

// sample is what one run of a command took.
type sample struct {
	// work is the time of the processors, clock that of the clock.
	work, clock time.Duration
	// peak is the largest resident size in bytes; 0 where the system does not tell.
	peak int64
	// late is set where the command took longer than it may.
	late bool
}

// enough is the time of a command after which it is not run again.
const enough = 15 * time.Second

// measure runs commands in turn, and returns the median of each. Findings are no
// failure: a command fails where it cannot be started, or writes nothing at all and
// ends with another code than 0.
func measure(ctx context.Context, limit time.Duration, rounds int, commands []command) ([]sample, error) {
	samples := make([][]sample, len(commands))
	for range rounds {
		for i, c := range commands {
			if done := samples[i]; len(done) > 0 && done[0].clock > enough {
				continue
			}
			s, err := once(ctx, limit, c)
			if err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], s)
		}
	}
	out := make([]sample, len(commands))
	for i, list := range samples {
		out[i] = median(list)
	}
	return out, nil
}

// length is how much was written. What was is not kept: the largest size of this
// process counts for the commands that it starts.
type length int

func (n *length) Write(p []byte) (int, error) {
	*n += length(len(p))
	return len(p), nil
}

func once(ctx context.Context, limit time.Duration, c command) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	cmd.WaitDelay = time.Second
	var said length
	var complained bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complained
	start := time.Now()
	err := cmd.Run()
	s := sample{clock: time.Since(start)}
	if ctx.Err() != nil {
		s.late = true
		return s, nil
	}
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && (!ended || said == 0) {
		return s, fmt.Errorf("%s: %w: %.400s", strings.Join(c.args, " "), err, complained.String())
	}
	s.work = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.peak = peakOf(cmd.ProcessState)
	return s, nil
}

// median takes each of the figures by itself.
func median(list []sample) sample {
	middle := func(of func(sample) int64) int64 {
		var all []int64
		for _, s := range list {
			all = append(all, of(s))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return sample{
		work:  time.Duration(middle(func(s sample) int64 { return int64(s.work) })),
		clock: time.Duration(middle(func(s sample) int64 { return int64(s.clock) })),
		peak:  middle(func(s sample) int64 { return s.peak }),
		late:  slices.ContainsFunc(list, func(s sample) bool { return s.late }),
	}
}

// figures are the cells of a sample: work, clock and peak.
func (s sample) figures(limit time.Duration) []string {
	if s.late {
		return []string{"over " + limit.String(), "over " + limit.String(), ""}
	}
	return []string{duration(s.work), duration(s.clock), mebibytes(s.peak)}
}

// duration has two significant digits and no more than milliseconds.
func duration(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d >= 10*time.Microsecond:
		return fmt.Sprintf("%d µs", d.Round(time.Microsecond).Microseconds())
	case d >= time.Microsecond:
		return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
	}
	return fmt.Sprintf("%d ns", d.Nanoseconds())
}

func mebibytes(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d MiB", (n+1<<19)>>20)
}
