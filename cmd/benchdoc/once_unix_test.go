//go:build unix

package main

import (
	"strings"
	"testing"
	"time"
)

// TestOnce: what finds something fails, and is measured all the same; what cannot be
// started, or says nothing of use, is an error; what takes too long is late.
func TestOnce(t *testing.T) {
	t.Parallel()
	shell := func(script string) command { return command{name: "sh", args: []string{"sh", "-c", script}} }
	if s, err := once(t.Context(), time.Minute, shell("echo found; exit 1")); err != nil || s.late {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := once(t.Context(), time.Minute, shell("echo wrong usage >&2; exit 2")); err == nil || !strings.Contains(err.Error(), "wrong usage") {
		t.Errorf("%v", err)
	}
	if _, err := once(t.Context(), time.Minute, command{args: []string{"there-is-no-such-tool"}}); err == nil {
		t.Error("there is no error")
	}
	if s, err := once(t.Context(), 50*time.Millisecond, shell("exec sleep 60")); err != nil || !s.late {
		t.Errorf("%+v, %v", s, err)
	}
}
