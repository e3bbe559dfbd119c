package plots

import (
	"math"
	"testing"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		ns   float64
		want string
	}{
		{0, "0 ns"}, {7, "7 ns"}, {312.4, "312 ns"}, {999.4, "999 ns"}, {999.7, "1.00 µs"},
		{41_234, "41.2 µs"}, {999_960, "1.00 ms"}, {1_500_000, "1.50 ms"}, {61e9, "61.0 s"},
		{12_345e9, "12345 s"}, {math.NaN(), "–"},
	} {
		if got := duration(c.ns); got != c.want {
			t.Errorf("duration(%v) = %q, want %q", c.ns, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.04123: "0.0412", 1: "1.00", 99.96: "100", 999.9: "1,000", 24_649: "24,600", -1234567: "-1,230,000",
	} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
	if got := whole(-1234567); got != "-1,234,567" {
		t.Errorf("whole: %q", got)
	}
}

func TestNumbers(t *testing.T) {
	for want, in := range map[string][]int{
		"": nil, "1": {1}, "1, 2": {1, 2}, "1–3": {1, 2, 3}, "1–4, 8, 50, 51": {1, 2, 3, 4, 8, 50, 51},
	} {
		if got := numbers(in); got != want {
			t.Errorf("numbers(%v) = %q, want %q", in, got, want)
		}
	}
}
