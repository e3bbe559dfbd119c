package results

import (
	"math"
	"time"
)

// Part is the share of one client in a setting.
type Part struct {
	Client   int
	Host     string
	P50, P99 Estimate // of its own latencies, in nanoseconds, as in [Summary.Latency]
	// Operations is its share of the operations with a reply. Tail is its share of those
	// above the p99 of all clients of their trial: equal to Operations if no client is
	// slower than others, NaN if trials do not support a p99.
	Operations, Tail float64
}

// Parts returns the parts of the clients that had operations, in order of their
// numbers, over all trials. The record does not say which server did an operation, so
// servers have no parts.
func (s Summary) Parts() []Part {
	clients := make([]tally, s.Setting.Clients)
	var all tally
	for _, t := range s.Trials {
		pooled := t.Latency()
		p99, supported := pooled.Quantile(0.99), pooled.Supports(0.99)
		for _, c := range t.Clients {
			if h := c.latency(t.Params); h != nil && c.Client < len(clients) {
				above := int64(0)
				if supported {
					above = h.countAbove(p99)
				}
				clients[c.Client].add(h, above)
				all.operations, all.above = all.operations+h.Count(), all.above+above
				clients[c.Client].host = c.Host
			}
		}
	}
	var parts []Part
	for i, c := range clients {
		if c.operations == 0 {
			continue
		}
		l := latenciesOf(c.figures, partQuantiles())
		p := Part{Client: i, Host: c.host, P50: l.Quantile(0.5), P99: l.Quantile(0.99), Operations: float64(c.operations) / float64(all.operations), Tail: math.NaN()}
		if all.above > 0 {
			p.Tail = float64(c.above) / float64(all.above)
		}
		parts = append(parts, p)
	}
	return parts
}

// partQuantiles are those of a [Part].
func partQuantiles() []float64 { return []float64{0.5, 0.99} }

// tally is the counts of one client.
type tally struct {
	host              string
	figures           []figures
	operations, above int64
}

func (c *tally) add(h *Histogram, above int64) {
	c.figures = append(c.figures, sampleOf(h).figures(partQuantiles()))
	c.operations, c.above = c.operations+h.Count(), c.above+above
}

// countAbove returns the number of latencies above a quantile of a sum that h is part of.
func (h *Histogram) countAbove(quantile time.Duration) int64 {
	n := h.above
	for _, bar := range h.look().Distribution() {
		if min(bar.To, h.max) > int64(quantile) {
			n += bar.Count
		}
	}
	return n
}
