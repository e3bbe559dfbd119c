//go:build !linux || !(amd64 || arm64 || riscv64)

package node

import "net"

// newSocket returns conn.
func newSocket(conn net.Conn) net.Conn {
	return conn
}

// stream is not available here: sessions read their connections directly.
type stream struct{}

func newStream(net.Conn) (*stream, bool) { return nil, false }

func (*stream) wait(func() error) error  { return errWait }
func (*stream) Read([]byte) (int, error) { return 0, errWait }
func (*stream) stamp()                   {}
func (*stream) last() int64              { return 0 }
