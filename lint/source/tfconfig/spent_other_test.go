//go:build !linux

package tfconfig

import (
	"testing"
	"time"
)

var began = time.Now()

// spent is the time that has passed: only Linux tells what one thread takes.
func spent(*testing.T) time.Duration { return time.Since(began) }
