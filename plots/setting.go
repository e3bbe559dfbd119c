package plots

import (
	"math"

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
