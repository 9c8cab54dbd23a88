package main

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var benchmarkLine = regexp.MustCompile(`(?m)^Benchmark\S+\s+\d+\s+([0-9.]+) ns/op`)

// perOperation are the shortest and the longest time that the lines of go test -bench
// tell.
func perOperation(said string) (least, most time.Duration, err error) {
	for _, m := range benchmarkLine.FindAllStringSubmatch(said, -1) {
		ns, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, 0, err
		}
		d := time.Duration(ns)
		if least == 0 || d < least {
			least = d
		}
		most = max(most, d)
	}
	if most == 0 {
		return 0, 0, errors.New("it tells no time")
	}
	return least, most, nil
}

// stageLine is a line of --timings about a stage.
var stageLine = regexp.MustCompile(`(?m)^  ([a-z-]+(?: [a-z]+)*): ([0-9.]+m?s)$`)

// fewStages is how many stages the page tells of.
const fewStages = 12

// timingsOf is the table of the stages that --timings tells of as the longest.
func timingsOf(said string) (string, error) {
	first, _, _ := strings.Cut(said, "\n")
	head := regexp.MustCompile(`^timings: reading (\S+), judging (\S+), writing (\S+), together (\S+)$`).FindStringSubmatch(first)
	if head == nil {
		return "", errors.New("--timings tells " + first)
	}
	rows := [][]string{}
	add := func(what, took string) error {
		d, err := time.ParseDuration(took)
		if err != nil {
			return err
		}
		rows = append(rows, []string{what, duration(d)})
		return nil
	}
	for i, what := range []string{"reading", "judging", "writing", "together"} {
		if err := add("*"+what+"*", head[i+1]); err != nil {
			return "", err
		}
	}
	for i, m := range stageLine.FindAllStringSubmatch(said, -1) {
		if i == fewStages {
			break
		}
		if err := add(m[1], m[2]); err != nil {
			return "", err
		}
	}
	return markdown([]string{"stage", "clock"}, rows), nil
}

// markdown is a table.
func markdown(header []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(header)
	b.WriteString(strings.Repeat("|---", len(header)) + "|\n")
	for _, r := range rows {
		line(r)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
