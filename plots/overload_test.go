package plots

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// overloaded are trials of an open loop that offers 1,500 operations per second to a
// server that takes 1 ms for each.
func overloaded(change func(*results.Trial)) []results.Trial {
	o := knee()
	o.operations, o.clients, o.rates, o.repeats, o.seconds = []string{"get"}, []int{1}, []float64{1500}, 3, 2
	o.inflight, o.serial, o.change = 1, time.Millisecond, change
	return o.trials()
}

// TestBacklogQuantile compares the closed form with a queue of operations that are due
// every 2 s and take 3 s each.
func TestBacklogQuantile(t *testing.T) {
	const n, gap, work = 1000, 2e9, 3e9
	b := backlog{operations: n, service: work, growth: work - gap}
	var responses []float64 // ascending
	end := 0.0
	for i := range n {
		due := gap * float64(i)
		end = math.Max(due, end) + work
		responses = append(responses, end-due)
	}
	for q, want := range map[float64]float64{0.001: 3e9, 0.002: 4e9, 0.5: 502e9, 0.9: 902e9, 0.99: 992e9, 0.999: 1001e9, 1: 1002e9} {
		if got := b.quantile(q); math.Abs(got-want) > 1e-3 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
		if counted := responses[int(math.Round(q*n))-1]; counted != want {
			t.Errorf("quantile %v of the queue is %v, want %v", q, counted, want)
		}
	}
}

// TestBacklogOf changes one condition at a time under which response times are known.
func TestBacklogOf(t *testing.T) {
	for name, change := range map[string]func(*results.Trial){
		"no service time": func(t *results.Trial) { t.Params.ServiceTimeNS = 0 },
		"random arrivals": func(t *results.Trial) { t.Params.Arrivals = results.PoissonArrivals },
		"two clients":     func(t *results.Trial) { t.Params.Clients = 2 },
		"two in flight":   func(t *results.Trial) { t.Params.Inflight = 2 },
		"unsent":          func(t *results.Trial) { t.Clients[0].Counts.Unsent = 1 },
		"sustained":       func(t *results.Trial) { t.Params.RateOpsPerS = 900 },
	} {
		if all := sweepsOf(overloaded(change)).overloads(); len(all) != 0 {
			t.Errorf("%s: %d overloads", name, len(all))
		}
	}
	trial := overloaded(nil)[0]
	b, known := backlogOf(trial)
	x := trial.Whole().Throughput()
	if !known || b.operations != 3000 || b.service != trial.Service().Mean() || math.Abs(b.growth-(1e9/x-1e9/1500)) > 1 {
		t.Errorf("%+v, %v at %v ops/s", b, known, x)
	}
}

// TestOverloadTable checks that a synthetic open loop is right within 2 %, and that
// times from the send do not include the queue.
func TestOverloadTable(t *testing.T) {
	all := sweepsOf(overloaded(nil)).overloads()
	if len(all) != 1 || len(all[0].trials) != 3 {
		t.Fatalf("overloads %+v", all)
	}
	text := all[0].table()
	cells := regexp.MustCompile(`(?m)^\| p[0-9.]+ \| [^|]+ \| [^|]+ \| [+−][01]\.\d\d % \| [+−][01]\.\d\d % \| [^|]+ \| −99\.\d\d % \|$`)
	if n := len(cells.FindAllString(text, -1)); n != len(truthQuantiles()) {
		t.Errorf("%d right rows:\n%s", n, text)
	}
	for _, want := range []string{"Operation get at nodes that take 1 ms for one operation at a time, offered 1,500 ops/s:\n",
		"| percentile | truth | open loop | error | largest error | timed from the send | error |\n", "\n| p99.9 | 1.0",
		"\n3 trials of 2 s: 1 client, one operation in flight, throughput 9"} {
		if !strings.Contains(text, want) {
			t.Errorf("table lacks %q:\n%s", want, text)
		}
	}
}

// TestTruthOfStallsAndOverloads checks that a file with both has a table of each.
func TestTruthOfStallsAndOverloads(t *testing.T) {
	text, err := rendered(append(stalling(), overloaded(nil)...), `{{truth $f}}`)
	if n := strings.Count(text, "| percentile |"); n != 2 || err != nil || !strings.Contains(text, " stall ") || !strings.Contains(text, "nodes that take 1 ms") {
		t.Errorf("%d tables, %v:\n%s", n, err, text)
	}
}
