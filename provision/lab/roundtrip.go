package lab

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"
)

// echoPort is where hosts echo until they serve.
const echoPort = 7

// probeBytes is about the length of a request of the DHT.
const probeBytes = 64

// echo sends back what arrives on any connection until l is closed.
func echo(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{conn}) // read and write, as a node would
		}()
	}
}

// roundTrips measures count round trips, one after another on one connection,
// after some that are not kept.
func roundTrips(ctx context.Context, address string, count int) ([]time.Duration, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("measure round trip: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	message := make([]byte, probeBytes)
	kept := make([]time.Duration, 0, count)
	for i := range count + count/10 {
		start := time.Now()
		if _, err := conn.Write(message); err != nil {
			return nil, fmt.Errorf("measure round trip: %w", err)
		}
		if _, err := io.ReadFull(conn, message); err != nil {
			return nil, fmt.Errorf("measure round trip: %w", err)
		}
		if i >= count/10 {
			kept = append(kept, time.Since(start))
		}
	}
	return kept, nil
}

// probes is how many round trips of a length are measured: a second's worth, but
// at most the 1,000 that a p99 with 10 samples above it needs.
func probes(rtt time.Duration) int {
	if rtt <= 0 {
		return 1000
	}
	return int(min(max(time.Second/rtt, 20), 1000))
}

// quantile is the smallest of samples such that at least q of them are not
// larger. samples are not empty; they are sorted.
func quantile(samples []time.Duration, q float64) time.Duration {
	slices.Sort(samples)
	i := int(q*float64(len(samples)) + 0.5)
	return samples[min(max(i-1, 0), len(samples)-1)]
}

// tolerance is how far from what was asked the median round trip may be, and near
// how far off it is not worth another correction.
const (
	tolerance = 0.10
	near      = 0.03
)

// rounds is how often a median that is not near is measured again, with the
// delay corrected: other work on the machine may have been why.
const rounds = 10

// calibration finds the delay that makes the round trip what was asked.
type calibration struct {
	measure func(count int) ([]time.Duration, error)
	delay   func(time.Duration) error // sets a frame's stay in the switch
}

// run measures the bare round trip, makes what is missing the delay, and
// measures again until the median is near. It returns the last measurement.
// With an rtt of 0 it only measures.
//
// Note: the correction goes by the 10th percentile, which on an idle machine is
// a few microseconds below the median, and unlike that stays there when other
// work comes between. A delay found while the machine is busy is right when it
// is not.
func (c calibration) run(rtt time.Duration) ([]time.Duration, error) {
	samples, err := c.measure(probes(0))
	if err != nil || rtt == 0 {
		return samples, err
	}
	if bare := quantile(samples, 0.5); bare >= rtt {
		return nil, fmt.Errorf("make round trip of %v: this machine's own takes %s: ask for more with --rtt", rtt, micros(bare))
	}
	var delay time.Duration
	for range rounds {
		delay = max(delay+(rtt-quantile(samples, 0.1))/2, 0)
		if err := c.delay(delay); err != nil {
			return nil, err
		}
		if samples, err = c.measure(probes(rtt)); err != nil {
			return nil, err
		}
		if off(quantile(samples, 0.5), rtt) <= near {
			return samples, nil
		}
	}
	if off(quantile(samples, 0.5), rtt) <= tolerance {
		return samples, nil
	}
	return nil, fmt.Errorf("make round trip of %v: measured %s at the median: this machine is too busy to keep it: stop other work, or ask for more with --rtt", rtt, micros(quantile(samples, 0.5)))
}

// off is the distance from what was asked, as a part of it.
func off(measured, asked time.Duration) float64 {
	return max(float64(measured-asked), float64(asked-measured)) / float64(asked)
}

// describe words a measurement: percentiles with at least 10 samples above.
func describe(samples []time.Duration) string {
	words := "p50 " + micros(quantile(samples, 0.5))
	switch n := len(samples); {
	case n >= 1000:
		words += ", p99 " + micros(quantile(samples, 0.99))
	case n >= 100:
		words += ", p90 " + micros(quantile(samples, 0.9))
	}
	return words
}

// micros writes a duration in microseconds, whole ones above 100.
func micros(d time.Duration) string {
	us := float64(d) / float64(time.Microsecond)
	digits := 0
	if us < 100 {
		digits = 1
	}
	return strconv.FormatFloat(us, 'f', digits, 64) + " µs"
}
