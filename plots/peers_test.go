package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"dhtbench/results"
)

// targets are all targets of a comparison, not in the order of figures.
func targets() []string {
	return []string{"memcached", "null:redis", "redis", "null:dht", "", "null:memcached"}
}

// closedPeers are 6 repeats of a closed loop at each target. Servers use half of a core,
// and null servers are the fastest.
func closedPeers() []results.Trial {
	var all []results.Trial
	for i, target := range targets() {
		m := made{operations: []string{results.Mix}, clients: []int{1, 8}, repeats: 6, each: 1500, tail: 0.3,
			mean: func(_ string, clients int) float64 { return (20e3 + 4e3*float64(i%3)) * float64(clients) }}
		m.change = func(t *results.Trial) {
			t.Params.Target, t.Params.Nodes = target, 1
			t.Nodes = []results.Node{{CPUNS: 1e9 * int64(t.Params.Clients), Held: results.Held{RSSBytes: 5e6}}}
			if target == "redis" {
				t.Nodes[0].Program = "redis-server 7.0.15"
			}
		}
		all = append(all, m.trials()...)
	}
	return all
}

// openPeers are trials of an open loop, of which the highest rate is not sustained.
func openPeers() []results.Trial {
	var all []results.Trial
	for _, target := range targets() {
		o := knee()
		o.operations, o.rates, o.seconds = []string{results.Mix}, []float64{2000, 20000, 48000}, 0.2
		o.change = func(t *results.Trial) { t.Params.Target = target }
		all = append(all, o.trials()...)
	}
	return all
}

// TestPaired: ratios are of trials of the same repeat, and the interval is that of
// their median.
func TestPaired(t *testing.T) {
	side := func(values map[int]float64) setting {
		var s setting
		for repeat, v := range values {
			s.Trials = append(s.Trials, results.Trial{Params: results.Params{Repeat: repeat, RateOpsPerS: v}})
		}
		return s
	}
	of := func(t results.Trial) float64 { return t.Params.RateOpsPerS }
	a := side(map[int]float64{0: 20, 1: 33, 2: 4, 3: 50, 4: 6, 5: 77})
	for _, c := range []struct {
		name              string
		b                 map[int]float64
		median, low, high float64
	}{
		{"six repeats", map[int]float64{0: 10, 1: 11, 2: 1, 3: 10, 4: 1, 5: 11}, 4.5, 2, 7},
		{"of which two are common", map[int]float64{0: 10, 2: 1, 9: 1}, 3, math.NaN(), math.NaN()},
		{"none in common", map[int]float64{8: 1}, math.NaN(), math.NaN(), math.NaN()},
		{"one unknown", map[int]float64{0: 10, 1: math.NaN()}, math.NaN(), math.NaN(), math.NaN()},
		{"nothing to divide by", map[int]float64{0: 0}, math.NaN(), math.NaN(), math.NaN()},
	} {
		e := paired(a, side(c.b), of)
		if got, want := fmt.Sprint(e.Median, e.Low, e.High), fmt.Sprint(c.median, c.low, c.high); got != want {
			t.Errorf("%s: %s, want %s", c.name, got, want)
		}
	}
}

// TestQuantileDue: a quantile that is only a lower bound makes no ratio.
func TestQuantileDue(t *testing.T) {
	trial := closedPeers()[0]
	if v := quantileDue(0.99)(trial); !(v > 0) {
		t.Errorf("p99 %v", v)
	}
	if v := quantileDue(0.999)(trial); !math.IsNaN(v) {
		t.Errorf("p99.9 of 1,500 operations: %v", v)
	}
	lost := results.NewHistogram()
	for range 200 {
		lost.Record(1e6)
	}
	trial.Clients[0].NoReply = lost
	if v := quantileDue(0.99)(trial); !math.IsNaN(v) {
		t.Errorf("p99 among operations without a reply: %v", v)
	}
}

func TestRivals(t *testing.T) {
	embedded := usual()
	embedded.clients, embedded.each = []int{1}, 20
	groups, alone := sweepsOf(append(closedPeers(), embedded.trials()...)).rivals()
	if len(groups) != 1 || len(alone) != 1 {
		t.Fatalf("%d groups, %d alone", len(groups), len(alone))
	}
	if got := groups[0].names(); got != "dht, redis, memcached, null:dht, null:redis and null:memcached" {
		t.Errorf("order %s", got)
	}
	if got := len(groups[0].stores()); got != 3 {
		t.Errorf("%d stores", got)
	}
}

// TestPeersFigures: a file that compares targets has figures of all of them and no
// others.
func TestPeersFigures(t *testing.T) {
	for _, c := range []struct {
		name, figures string
		trials        []results.Trial
		want          []string
	}{
		{"closed", "capacity peers", closedPeers(), []string{"1 client", "8 clients", "throughput, ops/s of all clients, log scale", "service time p99, log scale"}},
		{"open", "peers", openPeers(), []string{"achieved rate, ops/s of all clients, log scale", "response time p99, log scale", "2,000"}},
	} {
		files := drawn(t, c.trials)
		if got := strings.Join(names(t, files), " "); got != c.figures {
			t.Errorf("%s: figures %s, want %s", c.name, got, c.figures)
		}
		all := texts(t, files["x/peers.svg"])
		for _, text := range append(c.want, "dht", "redis", "memcached") {
			if !slices.Contains(all, text) {
				t.Errorf("%s does not say %q: %q", c.name, text, all)
			}
		}
	}
	f := sweepsOf(openPeers()).peers()
	if marks := f.Rows[0][0].Series[0].Marks; len(marks) != 3 || marks[0].Hollow || !marks[2].Hollow || !slices.Contains(f.Caption, "hollow: rate not sustained") {
		t.Errorf("marks %+v, caption %q", marks, f.Caption)
	}
	mark := sweepsOf(closedPeers()).peers().Rows[0][0].Series[0].Marks[0]
	if !(mark.Left < mark.X && mark.X < mark.Right && mark.Low < mark.Y && mark.Y < mark.High) {
		t.Errorf("6 trials have no intervals: %+v", mark)
	}
}

// TestCapacity: 1,500 operations of each client in a second of processor time.
func TestCapacity(t *testing.T) {
	all := sweepsOf(closedPeers())
	if mark := all.capacity().Rows[0][1].Series[0].Marks[0]; mark.X != 1500 || mark.Y != 5 {
		t.Errorf("mark %+v", mark)
	}
	got, err := all.serversTable()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| dht | dhtbench | 1 |", "| redis | redis-server 7.0.15 | 1 |", " | 1,500 [1,500, 1,500] | 5.00 [5.00, 5.00] |\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestPeersTable(t *testing.T) {
	got, err := rendered(closedPeers(), `{{peers $f}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| ratio | operation | clients | throughput | service time p50 | service time p99 |\n",
		"| dht / redis | mix | 1 | ", "| dht / memcached | mix | 8 | ", "| memcached / null:memcached | mix | 8 | ", "**"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n| "); n != 1+5*2 {
		t.Errorf("%d rows, want 5 pairs at 2 loads:\n%s", n-1, got)
	}
	open, err := rendered(openPeers(), `{{peers $f}}`)
	if err != nil || strings.Contains(open, "throughput |") || !strings.Contains(open, "| dht / redis | mix | 20,000 | ") {
		t.Errorf("%v:\n%s", err, open)
	}
	expect(t, exact(), map[string]string{
		`{{peers $f}}`:    "the file compares no targets",
		`{{servers $f}}`:  "the file compares no targets",
		`{{$f.Compared}}`: "the file compares no targets",
		`{{lags $s}}`:     "needs an open loop with several numbers of clients",
	})
}

// TestRatioCell: a ratio is bold if its interval does not contain 1.
func TestRatioCell(t *testing.T) {
	for want, e := range map[string]results.Estimate{
		"1.20 [0.900, 1.30]":       {Median: 1.2, Low: 0.9, High: 1.3},
		"**1.20 [1.10, 1.30]**":    {Median: 1.2, Low: 1.1, High: 1.3},
		"**0.800 [0.700, 0.900]**": {Median: 0.8, Low: 0.7, High: 0.9},
		"1.20":                     {Median: 1.2, Low: math.NaN(), High: math.NaN()},
		unknown:                    {Median: math.NaN(), Low: math.NaN(), High: math.NaN()},
	} {
		if got := ratioCell(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestLagOverClients: the lag of one rate is drawn against the number of clients, with
// the goal for its p99.
func TestLagOverClients(t *testing.T) {
	o := knee()
	o.operations, o.clients, o.rates, o.repeats, o.seconds = []string{results.Mix}, []int{1, 4, 16}, []float64{8000}, 6, 0.2
	trials := o.trials()
	all := texts(t, drawn(t, trials)["x/lag.svg"])
	for _, text := range []string{"mix p50", "mix p99", "p99 goal", "clients", "lag: send − intended start, log scale", "16"} {
		if !slices.Contains(all, text) {
			t.Errorf("lag does not say %q: %q", text, all)
		}
	}
	if f := one(t, trials).lag(); !slices.Contains(f.Caption, "goal: at most 1.5 times the p99 with 1 client") {
		t.Errorf("caption %q", f.Caption)
	}
	got, err := rendered(trials, `{{lags $s}}`)
	if err != nil || strings.Count(got, "\n| ") != 1+3 || !strings.Contains(got, "| 1.00 [1.00, 1.00] | 1.00 [1.00, 1.00] | 0 |\n| 4 | ") {
		t.Errorf("%v:\n%s", err, got)
	}
}
