package results_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"dhtbench/results"
	"dhtbench/results/export"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// TestLibraryReadsExportedLog: the log reader of the library finds the same totals and
// percentiles in an exported log.
func TestLibraryReadsExportedLog(t *testing.T) {
	for _, file := range []string{"clients.jsonl", "loopback.jsonl"} {
		trials, err := results.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortStableFunc(trials, func(a, b results.Trial) int { return a.Started.Compare(b.Started) })
		var text strings.Builder
		if err := export.Write(&text, "hlog", trials); err != nil {
			t.Fatal(err)
		}
		reader := hdr.NewHistogramLogReader(strings.NewReader(text.String()))
		for i, trial := range trials {
			got, err := reader.NextIntervalHistogram()
			if err != nil || got == nil {
				t.Fatalf("%s: interval %d: %v", file, i, err)
			}
			s := trial.Sample()
			if got.TotalCount() != s.Count() || got.StartTimeMs()-trial.Started.UnixMilli() > 1 || trial.Started.UnixMilli()-got.StartTimeMs() > 1 {
				t.Errorf("%s: interval %d has %d values and starts at %d, want %d and %d", file, i,
					got.TotalCount(), got.StartTimeMs(), s.Count(), trial.Started.UnixMilli())
			}
			for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
				want, _ := s.Quantile(q)
				// The library rounds the rank to the nearest.
				rank := math.Ceil(q * float64(s.Count()))
				if v := got.ValueAtPercentile(100 * rank / float64(s.Count())); v != int64(want) {
					t.Errorf("%s: interval %d has quantile %v of %d, want %d", file, i, q, v, want)
				}
			}
			if !strings.HasPrefix(got.Tag(), "operation=") {
				t.Errorf("%s: interval %d has the tag %q", file, i, got.Tag())
			}
		}
		if more, err := reader.NextIntervalHistogram(); more != nil || err != nil {
			t.Errorf("%s: more intervals than trials: %v", file, err)
		}
	}
}
