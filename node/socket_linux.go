//go:build amd64 || arm64 || riscv64

package node

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// rawLimit is the longest read or write, in bytes, that a socket does without
// telling the scheduler: about 10 us of copying.
const rawLimit = 64 << 10

// socket reads and writes a TCP connection as that itself does, deadlines and
// all, but tells the scheduler nothing of short system calls. One goroutine
// may read and another write.
//
// Note: a call through package net is announced to the Go scheduler, in case
// it blocks. These cannot, and in a process that is idle between two requests
// the announcement wakes the runtime's monitor thread: two system calls more
// and a third thread for the two processors to run, a tenth of the round trip
// when this was measured.
type socket struct {
	net.Conn
	raw syscall.RawConn

	// The call at hand; a closure for each would be an allocation for each.
	in, out       []byte
	got, put      int
	inErr, outErr syscall.Errno
	read, write   func(fd uintptr) (done bool)
}

// newSocket returns conn in a form that is quicker to use, or conn itself.
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
	s.read, s.write = s.tryRead, s.tryWrite
	return s
}

// Read is that of net.Conn.
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

// Write is that of net.Conn.
func (s *socket) Write(p []byte) (int, error) {
	if len(p) == 0 || len(p) > rawLimit {
		return s.Conn.Write(p)
	}
	s.out, s.put, s.outErr = p, 0, 0
	err := s.raw.Write(s.write)
	s.out = nil
	if err == nil && s.outErr != 0 {
		err = os.NewSyscallError("write", s.outErr)
	}
	return s.put, err
}

// CloseWrite says to the peer that no more will follow.
func (s *socket) CloseWrite() error {
	return s.Conn.(*net.TCPConn).CloseWrite()
}

// tryRead reads once. It returns false if there is nothing yet.
func (s *socket) tryRead(fd uintptr) bool {
	s.got, s.inErr = rawCall(syscall.SYS_READ, fd, unsafe.Pointer(&s.in[0]), len(s.in))
	return s.inErr != syscall.EAGAIN
}

// tryWrite writes all of s.out. It returns false if the peer has to read first.
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

// rawCall does one system call until no signal cuts it short, without telling
// the scheduler.
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
