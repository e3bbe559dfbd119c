package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"

	"dhtbench/results"
)

// row is a summary for programs: one line of JSON. A figure that the sample
// cannot support is null. Latencies are response times in an open loop and
// service times in a closed one; what only an open loop has is left out of a
// closed one.
type row struct {
	Operation     string   `json:"operation"`
	Clients       int      `json:"clients"`
	Trials        int      `json:"trials"`
	Count         int64    `json:"count"`  // operations done, over all trials
	Failed        int64    `json:"failed"` // of these went wrong, in any way
	MeanNS        *float64 `json:"mean_ns"`
	P50NS         *float64 `json:"p50_ns"`
	P99NS         *float64 `json:"p99_ns"`
	P999NS        *float64 `json:"p999_ns"`
	MaxNS         *float64 `json:"max_ns"`
	ThroughputPer *float64 `json:"throughput_ops_per_s"`
	Verdict       string   `json:"verdict"` // the worst of the trials

	*openRow
	Interval intervals `json:"interval_ns"`
}

// intervals are the 95 % intervals of a row's percentiles: of the median across
// trials, from 6 trials on. Null with fewer.
type intervals struct {
	P50  *[2]float64 `json:"p50"`
	P99  *[2]float64 `json:"p99"`
	P999 *[2]float64 `json:"p999"`
}

// intervalsOf are those of a summary.
func intervalsOf(s results.Summary) intervals {
	l := s.Latency()
	bounds := func(e results.Estimate) *[2]float64 {
		if !e.HasInterval() {
			return nil
		}
		return &[2]float64{e.Low, e.High}
	}
	return intervals{P50: bounds(l.P50), P99: bounds(l.P99), P999: bounds(l.P999)}
}

// openRow is what a row of an open loop has besides.
type openRow struct {
	RatePer      float64  `json:"rate_ops_per_s"` // offered
	AchievedPer  *float64 `json:"achieved_ops_per_s"`
	Pacing       string   `json:"pacing"`
	Sustained    bool     `json:"sustained"`
	ServiceP50NS *float64 `json:"service_p50_ns"`
	ServiceP99NS *float64 `json:"service_p99_ns"`
	LagP50NS     *float64 `json:"lag_p50_ns"`
	LagP99NS     *float64 `json:"lag_p99_ns"`
	Held         int64    `json:"held"` // operations for which no connection was free
}

// writeJSON writes one line of JSON for each summary.
func writeJSON(w io.Writer, summaries []results.Summary) error {
	out := json.NewEncoder(w)
	for _, s := range summaries {
		l := s.Latency()
		r := row{
			Operation: s.Setting.Operation, Clients: s.Setting.Clients, Trials: len(s.Trials),
			Count: s.Counts.Total(), Failed: s.Counts.Bad(),
			MeanNS: number(l.Mean.Median), P50NS: number(l.P50.Median), P99NS: number(l.P99.Median),
			P999NS: number(l.P999.Median), MaxNS: number(l.Max), ThroughputPer: number(s.Throughput.Median),
			Verdict: string(worst(s)), Interval: intervalsOf(s),
		}
		if s.Lag != nil {
			r.openRow = &openRow{
				RatePer: s.Offered.Median, AchievedPer: number(s.Achieved.Median), Pacing: s.Setting.Pacing, Sustained: s.Sustained,
				ServiceP50NS: number(s.Service.P50.Median), ServiceP99NS: number(s.Service.P99.Median),
				LagP50NS: number(s.Lag.P50.Median), LagP99NS: number(s.Lag.P99.Median), Held: s.Queued,
			}
		}
		if err := out.Encode(r); err != nil {
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
	if len(summaries) > 0 && summaries[0].Lag != nil {
		writeOpen(t, summaries)
	} else {
		writeClosed(t, summaries)
	}
	return t.Flush()
}

// writeClosed writes the rows of a closed loop.
func writeClosed(t io.Writer, summaries []results.Summary) {
	fmt.Fprintln(t, "operation\tclients\tmean\tp50\tp99\tp99.9\tmax\tops/s\tfailed\t")
	for _, s := range summaries {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t\n", s.Setting.Operation, s.Setting.Clients,
			latency(s.Service.Mean.Median), latency(s.Service.P50.Median), latency(s.Service.P99.Median), latency(s.Service.P999.Median), latency(s.Service.Max),
			perSecond(s.Throughput.Median), s.Counts.Bad())
	}
}

// writeOpen writes the rows of an open loop: response times, and of service time
// and lag what is needed to see that they are the cluster's.
func writeOpen(t io.Writer, summaries []results.Summary) {
	short := false
	fmt.Fprintln(t, "op\tclients\toffered\tachieved\tp50\tp99\tp99.9\tservice p99\tlag p99\tfailed\t")
	for _, s := range summaries {
		name := s.Setting.Operation
		if s.Setting.Pacing == results.TimerPacing {
			name += ", timer"
		}
		achieved := perSecond(s.Achieved.Median)
		if !s.Sustained {
			achieved += "!"
			short = true
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t\n", name, s.Setting.Clients,
			perSecond(s.Offered.Median), achieved, latency(s.Response.P50.Median), latency(s.Response.P99.Median), latency(s.Response.P999.Median),
			latency(s.Service.P99.Median), latency(s.Lag.P99.Median), s.Counts.Bad())
	}
	if short {
		fmt.Fprintln(t, "!: not sustained; response times then grow with the length of the run")
	}
}

// doubtsShown is how many reasons for doubt are printed below a table.
const doubtsShown = 8

// writeDoubts writes which trials are not VALID, and why: the first reasons of
// as many as can be read.
func writeDoubts(w io.Writer, trials []results.Trial) {
	doubtful := 0
	for _, t := range trials {
		if len(t.Warnings) == 0 {
			continue
		}
		if doubtful++; doubtful <= doubtsShown {
			fmt.Fprintf(w, "%s: %s: %s\n", t.Verdict, setting(t.Params), t.Warnings[0])
		}
	}
	if doubtful > doubtsShown {
		fmt.Fprintf(w, "and %d more of %d trials; all reasons are in the file\n", doubtful-doubtsShown, len(trials))
	}
}

// setting names a trial among those of its sweep.
func setting(p results.Params) string {
	text := fmt.Sprintf("%s, clients %d", p.Operation, p.Clients)
	if p.Loop == results.OpenLoop {
		text += fmt.Sprintf(", rate %s", perSecond(p.RateOpsPerS))
	}
	if p.Pacing == results.TimerPacing {
		text += ", timer"
	}
	if p.Repeat > 0 {
		text += fmt.Sprintf(", repeat %d", p.Repeat)
	}
	return text
}

// perSecond formats a rate. One that is not known is a dash.
func perSecond(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	if v < 100 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return fmt.Sprintf("%.0f", v)
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
