package lab

import "time"

// Bounds of the last stretch before a frame is due, which is spent awake.
const (
	maxStretch  = 100 * time.Microsecond
	stretchStep = 500 * time.Nanosecond
	spinShare   = 10 // one part in so many of all time may be spent so
	maxSpare    = time.Millisecond
)

// pace decides how long before a due time to stop sleeping. A sleep ends late,
// by tens of microseconds on an idle machine and by few on a busy one, and so
// the stretch follows what it was lately. The zero value is ready to use.
//
// Note: it follows the usual sleep, not the worst. To be awake before nearly all
// frames would take more of the processors than forwarding them, and they are
// the hosts' too.
type pace struct {
	stretch time.Duration // about the 67th percentile of late
	spare   time.Duration // that may be spent awake
	seen    time.Duration // the clock when spare was last added to
}

// woke learns that a sleep ended so late.
func (p *pace) woke(late time.Duration) {
	if late > p.stretch {
		p.stretch += 2 * stretchStep
	} else {
		p.stretch -= stretchStep
	}
	p.stretch = min(max(p.stretch, 0), maxStretch)
}

// awake is how long before a due time to be awake from now on. It is 0 when too
// much time was spent awake lately: others need the processor.
func (p *pace) awake(now time.Duration) time.Duration {
	p.spare = min(p.spare+(now-p.seen)/spinShare, maxSpare)
	p.seen = now
	if p.spare <= 0 {
		return 0
	}
	return p.stretch
}

// spent learns that d was spent awake.
func (p *pace) spent(d time.Duration) { p.spare -= d }
