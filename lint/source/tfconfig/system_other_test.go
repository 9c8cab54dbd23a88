//go:build !unix

package tfconfig

import (
	"errors"
	"time"
)

func makeFIFO(string) error { return errors.ErrUnsupported }

var started = time.Now()

func processTime() time.Duration { return time.Since(started) }
