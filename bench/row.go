package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"dhtbench/results"
)

// row is a summary as one line of JSON. Unknown figures are null. So are latencies
// of which only a lower bound is known; the bound is in above_ns. Latencies are
// response times in an open loop and service times in a closed one, which has no
// fields of open loops.
type row struct {
	Target     string `json:"target,omitempty"` // empty: dht
	Operation  string `json:"operation"`
	Clients    int    `json:"clients"`
	KeyBytes   int    `json:"key_bytes"`
	ValueBytes int    `json:"value_bytes"`           // the longest
	ValueSizes string `json:"value_sizes,omitempty"` // their distribution, if they differ
	Trials     int    `json:"trials"`
	Count      int64  `json:"count"`  // operations done, over all trials
	Failed     int64  `json:"failed"` // of these, operations that went wrong
	latencies
	ThroughputPer      *float64    `json:"throughput_ops_per_s"`
	ThroughputInterval *[2]float64 `json:"throughput_interval_ops_per_s"` // as Interval
	Verdict            string      `json:"verdict"`                       // the worst of the trials

	*openRow
	Interval map[string]*[2]float64 `json:"interval_ns"`
	Each     []clientRow            `json:"each_client,omitempty"` // none if there is only one
	Warnings []results.Warning      `json:"warnings,omitempty"`    // of all trials
}

// latencies are the latencies of a row.
type latencies struct {
	MeanNS *float64 `json:"mean_ns"`
	P50NS  *float64 `json:"p50_ns"`
	P90NS  *float64 `json:"p90_ns"`
	P95NS  *float64 `json:"p95_ns"`
	P99NS  *float64 `json:"p99_ns"`
	P999NS *float64 `json:"p999_ns"`
	MaxNS  *float64 `json:"max_ns"`

	MeanAboveNS *float64 `json:"mean_above_ns,omitempty"`
	P50AboveNS  *float64 `json:"p50_above_ns,omitempty"`
	P90AboveNS  *float64 `json:"p90_above_ns,omitempty"`
	P95AboveNS  *float64 `json:"p95_above_ns,omitempty"`
	P99AboveNS  *float64 `json:"p99_above_ns,omitempty"`
	P999AboveNS *float64 `json:"p999_above_ns,omitempty"`
	MaxAboveNS  *float64 `json:"max_above_ns,omitempty"`

	// Of --percentiles, by name.
	Chosen      map[string]*float64 `json:"percentiles_ns,omitempty"`
	ChosenAbove map[string]*float64 `json:"percentiles_above_ns,omitempty"`
}

func latenciesOf(l results.Latencies, chosen results.Percentiles) latencies {
	r := latencies{Chosen: make(map[string]*float64), ChosenAbove: make(map[string]*float64)}
	set := func(value, above **float64, e results.Estimate) {
		if e.AtLeast {
			*above = number(e.Median)
		} else {
			*value = number(e.Median)
		}
	}
	set(&r.MeanNS, &r.MeanAboveNS, l.Mean)
	set(&r.P50NS, &r.P50AboveNS, l.Quantile(0.5))
	set(&r.P90NS, &r.P90AboveNS, l.Quantile(0.9))
	set(&r.P95NS, &r.P95AboveNS, l.Quantile(0.95))
	set(&r.P99NS, &r.P99AboveNS, l.Quantile(0.99))
	set(&r.P999NS, &r.P999AboveNS, l.Quantile(0.999))
	set(&r.MaxNS, &r.MaxAboveNS, results.Estimate{Median: l.Max, AtLeast: l.MaxAtLeast})
	for _, q := range chosen {
		var value, above *float64
		set(&value, &above, l.Quantile(q))
		r.Chosen[results.PercentileName(q)] = value
		if above != nil {
			r.ChosenAbove[results.PercentileName(q)] = above
		}
	}
	return r
}

// intervalsOf returns the 95 % intervals of the median across trials of a row's
// mean and percentiles, by name. With fewer than 6 trials they are null.
func intervalsOf(l results.Latencies, chosen results.Percentiles) map[string]*[2]float64 {
	all := map[string]*[2]float64{"mean": bounds(l.Mean)}
	for _, q := range append(results.Quantiles(), chosen...) {
		name := results.PercentileName(q)
		if q == 0.999 {
			name = "p999" // as in the names of fields
		}
		all[name] = bounds(l.Quantile(q))
	}
	return all
}

// bounds returns the interval of an estimate, nil if it has none.
func bounds(e results.Estimate) *[2]float64 {
	if !e.HasInterval() {
		return nil
	}
	return &[2]float64{e.Low, e.High}
}

// openRow is the fields that only a row of an open loop has.
type openRow struct {
	RatePer      float64  `json:"rate_ops_per_s"`    // asked for
	OfferedPer   *float64 `json:"offered_ops_per_s"` // due in the window
	AchievedPer  *float64 `json:"achieved_ops_per_s"`
	Pacing       string   `json:"pacing"`
	Sustained    bool     `json:"sustained"`
	ServiceP50NS *float64 `json:"service_p50_ns"`
	ServiceP99NS *float64 `json:"service_p99_ns"`
	LagP50NS     *float64 `json:"lag_p50_ns"`
	LagP99NS     *float64 `json:"lag_p99_ns"`
	Queued       int64    `json:"queued"` // operations that waited for a free slot
	Unsent       int64    `json:"unsent"` // operations that were due and never sent
}

func openRowOf(s results.Summary) *openRow {
	if s.Lag == nil {
		return nil
	}
	return &openRow{
		RatePer: s.Setting.RateOpsPerS, OfferedPer: number(s.Offered.Median), AchievedPer: number(s.Achieved.Median),
		Pacing: s.Setting.Pacing, Sustained: s.Sustained,
		ServiceP50NS: number(s.Service.Quantile(0.5).Median), ServiceP99NS: number(s.Service.Quantile(0.99).Median),
		LagP50NS: number(s.Lag.Quantile(0.5).Median), LagP99NS: number(s.Lag.Quantile(0.99).Median), Queued: s.Queued, Unsent: s.Counts.Unsent,
	}
}

func rowOf(s results.Summary, chosen results.Percentiles) row {
	r := row{
		Target: s.Setting.Target, Operation: s.Setting.Operation, Clients: s.Setting.Clients,
		KeyBytes: s.Setting.KeyBytes, ValueBytes: s.Setting.ValueBytes, ValueSizes: s.Setting.ValueSizes,
		Trials: len(s.Trials), Count: s.Counts.Total(), Failed: s.Counts.Bad(),
		latencies: latenciesOf(s.Latency(), chosen), ThroughputPer: number(s.Throughput.Median), ThroughputInterval: bounds(s.Throughput), Verdict: string(worst(s)),
		openRow: openRowOf(s), Interval: intervalsOf(s.Latency(), chosen), Each: clientRows(s),
	}
	for _, t := range s.Trials {
		r.Warnings = append(r.Warnings, t.Warnings...)
	}
	return r
}

// writeJSON writes one line of JSON for each setting, with the chosen percentiles
// beside those of every row.
func writeJSON(w io.Writer, summaries []results.Summary, chosen results.Percentiles) error {
	out := json.NewEncoder(w)
	for _, s := range summaries {
		if err := out.Encode(rowOf(s, chosen)); err != nil {
			return fmt.Errorf("write summary: %w", err)
		}
	}
	return nil
}

// number returns v for JSON, nil if v is NaN. It rounds to a tenth, which is below
// the resolution of measurements.
func number(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return new(math.Round(10*v) / 10)
}
