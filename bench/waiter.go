package bench

import (
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// bothPacings is the value of --pacing that measures each setting with both.
const bothPacings = "both"

// Limits of spinning. The stretch is the time before an intended start in which a
// waiter spins.
const (
	maxStretch  = 200 * time.Microsecond
	stretchStep = 500 * time.Nanosecond
	// The stretch converges to the delay that one sleep in lateShare exceeds.
	lateShare = 50
	// yielding is how long before the instant a spinning waiter stops yielding its
	// processor: about the time that a request or a reply takes. If it never yielded,
	// a node or a receiver would wait for the processor until the scheduler preempts
	// the waiter, a millisecond later.
	yielding = 20 * time.Microsecond
	// maxSpare bounds the spinning time that is saved up.
	maxSpare = 5 * time.Millisecond
)

// waiter waits for intended starts. It sleeps in the kernel until shortly before the
// instant, and then spins. The length of this stretch adapts to how late recent sleeps
// ended. The time spent spinning is bounded by a share of one processor.
//
// A sleep in the kernel alone ends tens of microseconds late in some virtual machines. A
// timer of the Go runtime is a millisecond late, 30 times the latency of a get on
// loopback.
//
// A waiter is used by one goroutine.
type waiter struct {
	clock   node.Clock
	timer   bool    // use the runtime's timers and never spin
	share   float64 // of one processor, 0 to 1, that may be spent spinning
	stretch time.Duration
	spare   time.Duration // spinning time available now
	seen    int64         // when spare was last increased
	spun    time.Duration // total processor time spent spinning
}

// newWaiter returns a waiter that may spend a share of one processor spinning.
func newWaiter(c node.Clock, pacing string, share float64) *waiter {
	return &waiter{clock: c, timer: pacing == results.TimerPacing, share: share, stretch: maxStretch / 4, spare: maxSpare, seen: c.Now()}
}

// wait returns at the given instant, or as soon as possible after it.
func (w *waiter) wait(due int64) {
	now := w.clock.Now()
	if w.timer {
		time.Sleep(time.Duration(due - now))
		return
	}
	w.earn(now)
	stretch := w.stretch
	if w.spare <= 0 {
		stretch = 0
	}
	if wake := due - int64(stretch); now < wake {
		sleepUntil(wake)
		now = w.clock.Now()
		w.learn(time.Duration(now - wake))
	}
	w.spare -= time.Duration(max(due-now, 0)) // including the time in which other threads had the processor
	w.spun += w.spin(now, due)
}

// maxTurn is the longest time of one turn of a spin: a clock reading, and a yield while
// no other thread is ready. In a longer turn another thread had the processor.
const maxTurn = 3 * time.Microsecond

// spin spins until an instant, and returns about the processor time that it took.
//
// Note: the thread's processor clock would be exact, but reading it takes 0.3 µs, and
// spins end less late than that.
func (w *waiter) spin(now, due int64) (spun time.Duration) {
	for now < due {
		before := now
		if due-now > int64(yielding) {
			yield()
		}
		now = w.clock.Now()
		spun += min(time.Duration(now-before), maxTurn)
	}
	return spun
}

// earn adds the spinning time that the time since the last call allows.
func (w *waiter) earn(now int64) {
	w.spare = min(w.spare+time.Duration(w.share*float64(now-w.seen)), maxSpare)
	w.seen = now
}

// learn adapts the stretch to how late a sleep ended. Steps up and down cancel out when
// one sleep in lateShare is later than the stretch.
func (w *waiter) learn(late time.Duration) {
	if late > w.stretch {
		w.stretch += (lateShare - 1) * stretchStep
	} else {
		w.stretch -= stretchStep
	}
	w.stretch = min(max(w.stretch, 0), maxStretch)
}
