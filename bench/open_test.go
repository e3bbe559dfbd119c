package bench

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// paced are the parameters of a small open loop of one client.
func paced(rate float64, operations, inflight int) results.Params {
	p := mixed("get=1")
	p.Loop, p.Arrivals, p.Pacing = Open, Constant, Precise
	p.Clients, p.Records, p.Warmup = 1, 10, 0
	p.RateOpsPerS, p.Operations, p.Inflight = rate, operations, inflight
	return p
}

// TestHeldAreAllThatAStallMakesLate has a node stall: all operations that are late
// for want of a lane count, those behind the first too.
func TestHeldAreAllThatAStallMakesLate(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	stall := node.Stall{For: 50 * time.Millisecond, Every: 200 * time.Millisecond}
	go func() { served <- (&node.Server{Stall: stall}).Serve(ctx, listener) }()
	defer func() {
		cancel()
		<-served
	}()
	c := startAgent(t)
	c.ask(Order{Spec: &Spec{Params: paced(2000, 2000, 4), Clients: []int{0}, Nodes: []string{listener.Addr().String()}, Self: -1}})
	got := c.ask(Order{Go: &Phase{Operation: mixture}}).Result.Clients[0]
	c.orders.Close()
	c.wait()
	// In each of 5 stalls of 50 ms 100 operations come due, of which 4 are sent.
	if got.Queued < 5*80 || got.Queued > 1500 {
		t.Errorf("%d of 2000 operations were held, want about 480", got.Queued)
	}
	// All that were late for longer than a machine's own hiccup were held.
	late := int64(0)
	for _, step := range got.Lag.Cumulative() {
		if step.Value > 20*time.Millisecond {
			late = int64((1 - step.Share) * float64(got.Lag.Count()))
			break
		}
	}
	if late == 0 || late > got.Queued {
		t.Errorf("%d operations were sent more than 20 ms late, and %d held", late, got.Queued)
	}
}

func TestOpenLoopGivesUpOnADeadCluster(t *testing.T) {
	addr, kill := mortalNode(t)
	c := startAgent(t)
	c.ask(Order{Spec: &Spec{Params: paced(10_000, 100_000_000, 4), Clients: []int{0}, Nodes: []string{addr}, Self: -1}})
	go io.Copy(io.Discard, c.lines)
	c.send(Order{Go: &Phase{Operation: mixture}})
	kill()
	if err := c.wait(); err == nil || !strings.Contains(err.Error(), "client 0 gave up get after 100 operations in a row") {
		t.Errorf("error %v", err)
	}
}

func TestOpenLoopEndsWithItsOrders(t *testing.T) {
	addr, _ := startNode(t)
	c := startAgent(t)
	c.ask(Order{Spec: &Spec{Params: paced(10_000, 100_000_000, 4), Clients: []int{0}, Nodes: []string{addr}, Self: -1}})
	go io.Copy(io.Discard, c.lines)
	c.send(Order{Go: &Phase{Operation: mixture}})
	c.orders.Close()
	if err := c.wait(); err != nil {
		t.Errorf("end of orders in mid-run: %v", err)
	}
}
