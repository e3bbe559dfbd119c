package bench

import (
	"runtime"
	"time"

	"dhtbench/results"
)

// How a pacer wakes.
const (
	// Precise sleeps in the kernel until shortly before an instant and spins the
	// rest.
	Precise = results.PrecisePacing
	// Timer sleeps on the Go runtime's timers, as load generators written in Go
	// do. It is there to be compared with.
	Timer = results.TimerPacing
	// bothPacings asks for settings with each.
	bothPacings = "both"
)

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
// stretch follows how late sleeps ended lately, and the time spent awake is
// bounded by the client's share of the processors that can be spared: with one
// processor there is none, and waking is as late as sleeping makes it.
//
// It is used by one goroutine.
type pacer struct {
	clock   clock
	timer   bool    // sleep on the runtime's timers, and never spin
	share   float64 // of one processor, 0 to 1, that may be spent awake
	stretch time.Duration
	spare   time.Duration // that may be spent awake now
	seen    int64         // the clock when spare was last added to
	spun    time.Duration // spent awake in all
}

// newPacer returns a pacer for one of so many clients on this machine.
func newPacer(c clock, pacing string, clients int) *pacer {
	spared := float64(runtime.NumCPU()-1) / float64(max(clients, 1))
	return &pacer{clock: c, timer: pacing == Timer, share: min(spared, 1), stretch: maxStretch / 4, spare: maxSpare, seen: c.now()}
}

// wait returns at the given instant or as soon after as it can.
func (p *pacer) wait(due int64) {
	now := p.clock.now()
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
		p.clock.sleepUntil(wake)
		now = p.clock.now()
		p.learn(time.Duration(now - wake))
	}
	awake := now
	for now < due {
		if due-now > int64(yielding) {
			yield()
		}
		now = p.clock.now()
	}
	p.spun += time.Duration(now - awake)
	p.spare -= time.Duration(now - awake)
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
