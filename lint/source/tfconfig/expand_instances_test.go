package tfconfig

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// TestManyInstances: of a block that makes thousands of instances all are looked
// at, and of one that makes more than can be judged, some.
func TestManyInstances(t *testing.T) {
	const users = `resource "aws_iam_user" "u" {
  count = %d
  name  = "u${count.index}"
}
`
	for count, want := range map[int]int{6000: 6000, maxInstances: maxInstances, maxInstances + 1: fewInstances} {
		m, err := Load(write(t, map[string]string{"main.tf": fmt.Sprintf(users, count)}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Entities) != want || len(m.Diagnostics) > 0 != (want < count) {
			t.Errorf("of %d instances %d are looked at: %v", count, len(m.Entities), m.Diagnostics)
		}
	}
}

// TestManyElements is TestManyInstances for the elements of for_each.
func TestManyElements(t *testing.T) {
	const users = `resource "aws_iam_user" "u" {
  for_each = { for i, x in flatten([for a in range(%d) : range(1000)]) : "u${i}" => x }
  name     = each.key
}
`
	for thousands, want := range map[int]int{6: 6000, maxInstances/1000 + 1: fewInstances} {
		m, err := Load(write(t, map[string]string{"main.tf": fmt.Sprintf(users, thousands)}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		cut := want < 1000*thousands
		if len(m.Entities) != want || strings.Contains(fmt.Sprint(m.Diagnostics), "only the first 5000 instances are looked at") != cut {
			t.Errorf("of %d thousand elements %d are looked at: %v", thousands, len(m.Entities), m.Diagnostics)
		}
	}
}

// TestStepsPerInstance: instances come with the steps that they take, so that
// their number alone leaves nothing unknown.
func TestStepsPerInstance(t *testing.T) {
	s, err := open(write(t, map[string]string{"main.tf": `resource "aws_iam_role" "r" {
  count = 1000
  name  = "r${count.index}"
}
`}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.steps, s.leastSteps = 100, 0
	root, err := s.evaluate(".", ".", iam.OpenTofu, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.model(root).Diagnostics; len(got) > 0 || s.steps < 0 {
		t.Errorf("%d steps are left: %v", s.steps, got)
	}
}
