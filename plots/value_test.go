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
		t.Verdict = results.Valid
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
	expect(t, exact(), map[string]string{
		`{{$s | of "put" | at 1 | value "mean"}}`:                 "100 µs",
		`{{$s | of "put" | at 8 | value "mean"}}`:                 "800 µs",
		`{{$s | at 1 | value "mean"}}`:                            "100–200 µs",
		`{{$s | value "mean"}}`:                                   "0.100–1.60 ms",
		`{{$s | of "get" | at "max" | value "max"}}`:              "1.60 ms",
		`{{$s | of "get" | at "min" | value "p99.9"}}`:            "–",
		`{{$s | value "p99.9"}}`:                                  "–",
		`{{$s | of "put" | at 8 | value "throughput"}}`:           "10,000 ops/s",
		`{{$s | of "put" | at 8 | value "service p50"}}`:          "800 µs",
		`{{$s | of "put" | at 8 | value "baseline p50"}}`:         "–",
		`{{ratio "throughput" ($s | of "put" | at 8) $s}}`:        "1.0",
		`{{ratio "mean" ($s | at "max") ($s | at "min")}}`:        "8.0",
		`{{ratio "mean" ($s | at 1) ($s | at 8)}}`:                "0.12",
		`{{ratio "mean" $s ($s | at 1)}}`:                         "1.0–8.0",
		`{{ratio "mean" ($s | at 1) reference}}`:                  "0.20–0.40",
		`{{ratio "mean" reference ($s | at 1)}}`:                  "2.5–5.0",
		`{{ratio "throughput" ($s | of "put" | at 8) reference}}`: "0.62",

		`{{$s.Cores}}, {{$s.CPU}}`:                                            "2, Imaginary CPU @ 3.00GHz",
		`{{$s.Nodes}}, {{$s.Operations}}, {{$s.Warmup}}`:                      "8, 1,000, 100",
		`{{$s.Repeats}}, {{$s.Trials}}, {{$s.Valid}}`:                         "1 trial, 4, 4",
		`{{($s | at 8).Trials}}, {{$s.Rates}}`:                                "2, none",
		`{{(sweep "results/r.jsonl" "placement=separate" "nodes=8").Trials}}`: "4",
	})
}

func TestFigureInTemplate(t *testing.T) {
	got, err := rendered(exact(), `{{figure "throughput" $s}}`)
	if err != nil || !strings.HasPrefix(got, "![") || !strings.HasSuffix(got, "](plots/r/throughput.svg)") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestValueErrors(t *testing.T) {
	expect(t, exact(), map[string]string{
		`{{$s | value "p90"}}`:                             `figure "p90": must be one of mean, p50, p99, p99.9, max, service mean`,
		`{{$s | value "lag p50"}}`:                         `figure "lag p50": must be one of`, // of an open loop alone
		`{{$s | at "one" | value "mean"}}`:                 "no trial at one: must be min, max or one of 1, 8 clients",
		`{{$s | at 2 | value "mean"}}`:                     "no trial at 2: must be min, max or one of 1, 8 clients",
		`{{$s | of "del" | value "mean"}}`:                 "no trial of del: must be one of put and get",
		`{{ratio "p50" $s reference}}`:                     "the reference report has no p50",
		`{{ratio "mean" reference reference}}`:             "a ratio needs a sweep",
		`{{ratio "mean" ($s | of "put") ($s | of "get")}}`: "no trial of put with 1 client",
		`{{ratio "p90" $s $s}}`:                            `figure "p90"`,
		`{{sweep "results/r.jsonl" "colour=red"}}`:         "results/r.jsonl: colour=red: unknown parameter colour",
		`{{sweep "results/r.jsonl" "nodes=3"}}`:            "no trials with nodes=3",
		`{{sweep "results/r.jsonl" "nodes"}}`:              `"nodes": must be key=value`,
		`{{figure "pie" $s}}`:                              `figure "pie": must be one of response-time, throughput, percentiles, distribution`,
		`{{figure "truth" $f}}`:                            `figure "truth": must be one of none`,
		`{{figure "throughput" ($s | at 8)}}`:              "figure throughput: must be of a whole sweep; leave out of and at",
		`{{table $f}}`:                                     "wrong type for value; expected plots.sweep; got plots.sweeps",
		`{{truth $f}}`:                                     "no trial of an open loop",
	})
}
