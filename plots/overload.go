package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"dhtbench/results"
)

// overload is the trials of one setting at nodes that take a fixed time for each
// operation, one at a time, and are offered more operations than they can do.
type overload struct {
	setting results.Params
	trials  []results.Trial // whose response times are known, see backlogOf
}

// overloads returns the overloads of a file, in order of settings.
func (all sweeps) overloads() []overload {
	var found []overload
	for _, s := range all {
		for _, t := range s.settings {
			o := overload{setting: t.Setting}
			for _, trial := range t.Trials {
				if _, known := backlogOf(trial); known {
					o.trials = append(o.trials, trial)
				}
			}
			if len(o.trials) > 0 {
				found = append(found, o)
			}
		}
	}
	return found
}

// backlog is the queue of one trial of an overload. It grows from the first operation
// to the last.
type backlog struct {
	operations float64
	service    float64 // ns, of the first operation, which waits for no other
	growth     float64 // ns by which each response time exceeds the one before
}

// backlogOf returns the backlog of a trial, false if its response times are not known.
//
// A client with one operation in flight sends the next one as soon as it has the reply.
// So operations end at intervals of 1/X, where X is the throughput over the whole
// trial, and are due at intervals of 1/L, where L is the offered rate.
func backlogOf(t results.Trial) (b backlog, known bool) {
	p, n, x := t.Params, t.Counts(), t.Whole().Throughput()
	if p.ServiceTimeNS == 0 || p.Arrivals != results.ConstantArrivals || p.Clients != 1 || p.Inflight != 1 ||
		n.Replied() != n.Due() || !(x < p.RateOpsPerS) {
		return backlog{}, false
	}
	return backlog{operations: float64(n.Due()), service: t.Service().Mean(), growth: 1e9/x - 1e9/p.RateOpsPerS}, true
}

// quantile returns the true quantile q of the response time. That of operation i, from
// 0 to N-1, is S + i(1/X - 1/L), where S is the service time. It rises with i, so the
// quantile is that of i = qN - 1.
func (b backlog) quantile(q float64) float64 {
	return b.service + math.Max(q*b.operations-1, 0)*b.growth
}

// table returns true and measured quantiles in Markdown, medians over trials.
//
// Note: it has p99.9 even of few operations. The quantile is not estimated from a
// sample, since the response time of each operation is known.
func (o overload) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Operation %s at nodes that take %s for one operation at a time, offered %s ops/s:\n\n",
		cell(o.setting.Operation), tickDuration(float64(o.setting.ServiceTimeNS)), exactly(o.setting.RateOpsPerS))
	b.WriteString(heading([]string{"percentile", "truth", "open loop", "error", "largest error", "timed from the send", "error"}))
	for _, q := range truthQuantiles() {
		truth := o.each(func(t results.Trial) float64 { return truthOf(t, q) })
		open := o.each(func(t results.Trial) float64 { return float64(t.Response().Quantile(q)) })
		sent := o.each(func(t results.Trial) float64 { return float64(t.Service().Quantile(q)) })
		b.WriteString(row([]string{results.PercentileName(q), duration(middle(truth)),
			duration(middle(open)), percent(middle(errorsOf(open, truth))), percent(largest(errorsOf(open, truth))),
			duration(middle(sent)), percent(middle(errorsOf(sent, truth)))}))
	}
	x := o.each(func(t results.Trial) float64 { return t.Whole().Throughput() })
	fmt.Fprintf(&b, "\n%s of %s: 1 client, one operation in flight, throughput %s. Numbers are medians over trials, except the largest error of any trial.\n",
		plural(len(o.trials), "trial"), tickDuration(float64(o.setting.DurationNS)), rates(slices.Min(x), slices.Max(x)))
	return b.String()
}

// truthOf returns the true quantile of the response time of a trial with a backlog.
func truthOf(t results.Trial, q float64) float64 {
	b, _ := backlogOf(t)
	return b.quantile(q)
}

// each returns a number of every trial.
func (o overload) each(of func(results.Trial) float64) []float64 {
	var all []float64
	for _, t := range o.trials {
		all = append(all, of(t))
	}
	return all
}

// middle returns the median.
func middle(values []float64) float64 { return results.Median(values).Median }

// largest returns the value that is farthest from 0.
func largest(values []float64) float64 {
	return slices.MaxFunc(values, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
}

// errorsOf returns the errors of measured values, as shares of the true ones.
func errorsOf(measured, truth []float64) []float64 {
	var off []float64
	for i, m := range measured {
		off = append(off, m/truth[i]-1)
	}
	return off
}
