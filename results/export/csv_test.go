package export

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// TestRowsHaveTheFiguresOfTrials: the time comes first and ascends, and every figure has
// the unit that its column names.
func TestRowsHaveTheFiguresOfTrials(t *testing.T) {
	for _, file := range []string{"clients.jsonl", "loopback.jsonl"} {
		trials := measured(t, file)
		slices.SortStableFunc(trials, func(a, b results.Trial) int { return a.Started.Compare(b.Started) })
		rows, err := csv.NewReader(strings.NewReader(exported(t, "csv", trials))).ReadAll()
		if err != nil || len(rows) != len(trials)+1 || rows[0][0] != "time" {
			t.Fatalf("%s: %d rows, %v", file, len(rows), err)
		}
		for i, trial := range trials {
			row := rows[i+1]
			get := func(column string) string { return row[slices.Index(rows[0], column)] }
			number := func(column string) float64 {
				v, err := strconv.ParseFloat(get(column), 64)
				if err != nil {
					t.Error(err)
				}
				return v
			}
			at, err := time.Parse(time.RFC3339, row[0])
			if err != nil || !at.Equal(trial.Started) {
				t.Errorf("%s: row %d has time %s, want %v", file, i, row[0], trial.Started)
			}
			p99, _ := trial.Quantile(0.99)
			want := map[string]float64{
				"clients": float64(trial.Params.Clients), "seed": float64(trial.Params.Seed), "repeat": float64(trial.Params.Repeat),
				"value_bytes": float64(trial.Params.ValueBytes), "rate_ops_per_s": trial.Params.RateOpsPerS, "ok": float64(trial.Counts().OK),
				"p99_ns": float64(p99), "max_ns": float64(trial.Latency().Max()), "throughput_ops_per_s": trial.Throughput(),
			}
			for column, v := range want {
				if g := number(column); g != v {
					t.Errorf("%s: row %d has %s of %v, want %v", file, i, column, g, v)
				}
			}
			if get("verdict") != string(trial.Verdict) || get("operation") != trial.Params.Operation || get("at_least") != "" {
				t.Errorf("%s: row %q", file, row)
			}
		}
	}
}
