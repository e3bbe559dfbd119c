package host

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// OrphanAfter is how long a process may go without a line from its parent process. Then
// it ends. By default the parent process gives up earlier.
const OrphanAfter = 75 * time.Second

// A heartbeat is an empty line. A watched process gets one every beatEvery and
// answers with one. So both ends detect a broken connection, even if neither gets
// an error.
const (
	beatEvery  = 3 * time.Second
	checkEvery = time.Second
)

// ErrLost is the error of a process that did not start, or from which nothing was heard
// for too long. Other processes on its host are probably lost too.
var ErrLost = errors.New("host lost")

// lostError is an ErrLost with its own text.
type lostError string

func (e lostError) Error() string      { return string(e) }
func (lostError) Is(target error) bool { return target == ErrLost }

// patience is the time limits of a process.
type patience struct {
	start   time.Duration // until its first line
	silence time.Duration // without output, from then on
}

// patience returns the time limits of processes on the host. Behind a prefix silence
// may be longer, because networks such as Wi-Fi can be interrupted for a while.
func (h Host) patience() patience {
	p := patience{start: 2 * time.Minute, silence: 12 * time.Second}
	switch {
	case h.SilenceNS > 0:
		p.silence = time.Duration(h.SilenceNS)
	case len(h.Via) > 0:
		p.silence = time.Minute
	}
	return p
}

// Watch sends heartbeats to the process, once it has started, until it ends. If the
// process is silent for longer than [Host.SilenceNS] allows, Watch kills it, and
// [Process.Err] reports it as lost. Until its first line it may take 2 minutes. Call
// Watch once, for processes that answer heartbeats.
func (p *Process) Watch() {
	go func() {
		select {
		case <-p.started:
		case <-p.done:
			return
		}
		tick := time.NewTicker(checkEvery)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-p.done:
				return
			case <-tick.C:
			}
			if err := p.overdue(); err != nil {
				p.giveUp(err)
				return
			}
			if n%int(beatEvery/checkEvery) == 0 {
				// Do not wait: the pipe of a process that does not read is full.
				go p.write([]byte("\n"))
			}
		}
	}()
}

// overdue returns an error if the process has been silent for too long.
func (p *Process) overdue() error {
	silent := p.pulse.silent()
	switch {
	case !p.spoke.Load() && silent > p.patience.start:
		return p.notStarted()
	case p.spoke.Load() && silent > p.patience.silence:
		return lostError(fmt.Sprintf("no sign of life for %v: the host is lost or cut off, or the process hangs", silent.Round(time.Second)))
	}
	return nil
}

// notStarted is the error of a process without a first line.
func (p *Process) notStarted() error {
	return lostError(fmt.Sprintf("has not started within %v", p.patience.start))
}

// Silence returns the longest time without output since the last call, or since
// the start of the process.
func (p *Process) Silence() time.Duration { return p.pulse.take() }

// pulse records when a process printed something. It is safe for concurrent use.
type pulse struct {
	mu      sync.Mutex
	last    time.Time     // of output, at first the start
	longest time.Duration // without output
}

// beat records output.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.longest = max(p.longest, time.Since(p.last))
	p.last = time.Now()
}

// silent returns the time since the last output.
func (p *pulse) silent() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.last)
}

// take returns the longest time without output since the last call.
func (p *pulse) take() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	longest := max(p.longest, time.Since(p.last))
	p.longest = 0
	return longest
}
