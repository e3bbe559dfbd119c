package main

import (
	"math"
	"testing"

	"dhtbench/results"
)

// TestResponseOfOverload offers a node more than it can do. The queue grows, so each
// percentile of the response time is that of a known operation. The schedule has the
// instant when the operation was due, and a mark of the record the instant when it was
// complete. Their difference is the true response time on any machine, also a busy one.
// Times from the send would be off by nearly 100 %.
func TestResponseOfOverload(t *testing.T) {
	// Marks of 200 operations, 100 times a power of two, are not interpolated.
	const rate, operations, most = 1500, 200, 0.02
	trial := judged(t, nil, "--nodes", "1", "--workload", "ycsb-c", "--records", "10", "--warmup", "0", "--service-time", "1ms",
		"--rate", "1500", "--arrivals", "constant", "--inflight", "1", "--ops", "200")[0]
	client, x := trial.Clients[0], trial.Whole().Throughput()
	if n := client.Counts; n.Due() != operations || n.OK != operations || x > 1000 {
		t.Fatalf("%+v at %v operations/s; want %d operations at 1000 or less", n, x, operations)
	}
	if least := client.Service.Min(); least < 1e6 {
		t.Errorf("an operation took %v", least)
	}
	marks := client.MarksNS
	for _, q := range []float64{0.1, 0.5, 0.9, 0.99, 1} {
		complete := marks[int(math.Round(q*float64(len(marks))))-1]
		due := (q*operations - 1) / rate * 1e9
		truth := float64(complete) - due
		if off := float64(client.Response.Quantile(q))/truth - 1; math.Abs(off) > most {
			t.Errorf("%s is off by %.3g %%", results.PercentileName(q), 100*off)
		}
	}
}
