package ec2

import (
	"context"
	"time"
)

// pace holds time limits and intervals. A zero field means its default.
type pace struct {
	Attempts int           // tries of a call; 8
	Backoff  time.Duration // longest wait between tries; 20 s
	Call     time.Duration // limit of a single try; 30 s
	Poll     time.Duration // interval of polling; 3 s

	// Settle is how long after a call a resource that it made may still be
	// invisible, since EC2 is eventually consistent; 60 s.
	Settle   time.Duration
	Boot     time.Duration // limit until all hosts run; 5 min
	SSH      time.Duration // limit until all hosts run commands; 6 min
	Progress time.Duration // interval of progress messages; 15 s
	Beat     time.Duration // interval of heartbeats; a fifth of the lease
	// Teardown is the limit of a removal; 15 min. Instances need minutes to
	// terminate, and their network interfaces use the security group longer.
	Teardown time.Duration
}

// withDefaults replaces zero fields by their defaults.
func (p pace) withDefaults(lease time.Duration) pace {
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
	set(&p.Progress, 15*time.Second)
	set(&p.Beat, lease/5)
	set(&p.Teardown, 15*time.Minute)
	return p
}

func (c *Command) pace() pace { return c.seams.pace.withDefaults(c.Lease) }

// pause waits for d. If ctx ends first, it returns the cause.
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
