package tfconfig

import (
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// threadClock is CLOCK_THREAD_CPUTIME_ID (clock_gettime(2)).
const threadClock = 3

// spent is what the thread has computed so far: on a busy machine, time passes
// for whoever waits for a processor.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&used)), 0); errno != 0 {
		t.Fatal(errno)
	}
	return time.Duration(used.Nano())
}
