package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"dhtbench/provision/host"

	"golang.org/x/sync/errgroup"
)

// oneCommand is the time limit of a small command on a host.
const oneCommand = time.Minute

// awaitReady waits until every host runs commands and has its timers running.
// A host without timers would run forever if this machine failed now.
func (l *launch) awaitReady(ctx context.Context, hosts []host.Host) error {
	if l.seams.ready != nil {
		return l.seams.ready(ctx, l.run.ID, hosts)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.pace.SSH, fmt.Errorf("not ready within %v", l.pace.SSH))
	defer cancel()
	l.say("waiting for ssh to %d hosts", len(hosts))
	each, ctx := errgroup.WithContext(ctx)
	for _, h := range hosts {
		each.Go(func() error { return l.awaitArmed(ctx, h) })
	}
	return each.Wait()
}

// awaitArmed waits for one host. It tries again after any error, since the host
// may not be up yet, and returns the last one when time is up.
func (l *launch) awaitArmed(ctx context.Context, h host.Host) error {
	var last error
	for {
		text, err := l.readArmed(ctx, h)
		if err == nil {
			return l.journal.write(entry{State: noted, Text: "timers of " + h.Name + " run: " + text})
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		if cause := pause(ctx, l.pace.Poll); cause != nil {
			return fmt.Errorf("wait for host %s: %w; the last error: %w", h.Name, cause, last)
		}
	}
}

// readArmed checks that a host belongs to this run, that both its timers run and
// that the lease was counted once. It returns when the lifetime ends.
func (l *launch) readArmed(ctx context.Context, h host.Host) (string, error) {
	lines, err := ask(ctx, h, "check of timers", "/bin/sh", "/run/dhtbench/armed")
	if err != nil {
		return "", err
	}
	for _, want := range []string{"run " + l.run.ID, "lifetime active", "lease active", "lease counts"} {
		if !slices.Contains(lines, want) {
			return "", fmt.Errorf("host %s did not report %q; it reported: %s", h.Name, want, strings.Join(lines, "; "))
		}
	}
	return lines[len(lines)-1], nil
}

// keepLeases renews the leases of all hosts until stop is called. stop returns
// when no renewal is under way.
func (l *launch) keepLeases(ctx context.Context, hosts []host.Host) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	beat := l.seams.beat
	if beat == nil {
		beat = touch
	}
	var all sync.WaitGroup
	for _, h := range hosts {
		all.Go(func() {
			heard := time.Now()
			for ctx.Err() == nil {
				switch err := beat(ctx, h); {
				case err == nil:
					heard = time.Now()
				case ctx.Err() == nil:
					l.say("host %s: the lease was not renewed: %v\nthe host powers itself off at about %s unless a later try succeeds", h.Name, err, heard.Add(l.Lease).Format(time.TimeOnly))
				}
				pause(ctx, l.pace.Beat)
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// touch renews the lease of a host over a new connection: a broken one then has
// no effect on later heartbeats, and a handshake every few minutes is too little
// load to affect a measurement.
func touch(ctx context.Context, h host.Host) error {
	_, err := ask(ctx, h, "heartbeat", "touch", "/run/dhtbench/beat/heartbeat")
	return err
}

// ask runs a small command on a host and returns the lines that it prints.
func ask(ctx context.Context, h host.Host, label string, argv ...string) ([]string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, oneCommand, fmt.Errorf("no answer within %v", oneCommand))
	defer cancel()
	p, err := h.Start(label, argv...)
	if err != nil {
		return nil, err
	}
	var lines []string
	for {
		line, err := p.Receive(ctx)
		if err == nil {
			lines = append(lines, string(line))
			continue
		}
		if ctx.Err() != nil {
			p.Stop(0)
			return nil, err
		}
		if err := p.Stop(time.Second); err != nil { // it has ended
			return nil, err
		}
		return lines, nil
	}
}
