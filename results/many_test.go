package results

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// manyClients is a trial of an open loop in which each of n clients does one operation of
// a mix.
func manyClients(n int) Trial {
	few := func(ns int) *Histogram {
		h := NewShortHistogram(2)
		h.Record(time.Duration(ns))
		return h
	}
	t := Trial{Schema: Schema, Params: Params{
		Operation: Mix, Workload: "get=1", Loop: OpenLoop, Nodes: 1, Clients: n, RateOpsPerS: float64(n) / 2, DurationNS: 2e9,
	}}
	for i := range n {
		start := int64(5_000_000 + i*100_000)
		t.Clients = append(t.Clients, Client{
			Client: i, Host: "local", StartNS: 5_000_000, EndNS: start + 150_000 + int64(i), Counts: Counts{OK: 1}, WindowNS: 2e9, Completed: 1,
			MarksNS: []int64{start + 150_000 + int64(i) - 5_000_000}, Digest: "0123456789abcdef",
			Service: few(140_000 + i), Response: few(150_000 + i), Lag: few(10_000 + i), Kinds: map[string]*Histogram{Get: few(150_000 + i)},
		})
	}
	return t
}

// TestRecordOfManyClients: the record of 10,000 clients is small, and keeps the latencies
// of each.
func TestRecordOfManyClients(t *testing.T) {
	const clients, most = 10_000, 4 << 20
	want := manyClients(clients)
	line, err := json.Marshal(want)
	if err != nil || len(line) > most {
		t.Fatalf("%v, the record takes %d bytes, want %d at most", err, len(line), most)
	}
	trials, err := Read("x", bytes.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < clients; i += 100 {
		c, w := trials[0].Clients[i], want.Clients[i]
		if c.Response.Quantile(0.5) != w.Response.Quantile(0.5) || c.Lag.Max() != w.Lag.Max() {
			t.Fatalf("client %d: response time %v, lag %v", i, c.Response.Quantile(0.5), c.Lag.Max())
		}
	}
}

// BenchmarkManyClients writes, reads and judges the record of 10,000 clients.
func BenchmarkManyClients(b *testing.B) {
	trial := manyClients(10_000)
	for b.Loop() {
		line, err := json.Marshal(trial)
		if err != nil {
			b.Fatal(err)
		}
		trials, err := Read("x", bytes.NewReader(line))
		if err != nil {
			b.Fatal(err)
		}
		trials[0].Judge()
		Summarize(trials)
	}
}
