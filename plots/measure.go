package plots

import (
	"math"
	"slices"

	"dhtbench/results"
)

// latency is one of the times that an operation takes.
type latency int

const (
	service  latency = iota // completion - send
	response                // completion - intended start; of an open loop only
	lag                     // send - intended start; of an open loop only
	null                    // service time at servers that answer at once
)

func (l latency) String() string {
	return []string{"service time", "response time", "lag", "null server"}[l]
}

// setting is the trials of one operation at one load.
type setting struct {
	results.Summary
}

func (t setting) operation() string { return t.Setting.Operation }
func (t setting) load() load        { return loadOf(t.Setting) }

// times returns the figures of a latency, unknown if it was not measured.
func (t setting) times(l latency) results.Latencies {
	switch {
	case l == service:
		return t.Service
	case l == response && t.Response != nil:
		return *t.Response
	case l == lag && t.Lag != nil:
		return *t.Lag
	case l == null && t.Baseline() != nil:
		return results.LatenciesOf(t.Baseline().Service)
	}
	return results.Latencies{Mean: results.Median(nil), Max: math.NaN()}
}

// trialsIn are the trials of settings.
func trialsIn(settings []setting) []results.Trial {
	var trials []results.Trial
	for _, t := range settings {
		trials = append(trials, t.Trials...)
	}
	return trials
}

// pool adds up one histogram of each trial.
func pool(trials []results.Trial, of func(results.Trial) *results.Histogram) *results.Histogram {
	sum := results.NewHistogram()
	for _, t := range trials {
		sum.Add(of(t))
	}
	return sum
}

// measure is a figure of a setting and of a trial; NaN means unknown.
type measure struct {
	name string
	of   func(setting) results.Estimate
	// trial is nil if trials of a setting do not differ.
	trial func(results.Trial) float64
}

// histogramOf returns a latency of a trial, or of the null servers.
func histogramOf(t results.Trial, l latency) *results.Histogram {
	switch l {
	case response:
		return t.Response()
	case lag:
		return t.Lag()
	}
	return t.Service()
}

// meanMeasure is the exact mean, known for samples of any size.
func meanMeasure(l latency) measure {
	return measure{"mean", func(t setting) results.Estimate { return t.times(l).Mean },
		func(t results.Trial) float64 { return histogramOf(t, l).Mean() }}
}

// maxMeasure is the largest latency of all trials.
func maxMeasure(l latency) measure {
	return measure{"max", func(t setting) results.Estimate {
		e := results.Median([]float64{t.times(l).Max})
		e.AtLeast = t.times(l).MaxAtLeast
		return e
	},
		func(t results.Trial) float64 { return float64(histogramOf(t, l).Max()) }}
}

// quantileMeasure is a quantile that [results.Summarize] has computed.
func quantileMeasure(l latency, q float64) measure {
	return measure{results.PercentileName(q), func(t setting) results.Estimate { return t.times(l).Quantile(q) },
		func(t results.Trial) float64 { return quantileOf(histogramOf(t, l), q) }}
}

// quantileMeasures are p50, p99 and p99.9.
func quantileMeasures(l latency) []measure {
	return []measure{quantileMeasure(l, 0.5), quantileMeasure(l, 0.99), quantileMeasure(l, 0.999)}
}

// chosenMeasures are the percentiles chosen for figures, or else the first n of
// quantileMeasures.
func (s sweep) chosenMeasures(l latency, n int) []measure {
	if len(s.quantiles) == 0 {
		return quantileMeasures(l)[:n]
	}
	all := make([]measure, len(s.quantiles))
	for i, q := range s.quantiles {
		all[i] = quantileMeasure(l, q)
	}
	return all
}

// second returns the second measure, p99 by default. Subtitles name it.
func second(measures []measure) measure { return measures[min(1, len(measures)-1)] }

// timeMeasures are all measures of a latency, as a table lists them.
func timeMeasures(l latency) []measure {
	return slices.Concat([]measure{meanMeasure(l)}, quantileMeasures(l), []measure{maxMeasure(l)})
}

// quantileOf returns a quantile, NaN if the sample does not support it.
func quantileOf(h *results.Histogram, q float64) float64 {
	if !h.Supports(q) {
		return math.NaN()
	}
	return float64(h.Quantile(q))
}

// throughputMeasure is throughput while all clients were active. Clients that end early
// would otherwise count as slow.
func throughputMeasure() measure {
	return measure{"throughput", func(t setting) results.Estimate { return t.Throughput },
		func(t results.Trial) float64 { return t.Active().Throughput() }}
}

// wholeMeasure is throughput over the whole trial, including the time after the end of
// early clients.
func wholeMeasure() measure {
	return measure{"whole", func(t setting) results.Estimate { return t.Whole },
		func(t results.Trial) float64 { return t.Whole().Throughput() }}
}

// achievedMeasure is the achieved rate.
func achievedMeasure() measure {
	return measure{"achieved", func(t setting) results.Estimate { return t.Achieved }, results.Trial.Achieved}
}

// nullThroughput is the throughput of the same clients at null servers.
func nullThroughput() measure {
	return measure{name: "throughput", of: func(t setting) results.Estimate {
		if c := t.Baseline(); c != nil {
			return results.Median([]float64{c.ThroughputOpsPerS})
		}
		return results.Median(nil)
	}}
}
