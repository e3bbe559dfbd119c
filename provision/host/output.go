package host

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
)

// pipeGrace is how long the output of a process that ended is read. Another
// process may hold the pipes open forever.
const pipeGrace = time.Second

// follow passes on the output and waits for the end of the process.
func (p *Process) follow(stdout *pipe) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(p.lines)
		if err := p.read(bufio.NewReaderSize(stdout, 64<<10)); err != nil {
			p.giveUp(err)
			io.Copy(io.Discard, stdout)
		}
	}()
	err := p.cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) { // another process holds standard error open
		err = nil
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		err = fmt.Errorf("wait for process: %w", err)
	}
	stdout.end()
	<-read
	stdout.file.Close()
	p.err = err
	select {
	case <-p.started:
	default:
		if err == nil && p.lost.Load() == nil {
			p.err = errNoInput
		}
	}
	select {
	case <-p.killed:
		p.signal(syscall.SIGKILL) // children that ignored SIGTERM
	default:
	}
	close(p.done)
}

// read passes on the lines of standard output. It drops what precedes the marker,
// empty lines, which are heartbeats, and an incomplete last line.
func (p *Process) read(r *bufio.Reader) error {
	remote := false
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return nil
		}
		line = line[:len(line)-1]
		select {
		case <-p.started:
		default:
			start, err := isStart(line)
			if err != nil {
				return err
			}
			if start {
				close(p.started)
				remote = true
			}
			continue
		}
		if remote && string(line) == marker {
			return errRepeated
		}
		p.spoke.Store(true)
		if len(line) == 0 {
			continue
		}
		select {
		case p.lines <- line:
		case <-p.killed:
		}
	}
}

// pipe is the reading end of a process's standard output.
type pipe struct {
	file    *os.File
	process *Process
	ended   atomic.Bool // the process has ended
}

// Read fails if there is nothing to read for pipeGrace after the process's end.
func (p *pipe) Read(b []byte) (int, error) {
	if p.ended.Load() {
		p.file.SetReadDeadline(time.Now().Add(pipeGrace))
	}
	n, err := p.file.Read(b)
	if n > 0 {
		p.process.pulse.beat()
	}
	return n, err
}

func (p *pipe) end() {
	p.ended.Store(true)
	p.file.SetReadDeadline(time.Now().Add(pipeGrace))
}
