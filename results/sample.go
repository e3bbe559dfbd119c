package results

import (
	"math"
	"time"
)

// Sample is the latencies of all operations that were due: those that got a reply
// and, of those that did not, the lower bounds in Client.NoReply. Operations that
// failed are in neither. Use [Trial.Sample]; the zero value is not usable.
type Sample struct {
	replied *Histogram
	all     *Histogram // replied, and the lower bounds
}

// Sample is response times in an open loop and service times in a closed one. In
// schemas 1 and 2 it holds no more than [Trial.Latency].
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

// sampleOf is a sample in which every operation got a reply.
func sampleOf(h *Histogram) Sample { return Sample{replied: h, all: h} }

// Quantile is [Trial.Sample]'s quantile; ask the sample for several.
func (t Trial) Quantile(q float64) (value time.Duration, atLeast bool) { return t.Sample().Quantile(q) }

// Count is the number of operations.
func (s Sample) Count() int64 { return s.all.Count() }

// Supports reports whether there are operations enough to speak of quantile q: at
// least 10 above it.
func (s Sample) Supports(q float64) bool { return s.all.Supports(q) }

// Quantile returns the quantile q, in 0 to 1, as [Histogram.Quantile] does. atLeast
// says that value is only a lower bound: it would be larger if the operations
// without a reply had taken longer than they had waited, or it lies above the range
// of histograms, and value is then [Highest].
func (s Sample) Quantile(q float64) (value time.Duration, atLeast bool) {
	rank := rank(q, s.all.Count())
	if s.all.beyond(rank) {
		return Highest, true
	}
	value = s.all.atRank(rank)
	// At most, all operations without a reply took longest.
	return value, s.replied.beyond(rank) || s.replied.atRank(rank) > value
}

// quantile is the quantile q in nanoseconds. It is not known where the sample does
// not support it.
func (s Sample) quantile(q float64) figure {
	if !s.Supports(q) {
		return figure{value: math.NaN()}
	}
	value, atLeast := s.Quantile(q)
	return figure{float64(value), atLeast}
}

// mean is the mean in nanoseconds, not known where the sample is empty.
func (s Sample) mean() figure {
	if s.Count() == 0 {
		return figure{value: math.NaN()}
	}
	return figure{s.all.Mean(), s.all != s.replied}
}

// max is the largest latency in nanoseconds.
func (s Sample) max() figure { return figure{float64(s.all.Max()), s.all != s.replied} }
