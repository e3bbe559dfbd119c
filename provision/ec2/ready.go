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

// oneCommand bounds a small command on a host.
const oneCommand = time.Minute

// awaitReady waits until commands run on every host and its timers are seen to
// be armed. A host without them would go on for ever if this machine died now.
func (l *launch) awaitReady(ctx context.Context, hosts []host.Host) error {
	if l.Seams.Ready != nil {
		return l.Seams.Ready(ctx, l.run.ID, hosts)
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

// awaitArmed waits for one host. Whatever goes wrong meanwhile is taken for its
// not being up yet, and quoted when time is up.
func (l *launch) awaitArmed(ctx context.Context, h host.Host) error {
	var last error
	for {
		text, err := l.readArmed(ctx, h)
		if err == nil {
			return l.journal.write(entry{State: noted, Text: h.Name + " is armed: " + text})
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		if cause := pause(ctx, l.pace.Poll); cause != nil {
			return fmt.Errorf("wait for host %s: %w; at last: %w", h.Name, cause, last)
		}
	}
}

// readArmed asks a host which run it belongs to, whether both timers are armed and
// whether the lease has been counted once, and returns when the lifetime's fires.
func (l *launch) readArmed(ctx context.Context, h host.Host) (string, error) {
	lines, err := ask(ctx, h, "check of timers", "/bin/sh", "/run/dhtbench/armed")
	if err != nil {
		return "", err
	}
	for _, want := range []string{"run " + l.run.ID, "lifetime active", "lease active", "lease counts"} {
		if !slices.Contains(lines, want) {
			return "", fmt.Errorf("host %s does not say %q but: %s", h.Name, want, strings.Join(lines, "; "))
		}
	}
	return lines[len(lines)-1], nil
}

// keepLeases renews the leases of all hosts until the function that it returns
// is called, which waits until that has ended.
func (l *launch) keepLeases(ctx context.Context, hosts []host.Host) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	beat := l.Seams.Beat
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
					l.say("host %s: lease not renewed: %v\nit powers itself off at about %s unless a later try gets through", h.Name, err, heard.Add(l.Lease).Format(time.TimeOnly))
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

// touch renews the lease of a host, by a connection of its own: a broken one
// then harms nobody, and a handshake every few minutes costs the host nothing
// that a measurement would notice.
func touch(ctx context.Context, h host.Host) error {
	_, err := ask(ctx, h, "heartbeat", "touch", "/run/dhtbench/beat/heartbeat")
	return err
}

// ask runs a small command on a host and returns the lines that it prints.
// ssh has a shell take the arguments apart: none may have a character that means
// something to one.
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
