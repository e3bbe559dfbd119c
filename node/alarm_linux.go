//go:build amd64 || arm64 || riscv64

package node

import (
	"context"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// alarm wakes a goroutine at instants of the host's clock. One goroutine uses it.
//
// Note: it is a timer of the kernel, which the runtime waits for as for a
// socket. The timers of the Go runtime are late by up to 1 ms. A thread that
// sleeps in clock_nanosleep is not, but it keeps its processor from other
// goroutines until the runtime's monitor notices: 100 sleeps a second took
// 0.8 % of a processor instead of 0.35 %, and with one processor requests
// waited for the monitor. Reading with os.File instead of rawCall takes half as
// much again.
type alarm struct {
	file  *os.File
	raw   syscall.RawConn
	read  func(fd uintptr) (done bool)
	rings uint64
	errno syscall.Errno
}

// newAlarm returns an alarm that is not set. Its waits fail when ctx ends.
func newAlarm(ctx context.Context) (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	a := &alarm{file: os.NewFile(uintptr(fd), "timer")}
	if a.raw, err = a.file.SyscallConn(); err != nil {
		a.file.Close()
		return nil, err
	}
	a.read = func(fd uintptr) bool {
		_, a.errno = rawCall(syscall.SYS_READ, fd, unsafe.Pointer(&a.rings), int(unsafe.Sizeof(a.rings)))
		return a.errno != syscall.EAGAIN
	}
	context.AfterFunc(ctx, func() { a.file.Close() })
	return a, nil
}

// set makes it ring at an instant of the clock, and then once every interval;
// interval 0: only once.
func (a *alarm) set(at int64, interval time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(at), Interval: unix.NsecToTimespec(int64(interval))}
	var err error
	ctlErr := a.raw.Control(func(fd uintptr) {
		err = unix.TimerfdSettime(int(fd), unix.TFD_TIMER_ABSTIME, &spec, nil)
	})
	if ctlErr != nil {
		return ctlErr
	}
	return os.NewSyscallError("timerfd_settime", err)
}

// wait waits until it rings, and returns how often it rang since the last wait.
func (a *alarm) wait() (int64, error) {
	if err := a.raw.Read(a.read); err != nil {
		return 0, err
	}
	if a.errno != 0 {
		return 0, os.NewSyscallError("read timer", a.errno)
	}
	return int64(a.rings), nil
}
