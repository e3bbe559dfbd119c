package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"dhtbench/provision/host"

	"golang.org/x/sys/unix"
)

// endGrace is how long init may take to end the lab, including the 10 s that the
// command has.
const endGrace = 15 * time.Second

// File descriptors that init inherits.
const (
	ordersFd  = 3 // pipe: the spec; its end ends the lab
	reportsFd = 4 // pipe: one report
	lockFd    = 5 // the run directory
)

// run is [Command.Run] on Linux.
func run(ctx context.Context, c Command) (err error) {
	ssh, sshd, err := preflight(c)
	if err != nil {
		return err
	}
	dir, err := newRunDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.remove()) }()
	s := spec{Nodes: c.Nodes, RTT: c.RTT, Argv: c.Argv, Dir: dir.path, SSH: ssh, SSHD: sshd, Processor: -1}
	var others *unix.CPUSet
	if c.RTT > 0 {
		s.Processor, others = reserve()
	}
	init, err := startInit(s, dir.lock, others)
	if err != nil {
		return err
	}
	r, err := init.await(ctx)
	switch {
	case err != nil:
		return err
	case r.Fault != "":
		return errors.New(r.Fault)
	case r.Status != 0:
		return host.Status{Argv: c.Argv, Code: r.Status}
	}
	return nil
}

// initProcess is the lab's first process, for its parent process.
type initProcess struct {
	cmd     *exec.Cmd
	orders  *os.File
	reports *os.File
	ended   chan error // the result of waiting for the process
}

// startInit starts init in new namespaces, on the given processors or on all, and
// sends it the spec.
func startInit(s spec, lock *os.File, processors *unix.CPUSet) (*initProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the executable: %w", err)
	}
	ordersIn, orders, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the lab: %w", err)
	}
	defer ordersIn.Close()
	reports, reportsOut, err := os.Pipe()
	if err != nil {
		orders.Close()
		return nil, fmt.Errorf("start the lab: %w", err)
	}
	defer reportsOut.Close()

	p := &initProcess{cmd: exec.Command(self, "lab-stage", "init"), orders: orders, reports: reports, ended: make(chan error, 1)}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	p.cmd.ExtraFiles = []*os.File{ordersIn, reportsOut, lock}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := p.start(processors); err != nil {
		orders.Close()
		reports.Close()
		return nil, fmt.Errorf("create namespaces: %w%s", err, remedy(err))
	}
	if err := json.NewEncoder(orders).Encode(s); err != nil && !errors.Is(err, unix.EPIPE) { // await reports its end
		return nil, fmt.Errorf("send the spec: %w", errors.Join(err, p.kill()))
	}
	return p, nil
}

// start starts the process on a thread that lives as long as the process. The
// kernel takes the end of that thread for the end of the parent process.
func (p *initProcess) start(processors *unix.CPUSet) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this function
		if processors != nil {
			unix.SchedSetaffinity(0, processors) // which init inherits
		}
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.ended <- p.cmd.Wait()
		}
	}()
	return <-started
}

// reserve chooses a processor for the switch, and returns it and those for all
// other processes of the lab. It returns -1 if there is only one.
//
// Note: with its own processor, the spinning switch takes no time from the hosts,
// and they do not delay it.
func reserve() (processor int, others *unix.CPUSet) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil || set.Count() < 2 {
		return -1, nil
	}
	for last := len(set)*64 - 1; ; last-- {
		if set.IsSet(last) {
			set.Clear(last)
			return last, &set
		}
	}
}

// kill ends the lab at once.
func (p *initProcess) kill() error {
	p.cmd.Process.Kill()
	<-p.ended
	return errors.Join(p.orders.Close(), p.reports.Close())
}

// await waits for the end of init and returns its report. When ctx ends, await
// ends the lab.
func (p *initProcess) await(ctx context.Context) (report, error) {
	defer p.reports.Close()
	var err error
	select {
	case err = <-p.ended:
		p.orders.Close()
	case <-ctx.Done():
		p.orders.Close()
		timer := time.NewTimer(endGrace)
		defer timer.Stop()
		select {
		case err = <-p.ended:
		case <-timer.C:
			p.cmd.Process.Kill()
			err = fmt.Errorf("it did not end within %v and was killed: %w", endGrace, <-p.ended)
		}
	}
	var r report
	if text, _ := io.ReadAll(p.reports); json.Unmarshal(text, &r) != nil {
		return r, fmt.Errorf("the lab's first process ended without a report: %v", err) // its exit status is not this program's
	}
	return r, nil
}

// remedy returns advice for an error in making namespaces.
func remedy(err error) string {
	switch {
	case errors.Is(err, unix.EPERM):
		return "; provision lab needs root (try sudo)"
	case errors.Is(err, unix.ENOSPC):
		return "; raise the limits in /proc/sys/user/max_*_namespaces"
	case errors.Is(err, unix.EINVAL):
		return "; the kernel lacks PID, mount or network namespaces"
	}
	return ""
}
