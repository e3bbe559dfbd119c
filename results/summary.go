package results

import (
	"cmp"
	"slices"
)

// Summary is the trials of one setting and, for each figure, its median over
// them. All latencies are in nanoseconds, rates in operations per second. Use
// [Summarize]; the zero value is no setting.
type Summary struct {
	Setting Params  // with Repeat 0
	Trials  []Trial // one at least, in the order in which they were given
	Counts  Counts  // summed over trials
	// Valid, Suspect and Invalid are the numbers of trials with that verdict; the
	// rest were not judged.
	Valid, Suspect, Invalid int

	Service    Latencies // completion - send
	Throughput Estimate  // see Trial.Throughput
	Whole      Estimate  // throughput over the whole trial

	// Of an open loop alone: nil, 0 and unknown in a closed one.
	Response *Latencies // completion - intended start
	Lag      *Latencies // send - intended start
	Queued   int64      // queued operations, see Client.Queued, summed over trials
	Offered  Estimate   // rate, see Trial.Offered
	Achieved Estimate   // rate, see Trial.Achieved

	// Sustained says that all trials sustained the offered rate; true in a closed
	// loop.
	Sustained bool
}

// Latencies are the figures of one distribution of times, in nanoseconds. Those of
// [Summary.Latency] are of everything that was due (see [Sample]) and may be lower
// bounds; others are of the operations that got a reply. A percentile with fewer
// than 10 latencies above it is not known.
type Latencies struct {
	Mean Estimate
	P50  Estimate
	P90  Estimate
	P99  Estimate
	P999 Estimate
	Max  float64 // the largest of all
	// MaxAtLeast says that Max is only a lower bound.
	MaxAtLeast bool
}

// Latency is the latency that the setting is about: response time in an open
// loop, service time in a closed one.
func (s Summary) Latency() Latencies {
	if s.Response != nil {
		return *s.Response
	}
	return s.Service
}

// Baseline is what the same clients measured at null servers: that of the first
// trial that has one, since it is measured once and all trials of a run carry it.
// Nil: none was measured.
func (s Summary) Baseline() *Baseline {
	for _, t := range s.Trials {
		if t.Baseline != nil && t.Baseline.Service != nil && t.Baseline.Service.Count() > 0 {
			return t.Baseline
		}
	}
	return nil
}

// Summarize groups trials by setting and summarizes each, ordered by operation
// (put, get, del, then others by name), number of clients, rate, and pacing.
func Summarize(trials []Trial) []Summary {
	groups := make(map[Params][]Trial)
	var settings []Params
	for _, t := range trials {
		s := t.Params.Setting()
		if groups[s] == nil {
			settings = append(settings, s)
		}
		groups[s] = append(groups[s], t)
	}
	slices.SortStableFunc(settings, compareSettings)
	summaries := make([]Summary, len(settings))
	for i, s := range settings {
		summaries[i] = summarize(s, groups[s])
	}
	return summaries
}

func compareSettings(a, b Params) int {
	place := func(p Params) int {
		if i := slices.Index(Operations(), p.Operation); i >= 0 {
			return i
		}
		return len(Operations())
	}
	return cmp.Or(
		cmp.Compare(place(a), place(b)),
		cmp.Compare(a.Operation, b.Operation),
		cmp.Compare(a.Clients, b.Clients),
		cmp.Compare(a.RateOpsPerS, b.RateOpsPerS),
		cmp.Compare(a.Pacing, b.Pacing),
	)
}

func summarize(setting Params, trials []Trial) Summary {
	s := Summary{Setting: setting, Trials: trials, Sustained: true, Offered: Median(nil), Achieved: Median(nil)}
	var active, whole []float64
	for _, t := range trials {
		s.Counts = s.Counts.Add(t.Counts())
		s.tally(t.Verdict)
		active = append(active, t.Throughput())
		whole = append(whole, t.Whole().Throughput())
	}
	s.Throughput, s.Whole = Median(active), Median(whole)
	if setting.Open() {
		s.addOpen(trials)
	} else {
		s.Service = across(trials, Trial.Sample)
	}
	return s
}

func (s *Summary) tally(v Verdict) {
	switch v {
	case Valid:
		s.Valid++
	case Suspect:
		s.Suspect++
	case Invalid:
		s.Invalid++
	}
}

// addOpen fills in what only an open loop has.
func (s *Summary) addOpen(trials []Trial) {
	replied := func(of func(Trial) *Histogram) func(Trial) Sample {
		return func(t Trial) Sample { return sampleOf(of(t)) }
	}
	s.Service = across(trials, replied(Trial.Service))
	response, lag := across(trials, Trial.Sample), across(trials, replied(Trial.Lag))
	s.Response, s.Lag = &response, &lag
	var offered, achieved []float64
	for _, t := range trials {
		for _, c := range t.Clients {
			s.Queued += c.Queued
		}
		s.Sustained = s.Sustained && t.Sustained()
		offered, achieved = append(offered, t.Offered()), append(achieved, t.Achieved())
	}
	s.Offered, s.Achieved = Median(offered), Median(achieved)
}

// across is the figures of one sample of each trial: medians over trials.
func across(trials []Trial, of func(Trial) Sample) Latencies {
	samples := make([]Sample, len(trials))
	for i, t := range trials {
		samples[i] = of(t)
	}
	return latenciesOf(samples)
}

// LatenciesOf is the figures of histograms, one of each trial: medians over them.
// One histogram has no intervals, since it does not tell how trials differ.
func LatenciesOf(trials ...*Histogram) Latencies {
	samples := make([]Sample, len(trials))
	for i, h := range trials {
		samples[i] = sampleOf(h)
	}
	return latenciesOf(samples)
}

func latenciesOf(samples []Sample) Latencies {
	over := func(of func(Sample) figure) Estimate {
		figures := make([]figure, len(samples))
		for i, s := range samples {
			figures[i] = of(s)
		}
		return median(figures)
	}
	quantile := func(q float64) Estimate {
		return over(func(s Sample) figure { return s.quantile(q) })
	}
	l := Latencies{Mean: over(Sample.mean), P50: quantile(0.5), P90: quantile(0.9), P99: quantile(0.99), P999: quantile(0.999)}
	for _, s := range samples {
		f := s.max()
		l.Max = max(l.Max, f.value)
		l.MaxAtLeast = l.MaxAtLeast || f.atLeast
	}
	return l
}
