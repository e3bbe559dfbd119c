package lab

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// burst is how many frames are read from one port before due frames are sent.
const burst = 16

// forever means that no time is set.
const forever = time.Duration(1<<63 - 1)

// bulk is the size of a frame that others probably follow. After a smaller one,
// epoll is as cheap as a read that finds nothing.
const bulk = 1000

// forwarder forwards frames between ports, each after the same delay. Only delay
// and frames may be used outside the goroutine that calls run.
type forwarder struct {
	delay atomic.Int64 // nanoseconds; may be set at any time

	base  time.Time // zero of the clock
	ports [256]int  // file descriptor by port; 0: none
	epoll int
	timer int           // a timerfd in epoll, edge-triggered: it is never read
	armed time.Duration // when the timer ends a sleep; 0: never
	slept bool          // the last wait was a sleep that the timer could end

	queue *queue
	scrap []byte // buffer for frames that are dropped
	pace  pace

	lag                lag // time from a frame's due time until it was sent
	forwarded, dropped atomic.Int64
}

// newForwarder takes the file descriptors of ports. A read or write transfers one
// frame and must not block. own means that a processor is reserved for the
// forwarder.
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

// watch adds a file descriptor that ends a wait.
func (f *forwarder) watch(fd int, events uint32) error {
	event := unix.EpollEvent{Events: events, Fd: int32(fd)}
	if err := unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("watch port: %w", err)
	}
	return nil
}

// now returns the time on the forwarder's clock.
func (f *forwarder) now() time.Duration { return time.Since(f.base) }

// frames returns what was done so far.
func (f *forwarder) frames() frames {
	return frames{
		Forwarded: f.forwarded.Load(), Dropped: f.dropped.Load(),
		LagP50: f.lag.quantile(0.5), LagP99: f.lag.quantile(0.99), LagMax: time.Duration(f.lag.max.Load()),
	}
}

// run forwards frames until an error. The calling goroutine must be locked to its
// thread.
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
		// All of them came before now: one reading of the clock is enough.
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

// sendDue sends all due frames and returns the time.
func (f *forwarder) sendDue() time.Duration {
	now := f.now()
	for f.queue.n > 0 {
		p, frame := f.queue.first()
		if p.due > now {
			break
		}
		f.lag.record(now - p.due)
		f.forwarded.Add(1) // before a reader of the frame can look
		if _, err := unix.Write(int(p.to), frame); err != nil {
			f.forwarded.Add(-1)
			f.dropped.Add(1) // the destination is full or not up; TCP sends again
		}
		f.queue.pop()
		now = f.now()
	}
	return now
}

// receive reads frames from a port. It drops those without a destination.
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
			return errors.New("read frame: the port was closed")
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

// wait returns when a port has frames or the first frame in the queue may be due.
// It sleeps until pace wants it awake and then polls.
//
// Note: bench paces sends with clock_nanosleep and a bounded spin. Here a frame
// must end the sleep, so the sleep is a timer in the ports' epoll and the spin
// polls it; the two share no code.
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

// poll returns the ports that are ready, and waits for one if timeout is -1. An
// interrupted wait returns none.
//
// Note: it is a raw system call, unknown to Go's scheduler. To hand over the
// thread's processor at each sleep would take longer than many sleeps.
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
