package budget

import (
	"runtime/debug"
	"sync"
)

const (
	// worthwhile is how much garbage is worth a collection: less is cheaper to keep
	// than to find. Most runs end before there is as much.
	worthwhile = 32 << 20
	// usualPercent is the percentage of garbage, in relation to what is in use, at
	// which Go collects it where nothing says otherwise.
	usualPercent = 100
	// leastPercent is the percentage at which garbage is collected where much
	// is in use: half of it again is memory that others need.
	leastPercent = 50
)

// Patience has garbage collected only where that is worthwhile, by what is in use. A run
// has its own; one that several runs have in common keeps garbage from one to the next.
type Patience struct {
	garbage uint64
	before  int

	mu  sync.Mutex
	now int // 0 where the percentage is not this one's to set
}

// NewPatience is one that keeps so many bytes of garbage, until its end. A percentage that
// the environment sets (GOGC) stays.
func NewPatience(garbage uint64) *Patience {
	p := &Patience{garbage: garbage, before: debug.SetGCPercent(usualPercent)}
	if p.before != usualPercent {
		debug.SetGCPercent(p.before)
		return p
	}
	p.now = usualPercent
	p.look(0, 0)
	return p
}

// look sets the percentage by what is in use, and what is expected to be.
func (p *Patience) look(live, expected uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if percent := percentOf(live, p.garbage, expected); p.now != 0 && (percent > p.now+p.now/slack || percent < p.now-p.now/slack) {
		p.now = percent
		debug.SetGCPercent(percent)
	}
}

// End sets what was before.
func (p *Patience) End() { debug.SetGCPercent(p.before) }

// percentOf is the percentage at which collecting so many bytes of garbage is worthwhile.
// What is expected to be in use is not collected before it is there: so much memory is needed
// in any case. live is 0 before the first collection, for which Go takes 4 MiB
// (https://go.dev/doc/gc-guide#GOGC).
func percentOf(live, garbage, expected uint64) int {
	live = max(live, 4<<20)
	percent := usualPercent * garbage / live
	if live > garbage {
		percent = min(usualPercent, max(leastPercent, 2*usualPercent*garbage/live))
	}
	if expected > live {
		percent = max(percent, usualPercent*(expected-live)/live)
	}
	return int(percent)
}
