package node

import (
	"net"
	"testing"
	"time"
)

// Without the kernel's word a request arrives when it is read: those that come
// in one read wait for each other, and say so.
func TestArrivalOfRead(t *testing.T) {
	near, far := net.Pipe()
	s := newSession(&slowTable{wait: 5 * time.Millisecond}, nil, far)
	served := make(chan error)
	go func() { served <- s.serve() }()
	frames := NewFrameReader(near)
	get := AppendRequest(nil, OpGet, []byte("key"), nil)
	get[lengthHead+1] = flagTimed
	for _, n := range []int{1, 3} {
		var out []byte
		for range n {
			out = append(out, get...)
		}
		go near.Write(out)
		for i := range n {
			body, err := frames.Next()
			if err != nil {
				t.Fatal(err)
			}
			r, err := ParseReply(body)
			if err != nil || !r.Timed || r.Status != StatusOK {
				t.Fatalf("reply is %+v, %v", r, err)
			}
			queue, work := takeTimes(body)
			if work < 5*time.Millisecond || queue < time.Duration(i)*5*time.Millisecond {
				t.Errorf("request %d of %d: queue %v, work %v, want %d times the work of 5 ms in the queue", i, n, queue, work, i)
			}
		}
	}
	near.Close()
	<-served
}

// slowTable has every key and takes its time for each.
type slowTable struct {
	null
	wait time.Duration
}

func (s *slowTable) AppendValue(dst, key []byte) ([]byte, bool) {
	<-time.After(s.wait)
	return dst, true
}
