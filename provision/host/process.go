package host

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// obituary is how long after its standard input broke the end of a process may
// take to be known.
const obituary = time.Second

// Process is a running command whose standard output is a stream of lines.
// Its methods may be called from several goroutines; lines sent by one of them
// keep their order.
type Process struct {
	label string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	tail  tail

	lines chan []byte  // closed at the end of standard output
	seen  atomic.Int64 // when the last line came, in nanoseconds since born
	born  time.Time
	done  chan struct{} // closed when the process has ended and err is set
	err   error

	lost       atomic.Pointer[error] // why the process was given up, if it was
	sending    sync.Mutex            // guards stdin: heartbeats come between lines
	closeStdin sync.Once
}

// Label says what the process is and where: "node 3 on local".
func (p *Process) Label() string { return p.label }

// Send writes one line to the process's standard input. line must not contain a
// newline. A write to a process that has ended fails with how it ended.
func (p *Process) Send(line []byte) error {
	err := p.write(append(line, '\n'))
	if err == nil {
		return nil
	}
	select {
	case <-p.done:
		return p.Err()
	case <-time.After(obituary):
		return fmt.Errorf("write to %s: %w", p.label, err)
	}
}

func (p *Process) write(line []byte) error {
	p.sending.Lock()
	defer p.sending.Unlock()
	_, err := p.stdin.Write(line)
	return err
}

// Receive returns the next line of the process's standard output without its
// newline. When the process has ended it returns how, as [Process.Err] does;
// when ctx ends first, ctx's cause.
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

// Err says how a process ended: its label, exit status and last lines of
// standard error. It never returns nil, since no process that is waited for is
// expected to end by itself; call it after Done is closed.
func (p *Process) Err() error {
	how := "exit status 0"
	if lost := p.lost.Load(); lost != nil {
		return fmt.Errorf("%s: %w", p.label, *lost)
	}
	if p.err != nil {
		how = p.err.Error()
	}
	if words := p.tail.String(); words != "" {
		return fmt.Errorf("%s ended: %s; its last lines were:\n%s", p.label, how, words)
	}
	return fmt.Errorf("%s ended: %s, with nothing on standard error", p.label, how)
}

// Stop ends the process: it closes its standard input, which is the order to
// finish, and kills it if it has not ended within grace. It returns an error
// when the process had to be killed or had a non-zero exit status.
func (p *Process) Stop(grace time.Duration) error {
	p.closeStdin.Do(func() { p.stdin.Close() })
	timer := time.NewTimer(grace)
	defer timer.Stop()
	killed := false
	lines := p.lines
	for {
		select {
		case _, open := <-lines: // nobody reads any more, and a full pipe would block the process
			if !open {
				lines = nil
			}
		case <-timer.C:
			select {
			case <-p.done: // it had ended by itself
			default:
				killed = true
				p.cmd.Process.Kill()
			}
		case <-p.done:
			if killed {
				return fmt.Errorf("%s did not end within %v of the end of its standard input and was killed", p.label, grace)
			}
			return p.exit()
		}
	}
}

// exit is nil for a process that ended with status 0.
func (p *Process) exit() error {
	if p.err != nil {
		return p.Err()
	}
	return nil
}

// follow hands out the lines of standard output and then waits for the end of
// the process, which may only be done once the pipe has been read to its end.
func (p *Process) follow(stdout io.Reader) {
	defer close(p.done)
	r := bufio.NewReaderSize(stdout, 64<<10)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			break // what a process leaves unfinished when it dies is no line
		}
		p.seen.Store(int64(time.Since(p.born)))
		if len(line) > 1 { // an empty one is a heartbeat
			p.lines <- line[:len(line)-1]
		}
	}
	close(p.lines)
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		err = fmt.Errorf("wait for process: %w", err)
	}
	p.err = err
}
