package bench

import (
	"context"
	"io"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// paced are the parameters of a small open loop of one client.
func paced(rate float64, length time.Duration, inflight int) results.Params {
	p := mixed("get=1")
	p.Loop, p.Arrivals, p.Pacing, p.GraceNS = results.OpenLoop, results.ConstantArrivals, results.PrecisePacing, int64(defaultGrace)
	p.Clients, p.Records, p.Warmup, p.Operations = 1, 10, 0, 0
	p.RateOpsPerS, p.DurationNS, p.Inflight = rate, int64(length), inflight
	return p
}

// TestQueuedCountsAllOperationsDelayedByAStall stalls a node. All operations that
// are late because no slot is free count, those behind the first too.
func TestQueuedCountsAllOperationsDelayedByAStall(t *testing.T) {
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
	c.ask(order{Spec: &spec{Params: paced(2000, time.Second, 4), Clients: []int{0}, Servers: []string{listener.Addr().String()}, Self: -1}})
	got := c.ask(order{Go: &phaseOrder{Operation: results.Mix}}).Result.Clients[0]
	c.orders.Close()
	c.wait()
	// In each of 5 stalls of 50 ms 100 operations come due, of which 4 are sent.
	if got.Queued < 5*80 {
		t.Errorf("%d of 2000 operations were queued, want about 480", got.Queued)
	}
	late := func(by time.Duration) int64 {
		within := 0.0
		for _, step := range got.Lag.Cumulative() {
			if step.Value <= by {
				within = step.Share
			}
		}
		return int64(math.Round((1 - within) * float64(got.Lag.Count())))
	}
	// Operations that a stall delayed were queued, and those sent in time were not. A
	// busy machine delays and queues more of them.
	if long, all := late(20*time.Millisecond), late(time.Microsecond); long == 0 || long > got.Queued || got.Queued > all {
		t.Errorf("%d operations were sent late, %d more than 20 ms, and %d were queued", all, long, got.Queued)
	}
}

func TestOpenLoopGivesUpWithoutServers(t *testing.T) {
	t.Parallel()
	addr, kill := mortalNode(t)
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: paced(10_000, time.Hour, 4), Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	go io.Copy(io.Discard, c.lines)
	c.send(order{Go: &phaseOrder{Operation: results.Mix}})
	kill()
	if err := c.wait(); err == nil || !strings.Contains(err.Error(), "client 0 gave up at server 0: ") {
		t.Errorf("error %v", err)
	}
}

func TestEndOfOrdersEndsAnOpenLoop(t *testing.T) {
	addr, _ := startNode(t)
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: paced(10_000, time.Hour, 4), Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	go io.Copy(io.Discard, c.lines)
	c.send(order{Go: &phaseOrder{Operation: results.Mix}})
	c.orders.Close()
	if err := c.wait(); err != nil {
		t.Errorf("end of orders in mid-run: %v", err)
	}
}

func TestStopKeepsPartOfAnOpenLoop(t *testing.T) {
	addr, _ := startNode(t)
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: paced(1000, time.Hour, 4), Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	c.send(order{Go: &phaseOrder{Operation: results.Mix}})
	c.await(func(r reply) bool { return r.Progress != nil && r.Progress.Done > 0 })
	c.send(order{Stop: &struct{}{}})
	got := c.await(func(r reply) bool { return r.Result != nil }).Result.Clients[0]
	if got.Ended != results.Interrupted || got.Counts.OK == 0 || got.Counts.Bad() != 0 || got.WindowNS <= 0 || got.WindowNS > int64(time.Minute) {
		t.Errorf("ended %q after %v: %+v", got.Ended, time.Duration(got.WindowNS), got.Counts)
	}
	c.orders.Close()
	c.wait()
}

// TestStopEndsAnOpenLoopThatIdles stops a loop between two operations that are
// seconds apart.
func TestStopEndsAnOpenLoopThatIdles(t *testing.T) {
	addr, _ := startNode(t)
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: paced(0.1, time.Hour, 4), Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	c.send(order{Go: &phaseOrder{Operation: results.Mix}})
	c.await(func(r reply) bool { return r.Progress != nil })
	stopped := time.Now()
	c.send(order{Stop: &struct{}{}})
	got := c.await(func(r reply) bool { return r.Result != nil }).Result.Clients[0]
	if got.Ended != results.Interrupted || time.Since(stopped) > interruptGrace {
		t.Errorf("ended %q after %v: %+v", got.Ended, time.Since(stopped), got.Counts)
	}
	c.orders.Close()
	c.wait()
}

// TestWindowIsExact uses constant arrivals, so that the number due is known.
func TestWindowIsExact(t *testing.T) {
	addr, _ := startNode(t)
	for _, c := range []struct {
		rate     float64
		clients  int
		length   time.Duration
		due      int64
		arrivals string
	}{
		{50, 8, 400 * time.Millisecond, 20, results.ConstantArrivals},
		{37.5, 8, 400 * time.Millisecond, 15, results.ConstantArrivals},
		{2.5, 3, 400 * time.Millisecond, 1, results.ConstantArrivals},
	} {
		p := paced(c.rate, c.length, 2)
		p.Clients, p.Arrivals = c.clients, c.arrivals
		numbers := make([]int, c.clients)
		for i := range numbers {
			numbers[i] = i
		}
		a := startAgent(t)
		a.ask(order{Spec: &spec{Params: p, Clients: numbers, Servers: []string{addr}, Self: -1}})
		var due int64
		for _, client := range a.ask(order{Go: &phaseOrder{Operation: results.Mix}}).Result.Clients {
			due += client.Counts.Due()
		}
		if due != c.due {
			t.Errorf("%v/s of %d clients for %v: %d operations were due, want %d", c.rate, c.clients, c.length, due, c.due)
		}
		a.orders.Close()
		a.wait()
	}
}

// TestHopelessRateEndsEarly offers more than any generator can send, in a window
// that is longer than hopelessLag.
func TestHopelessRateEndsEarly(t *testing.T) {
	t.Parallel()
	addr, _ := startNode(t)
	c := startAgent(t)
	began := time.Now()
	c.ask(order{Spec: &spec{Params: paced(500_000, 7*time.Second, 4), Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	got := c.ask(order{Go: &phaseOrder{Operation: results.Mix}}).Result.Clients[0]
	if got.Ended != results.Hopeless || got.Counts.Unsent == 0 || got.NoReply.Count() != got.Counts.Unsent+got.Counts.Unknown || time.Since(began) > 12*time.Second {
		t.Errorf("ended %q after %v with %+v", got.Ended, time.Since(began), got.Counts)
	}
	c.orders.Close()
	c.wait()
}

// TestGetsAreDueForKeysThatWerePut offers more puts than can be sent: as many gets
// are due as puts were sent, in the window in which those were due.
func TestGetsAreDueForKeysThatWerePut(t *testing.T) {
	addr, _ := startNode(t)
	p := paced(1_000_000, 200*time.Millisecond, 4)
	p.Workload, p.Operation, p.Records, p.GraceNS = "", "", 0, int64(100*time.Millisecond)
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: p, Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	put := c.ask(order{Go: &phaseOrder{Operation: results.Put}}).Result.Clients[0]
	get := c.ask(order{Go: &phaseOrder{Operation: results.Get}}).Result.Clients[0]
	if put.Counts.Unsent == 0 || get.Counts.Due() != put.Counts.Total() || get.Counts.NotFound != 0 {
		t.Errorf("put %+v, get %+v", put.Counts, get.Counts)
	}
	if want := put.Counts.Total() * 1000; get.WindowNS < want || get.WindowNS > want+1000 {
		t.Errorf("%d gets at 1/us have a window of %d ns", get.Counts.Due(), get.WindowNS)
	}
	var within float64 // of the gets that took no longer than the window
	for _, step := range get.Response.Cumulative() {
		if int64(step.Value) <= get.WindowNS+get.WindowNS/100 {
			within = step.Share
		}
	}
	if float64(get.Completed) > within*float64(get.Counts.Replied())+1 {
		t.Errorf("%d of %d gets completed within the window, which %.3g of all could", get.Completed, get.Counts.Replied(), within)
	}
	c.orders.Close()
	c.wait()
}
