package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// runSwitch is the process of the switch. It holds the namespace of the bridge, or
// the TAP devices, until its orders end. processor is reserved for it, or -1.
func runSwitch(isInside bool, processor int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if !isInside {
		prefer(processor)
	}
	if err := enter(isInside, unix.CLONE_NEWNET); err != nil {
		return err
	}
	answers := json.NewEncoder(os.Stdout)
	orders, ended := make(chan order), make(chan error, 1)
	go func() { ended <- readOrders(os.Stdin, orders) }()
	var f *forwarder // nil for a bridge
	broken := make(chan error, 1)
	for {
		var o order
		select {
		case o = <-orders:
		case err := <-ended:
			return err
		case err := <-broken:
			return err
		}
		var a answer
		switch o.Do {
		case "attach":
			var err error
			a.PID = os.Getpid()
			if f, err = attach(o, processor >= 0, broken); err != nil {
				return err
			}
		case "delay":
			f.delay.Store(int64(o.Delay))
		case "frames":
			done := f.frames()
			a.Frames = &done
		}
		if err := answers.Encode(a); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
}

// readOrders passes on orders until their end.
func readOrders(r io.Reader, orders chan<- order) error {
	for d := json.NewDecoder(r); ; {
		var o order
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read order: %w", err)
		}
		orders <- o
	}
}

// attach makes the switch. A forwarder runs until the process ends, or sends its
// error to broken.
func attach(o order, own bool, broken chan<- error) (*forwarder, error) {
	if o.Delay < 0 {
		err := attachBridge(o.PIDs)
		if err == nil || !errors.Is(err, unix.EOPNOTSUPP) {
			return nil, err
		}
		o.Delay = 0 // the kernel has no bridges
	}
	fds, err := attachTAP(o.PIDs)
	if err != nil {
		return nil, err
	}
	f, err := newForwarder(fds, own)
	if err != nil {
		return nil, err
	}
	f.delay.Store(int64(o.Delay))
	// The forwarder allocates nothing, and a garbage collection would stop it.
	debug.SetGCPercent(-1)
	// Its thread never yields its processor to Go's scheduler.
	runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), 2))
	go func() {
		runtime.LockOSThread()
		broken <- f.run()
	}()
	return f, nil
}

// realtimePriority is the lowest real-time priority, above all ordinary threads.
const realtimePriority = 1

// prefer pins this process to its processor, if it has one, and raises its
// priority. Without the permission, the printed lag is larger.
//
// Note: the thread that executes this program again must do it, so that all
// threads have it from the start: Go's scheduler needs another thread to return
// the forwarder's processor to it.
//
// Note: a spinning thread must not have real-time priority: the kernel would stop
// it for 50 ms in each second.
func prefer(processor int) {
	if processor >= 0 {
		var set unix.CPUSet
		set.Set(processor)
		unix.SchedSetaffinity(0, &set)
		unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
		return
	}
	policy := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: realtimePriority}
	if unix.SchedSetAttr(0, &policy, 0) != nil {
		unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
		unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	}
}
