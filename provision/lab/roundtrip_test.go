package lab

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// machine is a network whose round trips take bare, and a switch that adds to
// them; busy is what other work adds to most of them in each measurement.
type machine struct {
	bare  time.Duration
	busy  []time.Duration
	delay time.Duration
}

func (m *machine) measure(count int) (samples []time.Duration, err error) {
	extra := time.Duration(0)
	if len(m.busy) > 0 {
		extra, m.busy = m.busy[0], m.busy[1:]
	}
	for i := range count {
		d := m.bare + 2*m.delay
		if i%4 != 0 {
			d += extra
		}
		samples = append(samples, d)
	}
	return samples, nil
}

func (m *machine) calibration() calibration {
	return calibration{measure: m.measure, delay: func(d time.Duration) error { m.delay = d; return nil }}
}

func TestCalibration(t *testing.T) {
	for name, c := range map[string]struct {
		machine machine
		rtt     time.Duration
		fault   string
	}{
		"idle":            {machine: machine{bare: 40 * time.Microsecond}, rtt: 500 * time.Microsecond},
		"busy at first":   {machine: machine{bare: 40 * time.Microsecond, busy: []time.Duration{1e5, 1e6, 1e6, 1e5}}, rtt: 500 * time.Microsecond},
		"long":            {machine: machine{bare: 40 * time.Microsecond}, rtt: 200 * time.Millisecond},
		"shorter than is": {machine: machine{bare: 40 * time.Microsecond}, rtt: 30 * time.Microsecond, fault: "must be above the machine's own round trip, 40.0 µs"},
		"busy throughout": {machine: machine{bare: 40 * time.Microsecond, busy: slices.Repeat([]time.Duration{1e5}, 20)}, rtt: 500 * time.Microsecond,
			fault: "the measured median is 600 µs; stop other work"},
	} {
		t.Run(name, func(t *testing.T) {
			samples, err := c.machine.calibration().run(c.rtt)
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("error %v, want %q", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if quiet := c.machine.bare + 2*c.machine.delay; quiet != c.rtt || off(quantile(samples, 0.5), c.rtt) > tolerance {
				t.Errorf("round trip %v when idle, want %v; %s", quiet, c.rtt, describe(samples))
			}
		})
	}
}

func TestRoundTripsOfAnEcho(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go echo(l)
	samples, err := roundTrips(t.Context(), l.Addr().String(), 200)
	if err != nil || len(samples) != 200 || slices.Min(samples) <= 0 {
		t.Errorf("%d samples, %v", len(samples), err)
	}
}

func TestLagQuantilesAreUpToAnEighthTooLarge(t *testing.T) {
	var l lag
	if l.quantile(0.5) != 0 {
		t.Error("quantile of nothing is not 0")
	}
	for ns := range time.Duration(100_000) {
		l.record(ns)
	}
	l.record(-1)
	for q, want := range map[float64]float64{0.00002: 1, 0.5: 50_000, 0.99: 99_000, 1: 99_999} {
		if got := float64(l.quantile(q)); got < want-1 || got > want*9/8+1 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	for ns := int64(1); ns > 0; ns *= 2 {
		for _, v := range []int64{ns - 1, ns, ns + ns/3} {
			if i := bucket(v); edge(i) <= v && edge(i) > 0 || i > 0 && edge(i-1) > v {
				t.Errorf("%d is in bucket %d, from %d to %d", v, i, edge(i-1), edge(i))
			}
		}
	}
}
