package results

import (
	"math"
	"testing"
)

func TestFormatDuration(t *testing.T) {
	for ns, want := range map[float64]string{
		0: "0 ns", 7: "7 ns", 312.4: "312 ns", 999.4: "999 ns", 999.7: "1.00 µs", 1000: "1.00 µs", 12_345: "12.3 µs", 99_960: "100 µs", 123_456: "123 µs",
		999_960: "1.00 ms", 1_500_000: "1.50 ms", 60e9: "60.0 s", 12_345e9: "12345 s", math.NaN(): "-",
	} {
		if got := FormatDuration(ns); got != want {
			t.Errorf("%v: %q, want %q", ns, got, want)
		}
	}
}

func TestFormatBound(t *testing.T) {
	for ns, want := range map[float64]string{
		4.29e9: "> 4.2 s", 60e9: "> 60 s", 999_999: "> 999 µs", 128e6: "> 128 ms", 1e6: "> 1.0 ms", 99: "> 99 ns", 3: "> 3.0 ns", 999_999_999: "> 999 ms",
	} {
		if got := FormatBound(ns); got != want {
			t.Errorf("%v: %q, want %q", ns, got, want)
		}
	}
}

func TestFormatEstimate(t *testing.T) {
	for _, c := range []struct {
		e    Estimate
		want string
	}{
		{Estimate{344e3, 322e3, 399e3, false}, "344 µs [322, 399]"},
		{Estimate{1.234e6, 0.9876e6, 12.34e6, false}, "1.23 ms [0.988, 12.3]"},
		{Estimate{344e3, 322e3, 399e3, false}.Point(), "344 µs"},
		{Estimate{4.27e9, 4e9, 5e9, true}, "> 4.2 s"},
		{Median(nil), "-"},
	} {
		if got := FormatEstimate(c.e); got != c.want {
			t.Errorf("%+v: %s, want %s", c.e, got, c.want)
		}
	}
}
