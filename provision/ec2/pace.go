package ec2

import (
	"context"
	"time"
)

// Pace is how long to wait for what. Of each field, zero means the default.
type Pace struct {
	Attempts int           // how often a call is tried in all; 8
	Backoff  time.Duration // longest wait between tries; 20 s
	Call     time.Duration // longest single try; 30 s
	Poll     time.Duration // between looks at something that changes; 3 s

	// Settle is how long after a call something that it made may still be
	// invisible: EC2 is eventually consistent. 60 s.
	Settle time.Duration
	Boot   time.Duration // until all hosts run; 5 min
	SSH    time.Duration // until all hosts take commands; 6 min
	Beat   time.Duration // between heartbeats; a fifth of the lease
	// Teardown is how long removal may take: hosts need minutes to go, and
	// their network interfaces hold the security group for some more. 15 min.
	Teardown time.Duration
}

// withDefaults fills in what is zero.
func (p Pace) withDefaults(lease time.Duration) Pace {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	if p.Attempts == 0 {
		p.Attempts = 8
	}
	set(&p.Backoff, 20*time.Second)
	set(&p.Call, 30*time.Second)
	set(&p.Poll, 3*time.Second)
	set(&p.Settle, time.Minute)
	set(&p.Boot, 5*time.Minute)
	set(&p.SSH, 6*time.Minute)
	set(&p.Beat, lease/5)
	set(&p.Teardown, 15*time.Minute)
	return p
}

func (c *Command) pace() Pace { return c.Seams.Pace.withDefaults(c.Lease) }

// pause waits for d, or until ctx ends, whose cause it then returns.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
