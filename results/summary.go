package results

import (
	"cmp"
	"math"
	"slices"
)

// Summary is what the trials of one setting say together: for each figure the
// median over trials. All latencies are in nanoseconds, rates in operations per
// second.
type Summary struct {
	Setting Params // with Repeat 0
	Trials  int
	Counts  Counts // summed over trials
	// Valid, Suspect and Invalid are how many trials had that verdict; the rest
	// were not judged.
	Valid, Suspect, Invalid int

	// Of the service time, whatever the loop.
	Mean Estimate
	P50  Estimate
	P90  Estimate
	P99  Estimate
	P999 Estimate
	Max  float64 // the largest of all trials

	Throughput Estimate // in the window in which all clients were active
	Whole      Estimate // throughput over the whole trial

	// Of an open loop alone: nil, 0 and unknown in a closed one.
	Response *Latencies // completion - intended start
	Lag      *Latencies // send - intended start
	Held     int64      // operations held, see Client.Held, summed over trials
	Offered  float64    // rate
	Achieved Estimate   // rate, see Trial.Achieved

	// Sustained says that all trials sustained the offered rate; true in a closed
	// loop.
	Sustained bool

	// Within is Trial.Latency of the only trial, each percentile with the interval
	// that its own latencies give it (Histogram.Estimate) instead of one across
	// trials. Nil where there were several trials.
	Within *Latencies
}

// Latencies are the figures of one distribution of times, in nanoseconds. A
// percentile with fewer than 10 latencies above it is not known.
type Latencies struct {
	Mean Estimate
	P50  Estimate
	P90  Estimate
	P99  Estimate
	P999 Estimate
	Max  float64 // the largest of all
}

// Latency is the latency that the setting is about: response time in an open
// loop, service time in a closed one.
func (s Summary) Latency() Latencies {
	if s.Response != nil {
		return *s.Response
	}
	return Latencies{Mean: s.Mean, P50: s.P50, P90: s.P90, P99: s.P99, P999: s.P999, Max: s.Max}
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

// Operations are the operation kinds in the order in which they are run and
// shown.
func Operations() []string { return []string{"put", "get", "del"} }

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
	s := Summary{Setting: setting, Trials: len(trials), Sustained: true, Achieved: Median(nil)}
	var active, whole []float64
	for _, t := range trials {
		s.Counts = s.Counts.Add(t.Counts())
		s.tally(t.Verdict)
		active = append(active, t.Active().Throughput())
		whole = append(whole, t.Whole().Throughput())
	}
	s.Throughput, s.Whole = Median(active), Median(whole)
	l := across(trials, Trial.Service)
	s.Mean, s.P50, s.P90, s.P99, s.P999, s.Max = l.Mean, l.P50, l.P90, l.P99, l.P999, l.Max
	if setting.open() {
		s.addOpen(trials)
	}
	if len(trials) == 1 {
		s.Within = within(trials[0].Latency())
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
	response, lag := across(trials, Trial.Response), across(trials, Trial.Lag)
	s.Response, s.Lag = &response, &lag
	s.Offered = s.Setting.RateOpsPerS
	var achieved []float64
	for _, t := range trials {
		for _, c := range t.Clients {
			s.Held += c.Held
		}
		s.Sustained = s.Sustained && t.Sustained()
		achieved = append(achieved, t.Achieved())
	}
	s.Achieved = Median(achieved)
}

// across is the figures of one histogram of each trial: medians over trials.
func across(trials []Trial, of func(Trial) *Histogram) Latencies {
	var l Latencies
	var mean, p50, p90, p99, p999 []float64
	for _, t := range trials {
		h := of(t)
		mean = append(mean, meanOf(h))
		p50 = append(p50, quantile(h, 0.5))
		p90 = append(p90, quantile(h, 0.9))
		p99 = append(p99, quantile(h, 0.99))
		p999 = append(p999, quantile(h, 0.999))
		l.Max = max(l.Max, float64(h.Max()))
	}
	l.Mean, l.P50, l.P90, l.P99, l.P999 = Median(mean), Median(p50), Median(p90), Median(p99), Median(p999)
	return l
}

// within is the figures of one histogram, each percentile with its own interval;
// a mean has none.
func within(h *Histogram) *Latencies {
	return &Latencies{
		Mean: Median([]float64{meanOf(h)}),
		P50:  h.Estimate(0.5), P90: h.Estimate(0.9), P99: h.Estimate(0.99), P999: h.Estimate(0.999),
		Max: float64(h.Max()),
	}
}

// meanOf is h's mean in nanoseconds, or NaN where h is empty.
func meanOf(h *Histogram) float64 {
	if h.Count() == 0 {
		return math.NaN()
	}
	return h.Mean()
}

// quantile is h's quantile in nanoseconds, or NaN where h cannot support it.
func quantile(h *Histogram, q float64) float64 {
	if !h.Supports(q) {
		return math.NaN()
	}
	return float64(h.Quantile(q))
}
