package lab

import "time"

// Bounds of the time that is spent awake, looking for frames, instead of asleep.
const (
	// ownStretch bounds it with a processor of one's own: before a due time, and
	// after a frame came.
	ownStretch = time.Millisecond
	// sharedStretch bounds it before a due time on a processor that others need,
	// and one part in sharedPart of all time may be spent so.
	sharedStretch = 50 * time.Microsecond
	sharedPart    = 10
	sharedSpare   = time.Millisecond // of that, so much may be saved up
	stretchStep   = 500 * time.Nanosecond
)

// pace decides when to be awake. A sleep ends late, by tens of microseconds in
// some virtual machines, and one that a frame ends makes that frame late.
//
// With a processor of its own, the switch is therefore awake as long as frames
// come and go. Without one, it is so for a last stretch before a due time that
// follows how late sleeps ended lately. The zero value is for the latter.
type pace struct {
	own     bool
	last    time.Duration // when a frame came
	stretch time.Duration // about the 67th percentile of how late sleeps end
	spare   time.Duration // that may be spent awake
	seen    time.Duration // the clock when spare was last added to
}

// arrived learns that a frame came.
func (p *pace) arrived(now time.Duration) { p.last = now }

// lingers reports whether to be awake because a frame came not long ago.
func (p *pace) lingers(now time.Duration) bool { return p.own && now-p.last < ownStretch }

// awake is how long before a due time to be awake from now on.
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

// spent learns that d was spent awake.
func (p *pace) spent(d time.Duration) { p.spare -= d }

// woke learns that a sleep ended so late.
func (p *pace) woke(late time.Duration) {
	if late > p.stretch {
		p.stretch += 2 * stretchStep
	} else {
		p.stretch -= stretchStep
	}
	p.stretch = min(max(p.stretch, 0), sharedStretch)
}
