package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkStages takes every shape through every reader, rule and stage in three
// sizes, and tells the milliseconds of each stage that takes a hundredth of the whole:
//
//	go test -run '^$' -bench 'Stages/dump/company' -benchtime 1x ./cmd/growth
func BenchmarkStages(b *testing.B) {
	for _, p := range plans {
		s, err := p.subject(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range s.sizes {
			b.Run(fmt.Sprintf("%s/%d", p.shape, n), func(b *testing.B) {
				sums := map[string]time.Duration{}
				for b.Loop() {
					took, err := s.run(n, time.Now)
					if err != nil {
						b.Fatal(err)
					}
					for _, t := range took {
						sums[t.Stage] += t.Time
					}
				}
				for stage, sum := range sums {
					if sum > b.Elapsed()/100 {
						b.ReportMetric(float64(sum)/float64(b.N)/float64(time.Millisecond), strings.ReplaceAll(stage, " ", "-")+"-ms")
					}
				}
			})
		}
	}
}
