package bench

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// judgedPhase runs an agent with two clients that put at a node, and returns the
// codes of the trial's warnings.
func judgedPhase(t *testing.T, addr string, operations int) string {
	t.Helper()
	p := phases()
	p.Operation, p.Clients, p.Operations, p.Warmup = "put", 2, operations, 0
	c := startAgent(t)
	c.ask(order{Spec: &spec{Params: p, Clients: []int{0, 1}, Servers: []string{addr}, Self: -1}})
	result := c.ask(order{Go: &phaseOrder{Operation: "put"}}).Result
	c.orders.Close()
	c.wait()
	result.Agent.Runtime = runtimeOf(result.Vitals, 0)
	trial := results.Trial{Params: p, Clients: result.Clients, Agents: []results.Agent{result.Agent}, Hosts: []results.Host{{Cores: runtime.NumCPU()}}}
	_, warnings := trial.Judge()
	var text []string
	for _, w := range warnings {
		text = append(text, w.Code)
	}
	return strings.Join(text, "\n")
}

// TestGarbageCollectionWarns collects garbage in the agent's process all the time.
func TestGarbageCollectionWarns(t *testing.T) {
	addr, _ := startNode(t)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	said := judgedPhase(t, addr, 5000)
	close(stop)
	<-stopped
	if !strings.Contains(said, "gc") {
		t.Errorf("constant garbage collection: warnings %q", said)
	}
}

// TestSlowClientWarns slows the replies to one of two clients.
func TestSlowClientWarns(t *testing.T) {
	said := judgedPhase(t, (&faultyNode{slow: 200 * time.Microsecond}).start(t), 1000)
	if !strings.Contains(said, "stragglers") {
		t.Errorf("a slow client: warnings %q", said)
	}
}
