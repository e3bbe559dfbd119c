package host

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// exitDelay is how long after a failed write the exit reason of a process may
	// take to be known.
	exitDelay = time.Second
	// termGrace is how long a process may take to end after SIGTERM. A pending
	// srun leaves the queue only on SIGTERM.
	termGrace = 2 * time.Second
)

// Process is a running command whose standard output is a stream of lines. It is
// safe for concurrent use. Lines sent by one goroutine keep their order.
type Process struct {
	label string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	tail  tail

	patience patience
	pulse    pulse
	spoke    atomic.Bool   // it has printed a line
	lines    chan []byte   // closed at the end of standard output
	started  chan struct{} // closed when the command runs
	done     chan struct{} // closed when the process has ended and err is set
	err      error

	killed     chan struct{}         // closed by kill
	killing    sync.Once             // guards killed
	lost       atomic.Pointer[error] // why the process was killed, if it was
	sending    sync.Mutex            // guards stdin
	closeStdin sync.Once
}

// Label returns the name of the process and its host: "node 3 on local".
func (p *Process) Label() string { return p.label }

// Send writes a line, which must not contain a newline, to the process's standard
// input. It waits until the process has started. If the process has ended, the
// error is its exit reason.
func (p *Process) Send(line []byte) error {
	err := p.write(append(line, '\n'))
	if err == nil {
		return nil
	}
	select {
	case <-p.done:
		return p.Err()
	case <-time.After(exitDelay):
		return fmt.Errorf("write to %s: %w", p.label, err)
	}
}

func (p *Process) write(line []byte) error {
	select {
	case <-p.started:
	case <-p.done:
		return p.Err()
	}
	p.sending.Lock()
	defer p.sending.Unlock()
	_, err := p.stdin.Write(line)
	return err
}

// Receive returns the next line of the process's standard output without its
// newline. If the process has ended, the error is that of [Process.Err]. If ctx
// ends first, it is ctx's cause.
func (p *Process) Receive(ctx context.Context) ([]byte, error) {
	select {
	case line, ok := <-p.lines:
		if ok {
			return line, nil
		}
		<-p.done
		return nil, p.Err()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for %s: %w", p.label, context.Cause(ctx))
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns the exit reason: the label, exit status and last lines of standard
// error. It is never nil, because no process is expected to end by itself. Call
// it after Done is closed.
func (p *Process) Err() error {
	text := p.tail.String()
	quoted := ", with nothing on standard error"
	if text != "" {
		quoted = "; its last lines were:\n" + text
	}
	if hint := advice(text); hint != "" {
		quoted += "\n" + hint
	}
	if lost := p.lost.Load(); lost != nil {
		return fmt.Errorf("%s: %w%s", p.label, *lost, quoted)
	}
	if p.err == nil {
		return fmt.Errorf("%s ended: exit status 0%s", p.label, quoted)
	}
	return fmt.Errorf("%s ended: %w%s", p.label, p.err, quoted)
}

// Stop closes the process's standard input, which asks it to end, and kills it if
// it has not ended after grace. It returns an error if the process was killed or
// its exit status was not 0.
func (p *Process) Stop(grace time.Duration) error {
	p.closeStdin.Do(func() { p.stdin.Close() })
	timer := time.NewTimer(grace)
	defer timer.Stop()
	killed := false
	lines := p.lines
	for {
		select {
		case _, open := <-lines: // a full pipe would block the process
			if !open {
				lines = nil
			}
		case <-timer.C:
			select {
			case <-p.done:
			default:
				killed = true
				p.kill()
			}
		case <-p.done:
			if killed {
				return fmt.Errorf("%s did not end within %v of the end of its standard input and was killed", p.label, grace)
			}
			return p.exit()
		}
	}
}

// exit returns nil if the process ended with status 0, and Err otherwise.
func (p *Process) exit() error {
	if p.err != nil || p.lost.Load() != nil {
		return p.Err()
	}
	return nil
}

// giveUp kills the process for a reason, which becomes its error.
func (p *Process) giveUp(reason error) {
	p.lost.CompareAndSwap(nil, &reason)
	p.kill()
}

// kill ends the process and its children: those of a prefix that is a script, for
// example. What the process prints from then on is dropped.
func (p *Process) kill() {
	p.killing.Do(func() {
		close(p.killed)
		p.signal(syscall.SIGTERM)
		time.AfterFunc(termGrace, func() { p.signal(syscall.SIGKILL) })
	})
}

// signal sends a signal to the process's group, if it has its own.
func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done: // the number may belong to another group
		return
	default:
	}
	if attr := p.cmd.SysProcAttr; attr.Setsid || attr.Setpgid {
		syscall.Kill(-p.cmd.Process.Pid, s)
	} else {
		p.cmd.Process.Signal(s)
	}
}
