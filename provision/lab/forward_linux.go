package lab

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// burst is how many frames are read from one port before frames that are due
// are looked at again.
const burst = 16

// forever is no time on the clock.
const forever = time.Duration(1<<63 - 1)

// bulk is the size of a frame that is seldom alone. After a smaller one, asking
// epoll again is as cheap as reading in vain.
const bulk = 1000

// forwarder moves frames between ports, each after the same delay. Everything
// but delay and frames belongs to the goroutine that calls run.
type forwarder struct {
	delay atomic.Int64 // nanoseconds that a frame stays; set at any time

	base  time.Time // zero of the clock
	ports [256]int  // file descriptor by port; 0: none
	epoll int
	timer int           // a timerfd in epoll, edge-triggered: it is never read
	armed time.Duration // when the timer ends a sleep; 0: never
	slept bool          // the last wait was a sleep that the timer could end

	queue *queue
	scrap []byte // where frames are read to for which the queue has no room
	pace  pace

	lag                lag // after its due time, a frame was sent
	forwarded, dropped atomic.Int64
}

// newForwarder takes the file descriptors of ports: a read of one takes one
// whole frame, a write gives one, and neither may block.
// own says that the forwarder has a processor to itself.
func newForwarder(fds map[port]int, own bool) (*forwarder, error) {
	f := &forwarder{base: time.Now(), queue: newQueue(), scrap: make([]byte, slotSize), pace: pace{own: own}}
	var err error
	if f.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make epoll: %w", err)
	}
	if f.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		return nil, fmt.Errorf("make timer: %w", err)
	}
	if err := f.watch(f.timer, unix.EPOLLIN|unix.EPOLLET); err != nil {
		return nil, err
	}
	for p, fd := range fds {
		f.ports[p] = fd
		if err := f.watch(fd, unix.EPOLLIN); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// watch adds a file descriptor to those that end a wait.
func (f *forwarder) watch(fd int, events uint32) error {
	event := unix.EpollEvent{Events: events, Fd: int32(fd)}
	if err := unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("watch port: %w", err)
	}
	return nil
}

// now is the time on the forwarder's clock.
func (f *forwarder) now() time.Duration { return time.Since(f.base) }

// frames says what was done so far.
func (f *forwarder) frames() Frames {
	return Frames{
		Forwarded: f.forwarded.Load(), Dropped: f.dropped.Load(),
		LagP50: f.lag.quantile(0.5), LagP99: f.lag.quantile(0.99), LagMax: time.Duration(f.lag.max.Load()),
	}
}

// run forwards until something fails that should not. The calling goroutine
// must be locked to its thread.
func (f *forwarder) run() error {
	events := make([]unix.EpollEvent, 64)
	for {
		now := f.sendDue()
		n, err := f.wait(now, events)
		if err != nil {
			return fmt.Errorf("wait for frames: %w", err)
		}
		if n == 0 {
			continue
		}
		// All of them came before now: one reading of the clock serves all.
		now = f.now()
		due := now + time.Duration(f.delay.Load())
		for _, event := range events[:n] {
			if int(event.Fd) == f.timer {
				if f.slept {
					f.pace.woke(f.now() - f.armed)
				}
				f.armed = 0
				continue
			}
			f.pace.arrived(now)
			if err := f.receive(int(event.Fd), due); err != nil {
				return err
			}
		}
	}
}

// sendDue sends all frames that are due and returns the time.
func (f *forwarder) sendDue() time.Duration {
	now := f.now()
	for f.queue.n > 0 {
		p, frame := f.queue.first()
		if p.due > now {
			break
		}
		f.lag.record(now - p.due)
		if _, err := unix.Write(int(p.to), frame); err == nil {
			f.forwarded.Add(1)
		} else {
			f.dropped.Add(1) // the destination is full or not up; its sender will try again
		}
		f.queue.pop()
		now = f.now()
	}
	return now
}

// receive takes frames from a port. Those for nobody are thrown away.
func (f *forwarder) receive(from int, due time.Duration) error {
	for range burst {
		space := f.queue.space()
		full := space == nil
		if full {
			space = f.scrap
		}
		n, err := unix.Read(from, space)
		switch {
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			return nil
		case err != nil:
			return fmt.Errorf("read frame: %w", err)
		case n == 0:
			return errors.New("read frame: the port is gone")
		}
		to := f.ports[destination(space[:n])]
		switch {
		case to == 0:
		case full:
			f.dropped.Add(1)
		default:
			f.queue.push(due, to, n)
		}
		if n < bulk {
			return nil
		}
	}
	return nil
}

// wait returns when a port has frames, or the first frame in the queue is due,
// or it may be. It sleeps until pace wants it awake, and then only looks.
//
// Note: this is the clock_nanosleep and bounded spin of all pacing here, in a
// form that a frame can end: the sleep is a timer in the same epoll as the
// ports, and each turn of the spin asks epoll.
func (f *forwarder) wait(now time.Duration, events []unix.EpollEvent) (int, error) {
	f.slept = false
	wake := forever
	if f.queue.n > 0 {
		first, _ := f.queue.first()
		wake = first.due - f.pace.awake(now)
	}
	if wake <= now || f.pace.lingers(now) {
		n, err := f.poll(events, 0)
		f.pace.spent(f.now() - now)
		return n, err
	}
	if wake != forever && (f.armed == 0 || f.armed > wake) {
		if err := f.arm(wake, now); err != nil {
			return 0, err
		}
	}
	f.slept = wake != forever && f.armed > now
	return f.poll(events, -1)
}

// arm sets the timer.
func (f *forwarder) arm(wake, now time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(wake - now))}
	if err := unix.TimerfdSettime(f.timer, 0, &spec, nil); err != nil {
		return fmt.Errorf("set timer: %w", err)
	}
	f.armed = wake
	return nil
}

// poll asks which ports are ready, and waits for them if timeout is -1. An
// interrupted wait is an empty one.
//
// Note: a raw system call, which Go's scheduler knows nothing of: handing the
// thread's place in it to another at each sleep would take longer than many
// sleeps are.
func (f *forwarder) poll(events []unix.EpollEvent, timeout int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(f.epoll),
		uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), uintptr(timeout), 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EINTR:
		return 0, nil
	}
	return 0, errno
}
