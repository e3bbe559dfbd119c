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

// tcpINQ is the option TCP_INQ of Linux 4.18, and the type of the control message
// with the number of bytes that are left to read. See tcp(7).
const tcpINQ = 36

// stream is the reading side of a server's connection. A read that would have to
// wait returns errWait instead. It is not safe for concurrent use.
//
// Note: each read reports how many bytes are left, which saves the read that
// would find nothing, one of three system calls of a request. A short read is
// not enough to know that: the end of the peer's stream may have arrived with
// the last bytes, and no later event would announce it. The kernel counts the
// end as one byte left.
type stream struct {
	raw   syscall.RawConn
	fd    uintptr // valid only during wait
	empty bool    // the last read left nothing

	stamped bool  // stamp was called
	arrived int64 // when the last bytes read arrived, in ns of CLOCK_REALTIME

	msg syscall.Msghdr
	iov syscall.Iovec
	// control has the control message with the number of bytes left, after that
	// with the time on a stamped stream.
	control [64]byte
}

// newStream returns a stream of conn, or false if the kernel does not report how
// many bytes are left.
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

// wait calls ready now and whenever there may be something to read, until it
// returns another error than errWait. wait returns that error, or the reason why
// it cannot wait any longer, such as a passed deadline.
func (s *stream) wait(ready func() error) error {
	s.empty = false // bytes may have arrived since, without a further event
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

// Read reads once, during wait. If there is nothing it returns errWait.
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

// leaves returns the number of bytes left by a read with that control message,
// and 1 if it is unknown.
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

// stamp makes the stream note when bytes arrive. Bytes that were read before
// count as arrived now.
//
// Note: once any socket asks for it, the kernel stamps all packets with
// CLOCK_REALTIME as they come in from the device. A read reports the stamp of
// its last packet.
func (s *stream) stamp() {
	s.arrived = time.Now().UnixNano()
	s.raw.Control(func(fd uintptr) { // if it fails, takeStamp finds no stamps
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	s.stamped = true
}

// takeStamp notes the stamp of the bytes that were just read, and returns the
// control messages after it. Packets from before the option was set have no
// stamp: they count as arrived now.
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

// last returns when the last bytes that were read arrived.
func (s *stream) last() int64 { return s.arrived }
