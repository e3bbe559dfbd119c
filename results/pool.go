package results

import "time"

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
	return t.pool(func(c Client) *Histogram { return c.Service })
}

// Response is the sum of all clients' response time histograms, a new one; empty
// in a closed loop, which has no intended starts.
func (t Trial) Response() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Response })
}

// Lag is the sum of all clients' lag histograms, a new one; empty in a closed
// loop.
func (t Trial) Lag() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Lag })
}

// Latency is the latency that the trial is about, a new histogram: response time
// in an open loop, service time in a closed one.
func (t Trial) Latency() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.latency(t.Params) })
}

// latency is the client's part of [Trial.Latency], its own histogram.
func (c Client) latency(p Params) *Histogram {
	if p.Open() {
		return c.Response
	}
	return c.Service
}

// pool adds one histogram of each client that has it.
func (t Trial) pool(of func(Client) *Histogram) *Histogram {
	sum := NewHistogram()
	for _, c := range t.Clients {
		if h := of(c); h != nil {
			sum.Add(h)
		}
	}
	return sum
}

// Little is throughput x mean service time / clients, which Little's law says
// is 1 in a closed loop in which clients do nothing but wait for replies. What
// it falls short is the share of time that the generator spent on itself. It is
// NaN where clients never ran together.
func (t Trial) Little() float64 {
	return t.Active().Throughput() * t.Service().Mean() / float64(time.Second) / float64(len(t.Clients))
}
