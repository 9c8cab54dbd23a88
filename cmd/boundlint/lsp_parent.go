package main

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// lspParentPause is how long is waited before it is asked again whether the editor is there.
const lspParentPause = time.Second

// watchParent ends the session when the process that started the server is gone, as the
// protocol asks ("Initialize Request", processId): most often the input ends then, but another
// process may have inherited it. One that is not there from the begin has its number in another
// system, such as outside of a container.
func (s *lspServer) watchParent(pid int) {
	if pid <= 0 || isGone(pid) {
		return
	}
	for {
		select {
		case <-s.exit:
			return
		case <-time.After(lspParentPause):
		}
		if isGone(pid) {
			s.ending.Do(func() { close(s.exit) })
			return
		}
	}
}

// isGone reports whether there is no process of a number. One that may not be asked is there.
func isGone(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	gone := errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
	_ = process.Release() // there is nothing to wait for
	return gone
}
