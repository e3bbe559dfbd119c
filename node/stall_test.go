package node

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestStallText(t *testing.T) {
	const (
		form   = "want the duration of a stall and the period, as 600ms/1s"
		limits = "the duration must be above 0 and below the period"
	)
	for _, test := range []struct {
		text string
		want Stall
		err  string
	}{
		{"", Stall{}, ""},
		{"600ms/1s", Stall{600 * time.Millisecond, time.Second}, ""},
		{"1ns/2ns", Stall{1, 2}, ""},
		{"1.5s/1m0s", Stall{1500 * time.Millisecond, time.Minute}, ""},
		{"600ms", Stall{}, `stall "600ms": ` + form},
		{"600/1000", Stall{}, `stall "600/1000": ` + form},
		{"1s/2s/3s", Stall{}, `stall "1s/2s/3s": ` + form},
		{"0s/1s", Stall{}, `stall 0s/1s: ` + limits},
		{"-1s/1s", Stall{}, `stall -1s/1s: ` + limits},
		{"1s/1s", Stall{}, `stall 1s/1s: ` + limits},
	} {
		var got Stall
		text := ""
		if err := got.UnmarshalText([]byte(test.text)); err != nil {
			text = err.Error()
		}
		if got != test.want || text != test.err {
			t.Errorf("%q: %+v, %q; want %+v, %q", test.text, got, text, test.want, test.err)
		}
	}
}

// FuzzStall checks that every stall that can be read is valid, and that its text is
// read as the same stall.
func FuzzStall(f *testing.F) {
	f.Add("600ms/1s")
	f.Add("0s/1s")
	f.Add("1h/2540400h10m10s")
	f.Fuzz(func(t *testing.T, text string) {
		var s, again Stall
		if s.UnmarshalText([]byte(text)) != nil || s == (Stall{}) {
			return
		}
		if s.For <= 0 || s.For >= s.Every {
			t.Errorf("read %+v from %q", s, text)
		}
		if err := again.UnmarshalText([]byte(s.String())); again != s || err != nil {
			t.Errorf("%q is %+v, its text %q %+v, %v", text, s, s.String(), again, err)
		}
	})
}

func TestStallLeft(t *testing.T) {
	s := Stall{For: 600, Every: 1000}
	for now, want := range map[int64]int64{0: 600, 1: 599, 599: 1, 600: 0, 999: 0, 1000: 600, 7123456599: 1} {
		if got := s.left(now); got != want {
			t.Errorf("at %d: %d left, want %d", now, got, want)
		}
	}
}

func TestServerRefusesStall(t *testing.T) {
	for _, s := range []Stall{{For: 1}, {For: 2, Every: 2}, {For: -1, Every: 2}} {
		if _, err := newStallQueue(context.Background(), s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}

// A node answers a request that arrives in a window after its end, and other requests
// at once.
func TestStalledNode(t *testing.T) {
	stall := Stall{For: 20 * time.Millisecond, Every: 50 * time.Millisecond}
	child := startCommand(t, Command{Listen: "127.0.0.1:0", Stall: stall})
	conn := dialConn(t, Cluster{Addrs: []string{child.ready.Addr}})
	clock := NewClock()
	key := []byte("key")
	inside, outside := 0, 0
	for inside < 5 || outside < 5 {
		sent := clock.Now()
		send(t, conn, Request{Op: OpGet, Timed: true, Key: key})
		r, err := ReadReply(conn.In, OpGet, true)
		if err != nil {
			t.Fatal(err)
		}
		took := clock.Now() - sent
		left := stall.left(sent)
		if left == 0 {
			outside++
			continue
		}
		inside++
		if took < left {
			t.Errorf("sent %v before the end of a window, answered after %v", time.Duration(left), time.Duration(took))
		}
		if r.Queue > time.Duration(took) {
			t.Errorf("queue is %v of %v", r.Queue, time.Duration(took))
		}
	}
}

// beginStall returns a queue whose only window begins now. length returns the length
// of the window from the reading of the clock.
func beginStall(t *testing.T, length func(now int64) time.Duration) (q *stallQueue, over func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	now := NewClock().Now()
	q, err := newStallQueue(ctx, Stall{For: length(now), Every: time.Duration(now)})
	if err != nil {
		t.Fatal(err)
	}
	return q, cancel
}

// waitFor waits until n requests wait for the end of the stall.
func (q *stallQueue) waitFor(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		q.mu.Lock()
		waiting := len(q.waiting)
		q.mu.Unlock()
		if waiting == n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d requests wait, want %d", waiting, n)
		}
	}
}

// Requests wait for the end of the window. Then they are done one at a time, in the
// order of arrival; a request that arrives meanwhile is the last.
func TestStallKeepsOrder(t *testing.T) {
	const n = 20
	q, _ := beginStall(t, func(int64) time.Duration { return 300 * time.Millisecond })
	end := q.clock.Now() + q.stall.left(q.clock.Now())
	var order []int // guarded by the turns
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			waited := q.enter()
			if now := q.clock.Now(); !waited || now < end {
				t.Errorf("request %d got its turn %v before the end of the window", i, time.Duration(end-now))
			}
			order = append(order, i)
			if i == 0 {
				wg.Go(func() {
					waited := q.enter()
					order = append(order, n)
					q.leave(waited)
				})
				q.waitFor(t, n)
			}
			q.leave(waited)
		})
		q.waitFor(t, i+1)
	}
	wg.Wait()
	for i, got := range order {
		if got != i {
			t.Fatalf("the order was %v", order)
		}
	}
	if len(order) != n+1 {
		t.Errorf("%d of %d requests had a turn", len(order), n+1)
	}
	q.leave(q.enter()) // outside of a window it does not wait
}

// The end of the context ends all waits at once.
func TestStallEndsWithContext(t *testing.T) {
	q, over := beginStall(t, func(now int64) time.Duration { return time.Duration(now - 1) })
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { q.leave(q.enter()) })
	}
	q.waitFor(t, 3)
	over()
	wg.Wait()
	q.leave(q.enter()) // a later request does not wait
}

// A server that ends during a stall answers the requests that it has received.
func TestServerDrainsStalled(t *testing.T) {
	now := NewClock().Now()
	s := &Server{Stall: Stall{For: time.Duration(now - 1), Every: time.Duration(now)}, Grace: time.Minute}
	cluster, stop := startServer(t, s)
	conn := dialConn(t, cluster)
	send(t, conn, Request{Op: OpPut, Key: []byte("key")})
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if r, err := ReadReply(conn.In, OpPut, false); !errors.Is(err, ErrTimeout) {
		t.Fatalf("answered within the stall: %+v, %v", r, err)
	}
	stop()
	conn.SetReadDeadline(time.Time{})
	if r, err := ReadReply(conn.In, OpPut, false); r.Status != StatusOK || err != nil {
		t.Errorf("put: %v, %v", r.Status, err)
	}
}
