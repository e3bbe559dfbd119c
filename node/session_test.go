package node

import (
	"net"
	"testing"
	"time"
)

// Where the kernel does not report arrivals, a request arrives when it is read:
// requests in one read wait for each other in the queue.
func TestArrivalOfRead(t *testing.T) {
	near, far := net.Pipe()
	s := newSession(&slowTable{wait: 5 * time.Millisecond}, nil, far)
	served := make(chan error)
	go func() { served <- s.serve() }()
	in := NewReader(near)
	get := AppendRequest(nil, Request{Op: OpGet, Timed: true, Key: []byte("key")})
	for _, n := range []int{1, 3} {
		var out []byte
		for range n {
			out = append(out, get...)
		}
		go near.Write(out)
		for i := range n {
			r, err := ReadReply(in, OpGet, true)
			if err != nil || r.Status != StatusOK {
				t.Fatalf("reply is %+v, %v", r, err)
			}
			if r.Work < 5*time.Millisecond || r.Queue < time.Duration(i)*5*time.Millisecond {
				t.Errorf("request %d of %d: queue %v, work %v, want %d times the work of 5 ms in the queue", i, n, r.Queue, r.Work, i)
			}
		}
	}
	near.Close()
	<-served
}

// slowTable is a Null whose gets take a while.
type slowTable struct {
	Null
	wait time.Duration
}

func (s *slowTable) AppendValue(dst, key []byte) ([]byte, bool) {
	<-time.After(s.wait)
	return dst, true
}
