package bench

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// liar is a node that breaks one promise, every so many times.
type liar struct {
	fault string        // lost, resurrected, torn, foreign; empty: none
	slow  time.Duration // before each reply of the connections after the first
	mu    sync.Mutex
	store map[string][]byte
	last  []byte // a value that was put under another key than the next
	count int
}

// liesEvery is how many occasions for a fault pass until it is used.
const liesEvery = 50

// start serves on loopback until the test ends.
func (l *liar) start(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.store = make(map[string][]byte)
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		for slow := time.Duration(0); ; slow = l.slow {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { conn.Close() })
			serving.Go(func() { l.serve(conn, slow) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		cancel()
		serving.Wait()
	})
	return listener.Addr().String()
}

func (l *liar) serve(conn net.Conn, slow time.Duration) {
	defer conn.Close()
	frames := node.NewReader(conn)
	for {
		body, err := frames.Frame()
		if err != nil {
			return
		}
		request, err := node.ParseRequest(body)
		if err != nil {
			return
		}
		if slow > 0 {
			<-time.After(slow)
		}
		if _, err := conn.Write(l.answer(request)); err != nil {
			return
		}
	}
}

// lies reports whether it is time for a fault.
func (l *liar) lies(fault string) bool {
	if l.fault != fault {
		return false
	}
	l.count++
	return l.count%liesEvery == 0
}

func (l *liar) answer(r node.Request) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	value, found := l.store[string(r.Key)]
	switch {
	case r.Op == node.OpPut:
		if !found || !l.lies("lost") { // an update that is said to be done, and is not
			l.store[string(r.Key)] = append([]byte(nil), r.Value...)
		}
		l.last = append([]byte(nil), r.Value...)
		return node.AppendReply(nil, node.StatusOK, nil)
	case !found:
		return node.AppendReply(nil, node.StatusNotFound, nil)
	case r.Op == node.OpDel:
		if !l.lies("resurrected") {
			delete(l.store, string(r.Key))
		}
		return node.AppendReply(nil, node.StatusOK, nil)
	}
	switch {
	case l.lies("torn"):
		value = append(append([]byte(nil), value[:20]...), l.last[20:]...)
	case l.lies("foreign"):
		value = l.last
	}
	return node.AppendReply(nil, node.StatusOK, value)
}

// TestEveryLieIsTold runs a results.Mix against nodes that break one promise each: it
// must be found, and nothing else. An honest node is not accused, whichever the
// loop and however many operations of one key are under way.
func TestEveryLieIsTold(t *testing.T) {
	closed := mixed("get=2,put=2,del=1")
	closed.Clients, closed.Records, closed.Operations, closed.Warmup = 1, 200, 20_000, 0
	open := closed
	open.Loop, open.RateOpsPerS, open.Inflight, open.Arrivals = results.OpenLoop, 10_000, 8, results.PoissonArrivals
	open.Operations, open.DurationNS, open.GraceNS = 0, 1e9, int64(defaultGrace)
	for loop, p := range map[string]results.Params{"closed": closed, "open": open} {
		for _, fault := range []string{"", "lost", "resurrected", "torn", "foreign"} {
			t.Run(loop+" "+fault, func(t *testing.T) {
				addr := (&liar{fault: fault}).start(t)
				c := startAgent(t)
				c.ask(order{Spec: &spec{Params: p, Clients: []int{0}, Servers: []string{addr}, Self: -1}})
				got := c.ask(order{Go: &phaseOrder{Operation: results.Mix}}).Result.Clients[0]
				found := map[string]int64{
					"lost": got.Counts.Lost, "resurrected": got.Counts.Resurrected, "torn": got.Counts.Torn, "foreign": got.Counts.Foreign,
				}
				for name, n := range found {
					if (n > 0) != (name == fault) {
						t.Errorf("%d %s values, %s is what the node does; first: %s", n, name, fault, got.FirstError)
					}
				}
				if p.Operations > 0 && got.Counts.Total() != int64(p.Operations) || got.Counts.Total() == 0 || fault == "" && got.Counts.Bad() != 0 {
					t.Errorf("%+v; first: %s", got.Counts, got.FirstError)
				}
				c.orders.Close()
				c.wait()
			})
		}
	}
}
