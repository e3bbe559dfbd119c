package lab

import "time"

// Limits of the time that the switch polls for frames instead of sleeping.
const (
	// ownStretch is the limit with a reserved processor, before a due time and
	// after a frame.
	ownStretch = time.Millisecond
	// sharedStretch is the limit before a due time on a shared processor. Polling
	// may take one part in sharedPart of all time.
	sharedStretch = 50 * time.Microsecond
	sharedPart    = 10
	sharedSpare   = time.Millisecond // limit of unused polling time
	stretchStep   = 500 * time.Nanosecond
)

// pace decides when the switch polls. A sleep ends tens of microseconds late in
// some virtual machines, and delays the frame that ends it.
//
// With a reserved processor, the switch polls as long as frames come and go. With
// a shared one, it polls before a due time, for as long as recent sleeps ended
// late. The zero value is for a shared processor.
type pace struct {
	own     bool
	last    time.Duration // time of the last frame
	stretch time.Duration // about the 67th percentile of how late sleeps end
	spare   time.Duration // polling time that is left
	seen    time.Duration // when spare was last raised
}

// arrived records that a frame came.
func (p *pace) arrived(now time.Duration) { p.last = now }

// lingers reports whether to poll because a frame came recently.
func (p *pace) lingers(now time.Duration) bool { return p.own && now-p.last < ownStretch }

// awake returns how long before a due time to poll.
func (p *pace) awake(now time.Duration) time.Duration {
	if p.own {
		return ownStretch
	}
	p.spare = min(p.spare+(now-p.seen)/sharedPart, sharedSpare)
	p.seen = now
	if p.spare <= 0 {
		return 0
	}
	return p.stretch
}

// spent records that polling took d.
func (p *pace) spent(d time.Duration) { p.spare -= d }

// woke records how late a sleep ended.
func (p *pace) woke(late time.Duration) {
	if late > p.stretch {
		p.stretch += 2 * stretchStep
	} else {
		p.stretch -= stretchStep
	}
	p.stretch = min(max(p.stretch, 0), sharedStretch)
}
