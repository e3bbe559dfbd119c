package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"dhtbench/results"
)

// row is a summary for programs: one line of JSON. A figure that the sample
// cannot support is null.
type row struct {
	Operation     string   `json:"operation"`
	Clients       int      `json:"clients"`
	Count         int64    `json:"count"`  // operations done, over all trials
	Failed        int64    `json:"failed"` // of these went wrong, in any way
	MeanNS        *float64 `json:"mean_ns"`
	P50NS         *float64 `json:"p50_ns"`
	P99NS         *float64 `json:"p99_ns"`
	P999NS        *float64 `json:"p999_ns"`
	MaxNS         *float64 `json:"max_ns"`
	ThroughputPer *float64 `json:"throughput_ops_per_s"`
}

// writeJSON writes one line of JSON for each summary.
func writeJSON(w io.Writer, summaries []results.Summary) error {
	out := json.NewEncoder(w)
	for _, s := range summaries {
		err := out.Encode(row{
			Operation: s.Setting.Operation, Clients: s.Setting.Clients,
			Count: s.Counts.Total(), Failed: s.Counts.Bad(),
			MeanNS: number(s.Mean.Median), P50NS: number(s.P50.Median), P99NS: number(s.P99.Median),
			P999NS: number(s.P999.Median), MaxNS: number(s.Max), ThroughputPer: number(s.Throughput.Median),
		})
		if err != nil {
			return fmt.Errorf("write summary: %w", err)
		}
	}
	return nil
}

// number is v for JSON, which has no NaN, rounded to a tenth: below the
// resolution of what was measured.
func number(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return new(math.Round(10*v) / 10)
}

// writeTable writes the summaries for people, 80 columns wide.
func writeTable(w io.Writer, summaries []results.Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "operation\tclients\tmean\tp50\tp99\tp99.9\tmax\tops/s\tfailed\t")
	for _, s := range summaries {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%.0f\t%d\t\n", s.Setting.Operation, s.Setting.Clients,
			latency(s.Mean.Median), latency(s.P50.Median), latency(s.P99.Median), latency(s.P999.Median), latency(s.Max),
			s.Throughput.Median, s.Counts.Bad())
	}
	return t.Flush()
}

// latency formats nanoseconds with the three digits that a histogram resolves.
// A figure that the sample cannot support is a dash.
func latency(ns float64) string {
	if math.IsNaN(ns) {
		return "-"
	}
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if ns >= float64(unit.size) {
			v := ns / float64(unit.size)
			decimals := 2 - min(2, int(math.Log10(v)))
			return fmt.Sprintf("%.*f %s", decimals, v, unit.name)
		}
	}
	return fmt.Sprintf("%.0f ns", ns)
}
