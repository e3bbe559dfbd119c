package plots

import (
	"math"
	"slices"
	"strings"
	"testing"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// names are the figures of a file, sorted; each is there for a page and narrow.
func names(t *testing.T, files map[string]string) []string {
	t.Helper()
	var all []string
	for file := range files {
		name, narrow := strings.CutSuffix(strings.TrimSuffix(strings.TrimPrefix(file, "x/"), ".svg"), "-narrow")
		if !narrow {
			all = append(all, name)
			if files["x/"+name+"-narrow.svg"] == "" {
				t.Errorf("no narrow %s", name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestFiguresByData: a figure is drawn where the trials have what it shows, and
// nowhere else.
func TestFiguresByData(t *testing.T) {
	short := func(change func(*offered)) []results.Trial {
		o := knee()
		o.seconds = 0.1
		change(&o)
		return o.trials()
	}
	for _, c := range []struct {
		name   string
		trials []results.Trial
		want   string
	}{
		{"rates", short(func(*offered) {}), "distribution lag rate throughput"},
		{"all data", short(func(o *offered) { o.breakdown = true }), "breakdown distribution lag rate throughput timeline"},
		{"one load", short(func(o *offered) { o.rates = o.rates[:1] }), "distribution lag"},
		{"several clients of a closed loop", usual().trials(), "distribution percentiles response-time throughput"},
		{"one rate, several clients", short(func(o *offered) { o.clients, o.rates = []int{1, 2}, o.rates[:1] }),
			"distribution lag percentiles response-time throughput"},
		{"closed", short(func(o *offered) { o.closed, o.breakdown, o.rates = true, true, o.rates[:1] }),
			"breakdown distribution timeline"},
		{"a stall without parameters", short(func(o *offered) { o.stall = "now and then" }), "distribution rate throughput"},
	} {
		if got := strings.Join(names(t, drawn(t, c.trials)), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOpenFigures(t *testing.T) {
	o := knee()
	o.breakdown, o.baseline, o.seconds = true, true, 1
	files := drawn(t, o.trials())
	for name, want := range map[string][]string{
		"rate": {"put", "get", "response p50", "response p99", "service p99", "null server", "2,000", "48,000", "offered rate, ops/s",
			"achieved rate, ops/s", "latency, log scale", "get: response p99"},
		"throughput":   {"offered", "put", "get", "share of the offered rate", "How much of the offered rate is achieved?"},
		"distribution": {"2,000 ops/s", "36,000 ops/s", "null server", "put response", "get service"},
		"lag":          {"precise", "p50 goal", "p99 goal", "99.9"},
		"timeline":     {"When was the latency high? get at 36,000 ops/s", "p50", "p99", "agents: 1", "nodes: 2"},
		"breakdown":    {"mean lag, log scale", "network, kernel", "queue at the node", "work of the node", "36,000"},
	} {
		all := texts(t, files["x/"+name+".svg"])
		for _, text := range want {
			if !slices.Contains(all, text) {
				t.Errorf("%s does not say %q: %q", name, text, all)
			}
		}
		if svg := files["x/"+name+".svg"]; name != "lag" && !strings.Contains(svg, "constant arrivals, precise pacing, up to 64 operations in flight per client") {
			t.Errorf("the description of %s does not say how it was offered", name)
		}
	}
	if !strings.Contains(files["x/timeline.svg"], "hiccups from 1 ms on, the longest 40.0 ms") {
		t.Error("timeline does not tell its hiccups")
	}
}

func TestOpenFiguresTwice(t *testing.T) {
	o := knee()
	o.breakdown, o.baseline, o.seconds, o.repeats = true, true, 0.1, 2
	a, b := drawn(t, o.trials()), drawn(t, o.trials())
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

// TestNotSustained uses a server that can do 40,000 of 48,000 operations per second.
func TestNotSustained(t *testing.T) {
	o := knee()
	o.operations = []string{"get"}
	s := one(t, o.trials())
	if f := s.achieved(); !strings.HasPrefix(f.Subtitle, "all of it up to 36,000 ops/s, 40,") || !strings.Contains(f.Subtitle, "of 48,000") {
		t.Errorf("subtitle %q", f.Subtitle)
	}
	for _, f := range []chart.Figure{s.rate(), s.achieved()} {
		if !slices.Contains(f.Caption, "hollow: rate not sustained") {
			t.Errorf("%s: caption %q", f.Title, f.Caption)
		}
	}
	for _, p := range s.rate().Rows[0] {
		for _, l := range p.Series {
			if n := len(l.Marks); n != 4 || !l.Marks[3].Hollow || l.Marks[0].Hollow || l.Marks[2].Hollow {
				t.Errorf("%s: marks %+v", l.Label, l.Marks)
			}
		}
	}
	if got := s.table(); strings.Count(got, "**not sustained**") != 1 || !strings.Contains(got, "| get | 48,000 | 40,") {
		t.Errorf("table:\n%s", got)
	}
	if loads := s.sustainedLoads(); len(loads) != 3 || loads[2].rate != 36_000 {
		t.Errorf("sustained: %v", loads)
	}
	// Sustained rates have no mark.
	o.rates = o.rates[:2]
	if f := one(t, o.trials()).rate(); slices.ContainsFunc(f.Caption, func(s string) bool { return strings.Contains(s, "hollow") }) {
		t.Errorf("caption %q", f.Caption)
	}
	if f := one(t, o.trials()).achieved(); !strings.HasPrefix(f.Subtitle, "all of it up to 20,000 ops/s; n = 1") {
		t.Errorf("subtitle %q", f.Subtitle)
	}
}

func TestOpenTable(t *testing.T) {
	o := knee()
	o.operations, o.rates = []string{"get"}, []float64{20000}
	header, rest, _ := strings.Cut(one(t, o.trials()).table(), "\n")
	want := "| operation | rate (ops/s) | achieved | response p50 (µs) | response p99 (µs) | response p99.9 (µs) | response max (µs) " +
		"| service p50 (µs) | service p99 (µs) | lag p50 (µs) | lag p99 (µs) | queued |"
	if header != want {
		t.Errorf("header %s\nwant   %s", header, want)
	}
	row := strings.Split(strings.Split(rest, "\n")[1], " | ")
	if len(row) != 12 || strings.Contains(rest, "[") {
		t.Errorf("one trial has 12 cells and no interval: %q", row)
	}
	if !strings.HasPrefix(row[9], "0.06") && !strings.HasPrefix(row[9], "0.05") {
		t.Errorf("lag of 60 ns: %q", row[9])
	}
}

// TestOpenOddSweeps: every file gives at least one figure, without a panic.
func TestOpenOddSweeps(t *testing.T) {
	for name, change := range map[string]func(*offered){
		"one rate":       func(o *offered) { o.rates = o.rates[:1] },
		"few operations": func(o *offered) { o.rates, o.seconds = []float64{100}, 0.1 },
		"none sustained": func(o *offered) { o.rates = []float64{60000, 80000} },
		"a mixture":      func(o *offered) { o.operations = []string{"mix"} },
		"wide":           func(o *offered) { o.rates, o.seconds = []float64{100, 40000}, 0.2 },
		"many rates": func(o *offered) {
			o.rates = nil
			for i := range 30 {
				o.rates = append(o.rates, float64(500*(i+1)))
			}
			o.seconds = 0.05
		},
		"nothing recorded": func(o *offered) {
			o.change = func(t *results.Trial) {
				for i := range t.Clients {
					c := &t.Clients[i]
					c.Counts, c.MarksNS, c.EndNS = results.Counts{Failed: 9}, nil, 0
					c.Service, c.Response, c.Lag = results.NewHistogram(), results.NewHistogram(), results.NewHistogram()
					c.Breakdown = &results.Breakdown{Network: results.NewHistogram(), Queue: results.NewHistogram(), Work: results.NewHistogram()}
				}
				for i := range t.Timeline {
					t.Timeline[i].Latency = results.NewHistogram()
				}
				t.Baseline.Service = results.NewHistogram()
			}
		},
		"parts missing": func(o *offered) {
			o.change = func(t *results.Trial) {
				t.Baseline.Service, t.Baseline.ThroughputOpsPerS = nil, math.NaN()
				t.Params.Pacing, t.Params.Arrivals = "", ""
				t.Timeline = t.Timeline[:1]
				t.Timeline[0].Latency = nil
				t.Clients[0].Breakdown, t.Nodes, t.Agents = nil, nil, nil
			}
		},
		"markup in text": func(o *offered) {
			o.change = func(t *results.Trial) { t.Params.Workload, t.Params.Pacing = "<b>&|", "<i>" }
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := knee()
			o.seconds, o.rates, o.breakdown, o.baseline = 0.1, o.rates[:2], true, true
			change(&o)
			trials := o.trials()
			drawn(t, trials)
			s := one(t, trials)
			for _, text := range []string{s.table(), s.measured(), s.verdicts()} {
				if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "<b>") {
					t.Errorf("not fit for a page:\n%s", text)
				}
			}
		})
	}
}

// TestValueOpen: 1,000 operations per second whose latencies are all alike.
func TestValueOpen(t *testing.T) {
	o := knee()
	o.operations, o.rates, o.seconds, o.baseline, o.breakdown = []string{"get"}, []float64{1000, 2000}, 1, true, true
	o.change = func(t *results.Trial) {
		for i := range t.Clients {
			c := &t.Clients[i]
			n := int(c.Counts.OK)
			c.Service, c.Response, c.Lag = results.NewHistogram(), results.NewHistogram(), results.NewHistogram()
			for range n {
				c.Service.Record(durationOf(40e3))
				c.Lag.Record(durationOf(60e3))
				c.Response.Record(durationOf(100e3 * t.Params.RateOpsPerS / 1000))
			}
		}
		t.Baseline.Service, t.Baseline.ThroughputOpsPerS = results.NewHistogram(), 50_000
		for range 2000 {
			t.Baseline.Service.Record(durationOf(10e3))
		}
	}
	expect(t, o.trials(), map[string]string{
		`{{$s | at 1000 | value "p50"}}`:                  "100 µs",
		`{{$s | at 1000.0 | value "response p50"}}`:       "100 µs",
		`{{$s | value "p50"}}`:                            "100–200 µs",
		`{{$s | at "max" | value "mean"}}`:                "200 µs",
		`{{ratio "p50" ($s | at "max") ($s | at "min")}}`: "2.0",
		`{{$s | at "min" | value "service p50"}}`:         "40.0 µs",
		`{{$s | value "lag p99"}}`:                        "60.0 µs",
		`{{$s | at "min" | value "baseline p50"}}`:        "10.0 µs",
		`{{$s | at "min" | value "baseline throughput"}}`: "50,000 ops/s",
		`{{$s | at "min" | value "p99.9"}}`:               "–",
		`{{$s.Rates}}`:                                    "1,000, 2,000",
		`{{$s | at 3000}}`:                                "no trial at 3000: must be min, max or one of 1,000, 2,000 ops/s",
		`{{$s | at "fast"}}`:                              "no trial at fast",
		`{{$s | value "long p50"}}`:                       `figure "long p50": must be one of`,
		`{{figure "lag" $s}}`:                             `figure "lag": must be one of rate, throughput, distribution, breakdown, timeline`,
		`{{figure "pie" $f}}`:                             `figure "pie": must be one of lag`,
		`{{sweep "results/r.jsonl" "clients=3"}}`:         "no trials with clients=3",
	})
	o.clients = []int{2, 4}
	expect(t, o.trials(), map[string]string{
		`{{sweep "results/r.jsonl" "clients=4" | at 1000 | value "p50"}}`: "100 µs",
		`{{sweep "results/r.jsonl"}}`:                                     "results/r.jsonl: the file holds 2 sweeps; give the parameters of one of: clients=2; clients=4",
	})
	if got, err := rendered(o.trials(), `{{figure "rate" (sweep "results/r.jsonl" "clients=4")}}`); err != nil || !strings.HasSuffix(got, "](plots/r/clients=4/rate.svg)") {
		t.Errorf("figure of one of two sweeps: %q, %v", got, err)
	}
}
