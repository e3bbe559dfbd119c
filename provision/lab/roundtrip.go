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

// echoPort is the port of the echo server that runs before sshd.
const echoPort = 7

// probeBytes is about the length of a DHT request.
const probeBytes = 64

// echo sends back what it receives, until l is closed.
func echo(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{conn}) // read and write, as a node does
		}()
	}
}

// roundTrips measures count round trips, one after another on one connection,
// after a warm-up.
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

// probes returns how many round trips to measure: as many as take a second, 20 to
// 1,000. A p99 with 10 samples above it needs 1,000.
func probes(rtt time.Duration) int {
	if rtt <= 0 {
		return 1000
	}
	return int(min(max(time.Second/rtt, 20), 1000))
}

// quantile returns the smallest sample that is not below a part q of them. It sorts
// samples, which must not be empty.
func quantile(samples []time.Duration, q float64) time.Duration {
	slices.Sort(samples)
	i := int(q*float64(len(samples)) + 0.5)
	return samples[min(max(i-1, 0), len(samples)-1)]
}

// tolerance is the accepted relative error of the median round trip. Below near,
// the delay is not corrected again.
const (
	tolerance = 0.10
	near      = 0.03
)

// rounds is how often the delay is corrected: other work on the machine disturbs
// a measurement.
const rounds = 10

// calibration finds the delay for the requested round trip.
type calibration struct {
	measure func(count int) ([]time.Duration, error)
	delay   func(time.Duration) error // sets the delay of the switch
}

// run measures the round trip without delay, sets the delay that is missing, and
// repeats until the median is near. It returns the last measurement. With an rtt
// of 0 it only measures.
//
// Note: the correction uses the 10th percentile. On an idle machine it is a few
// microseconds below the median, and on a busy machine it hardly changes.
func (c calibration) run(rtt time.Duration) ([]time.Duration, error) {
	samples, err := c.measure(probes(0))
	if err != nil || rtt == 0 {
		return samples, err
	}
	if bare := quantile(samples, 0.5); bare >= rtt {
		return nil, fmt.Errorf("--rtt %v: must be above the machine's own round trip, %s", rtt, micros(bare))
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
	return nil, fmt.Errorf("--rtt %v: the measured median is %s; stop other work on this machine, or raise --rtt", rtt, micros(quantile(samples, 0.5)))
}

// off returns the relative error of a measurement.
func off(measured, requested time.Duration) float64 {
	return max(float64(measured-requested), float64(requested-measured)) / float64(requested)
}

// describe formats the percentiles that have at least 10 samples above.
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

// micros formats a duration in microseconds, without decimals from 100.
func micros(d time.Duration) string {
	us := float64(d) / float64(time.Microsecond)
	digits := 0
	if us < 100 {
		digits = 1
	}
	return strconv.FormatFloat(us, 'f', digits, 64) + " µs"
}
