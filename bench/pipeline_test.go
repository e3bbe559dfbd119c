package bench

import (
	"testing"
	"time"

	"dhtbench/results"
)

// pipelined are the parameters of a small closed loop with several operations in
// flight.
func pipelined(connections, pipeline int) results.Params {
	p := mixed("get=50,put=40,del=10")
	p.Clients, p.Records, p.Warmup, p.Operations = 2, 50, 20, 5000
	p.Connections, p.Pipeline = connections, pipeline
	return p
}

// trial runs one trial of p on the servers and returns what its clients measured.
func (c *conversation) trial(p results.Params, servers ...string) []results.Client {
	c.t.Helper()
	numbers := make([]int, p.Clients)
	for i := range numbers {
		numbers[i] = i
	}
	c.ask(order{Spec: &spec{Params: p, Clients: numbers, Servers: servers, Self: -1}})
	c.ask(order{WarmUp: &phaseOrder{Operation: p.Operation}})
	return c.ask(order{Go: &phaseOrder{Operation: p.Operation}}).Result.Clients
}

func TestPipelinesDoEachOperationOnce(t *testing.T) {
	addr0, _ := startNode(t)
	addr1, _ := startNode(t)
	for _, test := range []struct{ connections, pipeline int }{{1, 1}, {1, 16}, {4, 1}, {3, 5}} {
		c := startAgent(t)
		for _, client := range c.trial(pipelined(test.connections, test.pipeline), addr0, addr1) {
			if n := client.Counts; n.Replied() != 5000 || n.Bad() != 0 || client.Service.Count() != 5000 {
				t.Errorf("%+v: client %d: %+v, %d service times", test, client.Client, n, client.Service.Count())
			}
		}
		c.orders.Close()
		c.wait()
	}
}

// TestPipelineEndsAfterDuration limits a loop by its duration alone.
func TestPipelineEndsAfterDuration(t *testing.T) {
	addr, _ := startNode(t)
	p := pipelined(1, 8)
	p.Operations, p.DurationNS = 0, int64(200*time.Millisecond)
	c := startAgent(t)
	for _, client := range c.trial(p, addr) {
		if lasted := time.Duration(client.EndNS - client.StartNS); client.Counts.Replied() < 8 || lasted < 100*time.Millisecond || lasted > 5*time.Second {
			t.Errorf("client %d: %d operations in %v", client.Client, client.Counts.Replied(), lasted)
		}
	}
	c.orders.Close()
	c.wait()
}

// TestStopKeepsPipelinedReplies stops a loop that would last for an hour.
func TestStopKeepsPipelinedReplies(t *testing.T) {
	addr, _ := startNode(t)
	p := pipelined(1, 8)
	p.Clients, p.Operations, p.DurationNS = 1, 0, int64(time.Hour)
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: p, Clients: []int{0}, Servers: []string{addr}, Self: -1}})
	c.send(order{Go: &phaseOrder{Operation: results.Mix}})
	c.await(func(r reply) bool { return r.Progress != nil && r.Progress.Done > 0 })
	c.send(order{Stop: &struct{}{}})
	got := c.await(func(r reply) bool { return r.Result != nil }).Result.Clients[0]
	if got.Ended != results.Interrupted || got.Counts.OK == 0 || got.Counts.Bad() != 0 {
		t.Errorf("ended %q: %+v", got.Ended, got.Counts)
	}
	c.orders.Close()
	c.wait()
}
