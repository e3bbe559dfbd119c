package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Counts is the sum of all clients' counts.
func (t Trial) Counts() Counts {
	var sum Counts
	for _, c := range t.Clients {
		sum = sum.Add(c.Counts)
	}
	return sum
}

// Service is the sum of all clients' service time histograms, a new one.
func (t Trial) Service() *Histogram {
	sum := NewHistogram()
	for _, c := range t.Clients {
		sum.Add(c.Service)
	}
	return sum
}

// Little is throughput x mean service time / clients, which Little's law says
// is 1 in a closed loop in which clients do nothing but wait for replies. What
// it falls short is the share of time that the generator spent on itself.
func (t Trial) Little() float64 {
	h := t.Service()
	if len(t.Clients) == 0 {
		return 0
	}
	return t.Active().Throughput() * h.Mean() / float64(time.Second) / float64(len(t.Clients))
}

// littleTolerance is how far Little may be from 1 without doubt (measurement
// rule: within 2 %).
const littleTolerance = 0.02

// maxStartSpread is how far apart clients may begin without doubt.
const maxStartSpread = 50 * time.Millisecond

// startSpread is the time from the first client's start to the last's.
func (t Trial) startSpread() time.Duration {
	var first, last int64
	for i, c := range t.Clients {
		if i == 0 {
			first, last = c.StartNS, c.StartNS
		}
		first, last = min(first, c.StartNS), max(last, c.StartNS)
	}
	return time.Duration(last - first)
}

// Doubts lists what makes the numbers of t doubtful, in words; nil means that
// nothing was found. They go into Trial.Warnings when the trial is recorded.
func (t Trial) Doubts() []string {
	var doubts []string
	counts := t.Counts()
	if bad := counts.Bad(); bad > 0 {
		doubts = append(doubts, fmt.Sprintf("%d of %d operations went wrong: %d not found, %d failed, %d unknown, %d wrong values",
			bad, counts.Total(), counts.NotFound, counts.Failed, counts.Unknown, counts.Wrong))
	}
	if n := t.Service().Unresolved(); n > 0 {
		doubts = append(doubts, fmt.Sprintf("%d latencies outside %v to %v were counted but not resolved", n, Lowest, Highest))
	}
	if spread := t.startSpread(); spread > maxStartSpread {
		doubts = append(doubts, fmt.Sprintf("start: clients began %v apart, more than %v", spread.Round(time.Millisecond), maxStartSpread))
	}
	active, whole := t.Active(), t.Whole()
	if active.Throughput() == 0 {
		doubts = append(doubts, "at no time were all clients running: throughput is not that of full concurrency")
	} else if little := t.Little(); math.Abs(little-1) > littleTolerance {
		doubts = append(doubts, fmt.Sprintf("Little's law: throughput x mean / clients is %.3f, more than %.0f %% from 1", little, 100*littleTolerance))
	}
	if w := whole.EndNS - whole.StartNS; float64(active.EndNS-active.StartNS) < 0.8*float64(w) {
		doubts = append(doubts, fmt.Sprintf("stragglers: all clients were running for only %.0f %% of the trial",
			100*float64(active.EndNS-active.StartNS)/float64(max(w, 1))))
	}
	return doubts
}

// Summary is what the trials of one setting say together: for each figure the
// median over trials. All latencies are in nanoseconds, throughput in
// operations per second.
type Summary struct {
	Setting Params // with Repeat 0
	Trials  int
	Counts  Counts // summed over trials

	Mean       Estimate
	P50        Estimate
	P99        Estimate
	P999       Estimate
	Max        float64  // the largest of all trials
	Throughput Estimate // in the window in which all clients were active
	Whole      Estimate // throughput over the whole trial
}

// Summarize groups trials by setting and summarizes each, ordered by operation
// (put, get, del, then others by name) and number of clients.
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
	)
}

func summarize(setting Params, trials []Trial) Summary {
	s := Summary{Setting: setting, Trials: len(trials)}
	var mean, p50, p99, p999, active, whole []float64
	for _, t := range trials {
		h := t.Service()
		s.Counts = s.Counts.Add(t.Counts())
		mean = append(mean, h.Mean())
		p50 = append(p50, quantile(h, 0.5))
		p99 = append(p99, quantile(h, 0.99))
		p999 = append(p999, quantile(h, 0.999))
		s.Max = max(s.Max, float64(h.Max()))
		active = append(active, t.Active().Throughput())
		whole = append(whole, t.Whole().Throughput())
	}
	s.Mean, s.P50, s.P99, s.P999 = Median(mean), Median(p50), Median(p99), Median(p999)
	s.Throughput, s.Whole = Median(active), Median(whole)
	return s
}

// quantile is h's quantile in nanoseconds, or NaN where h cannot support it.
func quantile(h *Histogram, q float64) float64 {
	if !h.Supports(q) {
		return math.NaN()
	}
	return float64(h.Quantile(q))
}
