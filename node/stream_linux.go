//go:build amd64 || arm64 || riscv64

package node

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
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

	stamped bool  // the kernel is asked when bytes arrive
	arrived int64 // if so, when the last ones read did, in ns of CLOCK_REALTIME

	msg syscall.Msghdr
	iov syscall.Iovec
	// control has the message with the number of bytes left, and before it, on a
	// stamped stream, the one with the time.
	control [64]byte
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
	s.msg.Control = &s.control[0]
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
	s.msg.SetControllen(len(s.control))
	n, errno := rawCall(syscall.SYS_RECVMSG, s.fd, unsafe.Pointer(&s.msg), 0)
	switch {
	case errno == syscall.EAGAIN:
		return 0, errWait
	case errno != 0:
		return 0, os.NewSyscallError("recvmsg", errno)
	case n == 0:
		return 0, io.EOF
	}
	control := s.control[:s.msg.Controllen]
	if s.stamped {
		control = s.takeStamp(control)
	}
	s.empty = leaves(control) == 0
	return n, nil
}

// leaves returns how many bytes the last read left, as its control message
// says, and 1 if that is not known.
func leaves(control []byte) int32 {
	if len(control) < syscall.CmsgLen(4) {
		return 1
	}
	head := (*syscall.Cmsghdr)(unsafe.Pointer(&control[0]))
	if head.Level != syscall.IPPROTO_TCP || head.Type != tcpINQ {
		return 1
	}
	return *(*int32)(unsafe.Pointer(&control[syscall.CmsgLen(0)]))
}

// stamp makes the stream know when what it reads arrived. What it has read
// already arrived just now, as far as it knows.
//
// Note: the kernel stamps packets as they come in from the device, with
// CLOCK_REALTIME, and for all sockets as soon as any wants it. It says of a
// read when the last packet of it came.
func (s *stream) stamp() {
	s.arrived = time.Now().UnixNano()
	s.raw.Control(func(fd uintptr) { // without it there are no stamps, which takeStamp sees
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	s.stamped = true
}

// takeStamp notes when what was read arrived, and returns the control messages
// after the one that said so. Packets that came before the option was set have
// no stamp; they arrived now.
func (s *stream) takeStamp(control []byte) []byte {
	const size = int(unsafe.Sizeof(syscall.Timespec{}))
	if len(control) >= syscall.CmsgLen(size) {
		head := (*syscall.Cmsghdr)(unsafe.Pointer(&control[0]))
		if head.Level == syscall.SOL_SOCKET && head.Type == syscall.SCM_TIMESTAMPNS {
			s.arrived = (*syscall.Timespec)(unsafe.Pointer(&control[syscall.CmsgLen(0)])).Nano()
			return control[min(syscall.CmsgSpace(size), len(control)):]
		}
	}
	s.arrived = time.Now().UnixNano()
	return control
}

// last is that of arrivals.
func (s *stream) last() int64 { return s.arrived }
