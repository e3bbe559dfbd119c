//go:build amd64 || arm64 || riscv64

package node

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// rawLimit is the longest read or write, in bytes, that a socket does by a raw
// system call: about 10 us of copying.
const rawLimit = 64 << 10

// socket is a TCP connection that does short reads and writes by raw system
// calls. Deadlines work as in package net. One goroutine may read while another
// writes.
//
// Note: package net announces a system call to the Go scheduler, because it
// could block. These calls never block. In a process that is idle between two
// requests, the announcement wakes the runtime's monitor thread: two more system
// calls and a third thread on two processors, together a tenth of the measured
// round trip.
type socket struct {
	net.Conn
	raw syscall.RawConn

	// The current calls, as fields because a closure for each call would
	// allocate.
	in, out       []byte
	got, put      int
	inErr, outErr syscall.Errno
	read, write   func(fd uintptr) (done bool)
	writeSome     func(fd uintptr) (done bool)
}

// newSocket returns conn as a socket if it can be one, or else conn.
func newSocket(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return conn
	}
	s := &socket{Conn: conn, raw: raw}
	s.read, s.write, s.writeSome = s.tryRead, s.tryWrite, s.tryWriteSome
	return s
}

// Read is the Read of net.Conn.
func (s *socket) Read(p []byte) (int, error) {
	if len(p) == 0 || len(p) > rawLimit {
		return s.Conn.Read(p)
	}
	s.in = p
	err := s.raw.Read(s.read)
	s.in = nil
	switch {
	case err != nil:
		return 0, err
	case s.inErr != 0:
		return 0, os.NewSyscallError("read", s.inErr)
	case s.got == 0:
		return 0, io.EOF
	}
	return s.got, nil
}

// Write is the Write of net.Conn.
func (s *socket) Write(p []byte) (int, error) {
	if len(p) == 0 || len(p) > rawLimit {
		return s.Conn.Write(p)
	}
	return s.writeBy(s.write, p)
}

// TryWrite writes what the kernel takes without waiting, and returns its length.
func (s *socket) TryWrite(p []byte) (int, error) {
	return s.writeBy(s.writeSome, p)
}

func (s *socket) writeBy(write func(fd uintptr) bool, p []byte) (int, error) {
	s.out, s.put, s.outErr = p, 0, 0
	err := s.raw.Write(write)
	s.out = nil
	if err == nil && s.outErr != 0 {
		err = os.NewSyscallError("write", s.outErr)
	}
	return s.put, err
}

// CloseWrite closes the connection for writing: the peer reads io.EOF.
func (s *socket) CloseWrite() error {
	return s.Conn.(*net.TCPConn).CloseWrite()
}

// tryRead reads once. It returns false if there is nothing to read yet.
func (s *socket) tryRead(fd uintptr) bool {
	s.got, s.inErr = rawCall(syscall.SYS_READ, fd, unsafe.Pointer(&s.in[0]), len(s.in))
	return s.inErr != syscall.EAGAIN
}

// tryWrite writes all of s.out. It returns false if the peer must read first.
func (s *socket) tryWrite(fd uintptr) bool {
	for s.put < len(s.out) {
		var n int
		p := s.out[s.put:]
		n, s.outErr = rawCall(syscall.SYS_WRITE, fd, unsafe.Pointer(&p[0]), len(p))
		if s.outErr != 0 {
			return s.outErr != syscall.EAGAIN
		}
		s.put += n
	}
	return true
}

// tryWriteSome writes what can be written of s.out now.
func (s *socket) tryWriteSome(fd uintptr) bool {
	if !s.tryWrite(fd) {
		s.outErr = 0
	}
	return true
}

// rawCall does one raw system call, again if a signal interrupts it. The call
// must not block.
func rawCall(call, fd uintptr, p unsafe.Pointer, n int) (int, syscall.Errno) {
	for {
		got, _, errno := syscall.RawSyscall(call, fd, uintptr(p), uintptr(n))
		switch errno {
		case 0:
			return int(got), 0
		case syscall.EINTR:
			continue
		}
		return 0, errno
	}
}
