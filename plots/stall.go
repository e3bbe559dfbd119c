package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// stalled is the trials of a file with one injected stall and one operation, by the
// three ways to measure latency.
type stalled struct {
	text           string // as in the record, 600ms/1s
	length, period time.Duration
	operation      string

	open   []results.Trial // timed from the intended start
	sent   []results.Trial // of an open loop with one operation in flight, timed from the send
	closed []results.Trial
}

// parseStall parses a stall of the record: its length and its period.
func parseStall(text string) (length, period time.Duration, err error) {
	a, b, ok := strings.Cut(text, "/")
	length, err1 := time.ParseDuration(a)
	period, err2 := time.ParseDuration(b)
	if !ok || err1 != nil || err2 != nil || length <= 0 || period <= length {
		return 0, 0, fmt.Errorf("stall %q: want a duration and a longer period, as 20ms/1s", text)
	}
	return length, period, nil
}

// often describes the stall.
func (s stalled) often() string {
	return "for " + tickDuration(float64(s.length)) + " in every " + tickDuration(float64(s.period))
}

// quantile returns the true quantile of the response time. Nodes stall for D at the
// start of every period P and otherwise answer at once. Intended starts are uniform in
// the period: one at x waits D-x if x < D, and else 0. So the response time is above r
// with probability (D-r)/P, and the quantile q is D-P(1-q), at least 0. The time that
// the store needs to answer is left out.
func (s stalled) quantile(q float64) float64 {
	return math.Max(float64(s.length)-float64(s.period)*(1-q), 0)
}

// stalls returns the stalls of a file that an open loop has measured, in order of first
// appearance.
func (all sweeps) stalls() []stalled {
	var found []stalled
	for _, s := range all {
		text := s.params.Stall
		if text == "" || slices.ContainsFunc(found, func(f stalled) bool { return f.text == text }) {
			continue
		}
		length, period, err := parseStall(text)
		if err != nil {
			continue // the truth is unknown
		}
		f := stalled{text: text, length: length, period: period}
		f.pick(all)
		if len(f.open) > 0 {
			found = append(found, f)
		}
	}
	return found
}

// pick selects the trials of each way. Of several open loops it takes the one with the
// most slots, since with few slots operations also wait for those before them, and then
// the highest rate. Of closed loops it takes the fewest clients.
func (s *stalled) pick(all sweeps) {
	var open, closed []results.Trial
	var operations []string
	for _, t := range trialsOf(all) {
		switch {
		case t.Params.Stall != s.text:
		case t.Params.Open():
			open = append(open, t)
			operations = append(operations, t.Params.Operation)
		default:
			closed = append(closed, t)
		}
	}
	s.operation = preferred(operations)
	other := func(t results.Trial) bool { return t.Params.Operation != s.operation }
	open, closed = slices.DeleteFunc(open, other), slices.DeleteFunc(closed, other)
	single := slices.DeleteFunc(slices.Clone(open), func(t results.Trial) bool { return t.Params.Inflight != 1 })

	rate := func(p results.Params) float64 { return p.RateOpsPerS }
	s.open = foremost(open, func(p results.Params) float64 { return float64(p.Inflight) }, rate)
	s.sent = foremost(single, rate)
	s.closed = foremost(closed, func(p results.Params) float64 { return -float64(p.Clients) })
}

// foremost returns the trials of the setting with the largest value of the first of
// marks, then of the next. Of equal settings it takes the first.
func foremost(trials []results.Trial, marks ...func(results.Params) float64) []results.Trial {
	if len(trials) == 0 {
		return nil
	}
	best := slices.MaxFunc(trials, func(a, b results.Trial) int {
		for _, mark := range marks {
			if c := cmp.Compare(mark(a.Params), mark(b.Params)); c != 0 {
				return c
			}
		}
		return 0
	}).Params.Setting()
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return t.Params.Setting() != best })
}

// way is one way to measure latencies, and the result.
type way struct {
	name, column string
	look         chart.Look
	h            *results.Histogram // nil if it was not used
}

// ways returns the three ways in the order of table and figure.
func (s stalled) ways() []way {
	of := func(trials []results.Trial, pick func(results.Trial) *results.Histogram) *results.Histogram {
		if len(trials) == 0 {
			return nil
		}
		return pool(trials, pick)
	}
	l := looks()
	return []way{
		{"open loop", "open loop", l[0], of(s.open, results.Trial.Response)},
		{"timed from send", "open loop, timed from the send", l[1], of(s.sent, results.Trial.Service)},
		{"closed loop", "closed loop", l[2], of(s.closed, results.Trial.Service)},
	}
}

// at returns a quantile of a way, and its error as a share of the true one. The error
// is NaN if either is unknown or the true one is 0.
func (w way) at(s stalled, q float64) (ns, off float64) {
	if w.h == nil || !w.h.Supports(q) {
		return math.NaN(), math.NaN()
	}
	ns = float64(w.h.Quantile(q))
	if s.quantile(q) == 0 {
		return ns, math.NaN()
	}
	return ns, ns/s.quantile(q) - 1
}

// percent formats an error with its sign: +0.12 %, −99.9 %.
func percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return unknown
	case share < 0:
		return "−" + trimmed(-share) + " %"
	}
	return "+" + trimmed(share) + " %"
}

// trimmed returns a share in percent. A share below 1 is never rounded to 100 %.
func trimmed(share float64) string {
	v := 100 * share
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 99 || v >= 100:
		return number(v)
	}
	return fmt.Sprintf("%.2f", math.Floor(100*v)/100)
}

// describe describes the trials of each way.
func (s stalled) describe() string {
	var parts []string
	if p := s.open; len(p) > 0 {
		parts = append(parts, fmt.Sprintf("open loop: %s ops/s, %s, up to %s in flight each", exactly(p[0].Params.RateOpsPerS),
			plural(p[0].Params.Clients, "client"), whole(int64(p[0].Params.Inflight))))
	}
	if p := s.sent; len(p) > 0 {
		parts = append(parts, fmt.Sprintf("timed from the send, as memtier does at a rate: %s ops/s, %s, one in flight each", exactly(p[0].Params.RateOpsPerS),
			plural(p[0].Params.Clients, "client")))
	}
	if p := s.closed; len(p) > 0 {
		parts = append(parts, fmt.Sprintf("closed loop, as redis-benchmark: %s", plural(p[0].Params.Clients, "client")))
	}
	return strings.Join(parts, " · ")
}

// table returns true and measured quantiles in Markdown.
func (s stalled) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Operation %s at nodes that stall %s:\n\n", cell(s.operation), s.often())
	header := []string{"percentile", "truth"}
	for _, w := range s.ways() {
		if w.h != nil {
			header = append(header, w.column, "error")
		}
	}
	b.WriteString(heading(header))
	for _, q := range truthQuantiles() {
		cells := []string{results.PercentileName(q), duration(s.quantile(q))}
		for _, w := range s.ways() {
			if w.h != nil {
				ns, off := w.at(s, q)
				cells = append(cells, duration(ns), percent(off))
			}
		}
		b.WriteString(row(cells))
	}
	b.WriteString("\n" + capital(cell(s.describe())) + ". The truth is that of nodes that answer at once when they do not stall. " +
		"A dash is a percentile with fewer than 10 latencies above it, or an error relative to 0.\n")
	return b.String()
}
