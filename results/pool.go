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

// Response is the sum of all clients' response time histograms, a new one. It is empty
// in a closed loop, which has no intended starts.
func (t Trial) Response() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Response })
}

// Lag is the sum of all clients' lag histograms, a new one. It is empty in a closed
// loop.
func (t Trial) Lag() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Lag })
}

// Latency is the response time in an open loop and the service time in a closed one, a
// new histogram.
func (t Trial) Latency() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.latency(t.Params) })
}

// latency returns the client's part of [Trial.Latency], not a copy.
func (c Client) latency(p Params) *Histogram {
	if p.Open() {
		return c.Response
	}
	return c.Service
}

// pool adds one histogram of each client, skipping nil.
func (t Trial) pool(of func(Client) *Histogram) *Histogram {
	sum := NewHistogram()
	for _, c := range t.Clients {
		if h := of(c); h != nil {
			sum.Add(h)
		}
	}
	return sum
}

// Little is throughput x mean service time / clients. By Little's law it is 1 in a
// closed loop whose clients only wait for replies. What is missing to 1 is the share
// of time that clients spent otherwise. It is NaN if all clients never ran together.
func (t Trial) Little() float64 {
	return t.Active().Throughput() * t.Service().Mean() / float64(time.Second) / float64(len(t.Clients))
}
