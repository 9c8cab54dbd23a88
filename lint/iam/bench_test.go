package iam

import (
	"fmt"
	"testing"
)

// BenchmarkLink links an account of many entities, each with five policies.
func BenchmarkLink(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := newWorld()
			w.policy("boundary", lit("boundary"))
			for i := range n {
				label := fmt.Sprintf("r%d", i)
				w.role(label, lit(label), w.ref("aws_iam_policy.boundary", "arn"))
				if i%10 == 0 {
					w.policy(label, lit(label))
				}
				for k := range 5 {
					w.attach(HolderRole, w.ref("aws_iam_role."+label, "name"), lit(fmt.Sprintf("arn:aws:iam::111122223333:policy/r%d", (i/10*10+k*10)%n)))
				}
			}
			for b.Loop() {
				w.Link(Hints{Account: own})
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entities/s")
		})
	}
}

// BenchmarkLinkHidden links an account in which nobody knows to whom the
// policies are attached.
func BenchmarkLinkHidden(b *testing.B) {
	w := newWorld()
	for i := range 3_000 {
		w.role(fmt.Sprintf("r%d", i), lit(fmt.Sprintf("r%d", i)), Value{})
		w.attach(HolderRole, w.hidden(fmt.Sprintf("h%d", i)), lit("arn:aws:iam::aws:policy/ReadOnlyAccess"))
	}
	for b.Loop() {
		w.Link(Hints{Account: own})
	}
}
