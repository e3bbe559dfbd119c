package compare

import (
	"errors"
	"math"
	"slices"

	"dhtbench/results"
)

// DefaultThreshold is the share by which B may be worse than A, unless another is given.
const DefaultThreshold = 0.05

// Refusal is the error of sides that cannot be compared.
type Refusal struct{ Err error }

// Error implements error.
func (r Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the reason.
func (r Refusal) Unwrap() error { return r.Err }

// ErrRegression is the error of a comparison in which B is found to be worse than A by
// more than the threshold.
var ErrRegression = errors.New("side B is worse than A by more than the threshold")

// Alpha is the p-value up to which a difference counts as found.
const Alpha = 0.05

// Side is the trials of one side and a name for it, such as that of its file.
type Side struct {
	Name   string
	Trials []results.Trial
}

// Comparison is B compared with A. Use [Files] or [Sides]; the zero value is empty.
type Comparison struct {
	A, B    string // names of the sides
	Paired  bool
	Repeats [2]int // of A and of B that are compared; equal if paired
	Metrics []Metric
	// Caveats are statements on what limits the comparison. Forced are the reasons for
	// a refusal, if the comparison was forced.
	Caveats, Forced []string
}

// Metric is one metric in all settings.
type Metric struct {
	Name       string // throughput, p50 or p99
	Rows       []Row  // one for each setting, in the order of [results.Summarize]
	Everywhere Row    // the mean over all settings; A and B are unknown
}

// All returns the rows of the settings and, if there are several, that of their mean.
func (m Metric) All() []Row {
	if len(m.Rows) == 1 {
		return m.Rows
	}
	return append(slices.Clone(m.Rows), m.Everywhere)
}

// Row is one metric in one setting. Throughput is in operations per second, latencies
// are in nanoseconds.
type Row struct {
	Setting results.Params // of A; without a side and a repeat
	A, B    results.Estimate
	// Ratio is B/A: the median over paired repeats, or else the shift of Hodges and
	// Lehmann, with its interval. See [results.Estimate].
	Ratio results.Estimate
	// P is the p-value, adjusted for all rows of the comparison.
	P float64
	// Smallest is the smallest difference, as a share (0.05 is 5 %), that would have been
	// found in nine of ten comparisons with this spread. It is infinite if there are too
	// few repeats.
	Smallest float64
	// Shift is the ratio of each of [Quantiles]; nil in Everywhere.
	Shift []Shift
	// Worse is how much worse B is than A, as a share: 0.1 is 10 % slower, and -0.1 is
	// 10 % faster.
	Worse float64
}

// Shift is the ratio B/A of one quantile of the latencies.
type Shift struct {
	Quantile float64
	Ratio    results.Estimate // unknown if any trial does not support it
}

// Quantiles are those of [Row.Shift]: the deciles, p99 and p99.9.
func Quantiles() []float64 {
	return []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999}
}

// Found reports whether a difference was found.
func (r Row) Found() bool { return r.P <= Alpha }

// Regressed reports whether B is found to be worse than A by more than a share.
func (r Row) Regressed(threshold float64) bool { return r.Found() && r.Worse > threshold }

// Found lists the rows in which a difference was found, and the names of their metrics.
func (c Comparison) Found() (rows []Row, metrics []string) {
	for _, m := range c.Metrics {
		for _, r := range m.All() {
			if r.Found() {
				rows, metrics = append(rows, r), append(metrics, m.Name)
			}
		}
	}
	return rows, metrics
}

// Regressed reports whether any row regressed by more than a share.
func (c Comparison) Regressed(threshold float64) bool {
	rows, _ := c.Found()
	return slices.ContainsFunc(rows, func(r Row) bool { return r.Regressed(threshold) })
}

// metric computes a figure of a trial.
type metric struct {
	name         string
	moreIsBetter bool
	of           func(results.Trial) float64
	loop         string // the only loop in which it is compared; empty: both
}

// metrics returns the metrics that are compared. The throughput of an open loop is not,
// because it follows from the rate.
func metrics() []metric {
	quantile := func(q float64) func(results.Trial) float64 {
		return func(t results.Trial) float64 { return quantileOf(t.Sample(), q) }
	}
	return []metric{
		{"throughput", true, results.Trial.Throughput, results.ClosedLoop},
		{"p50", false, quantile(0.5), ""},
		{"p99", false, quantile(0.99), ""},
	}
}

// quantileOf returns a quantile in nanoseconds, NaN if it is unknown or a lower bound.
func quantileOf(s results.Sample, q float64) float64 {
	if !s.Supports(q) {
		return math.NaN()
	}
	value, atLeast := s.Quantile(q)
	if atLeast {
		return math.NaN()
	}
	return float64(value)
}

// compare compares matched settings. It leaves out rows with unknown values.
func (c *Comparison) compare(settings []pair) {
	shifts := make([][]Shift, len(settings))
	for i, s := range settings {
		shifts[i] = c.shift(s)
	}
	var tables []table
	for _, m := range metrics() {
		out := Metric{Name: m.name}
		var t table
		for i, s := range settings {
			if m.loop != "" && s.setting.Loop != m.loop {
				continue
			}
			a, b := figures(s.a, m.of), figures(s.b, m.of)
			if slices.ContainsFunc(append(slices.Clone(a), b...), func(v float64) bool { return !(v > 0) }) {
				continue
			}
			t.values = append(t.values, c.logarithms(a, b))
			row := Row{Setting: s.setting, A: results.Median(a), B: results.Median(b), Ratio: c.ratio(a, b), Shift: shifts[i]}
			row.Worse = m.worsening(row.Ratio.Median)
			out.Rows = append(out.Rows, row)
		}
		if len(out.Rows) > 0 {
			tables, c.Metrics = append(tables, t), append(c.Metrics, out)
		}
	}
	c.test(tables)
}

// test adds the results of the joint test to the rows.
func (c *Comparison) test(tables []table) {
	arrangements := exchanges(c.Repeats[0], c.Repeats[1])
	if c.Paired {
		arrangements = flips(c.Repeats[0])
	}
	judged := judge(tables, arrangements, c.Paired)
	least := detect(tables, arrangements, c.Repeats, c.Paired)
	for i, m := range c.Metrics {
		for k := range m.Rows {
			m.Rows[k].P, m.Rows[k].Smallest = judged[i].rows[k], least[i].rows[k]
		}
		effect := tables[i].mean(arrangements[0])
		c.Metrics[i].Everywhere = Row{
			Ratio: results.Estimate{Median: math.Exp(effect), Low: math.NaN(), High: math.NaN()},
			A:     results.Median(nil), B: results.Median(nil),
			P: judged[i].everywhere, Smallest: least[i].everywhere,
			Worse: metricOf(m.Name).worsening(math.Exp(effect)),
		}
	}
}

func metricOf(name string) metric {
	all := metrics()
	return all[slices.IndexFunc(all, func(m metric) bool { return m.name == name })]
}

// MoreIsBetter reports whether a ratio above 1 is better.
func (m Metric) MoreIsBetter() bool { return metricOf(m.Name).moreIsBetter }

// worsening converts a ratio B/A into how much worse B is, as a share.
func (m metric) worsening(ratio float64) float64 {
	if m.moreIsBetter {
		ratio = 1 / ratio
	}
	return ratio - 1
}

func figures(trials []results.Trial, of func(results.Trial) float64) []float64 {
	all := make([]float64, len(trials))
	for i, t := range trials {
		all[i] = of(t)
	}
	return all
}

// logarithms returns the values of one setting in a table.
func (c *Comparison) logarithms(a, b []float64) []float64 {
	var row []float64
	if c.Paired {
		for i := range a {
			row = append(row, math.Log(b[i]/a[i]))
		}
		return row
	}
	for _, v := range slices.Concat(a, b) {
		row = append(row, math.Log(v))
	}
	return row
}

// ratio estimates B/A.
func (c *Comparison) ratio(a, b []float64) results.Estimate {
	if !c.Paired {
		return hodgesLehmann(a, b)
	}
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = b[i] / a[i]
	}
	return results.Median(ratios)
}

// shift returns the shift function of a setting (Wilcox and Rousselet, A guide to robust
// statistical methods in neuroscience, 2018).
func (c *Comparison) shift(s pair) []Shift {
	var shifts []Shift
	samples := func(trials []results.Trial) (all []results.Sample) {
		for _, t := range trials {
			all = append(all, t.Sample())
		}
		return all
	}
	a, b := samples(s.a), samples(s.b)
	for _, q := range Quantiles() {
		at := func(all []results.Sample) (values []float64) {
			for _, sample := range all {
				values = append(values, quantileOf(sample, q))
			}
			return values
		}
		shifts = append(shifts, Shift{Quantile: q, Ratio: c.ratio(at(a), at(b))})
	}
	return shifts
}
