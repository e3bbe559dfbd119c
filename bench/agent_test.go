package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/node"
	"dhtbench/results"
)

// startNode serves a node on loopback until the test ends.
func startNode(t testing.TB) (addr string, store *node.Store) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	store = node.NewStore()
	go func() { served <- (&node.Server{Table: store}).Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return listener.Addr().String(), store
}

// conversation is a running agent and its two streams.
type conversation struct {
	t      *testing.T
	orders *io.PipeWriter
	lines  *bufio.Reader
	ended  chan error
}

func startAgent(t *testing.T) *conversation {
	t.Helper()
	stdin, orders := io.Pipe()
	replies, stdout := io.Pipe()
	c := &conversation{t: t, orders: orders, lines: bufio.NewReader(replies), ended: make(chan error, 1)}
	go func() {
		err := runAgent(context.Background(), stdin, stdout)
		stdout.Close()
		c.ended <- err
	}()
	return c
}

// send sends an order.
func (c *conversation) send(o order) {
	c.t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.orders.Write(append(text, '\n')); err != nil {
		c.t.Fatal(err)
	}
}

// ask sends an order and returns the first reply that is not progress.
func (c *conversation) ask(o order) reply {
	c.t.Helper()
	c.send(o)
	return c.await(func(r reply) bool { return r.Progress == nil })
}

// await returns the first reply that is wanted.
func (c *conversation) await(wanted func(reply) bool) reply {
	c.t.Helper()
	for {
		line, err := c.lines.ReadBytes('\n')
		if err != nil {
			c.t.Fatalf("the agent ended: %v", <-c.ended)
		}
		r, err := parse[reply](line)
		if err != nil {
			c.t.Fatal(err)
		}
		if wanted(r) {
			return r
		}
	}
}

func specOf(servers []string, clients ...int) *spec {
	p := phases()
	p.Operations, p.Warmup = 500, 20
	return &spec{Params: p, Clients: clients, Servers: servers, Self: -1}
}

// wait returns the error of the agent. It fails the test if the agent does not end.
func (c *conversation) wait() error {
	c.t.Helper()
	select {
	case err := <-c.ended:
		return err
	case <-time.After(10 * time.Second):
		c.t.Fatal("the agent did not end")
		return nil
	}
}

func TestAgentMeasuresEachPhase(t *testing.T) {
	addr0, store0 := startNode(t)
	addr1, store1 := startNode(t)
	c := startAgent(t)
	ready := c.ask(order{Spec: specOf([]string{addr0, addr1}, 4, 7)}).Ready
	if ready == nil || ready.PID == 0 || ready.Build.Go == "" {
		t.Fatalf("ready %+v lacks facts", ready)
	}
	for _, operation := range []string{"put", "get", "del"} {
		if c.ask(order{WarmUp: &phaseOrder{Operation: operation}}).Warm == nil {
			t.Fatal("no reply to the warm-up")
		}
		result := c.ask(order{Go: &phaseOrder{Operation: operation}}).Result
		if result == nil || len(result.Clients) != 2 {
			t.Fatalf("%s: result %+v", operation, result)
		}
		a := result.Agent
		for _, held := range []results.Held{a.AtStart, a.Held} {
			if runtime.GOOS == "linux" && (held.RSSBytes < 1<<20 || held.Goroutines < 2 || held.Descriptors < 4) {
				t.Errorf("%s: the agent holds %+v", operation, held)
			}
		}
		for i, number := range []int{4, 7} {
			m := result.Clients[i]
			if m.Client != number || m.Counts.OK != 500 || m.Counts.Bad() != 0 || m.Service.Count() != 500 || m.FirstError != "" {
				t.Errorf("%s: client %d: %+v", operation, number, m.Counts)
			}
			if m.EndNS <= m.StartNS || m.MarksNS[len(m.MarksNS)-1] != m.EndNS-m.StartNS || int64(m.Service.Sum()) > m.EndNS-m.StartNS {
				t.Errorf("%s: client %d: times do not add up", operation, number)
			}
		}
		if operation == "put" && store0.Len()+store1.Len() != 2*520 {
			t.Errorf("the nodes hold %d keys, want 1040", store0.Len()+store1.Len())
		}
	}
	if n := store0.Len() + store1.Len(); n != 0 {
		t.Errorf("the nodes hold %d keys after all were deleted", n)
	}
	c.orders.Close()
	if err := c.wait(); err != nil {
		t.Errorf("end of orders: %v", err)
	}
}

func TestAgentProbes(t *testing.T) {
	addr0, _ := startNode(t)
	addr1, _ := startNode(t)
	c := startAgent(t)
	probed := c.ask(order{Probe: &probeOrder{Addr: "127.0.0.1", Target: "dht", Servers: []string{addr0, addr1}}}).Probed
	if probed == nil || probed.Host.Cores == 0 || probed.Host.ClockReadNS <= 0 || probed.Host.Interface == "" {
		t.Fatalf("%+v lacks facts", probed)
	}
	if len(probed.RoundTripsNS) != 2 || probed.RoundTripsNS[0] <= 0 || probed.RoundTripsNS[1] <= 0 {
		t.Errorf("round trips %v, want two", probed.RoundTripsNS)
	}
	first := c.ask(order{Clock: &clockReading{}}).Clock.NowNS
	if second := c.ask(order{Clock: &clockReading{}}).Clock.NowNS; second <= first {
		t.Errorf("the clock went from %d to %d", first, second)
	}
	c.orders.Close()
	c.wait()
}

// keysOf are the first n keys that a client measures in a phase.
func keysOf(t *testing.T, p results.Params, client, n int) [][]byte {
	w := planOf(t, p)
	source := workload.NewSource(w.options, client)
	source.Begin(workload.Get, uint64(w.warmups()))
	keys := make([][]byte, n)
	for i := range keys {
		var o workload.Operation
		source.Next(&o)
		keys[i] = bytes.Clone(o.Key)
	}
	return keys
}

func TestAgentCountsWrongValuesAndMissingKeys(t *testing.T) {
	addr, store := startNode(t)
	c := startAgent(t)
	s := specOf([]string{addr}, 0)
	c.ask(order{Spec: s})
	c.ask(order{WarmUp: &phaseOrder{Operation: "put"}})
	c.ask(order{Go: &phaseOrder{Operation: "put"}})
	keys := keysOf(t, s.Params, 0, 15)
	for i := range 3 {
		store.Put(keys[i], []byte("something else"))
	}
	for i := 10; i < 15; i++ {
		store.Del(keys[i])
	}
	got := c.ask(order{Go: &phaseOrder{Operation: "get"}}).Result.Clients[0]
	if got.Counts.Torn != 3 || got.Counts.Lost != 5 || got.Counts.Wrong != 8 || got.Counts.NotFound != 5 || got.Counts.OK != 495 {
		t.Errorf("%+v, want 3 torn, 5 lost", got.Counts)
	}
	if !strings.Contains(got.FirstError, "something else") {
		t.Errorf("first error %q does not show the wrong value", got.FirstError)
	}
	c.orders.Close()
	c.wait()
}

// mortalNode serves a node on loopback until kill is called. The test must call
// it.
func mortalNode(t *testing.T) (addr string, kill func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- (&node.Server{}).Serve(ctx, listener) }()
	return listener.Addr().String(), func() {
		cancel()
		<-served
	}
}

func TestAgentGivesUpWithoutServers(t *testing.T) {
	t.Parallel()
	addr, kill := mortalNode(t)
	c := startAgent(t)
	c.ask(order{Spec: specOf([]string{addr}, 2)})
	go io.Copy(io.Discard, c.lines)
	kill()
	c.send(order{Go: &phaseOrder{Operation: "put"}})
	if err := c.wait(); err == nil || !strings.Contains(err.Error(), "client 2 gave up at server 0: no success for") {
		t.Errorf("error %v", err)
	}
}

// TestOneStoppedServerEndsTheTrial stops one of three servers. Operations at the
// others still succeed, and yet both clients end long before their work is done.
func TestOneStoppedServerEndsTheTrial(t *testing.T) {
	t.Parallel()
	addr0, _ := startNode(t)
	addr1, _ := startNode(t)
	addr2, kill := mortalNode(t)
	c := startAgent(t)
	s := specOf([]string{addr0, addr1, addr2}, 0, 1)
	s.Params.Operations = 100_000_000
	c.ask(order{Spec: s})
	go io.Copy(io.Discard, c.lines)
	kill()
	c.send(order{Go: &phaseOrder{Operation: "put"}})
	if err := c.wait(); err == nil || !strings.Contains(err.Error(), "gave up at server 2: no success for") {
		t.Errorf("error %v", err)
	}
}

func TestEndOfOrdersEndsAMeasurement(t *testing.T) {
	addr, _ := startNode(t)
	c := startAgent(t)
	s := specOf([]string{addr}, 0)
	s.Params.Operations = 1_000_000
	c.ask(order{Spec: s})
	if _, err := io.WriteString(c.orders, `{"go":{"operation":"put"}}`+"\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := c.lines.ReadBytes('\n'); err != nil || !strings.Contains(string(line), "progress") {
		t.Fatalf("%q, %v, want progress", line, err)
	}
	c.orders.Close()
	if err := c.wait(); err != nil {
		t.Errorf("end of orders in mid-run: %v", err)
	}
}

// TestHeartbeatsPassABlockedResult: the agent reads heartbeats although nobody reads
// what it writes. Otherwise it would miss them while it sends a result over a slow
// link.
func TestHeartbeatsPassABlockedResult(t *testing.T) {
	c := startAgent(t)
	read := make(chan error)
	go func() {
		_, err := io.WriteString(c.orders, "\n\n\n") // returns once all are read
		if err == nil {
			_, err = io.WriteString(c.orders, "\n")
		}
		read <- err
	}()
	select {
	case err := <-read:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the agent does not read while it writes")
	}
	go io.Copy(io.Discard, c.lines)
	c.orders.Close()
	if err := c.wait(); err != nil {
		t.Error(err)
	}
}

func TestStopLeavesNothingUnknown(t *testing.T) {
	addr, _ := startNode(t)
	c := startAgent(t)
	s := specOf([]string{addr}, 0, 1)
	s.Params.Operations = 100_000_000
	c.ask(order{Spec: s})
	c.send(order{Go: &phaseOrder{Operation: results.Put}})
	c.await(func(r reply) bool { return r.Progress != nil && r.Progress.Done > 0 })
	c.send(order{Stop: &struct{}{}})
	for _, got := range c.await(func(r reply) bool { return r.Result != nil }).Result.Clients {
		if got.Ended != results.Interrupted || got.Counts.OK == 0 || got.Counts.Bad() != 0 {
			t.Errorf("ended %q: %+v, %s", got.Ended, got.Counts, got.FirstError)
		}
	}
	c.orders.Close()
	c.wait()
}

// TestStopBeforeTheStart stops agents that wait for the start of a phase, or have
// not got the order yet.
func TestStopBeforeTheStart(t *testing.T) {
	stop := order{Stop: &struct{}{}}
	start := order{Go: &phaseOrder{Operation: results.Mix, AtNS: node.NewClock().Now() + int64(time.Hour)}}
	for name, orders := range map[string][]order{"waiting": {start, stop}, "not ordered": {stop, start}} {
		addr, _ := startNode(t)
		for loop, p := range map[string]results.Params{"closed": mixed("get=1"), "open": paced(100, time.Hour, 4)} {
			c := startAgent(t)
			c.ask(order{Spec: &spec{Params: p, Clients: []int{0}, Servers: []string{addr}, Self: -1}})
			for _, o := range orders {
				c.send(o)
			}
			got := c.ask(order{Clock: &clockReading{}}).Result
			if got == nil || got.Clients[0].Ended != results.Interrupted || got.Clients[0].StartNS < 0 || got.Clients[0].WindowNS < 0 {
				t.Errorf("%s, %s loop: result %+v", name, loop, got)
			}
			c.orders.Close()
			c.wait()
		}
	}
}

func TestAgentRefusesInvalidOrders(t *testing.T) {
	for orders, want := range map[string]string{
		"hello\n":                         `not a line of the agent protocol: "hello"`,
		"{}\n":                            "order without content",
		`{"go":{"operation":"x"}}` + "\n": `operation "x": must be one of`,
		`{"spec":{"clients":[0],"servers":["127.0.0.1:1"]}}` + "\n": "--ops 0: must be at least 1",
	} {
		c := startAgent(t)
		go io.Copy(io.Discard, c.lines)
		if _, err := io.WriteString(c.orders, orders); err != nil {
			t.Fatal(err)
		}
		if err := c.wait(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", orders, err, want)
		}
	}
}

func FuzzParseReply(f *testing.F) {
	f.Add([]byte(`{"progress":{"done":3}}`))
	f.Add([]byte(`{"result":{"clients":[{"service":{}}]}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if _, err := parse[reply](line); err != nil && len(err.Error()) == 0 {
			t.Error("error without text")
		}
	})
}
