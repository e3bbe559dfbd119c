package bench

import (
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// bothPacings asks for settings with precise pacing and with timers.
const bothPacings = "both"

// Bounds of the stretch before an intended start that is spent awake.
const (
	maxStretch  = 200 * time.Microsecond
	stretchStep = 500 * time.Nanosecond
	// lateShare is one part of sleeps in so many that may end after the stretch
	// began to be needed: the stretch settles at that percentile of how late
	// sleeps end.
	lateShare = 50
	// yielding is how long before an instant a pacer that is awake still lets
	// others have its processor: what they do with it, a reply or a request, takes
	// about so long. One that did not would hold a node or a receiver up until the
	// kernel's scheduler takes the processor away, a millisecond later.
	yielding = 20 * time.Microsecond
	// maxSpare bounds the time awake that may be saved up.
	maxSpare = 5 * time.Millisecond
)

// pacer makes one client wait for intended starts. A sleep ends late, by tens of
// microseconds in some virtual machines, and a timer of the Go runtime by a
// millisecond, which is 30 times what a get on loopback takes. So a pacer sleeps
// in the kernel until a stretch before the instant and is awake from there. The
// stretch follows how late recent sleeps ended. The time spent awake is bounded by
// the client's share of a processor.
//
// It is used by one goroutine.
type pacer struct {
	clock   node.Clock
	timer   bool    // sleep on the runtime's timers, and never spin
	share   float64 // of one processor, 0 to 1, that may be spent awake
	stretch time.Duration
	spare   time.Duration // that may be spent awake now
	seen    int64         // the clock when spare was last increased
	spun    time.Duration // processor time spent awake in all
}

// spinShare is the share of one processor that each of so many clients may spend
// awake, on the processors that their agent may use: all but one of them, which is
// for replies, and one at least. A pacer yields it.
func spinShare(processors, clients int) float64 {
	return min(float64(max(processors-1, 1))/float64(max(clients, 1)), 1)
}

// newPacer returns a pacer that may spend a share of one processor awake.
func newPacer(c node.Clock, pacing string, share float64) *pacer {
	return &pacer{clock: c, timer: pacing == results.TimerPacing, share: share, stretch: maxStretch / 4, spare: maxSpare, seen: c.Now()}
}

// wait returns at the given instant or as soon after as it can.
func (p *pacer) wait(due int64) {
	now := p.clock.Now()
	if p.timer {
		time.Sleep(time.Duration(due - now))
		return
	}
	p.earn(now)
	stretch := p.stretch
	if p.spare <= 0 {
		stretch = 0
	}
	if wake := due - int64(stretch); now < wake {
		sleepUntil(wake)
		now = p.clock.Now()
		p.learn(time.Duration(now - wake))
	}
	p.spend(p.spin(now, due))
}

// maxTurn is the longest that one turn of a spin takes by itself: reading the
// clock, and yielding to nobody. In a longer one others had the processor.
const maxTurn = 3 * time.Microsecond

// spin stays awake until an instant, and returns the processor time that it took.
//
// Note: the processor clock of the thread would say that exactly, and reading it
// takes 0.3 us: more than the spin is late by, after every one.
func (p *pacer) spin(now, due int64) (spun time.Duration) {
	for now < due {
		before := now
		if due-now > int64(yielding) {
			yield()
		}
		now = p.clock.Now()
		spun += min(time.Duration(now-before), maxTurn)
	}
	return spun
}

// spend counts time spent awake.
func (p *pacer) spend(d time.Duration) {
	p.spun += d
	p.spare -= d
}

// earn adds what the time since the last call allows to be spent awake.
func (p *pacer) earn(now int64) {
	p.spare = min(p.spare+time.Duration(p.share*float64(now-p.seen)), maxSpare)
	p.seen = now
}

// learn makes the stretch follow how late sleeps end: steps up and down balance
// where one in lateShare ends later than it.
func (p *pacer) learn(late time.Duration) {
	if late > p.stretch {
		p.stretch += (lateShare - 1) * stretchStep
	} else {
		p.stretch -= stretchStep
	}
	p.stretch = min(max(p.stretch, 0), maxStretch)
}
