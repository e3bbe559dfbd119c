//go:build amd64 || arm64 || riscv64

package node

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// tcpINQ is the option TCP_INQ of Linux 4.18, and the type of the message in
// which it says how many bytes are left to read. See tcp(7).
const tcpINQ = 36

// stream is the reading side of a server's connection: it says when a read
// would have to wait instead of waiting. It is not safe for concurrent use.
//
// Note: with each read the kernel says how much is left, so that the read that
// would find nothing is spared: the second of the three system calls of a
// request. That a read returned less than it could does not say as much. If
// the peer's end of the stream came along, no event announces it later; the
// kernel counts it as one byte left.
type stream struct {
	raw   syscall.RawConn
	fd    uintptr // only valid within wait
	empty bool    // the last read left nothing

	msg  syscall.Msghdr
	iov  syscall.Iovec
	left [32]byte // the control message with the number of bytes left
}

// newStream returns the stream of conn, or false if it has none that would be
// quicker than conn itself.
func newStream(conn net.Conn) (*stream, bool) {
	socket, ok := conn.(*socket)
	if !ok {
		return nil, false
	}
	var err error
	ctlErr := socket.raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpINQ, 1)
	})
	if ctlErr != nil || err != nil {
		return nil, false
	}
	s := &stream{raw: socket.raw}
	s.msg.Iov, s.msg.Iovlen = &s.iov, 1
	s.msg.Control = &s.left[0]
	return s, true
}

// wait calls ready, and again each time there may be something to read, until
// it returns something else than errWait. It returns that, or the reason why
// it can wait no longer, such as a passed deadline.
func (s *stream) wait(ready func() error) error {
	s.empty = false // there may be something of which no event will tell
	var end error
	err := s.raw.Read(func(fd uintptr) bool {
		s.fd = fd
		end = ready()
		return end != errWait
	})
	if err != nil {
		return err
	}
	return end
}

// Read reads once, within wait. If there is nothing it returns errWait.
func (s *stream) Read(p []byte) (int, error) {
	if s.empty {
		s.empty = false
		return 0, errWait
	}
	p = p[:min(len(p), rawLimit)]
	s.iov.Base = &p[0]
	s.iov.SetLen(len(p))
	s.msg.SetControllen(len(s.left))
	n, errno := rawCall(syscall.SYS_RECVMSG, s.fd, unsafe.Pointer(&s.msg), 0)
	switch {
	case errno == syscall.EAGAIN:
		return 0, errWait
	case errno != 0:
		return 0, os.NewSyscallError("recvmsg", errno)
	case n == 0:
		return 0, io.EOF
	}
	s.empty = s.leaves() == 0
	return n, nil
}

// leaves returns how many bytes the last read left, and 1 if that is not known.
func (s *stream) leaves() int32 {
	head := (*syscall.Cmsghdr)(unsafe.Pointer(&s.left[0]))
	if int(s.msg.Controllen) < syscall.CmsgLen(4) || head.Level != syscall.IPPROTO_TCP || head.Type != tcpINQ {
		return 1
	}
	return *(*int32)(unsafe.Pointer(&s.left[syscall.CmsgLen(0)]))
}
