package bench

import (
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// bothPacings is the value of --pacing that measures each setting with both.
const bothPacings = "both"

// Limits of spinning. The stretch is the time before an intended start in which a
// pacer spins.
const (
	maxStretch  = 200 * time.Microsecond
	stretchStep = 500 * time.Nanosecond
	// One sleep in lateShare may be late by more than the stretch: it converges to
	// that percentile of how late sleeps end.
	lateShare = 50
	// A spinning pacer yields its processor until yielding before the instant,
	// about as long as handling a request or a reply takes. Without yielding, a node
	// or receiver would wait until the scheduler preempts the pacer, a millisecond
	// later.
	yielding = 20 * time.Microsecond
	// maxSpare bounds the unused spinning time that is saved up.
	maxSpare = 5 * time.Millisecond
)

// pacer waits for the intended starts of one client. A sleep in the kernel ends
// late by tens of microseconds in some virtual machines. A timer of the Go runtime
// is late by a millisecond, 30 times the latency of a get on loopback. So a pacer
// sleeps in the kernel until shortly before the instant, and spins from there. This
// stretch adapts to how late recent sleeps ended. The client's share of a processor
// bounds the time spent spinning.
//
// It is used by one goroutine.
type pacer struct {
	clock   node.Clock
	timer   bool    // use the runtime's timers and never spin
	share   float64 // of one processor, 0 to 1, that may be spent spinning
	stretch time.Duration
	spare   time.Duration // spinning time available now
	seen    int64         // when spare was last increased
	spun    time.Duration // total processor time spent spinning
}

// spinShare returns the share of one processor, 0 to 1, that each client of an
// agent may spend spinning. Clients share all of the agent's processors but one,
// which is left for replies; with one processor they share that.
func spinShare(processors, clients int) float64 {
	return min(float64(max(processors-1, 1))/float64(max(clients, 1)), 1)
}

// maxPacers bounds the pacers for which the runtime gets another processor.
const maxPacers = 64

// openProcessors returns GOMAXPROCS of an agent with an open loop: one processor of
// the runtime for each pacer beside those of the agent. A pacer that sleeps in the
// kernel keeps its processor until the runtime's monitor takes it, up to 10 ms later.
// Receivers would wait meanwhile.
func openProcessors(processors, clients int) int {
	return processors + min(clients, maxPacers)
}

// newPacer returns a pacer that may spend a share of one processor spinning.
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
	p.spare -= time.Duration(max(due-now, 0)) // also what others had: it kept them waiting
	p.spun += p.spin(now, due)
}

// maxTurn bounds one turn of a spin by itself: a clock reading, and a yield while
// no other thread is ready. In a longer turn another thread had the processor.
const maxTurn = 3 * time.Microsecond

// spin spins until an instant, and returns the processor time that it took.
//
// Note: the thread's processor clock would be exact, but reading it takes 0.3 us,
// longer than a spin is late.
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

// earn adds the spinning time that the time since the last call allows.
func (p *pacer) earn(now int64) {
	p.spare = min(p.spare+time.Duration(p.share*float64(now-p.seen)), maxSpare)
	p.seen = now
}

// learn adapts the stretch to how late a sleep ended: steps up and down balance
// where one sleep in lateShare is later than the stretch.
func (p *pacer) learn(late time.Duration) {
	if late > p.stretch {
		p.stretch += (lateShare - 1) * stretchStep
	} else {
		p.stretch -= stretchStep
	}
	p.stretch = min(max(p.stretch, 0), maxStretch)
}
