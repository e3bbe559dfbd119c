// Package host runs processes on hosts. A host is a name, the address at which
// other hosts dial it, and the argv prefix that runs a command there. No package
// above this one knows whether the prefix is ssh, kubectl, srun or nothing.
//
// A started [Process] must end when its standard input ends. So no process
// outlives its parent process, on any host, even if the parent is killed.
package host

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Host is a machine, or a part of one, that runs commands.
type Host struct {
	// Name identifies the host in an inventory, in errors and in the record.
	Name string `json:"name"`
	// Addr is the IP address at which other hosts dial this one.
	Addr string `json:"addr"`
	// Via is the argv prefix that runs a command on the host, such as
	// ["ssh", "h3"]. Empty means that commands run on this machine.
	Via []string `json:"via"`
	// Facts describes the host for the record, by short names such as "image" or
	// "zone". Nil means none.
	Facts map[string]string `json:"facts,omitempty"`
}

// Local returns this machine, at its loopback address.
func Local() Host { return Host{Name: "local", Addr: "127.0.0.1"} }

// Start starts a command on the host. label names the process in errors ("node
// 3"). The process has its own process group, so a terminal's interrupt reaches
// only the parent process, which then ends its children in order.
func (h Host) Start(label string, argv ...string) (*Process, error) {
	argv = append(append([]string(nil), h.Via...), argv...)
	if len(argv) == 0 {
		return nil, errors.New("start process: empty command")
	}
	p := &Process{
		label: fmt.Sprintf("%s on %s", label, h.Name),
		cmd:   exec.Command(argv[0], argv[1:]...),
		lines: make(chan []byte, 64),
		done:  make(chan struct{}),
		born:  time.Now(),
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Stderr = &p.tail
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.label, err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.label, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %s: %w", p.label, strings.Join(argv, " "), err)
	}
	p.stdin = stdin
	go p.follow(stdout)
	return p, nil
}
