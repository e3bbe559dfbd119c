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

// faultyNode is a node with one kind of fault, once in faultEvery operations.
type faultyNode struct {
	fault string        // lost, resurrected, torn, foreign; empty: none
	slow  time.Duration // before each reply of the connections after the first
	mu    sync.Mutex
	store map[string][]byte
	last  []byte // the last value put, probably of another key
	count int
}

// faultEvery is the number of operations that can have the fault until one has it.
const faultEvery = 50

// start serves on loopback until the test ends.
func (f *faultyNode) start(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.store = make(map[string][]byte)
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		for slow := time.Duration(0); ; slow = f.slow {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { conn.Close() })
			serving.Go(func() { f.serve(conn, slow) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		cancel()
		serving.Wait()
	})
	return listener.Addr().String()
}

func (f *faultyNode) serve(conn net.Conn, slow time.Duration) {
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
		if _, err := conn.Write(f.answer(request)); err != nil {
			return
		}
	}
}

// fails reports whether this operation has the fault.
func (f *faultyNode) fails(fault string) bool {
	if f.fault != fault {
		return false
	}
	f.count++
	return f.count%faultEvery == 0
}

func (f *faultyNode) answer(r node.Request) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	value, found := f.store[string(r.Key)]
	switch {
	case r.Op == node.OpPut:
		if !found || !f.fails("lost") { // acknowledged and not done
			f.store[string(r.Key)] = append([]byte(nil), r.Value...)
		}
		f.last = append([]byte(nil), r.Value...)
		return node.AppendReply(nil, node.StatusOK, nil)
	case !found:
		return node.AppendReply(nil, node.StatusNotFound, nil)
	case r.Op == node.OpDel:
		if !f.fails("resurrected") {
			delete(f.store, string(r.Key))
		}
		return node.AppendReply(nil, node.StatusOK, nil)
	}
	switch {
	case f.fails("torn"):
		value = append(append([]byte(nil), value[:20]...), f.last[20:]...)
	case f.fails("foreign"):
		value = f.last
	}
	return node.AppendReply(nil, node.StatusOK, value)
}

// TestAgentDetectsFaultyStores runs a mix against nodes with one kind of fault each.
// Exactly that fault is found, and none at a correct node, in both loops.
func TestAgentDetectsFaultyStores(t *testing.T) {
	closed := mixed("get=2,put=2,del=1")
	closed.Clients, closed.Records, closed.Operations, closed.Warmup = 1, 200, 5000, 0
	open := closed
	open.Loop, open.RateOpsPerS, open.Inflight, open.Arrivals = results.OpenLoop, 10_000, 8, results.PoissonArrivals
	open.Operations, open.DurationNS, open.GraceNS = 0, 3e8, int64(defaultGrace)
	for loop, p := range map[string]results.Params{"closed": closed, "open": open} {
		for _, fault := range []string{"", "lost", "resurrected", "torn", "foreign"} {
			t.Run(loop+" "+fault, func(t *testing.T) {
				addr := (&faultyNode{fault: fault}).start(t)
				c := startAgent(t)
				c.ask(order{Spec: &spec{Params: p, Clients: []int{0}, Servers: []string{addr}, Self: -1}})
				got := c.ask(order{Go: &phaseOrder{Operation: results.Mix}}).Result.Clients[0]
				found := map[string]int64{
					"lost": got.Counts.Lost, "resurrected": got.Counts.Resurrected, "torn": got.Counts.Torn, "foreign": got.Counts.Foreign,
				}
				for name, n := range found {
					if (n > 0) != (name == fault) {
						t.Errorf("%d %s values at a node with fault %q; first: %s", n, name, fault, got.FirstError)
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
