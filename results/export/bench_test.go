package export

import (
	"encoding/csv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"dhtbench/results"
)

// benchstat returns the medians that benchstat finds in a text, by unit and name.
func benchstat(t *testing.T, text string) map[[2]string]float64 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bench.txt")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.Command("go", "tool", "benchstat", "-format", "csv", file)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("benchstat: %v\n%s", err, stderr.String())
	}
	in := csv.NewReader(strings.NewReader(string(out)))
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	medians, unit := make(map[[2]string]float64), ""
	for _, row := range rows {
		switch {
		case len(row) == 3 && row[2] == "CI":
			unit = row[1]
		case strings.HasPrefix(row[0], "Trial/"):
			medians[[2]string{unit, row[0]}], err = strconv.ParseFloat(row[1], 64)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return medians
}

func TestBenchstatFindsOurMedians(t *testing.T) {
	for _, file := range []string{"clients.jsonl", "truth-overload.jsonl", "loopback.jsonl"} {
		trials := measured(t, file)
		got, name := benchstat(t, exported(t, "bench", trials)), names(trials)
		want := make(map[[2]string]float64)
		for _, s := range results.Summarize(trials) {
			n, l := "Trial/"+name(s.Setting), s.Latency()
			for unit, e := range map[string]results.Estimate{"sec/op": l.Mean, "p50-sec": l.Quantile(0.5), "p90-sec": l.Quantile(0.9), "p99-sec": l.Quantile(0.99), "p99.9-sec": l.Quantile(0.999)} {
				if e.Known() && !e.AtLeast {
					want[[2]string{unit, n}] = e.Median / 1e9
				}
			}
			want[[2]string{"op/s", n}] = s.Throughput.Median
		}
		for key, v := range want {
			if g, ok := got[key]; !ok || math.Abs(g-v) > 1e-12*v {
				t.Errorf("%s: %s: benchstat's median is %v (%v), ours %v", file, key, g, ok, v)
			}
		}
		if len(got) != len(want) || len(want) < 5 {
			t.Errorf("%s: %d medians, want %d", file, len(got), len(want))
		}
	}
}

// TestLowerBoundsAreLeftOutOfBenchmarks: benchstat would take them for values. In CSV they
// are named.
func TestLowerBoundsAreLeftOutOfBenchmarks(t *testing.T) {
	trials := measured(t, "truth-overload.jsonl")
	h := results.NewHistogram()
	h.RecordTimes(3e9, 100)
	for i := range 4 {
		trials[i].Clients[0].NoReply = h
	}
	_, text, _ := strings.Cut(exported(t, "bench", trials), "\n\n") // without units
	if strings.Contains(text, " p99-ns ") || strings.Contains(text, " ns/op ") || strings.Count(text, " p50-ns ") != len(trials) {
		t.Error(text)
	}
	row := strings.Split(exported(t, "csv", trials), "\n")[1]
	if !strings.Contains(row, ",mean_ns p99_ns max_ns,") {
		t.Errorf("lower bounds are not named: %s", row)
	}
}
