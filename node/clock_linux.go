//go:build amd64 || arm64 || riscv64

package node

import (
	"syscall"
	"unsafe"
)

// readMonotonic reads the host's CLOCK_MONOTONIC, in nanoseconds.
func readMonotonic() int64 {
	const clockMonotonic = 1
	var ts syscall.Timespec
	rawCall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, unsafe.Pointer(&ts), 0) // cannot fail
	return ts.Nano()
}
