package plots

import "dhtbench/results"

// latency is one of the times that an operation takes.
type latency int

const (
	service  latency = iota // completion - send
	response                // completion - intended start; of the open loop alone
	lag                     // send - intended start; of the open loop alone
	null                    // service time at servers that answer at once
)

func (l latency) String() string {
	return []string{"service time", "response time", "lag", "null server"}[l]
}

// isOpen reports whether operations start when they are meant to, instead of when
// the one before has ended.
func isOpen(p results.Params) bool { return p.Loop == "open" }

// setting is the trials of one operation at one load.
type setting struct {
	results.Summary
	trials []results.Trial // in file order
}

// newSetting is the setting of a summary, with its trials from among all.
func newSetting(s results.Summary, all []results.Trial) setting {
	t := setting{Summary: s}
	for _, trial := range all {
		if trial.Params.Setting() == s.Setting {
			t.trials = append(t.trials, trial)
		}
	}
	return t
}

func (t setting) operation() string { return t.Setting.Operation }
func (t setting) load() load        { return loadOf(t.Setting) }

// times are the figures of a latency; unknown where it was not measured.
func (t setting) times(l latency) results.Latencies {
	nothing := results.Median(nil)
	none := results.Latencies{Mean: nothing, P50: nothing, P90: nothing, P99: nothing, P999: nothing, Max: nan()}
	switch {
	case l == service:
		return results.Latencies{Mean: t.Mean, P50: t.P50, P90: t.P90, P99: t.P99, P999: t.P999, Max: t.Max}
	case l == response && t.Response != nil:
		return *t.Response
	case l == lag && t.Lag != nil:
		return *t.Lag
	case l == null:
		if c := t.baseline(); c != nil {
			h := c.Service
			return results.Latencies{Mean: results.Median([]float64{h.Mean()}), Max: float64(h.Max()),
				P50: h.Estimate(0.5), P90: h.Estimate(0.9), P99: h.Estimate(0.99), P999: h.Estimate(0.999)}
		}
	}
	return none
}

// baseline is what the same clients did at null servers, nil if that was not
// measured. It was measured once, before the sweep, and all trials have it.
func (t setting) baseline() *results.Null {
	for _, trial := range t.trials {
		if n := trial.Null; n != nil && n.Service != nil && n.Service.Count() > 0 {
			return n
		}
	}
	return nil
}

// pool adds up one histogram of each trial.
func pool(trials []results.Trial, of func(results.Trial) *results.Histogram) *results.Histogram {
	sum := results.NewHistogram()
	for _, t := range trials {
		sum.Add(of(t))
	}
	return sum
}
