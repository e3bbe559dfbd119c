package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"dhtbench/provision/host"

	"golang.org/x/sys/unix"
)

// errInterrupted is the error of a lab that its user interrupted.
var errInterrupted = errors.New("interrupted")

// runInit is pid 1 of a lab. It makes the lab, runs the command and reports. When
// it ends, the kernel kills every process of the lab.
//
// Note: it adopts processes whose parent ended and does not wait for them; they
// are zombies until the lab ends.
func runInit(ctx context.Context) error {
	for _, fd := range []int{ordersFd, reportsFd, lockFd} {
		unix.CloseOnExec(fd)
	}
	orders := os.NewFile(ordersFd, "orders")
	reports := os.NewFile(reportsFd, "reports")
	var s spec
	decoder := json.NewDecoder(orders)
	if err := decoder.Decode(&s); err != nil {
		return fmt.Errorf("read the spec: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		io.Copy(io.Discard, orders) // until the user's process ends or interrupts the lab
		cancel(errInterrupted)
	}()
	l := lab{spec: s, cancel: cancel, vital: make(map[int]*host.Process)}
	var r report
	err := l.run(ctx)
	if status, ok := errors.AsType[host.Status](err); ok && !l.broken(ctx) {
		r.Status = status.Code
	} else if err != nil {
		r.Fault = l.explain(ctx, err).Error()
	}
	if err := json.NewEncoder(reports).Encode(r); err != nil {
		return fmt.Errorf("report the lab's end: %w", err)
	}
	return nil
}

// lab is the lab in its init process.
type lab struct {
	spec
	cancel   context.CancelCauseFunc // ends the lab, with the reason
	self     string                  // the executable
	switches *host.Process
	hosts    []*host.Process       // by port - 1; each executes sshd
	vital    map[int]*host.Process // switch and hosts by process id
}

// death is the end of a process that the lab needs.
type death struct{ error }

// broken reports whether the end of a process ended the lab.
func (l *lab) broken(ctx context.Context) bool {
	_, died := errors.AsType[death](context.Cause(ctx))
	return died
}

// explain returns why the lab ended early: the cause instead of its consequences.
func (l *lab) explain(ctx context.Context, err error) error {
	if l.broken(ctx) {
		return fmt.Errorf("lab: %w", context.Cause(ctx))
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// run makes the lab, runs the command and prints the statistics of the switch.
func (l *lab) run(ctx context.Context) error {
	if err := l.build(ctx); err != nil {
		return err
	}
	if err := l.watch(); err != nil {
		return err
	}
	command := host.Command{Argv: l.Argv, Inventory: filepath.Join(l.Dir, inventoryFile)}
	err := command.Run(ctx)
	if l.RTT > 0 && !l.broken(ctx) {
		err = errors.Join(err, l.printFrames())
	}
	return err
}

// watch ends the lab when the switch or an sshd ends.
func (l *lab) watch() error {
	for pid, p := range l.vital {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			return fmt.Errorf("watch %s: %w", p.Label(), err)
		}
		go func() {
			poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			for {
				if n, err := unix.Poll(poll, -1); n > 0 || err != unix.EINTR {
					break
				}
			}
			l.cancel(death{exitReason(p)})
		}()
	}
	return nil
}

// exitReason returns why a process ended, if that is known. The sessions of an
// sshd keep its standard error open, and the reason is known only at its end.
func exitReason(p *host.Process) error {
	select {
	case <-p.Done():
		return p.Err()
	case <-time.After(100 * time.Millisecond):
		return fmt.Errorf("%s ended, and its sessions did not", p.Label())
	}
}

// printFrames prints the statistics of the switch.
func (l *lab) printFrames() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	a, err := ask(ctx, l.switches, order{Do: "frames"})
	if err != nil || a.Frames == nil {
		return fmt.Errorf("ask the switch for its statistics: %w", err)
	}
	f := a.Frames
	fmt.Fprintf(os.Stderr, "lab: the switch forwarded %d frames and dropped %d; late by p50 %s, p99 %s, max %s\n",
		f.Forwarded, f.Dropped, micros(f.LagP50), micros(f.LagP99), micros(f.LagMax))
	return nil
}
