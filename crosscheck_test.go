package main

import (
	"encoding/csv"
	"fmt"
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

// readOurs measures with dhtbench.
func readOurs(b *testing.B, addr string, clients, operations int) reading {
	b.Helper()
	t := mustBench(b, filepath.Join(b.TempDir(), "results.jsonl"), "--target", "redis", "--servers", addr,
		"--clients", strconv.Itoa(clients), "--workload", "ycsb-c", "--keys", "uniform", "--records", strconv.Itoa(crossRecords),
		"--ops", strconv.Itoa(operations/clients), "--no-baseline")[0]
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

// BenchmarkCrossCheck measures gets at one redis-server with dhtbench and with
// redis-benchmark, in turn, in random order. An iteration is a pair. It reports
// medians of ours, and medians of the ratios of ours to theirs:
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
			var ours, ratios []reading
			for b.Loop() {
				var our, their reading
				turns := []func(){
					func() { our = readOurs(b, addr, clients, operations) },
					func() { their = readTheirs(b, addr, clients, operations) },
				}
				rand.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
				for _, turn := range turns {
					turn()
				}
				ours = append(ours, our)
				ratios = append(ratios, reading{our.opsPerS / their.opsPerS, our.p50 / their.p50, our.p99 / their.p99, our.cpu / their.cpu})
			}
			report := func(of []reading, suffix string) {
				for unit, value := range map[string]func(reading) float64{
					"ops/s": func(r reading) float64 { return r.opsPerS }, "p50-ns": func(r reading) float64 { return r.p50 },
					"p99-ns": func(r reading) float64 { return r.p99 }, "cpu-ns/op": func(r reading) float64 { return r.cpu },
				} {
					values := make([]float64, len(of))
					for i, r := range of {
						values[i] = value(r)
					}
					slices.Sort(values)
					b.ReportMetric((values[(len(values)-1)/2]+values[len(values)/2])/2, unit+suffix)
				}
			}
			report(ours, "")
			report(ratios, "-ratio")
		})
	}
}
