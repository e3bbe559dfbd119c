package node

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// ReadUsage returns the usage of a process on this host since its start. What the
// kernel does not report, as for a process that has ended, is 0.
func ReadUsage(pid int) (u Usage) {
	// The clock of a process's processor time, see clock_getcpuclockid(3). It is
	// exact, while /proc/PID/stat counts in steps of 10 ms.
	const scheduled = 2
	var t unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|scheduled), &t) == nil {
		u.CPUNS = t.Nano()
	}
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if fields := bytes.Fields(statm); err == nil && len(fields) > 1 {
		pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
		u.RSSBytes = pages * int64(os.Getpagesize())
	}
	if files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid)); err == nil {
		u.Descriptors = int64(len(files))
	}
	if pid == os.Getpid() {
		u.Goroutines = int64(runtime.NumGoroutine())
	}
	return u
}
