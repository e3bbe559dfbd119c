package plots

import (
	"strings"
	"testing"

	"dhtbench/results"
)

// exact is a sweep with round numbers: with n clients a put takes 100n µs and a
// get 200n µs, in the mean, so that throughput is 10,000 and 5,000 operations
// per second for any n.
func exact() []results.Trial {
	m := made{operations: []string{"put", "get"}, clients: []int{1, 8}, each: 1000,
		mean: func(o string, n int) float64 { return map[string]float64{"put": 100e3, "get": 200e3}[o] * float64(n) }}
	m.change = func(t *results.Trial) {
		for i := range t.Clients {
			h := results.NewHistogram()
			for range m.each {
				h.Record(durationOf(m.mean(t.Params.Operation, t.Params.Clients)))
			}
			t.Clients[i].Service, t.Clients[i].EndNS = h, int64(h.Sum())
		}
	}
	return m.trials()
}

func TestValue(t *testing.T) {
	sweeps := sweepsOf(exact())
	for _, c := range []struct{ kind, keys, want string }{
		{"value", "figure=mean operation=put clients=1", "100 µs"},
		{"value", "figure=mean operation=put clients=8", "800 µs"},
		{"value", "figure=mean operation=put clients=8 unit=ms", "0.800 ms"},
		{"value", "figure=mean clients=1", "100–200 µs"},
		{"value", "figure=mean operation=get,put clients=all", "0.100–1.60 ms"},
		{"value", "figure=max operation=get clients=max", "1.60 ms"},
		{"value", "figure=p99.9 operation=get clients=min", "–"},
		{"value", "figure=p99.9 clients=all", "–"},
		{"value", "figure=throughput operation=put clients=8", "10,000 ops/s"},
		{"value", "figure=throughput operation=put clients=8 over=1", "1.0"},
		{"value", "figure=mean operation=put clients=max over=min", "8.0"},
		{"value", "figure=mean clients=8 under=1", "0.12"},
		{"value", "figure=mean clients=1 over=reference", "0.20–0.40"},
		{"value", "figure=mean clients=1 under=reference", "2.5–5.0"},
		{"value", "figure=throughput operation=put clients=8 over=reference", "0.62"},
		{"fact", "name=cores", "2"},
		{"fact", "name=clients", "1, 8"},
		{"fact", "name=operations", "1,000"},
		{"fact", "name=repeats", "1 trial"},
		{"fact", "name=doubtful", "0"},
		{"fact", "name=cpu", "Imaginary CPU @ 3.00GHz"},
		{"fact", "name=placement placement=separate nodes=8", "separate"},
	} {
		m, err := parseOpening("<!-- dhtbench:" + c.kind + " r.jsonl " + c.keys + " -->")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := generate(m, sweeps, "plots"); err != nil || got != c.want {
			t.Errorf("%s %s: %q, %v; want %q", c.kind, c.keys, got, err, c.want)
		}
	}
}

func TestValueErrors(t *testing.T) {
	sweeps := sweepsOf(exact())
	for _, c := range []struct{ kind, keys, want string }{
		{"value", "clients=1", "name a figure and clients or a rate"},
		{"value", "figure=mean", "name a figure and clients or a rate"},
		{"value", "figure=p90 clients=1", `figure "p90": want one of mean`},
		{"value", "figure=mean clients=one", `clients "one"`},
		{"value", "figure=mean clients=2", "no trial of put with 2 clients"},
		{"value", "figure=mean operation=del clients=1", "no trial of del with 1 client"},
		{"value", "figure=mean clients=1 unit=m", `unit "m"`},
		{"value", "figure=throughput clients=1 unit=ms", "a unit is for times only"},
		{"value", "figure=mean clients=8 over=1 under=1", "exclude each other"},
		{"value", "figure=p50 clients=8 over=reference", "has no p50"},
		{"value", "figure=mean clients=8 over=all", "a ratio is to one number"},
		{"value", "figure=mean clients=8 over=2", "no trial of put with 2 clients"},
		{"value", "figure=mean clients=1 colour=red", "unknown key colour"},
		{"value", "figure=mean clients=1 nodes=3", "no trials with these parameters"},
		{"fact", "name=weather", `fact "weather": want one of nodes`},
		{"figure", "name=pie", `figure "pie": want one of response-time`},
		{"table", "name=pie", "unknown key name"},
	} {
		m, err := parseOpening("<!-- dhtbench:" + c.kind + " r.jsonl " + c.keys + " -->")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := generate(m, sweeps, "plots"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %q, %v; want error %q", c.kind, c.keys, got, err, c.want)
		}
	}
}
