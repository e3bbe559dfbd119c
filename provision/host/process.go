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

// exitDelay is how long after a failed write the exit reason of a process may take
// to be known.
const exitDelay = time.Second

// Process is a running command whose standard output is a stream of lines. It is
// safe for concurrent use. Lines sent by one goroutine keep their order.
type Process struct {
	label string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	tail  tail

	lines chan []byte  // closed at the end of standard output
	seen  atomic.Int64 // time of the last line, in nanoseconds since born
	born  time.Time
	done  chan struct{} // closed when the process has ended and err is set
	err   error

	lost       atomic.Pointer[error] // why the process was killed, if it was
	sending    sync.Mutex            // guards stdin
	closeStdin sync.Once
}

// Label returns the name of the process and its host: "node 3 on local".
func (p *Process) Label() string { return p.label }

// Send writes a line, which must not contain a newline, to the process's standard
// input. If the process has ended, the error is its exit reason.
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
	how := "exit status 0"
	if lost := p.lost.Load(); lost != nil {
		return fmt.Errorf("%s: %w", p.label, *lost)
	}
	if p.err != nil {
		how = p.err.Error()
	}
	if text := p.tail.String(); text != "" {
		return fmt.Errorf("%s ended: %s; its last lines were:\n%s", p.label, how, text)
	}
	return fmt.Errorf("%s ended: %s, with nothing on standard error", p.label, how)
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

// exit returns nil if the process ended with status 0, and Err otherwise.
func (p *Process) exit() error {
	if p.err != nil {
		return p.Err()
	}
	return nil
}

// follow passes on the lines of standard output. At its end it waits for the
// process, which is not allowed earlier.
func (p *Process) follow(stdout io.Reader) {
	defer close(p.done)
	r := bufio.NewReaderSize(stdout, 64<<10)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			break // an incomplete last line is dropped
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
