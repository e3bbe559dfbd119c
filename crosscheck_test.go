package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reading is what one generator measures of gets at a redis-server.
type reading struct {
	opsPerS, p50, p99 float64 // ns
	cpu               float64 // ns of the generator for each operation
}

// crossRecords is the number of records that gets choose from.
const crossRecords = 1000

// readOurs measures with dhtbench. store is the flags that name the store.
func readOurs(b *testing.B, clients, operations int, store ...string) reading {
	b.Helper()
	t := mustBench(b, filepath.Join(b.TempDir(), "results.jsonl"), append(store,
		"--clients", strconv.Itoa(clients), "--workload", "ycsb-c", "--keys", "uniform", "--records", strconv.Itoa(crossRecords),
		"--ops", strconv.Itoa(operations/clients), "--no-baseline")...)[0]
	r := reading{
		opsPerS: t.Active().Throughput(),
		p50:     float64(t.Service().Quantile(0.5)),
		p99:     float64(t.Service().Quantile(0.99)),
	}
	for _, a := range t.Agents {
		r.cpu += float64(a.UserNS+a.SystemNS) / float64(t.Counts().Total())
	}
	return r
}

// readTheirs measures with redis-benchmark.
func readTheirs(b *testing.B, addr string, clients, operations int) reading {
	b.Helper()
	host, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command("redis-benchmark", "-h", host, "-p", port, "-c", strconv.Itoa(clients), "-n", strconv.Itoa(operations),
		"-r", strconv.Itoa(crossRecords), "-d", "32", "-t", "get", "--csv")
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("redis-benchmark: %v", err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil || len(rows) != 2 {
		b.Fatalf("redis-benchmark printed %q: %v", out, err)
	}
	number := func(column string) float64 {
		i := slices.Index(rows[0], column)
		if i < 0 {
			b.Fatalf("redis-benchmark printed no column %q: %q", column, rows[0])
		}
		x, err := strconv.ParseFloat(rows[1][i], 64)
		if err != nil {
			b.Fatal(err)
		}
		return x
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return reading{
		opsPerS: number("rps"), p50: 1e6 * number("p50_latency_ms"), p99: 1e6 * number("p99_latency_ms"),
		cpu: float64(used) / float64(operations),
	}
}

// comparePairs measures ours and theirs in turn, in random order. An iteration of b is a
// pair. It reports the medians of ours, and of the ratios of ours to theirs. What theirs
// does not measure is 0.
func comparePairs(b *testing.B, our, their func() reading) {
	var ours, ratios []reading
	for b.Loop() {
		var x, y reading
		turns := []func(){func() { x = our() }, func() { y = their() }}
		rand.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
		for _, turn := range turns {
			turn()
		}
		ours = append(ours, x)
		ratios = append(ratios, reading{x.opsPerS / y.opsPerS, x.p50 / y.p50, x.p99 / y.p99, x.cpu / y.cpu})
	}
	for unit, value := range map[string]func(reading) float64{
		"ops/s": func(r reading) float64 { return r.opsPerS }, "p50-ns": func(r reading) float64 { return r.p50 },
		"p99-ns": func(r reading) float64 { return r.p99 }, "cpu-ns/op": func(r reading) float64 { return r.cpu },
	} {
		if ratio := medianOf(ratios, value); !math.IsInf(ratio, 1) {
			b.ReportMetric(medianOf(ours, value), unit)
			b.ReportMetric(ratio, unit+"-ratio")
		}
	}
}

func medianOf(readings []reading, value func(reading) float64) float64 {
	values := make([]float64, len(readings))
	for i, r := range readings {
		values[i] = value(r)
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// readPingPong measures round trips of small messages with sockperf.
func readPingPong(b *testing.B, addr string) reading {
	b.Helper()
	host, port, _ := net.SplitHostPort(addr)
	out, err := exec.Command("sockperf", "ping-pong", "--tcp", "--full-rtt", "-i", host, "-p", port, "-m", "40", "-t", "2").CombinedOutput()
	if err != nil {
		b.Fatalf("sockperf: %v\n%s", err, out)
	}
	percentile := func(name string) float64 {
		_, rest, found := strings.Cut(string(out), "percentile "+name+" =")
		line, _, _ := strings.Cut(rest, "\n")
		x, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
		if !found || err != nil {
			b.Fatalf("sockperf printed no percentile %s:\n%s", name, out)
		}
		return 1000 * x
	}
	return reading{p50: percentile("50.000"), p99: percentile("99.000")}
}

// BenchmarkPingPong compares gets by one client at a node with sockperf's ping-pong over
// TCP, which is about the least that a round trip takes:
//
//	go test -run '^$' -bench PingPong -benchtime 8x .
func BenchmarkPingPong(b *testing.B) {
	addr := startStore(b, "sockperf", "server", "--tcp", "-i", "127.0.0.1", "-p").addr
	comparePairs(b,
		func() reading { return readOurs(b, 1, 50_000, "--nodes", "1") },
		func() reading { return readPingPong(b, addr) })
}

// BenchmarkCrossCheck measures gets at one redis-server with dhtbench and with
// redis-benchmark:
//
//	go test -run '^$' -bench CrossCheck -benchtime 8x .
func BenchmarkCrossCheck(b *testing.B) {
	for _, clients := range []int{1, 8, 50} {
		b.Run(fmt.Sprintf("clients=%d/P", clients), func(b *testing.B) {
			tool(b, "redis-benchmark", "redis-tools")
			addr := startRedis(b).addr
			fill := exec.Command("redis-benchmark", "-p", addr[strings.LastIndex(addr, ":")+1:], "-n", "20000",
				"-r", strconv.Itoa(crossRecords), "-d", "32", "-t", "set", "-q")
			if out, err := fill.CombinedOutput(); err != nil {
				b.Fatalf("fill the server: %v\n%s", err, out)
			}
			const operations = 200_000
			comparePairs(b,
				func() reading { return readOurs(b, clients, operations, "--target", "redis", "--servers", addr) },
				func() reading { return readTheirs(b, addr, clients, operations) })
		})
	}
}
