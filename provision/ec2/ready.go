package ec2

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"dhtbench/provision/host"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
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
	attempts := make(chan attempt)
	silent := make(map[string]attempt) // hosts that are not ready, by name
	for _, h := range hosts {
		silent[h.Name] = attempt{host: h, err: errors.New("no attempt has ended yet")}
		go l.awaitArmed(ctx, h, attempts)
	}
	progress := time.NewTicker(l.pace.Progress)
	defer progress.Stop()
	for len(silent) > 0 {
		select {
		case a := <-attempts:
			if silent[a.host.Name] = a; a.err == nil {
				delete(silent, a.host.Name)
			}
		case <-progress.C:
			l.say("%d of %d hosts are ready%s", len(hosts)-len(silent), len(hosts), l.diagnoses(silent))
		case <-ctx.Done():
			if ctx.Err() == context.DeadlineExceeded {
				l.keepConsoles(ctx, silent)
			}
			return fmt.Errorf("%d of %d hosts: %w:%s", len(silent), len(hosts), context.Cause(ctx), l.diagnoses(silent))
		}
	}
	return nil
}

// attempt is the result of one attempt to reach a host.
type attempt struct {
	host host.Host
	err  error // nil if the host is ready
}

// awaitArmed tries to reach a host until it is ready or ctx ends.
func (l *launch) awaitArmed(ctx context.Context, h host.Host, attempts chan<- attempt) {
	for {
		text, err := l.readArmed(ctx, h)
		if err == nil {
			err = l.journal.write(entry{State: noted, Text: "timers of " + h.Name + " run: " + text})
		}
		if ctx.Err() != nil {
			return
		}
		select {
		case attempts <- attempt{h, err}:
		case <-ctx.Done():
		}
		if err == nil || pause(ctx, l.pace.Poll) != nil {
			return
		}
	}
}

// diagnoses returns why hosts are not ready, a line for each reason.
func (l *launch) diagnoses(silent map[string]attempt) string {
	names := make(map[string][]string) // of hosts by reason
	for name, a := range silent {
		why := l.diagnose(a.err)
		names[why] = append(names[why], name)
	}
	var lines []string
	for why, hosts := range names {
		slices.Sort(hosts)
		lines = append(lines, fmt.Sprintf("\n\t%s: %s", strings.Join(hosts, ", "), why))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// diagnose explains the error of an attempt to reach a host by ssh.
func (c *Command) diagnose(err error) string {
	text := err.Error()
	has := func(part string) bool { return strings.Contains(text, part) }
	switch {
	case has("timed out"):
		return fmt.Sprintf("ssh timed out; most likely this machine's public address is not in --ssh-cidr %s (https://checkip.amazonaws.com shows the address)", c.SSHCIDR)
	case has("Connection refused"):
		return "the host refused ssh; it is still booting, or sshd did not start"
	case has("Host key verification failed"):
		return "Host key verification failed; another machine has this address, or the host did not read its user data"
	case has("Permission denied"):
		return fmt.Sprintf("the host denied the login; --user %s must be the user of the image", c.User)
	}
	return text
}

// keepConsoles writes the console output of hosts to the run's folder: it is gone
// when the hosts are.
func (l *launch) keepConsoles(ctx context.Context, silent map[string]attempt) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.pace.Call)
	defer cancel()
	for name, a := range silent {
		answer, err := l.cloud.ec2.GetConsoleOutput(ctx, &api.GetConsoleOutputInput{InstanceId: aws.String(a.host.Facts["instance"])})
		var text []byte
		if err == nil {
			text, err = base64.StdEncoding.DecodeString(aws.ToString(answer.Output))
		}
		file := l.folder.console(name)
		if err == nil {
			err = os.WriteFile(file, text, 0o600)
		}
		if err != nil {
			l.say("host %s: the console output was not kept: %v", name, err)
			continue
		}
		l.say("host %s: %d bytes of console output are in %s", name, len(text), file)
	}
}

// readArmed checks that a host belongs to this run, that both its timers run, that the
// lease was counted once, and that packages are installed. It returns when the lifetime
// ends.
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
	if len(l.Packages) > 0 {
		if err := checkInstalled(ctx, h); err != nil {
			return "", err
		}
	}
	return lines[len(lines)-1], nil
}

// checkInstalled checks that cloud-init has ended without errors. It installs packages
// after ssh has started.
func checkInstalled(ctx context.Context, h host.Host) error {
	lines, err := ask(ctx, h, "check of packages", "cloud-init", "status")
	if err == nil && !slices.Contains(lines, "status: done") {
		err = fmt.Errorf("host %s has not installed its packages; cloud-init reports: %s", h.Name, strings.Join(lines, "; "))
	}
	return err
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
	return h.Run(ctx, label, argv...)
}
