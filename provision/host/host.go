// Package host runs processes on hosts. A host is a name, the address at which
// other hosts dial it, and the argv prefix that runs a command there. No package
// above this one knows whether the prefix is ssh, kubectl, srun or nothing.
//
// The prefix must run `sh` on the host and connect its standard streams. The first
// line on the standard input of that shell executes the command, see [shellLine].
//
// A started [Process] must end when its standard input ends. So no process
// outlives its parent process, on any host, even if the parent is killed.
package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Host is a machine, or a part of one, that runs commands.
type Host struct {
	// Name identifies the host in an inventory, in errors and in the record.
	Name string `json:"name"`
	// Addr is the IP address or name at which other hosts dial this one.
	Addr string `json:"addr"`
	// Via is the argv prefix that runs a command on the host, such as
	// ["ssh", "h3"]. Empty means that commands run on this machine.
	Via []string `json:"via"`
	// Facts describes the host for the record, by short names such as "image" or
	// "zone". Nil means none.
	Facts map[string]string `json:"facts,omitempty"`
	// SilenceNS is the time in nanoseconds without output after which a process on the
	// host counts as lost. 0 means a minute, or 12 s without Via.
	SilenceNS int64 `json:"silence_ns,omitempty"`
}

// Local returns this machine, at its loopback address.
func Local() Host { return Host{Name: "local", Addr: "127.0.0.1"} }

// Start starts a command on the host. label names the process in errors ("node
// 3"). The process has its own process group, so that a terminal's interrupt
// reaches only the parent process. Behind a prefix it also has its own session:
// ssh cannot wait for a password that nobody sees it ask for.
//
// Note: local processes stay in the session of their parent. Linux divides the
// processors between sessions first, and then within each (sched(7), autogroup).
// With a session each, responses of a local node took 12 % longer.
func (h Host) Start(label string, argv ...string) (*Process, error) {
	remote := len(h.Via) > 0
	return h.start(label, argv, &syscall.SysProcAttr{Setsid: remote, Setpgid: !remote}, h.patience())
}

func (h Host) start(label string, argv []string, attr *syscall.SysProcAttr, patience patience) (*Process, error) {
	if len(argv) == 0 {
		return nil, errors.New("start process: empty command")
	}
	line := ""
	if len(h.Via) > 0 {
		line = shellLine(argv)
		argv = append(append([]string(nil), h.Via...), "sh")
	}
	p := &Process{
		label:    fmt.Sprintf("%s on %s", label, h.Name),
		cmd:      exec.Command(argv[0], argv[1:]...),
		patience: patience,
		pulse:    pulse{last: time.Now()},
		lines:    make(chan []byte, 64),
		started:  make(chan struct{}),
		killed:   make(chan struct{}),
		done:     make(chan struct{}),
	}
	p.cmd.SysProcAttr = attr
	p.cmd.Stderr = &p.tail
	p.cmd.WaitDelay = pipeGrace
	fail := func(err error) (*Process, error) { return nil, fmt.Errorf("start %s: %w", p.label, err) }
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return fail(err)
	}
	stdout, writer, err := os.Pipe()
	if err != nil {
		return fail(err)
	}
	p.cmd.Stdout = writer
	err = p.cmd.Start()
	writer.Close()
	if err != nil {
		stdout.Close()
		return fail(fmt.Errorf("%s: %w", strings.Join(argv, " "), err))
	}
	p.stdin = stdin
	if line == "" {
		close(p.started)
	} else {
		io.WriteString(stdin, line) // an error shows as the end of the process
		go p.awaitStart()
	}
	go p.follow(&pipe{file: stdout, process: p})
	return p, nil
}
