package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// quiet is how long a run may take before it tells what it does.
const quiet = 2 * time.Second

// progress is a line on a terminal that tells what a run is doing. A nil one tells
// nothing.
type progress struct {
	w     io.Writer
	width int

	mu    sync.Mutex
	what  string
	shown bool
	ended bool
	timer *time.Timer
}

// telling is the line that an interrupt takes away.
var telling atomic.Pointer[progress]

// startProgress begins to tell, where standard error is a terminal.
func (p *program) startProgress() {
	if p.progress == nil && isTerminal(p.stderr) && p.getenv("TERM") != "dumb" {
		p.progress = newProgress(p.stderr, p.width(), quiet)
		telling.Store(p.progress)
	}
}

func newProgress(w io.Writer, width int, after time.Duration) *progress {
	if width == 0 {
		width = helpWidth
	}
	p := &progress{w: w, width: max(width, leastWidth)}
	p.timer = time.AfterFunc(after, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.shown = !p.ended
		p.show()
	})
	return p
}

// say tells what is being done now.
func (p *progress) say(format string, args ...any) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = printable(fmt.Sprintf(format, args...))
	p.show()
}

// show writes the line over the one that is there.
func (p *progress) show() {
	if !p.shown {
		return
	}
	line := []rune(p.what + " ...")
	if len(line) >= p.width {
		line = append(line[:p.width-2], '…')
	}
	fmt.Fprint(p.w, "\r\x1b[K"+string(line))
}

// end takes the line away; nothing is told afterwards.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.shown, p.ended = false, true
}
