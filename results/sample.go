package results

import (
	"math"
	"time"
)

// Sample is the latencies of all operations that were due. Operations without a reply
// count with the lower bounds in Client.NoReply. Failed operations are left out. Use
// [Trial.Sample]; the zero value is not usable.
type Sample struct {
	replied *Histogram
	all     *Histogram // replied, and the lower bounds
}

// Sample returns response times in an open loop and service times in a closed one. In
// schemas 1 and 2 it has only the latencies of [Trial.Latency].
func (t Trial) Sample() Sample {
	s := sampleOf(t.Latency())
	for _, c := range t.Clients {
		if c.NoReply == nil || c.NoReply.Count() == 0 {
			continue
		}
		if s.all == s.replied {
			s.all = NewHistogram()
			s.all.Add(s.replied)
		}
		s.all.Add(c.NoReply)
	}
	return s
}

// sampleOf returns a sample in which every operation has a reply.
func sampleOf(h *Histogram) Sample { return Sample{replied: h, all: h} }

// Quantile is the quantile of [Trial.Sample]. For several quantiles use the sample.
func (t Trial) Quantile(q float64) (value time.Duration, atLeast bool) { return t.Sample().Quantile(q) }

// Count is the number of operations.
func (s Sample) Count() int64 { return s.all.Count() }

// Histogram returns all latencies, including lower bounds. Do not change it.
func (s Sample) Histogram() *Histogram { return s.all }

// Supports reports whether there are enough operations for quantile q: at least 10
// above it.
func (s Sample) Supports(q float64) bool { return s.all.Supports(q) }

// Quantile returns the quantile q, in 0 to 1, as [Histogram.Quantile] does. atLeast
// reports that value is only a lower bound: operations without a reply may have taken
// longer, or the quantile is above the range of histograms and value is [Highest].
func (s Sample) Quantile(q float64) (value time.Duration, atLeast bool) {
	rank := rank(q, s.all.Count())
	if s.all.beyond(rank) {
		return Highest, true
	}
	value = s.all.atRank(rank)
	// At most, all operations without a reply took longest.
	return value, s.replied.beyond(rank) || s.replied.atRank(rank) > value
}

// quantile returns the quantile q in nanoseconds, unknown if the sample does not
// support it.
func (s Sample) quantile(q float64) figure {
	if !s.Supports(q) {
		return figure{value: math.NaN()}
	}
	value, atLeast := s.Quantile(q)
	return figure{float64(value), atLeast}
}

// mean returns the mean in nanoseconds, unknown if the sample is empty.
func (s Sample) mean() figure {
	if s.Count() == 0 {
		return figure{value: math.NaN()}
	}
	return figure{s.all.Mean(), s.all != s.replied}
}

// max returns the largest latency in nanoseconds.
func (s Sample) max() figure { return figure{float64(s.all.Max()), s.all != s.replied} }
