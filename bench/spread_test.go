package bench

import (
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// TestSpread: the table names the client with most of the slowest operations, and its
// host if hosts differ. The JSON has every client.
func TestSpread(t *testing.T) {
	trial := results.Trial{Params: results.Params{Operation: results.Put, Loop: results.ClosedLoop, Clients: 2}}
	for i, host := range []string{"h1", "h2"} {
		h := results.NewHistogram()
		for n := range 2000 {
			h.Record(time.Duration(100+100*i*(n%50/49)) * time.Microsecond)
		}
		trial.Clients = append(trial.Clients, results.Client{Client: i, Host: host, Service: h, EndNS: int64(h.Sum()), Counts: results.Counts{OK: 2000}})
	}
	summaries := results.Summarize([]results.Trial{trial})
	var b strings.Builder
	writeSpread(&b, summaries)
	fits(t, b.String())
	if got := b.String(); !strings.Contains(got, "100 µs to 200 µs  client 1 on h2: 100.0 %, 50.0 % of all") {
		t.Errorf("table:\n%s", got)
	}
	if len(clientRows(summaries[0])) != 2 || *clientRows(summaries[0])[1].Operations != 0.5 {
		t.Errorf("rows %+v", clientRows(summaries[0]))
	}
	// A single client has no others to differ from.
	trial.Params.Clients, trial.Clients = 1, trial.Clients[:1]
	b.Reset()
	one := results.Summarize([]results.Trial{trial})
	if writeSpread(&b, one); b.Len() > 0 || clientRows(one[0]) != nil {
		t.Errorf("of one client:\n%s", b.String())
	}
}

func TestTailOwner(t *testing.T) {
	parts := []results.Part{{Host: "h1", Operations: 0.5, Tail: 0.25}, {Client: 1, Host: "h2", Operations: 0.5, Tail: 0.75}}
	if got := tailOwner(parts); got != "client 1 on h2: 75.0 %, 50.0 % of all" {
		t.Error(got)
	}
	parts[1].Host = "h1"
	if got := tailOwner(parts); got != "client 1: 75.0 %, 50.0 % of all" {
		t.Error(got)
	}
}
