//go:build unix

package tfconfig

import (
	"syscall"
	"time"
)

func makeFIFO(path string) error { return syscall.Mkfifo(path, 0o600) }

// processTime is what the process has worked: other than a clock it does not
// run while a busy machine does something else.
func processTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
