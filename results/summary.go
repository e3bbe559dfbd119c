package results

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Summary is the trials of one setting and the medians of their figures. Latencies are
// in nanoseconds, rates in operations per second. Use [Summarize]; the zero value has
// no setting.
type Summary struct {
	Setting Params  // with Repeat 0
	Trials  []Trial // at least one, in the order given
	Counts  Counts  // summed over trials
	// Valid, Suspect and Invalid are the numbers of trials with that verdict.
	Valid, Suspect, Invalid int

	Service    Latencies // completion - send
	Throughput Estimate  // see Trial.Throughput
	Whole      Estimate  // throughput over the whole trial

	// Of an open loop only: nil, 0 and unknown in a closed one.
	Response *Latencies // completion - intended start
	Lag      *Latencies // send - intended start
	Queued   int64      // queued operations, see Client.Queued, summed over trials
	Offered  Estimate   // rate, see Trial.Offered
	Achieved Estimate   // rate, see Trial.Achieved

	// Sustained reports whether all trials sustained the offered rate. It is true in a
	// closed loop.
	Sustained bool
}

// Latencies are the figures of one distribution of times, in nanoseconds. Those of
// [Summary.Latency] are of all operations that were due (see [Sample]) and may be
// lower bounds; others are of the operations with a reply.
type Latencies struct {
	Mean Estimate
	// Quantiles has the quantiles of [Quantiles] and those that were requested, by
	// quantile.
	Quantiles map[float64]Estimate
	Max       float64 // the largest of all
	// MaxAtLeast says that Max is only a lower bound.
	MaxAtLeast bool
}

// Quantile returns the quantile q. It is unknown if fewer than 10 latencies lie above it
// or if it is not one of l.Quantiles.
func (l Latencies) Quantile(q float64) Estimate {
	if e, ok := l.Quantiles[q]; ok {
		return e
	}
	return Median(nil)
}

// Quantiles lists the quantiles of every summary.
func Quantiles() []float64 { return []float64{0.5, 0.9, 0.95, 0.99, 0.999} }

// Latency is the response time in an open loop and the service time in a closed one.
func (s Summary) Latency() Latencies {
	if s.Response != nil {
		return *s.Response
	}
	return s.Service
}

// Baseline is what the same clients measured at null servers, nil if nothing. All trials
// of a run have the same one.
func (s Summary) Baseline() *Baseline {
	for _, t := range s.Trials {
		if t.Baseline != nil && t.Baseline.Service != nil && t.Baseline.Service.Count() > 0 {
			return t.Baseline
		}
	}
	return nil
}

// Summarize groups trials by setting and summarizes each, ordered by operation
// (put, get, del, then others by name), target, number of clients, rate, and pacing.
// The summaries have the given quantiles beside those of [Quantiles].
func Summarize(trials []Trial, quantiles ...float64) []Summary {
	quantiles = append(Quantiles(), quantiles...)
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
		summaries[i] = summarize(s, groups[s], quantiles)
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
		cmp.Compare(a.Target, b.Target),
		cmp.Compare(a.Clients, b.Clients),
		cmp.Compare(a.RateOpsPerS, b.RateOpsPerS),
		cmp.Compare(a.Pacing, b.Pacing),
	)
}

func summarize(setting Params, trials []Trial, quantiles []float64) Summary {
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
		s.addOpen(trials, quantiles)
	} else {
		s.Service = across(trials, Trial.Sample, quantiles)
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

// addOpen sets the fields of open loops.
func (s *Summary) addOpen(trials []Trial, quantiles []float64) {
	replied := func(of func(Trial) *Histogram) func(Trial) Sample {
		return func(t Trial) Sample { return sampleOf(of(t)) }
	}
	s.Service = across(trials, replied(Trial.Service), quantiles)
	response, lag := across(trials, Trial.Sample, quantiles), across(trials, replied(Trial.Lag), quantiles)
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

// across returns the medians over trials of the figures of one sample per trial.
func across(trials []Trial, of func(Trial) Sample, quantiles []float64) Latencies {
	all := make([]figures, len(trials))
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				all[i] = of(trials[i]).figures(quantiles)
			}
		})
	}
	group.Wait()
	return latenciesOf(all, quantiles)
}

// LatenciesOf returns the figures of one histogram, without intervals. They include the
// given quantiles and those of [Quantiles].
func LatenciesOf(h *Histogram, quantiles ...float64) Latencies {
	quantiles = append(Quantiles(), quantiles...)
	return latenciesOf([]figures{sampleOf(h).figures(quantiles)}, quantiles)
}

// figures are those of one sample. A sample takes 221 kB, so the samples of many trials
// are not kept.
type figures struct {
	mean, max figure
	quantiles []figure
}

func (s Sample) figures(quantiles []float64) figures {
	f := figures{mean: s.mean(), max: s.max()}
	for _, q := range quantiles {
		f.quantiles = append(f.quantiles, s.quantile(q))
	}
	return f
}

func latenciesOf(all []figures, quantiles []float64) Latencies {
	over := func(of func(figures) figure) Estimate {
		one := make([]figure, len(all))
		for i, f := range all {
			one[i] = of(f)
		}
		return median(one)
	}
	l := Latencies{Mean: over(func(f figures) figure { return f.mean }), Quantiles: make(map[float64]Estimate)}
	for i, q := range quantiles {
		l.Quantiles[q] = over(func(f figures) figure { return f.quantiles[i] })
	}
	for _, f := range all {
		l.Max = max(l.Max, f.max.value)
		l.MaxAtLeast = l.MaxAtLeast || f.max.atLeast
	}
	return l
}
