package results

import (
	"slices"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	for name, want := range map[string]float64{
		"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999, "p99.999": 0.99999, "p0.1": 0.001, "p55": 0.55, "p7": 0.07,
	} {
		q, err := ParsePercentile(name)
		if err != nil || q != want {
			t.Errorf("%s is the quantile %v, %v; want %v", name, q, err, want)
		}
		if got := PercentileName(want); got != name {
			t.Errorf("the name of %v is %s, want %s", want, got, name)
		}
	}
	for _, bad := range []string{"", "p", "99", "p0", "p100", "p-1", "p1e1", "pNaN", "p99.9 ", "p1.2.3", "p0x1"} {
		if q, err := ParsePercentile(bad); err == nil {
			t.Errorf("%q is accepted as %v", bad, q)
		}
	}
}

func TestPercentiles(t *testing.T) {
	var p Percentiles
	if err := p.UnmarshalText([]byte("p99.9,p50, p95,p50")); err != nil || !slices.Equal(p, Percentiles{0.5, 0.95, 0.999}) {
		t.Errorf("%v, %v", p, err)
	}
	for _, bad := range []string{"", "p50,", "50", "p100"} {
		if err := p.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is accepted as %v", bad, p)
		}
	}
}

// TestPercentileSelectsWholeRank: if the rank is an integer, rounding must not select the
// next one. 0.55 x 100 and 99.9/100 x 1000 are rounded up.
func TestPercentileSelectsWholeRank(t *testing.T) {
	for name, of := range map[string]struct{ count, rank int64 }{
		"p55": {100, 55}, "p99.9": {1000, 999}, "p7": {100, 7}, "p50": {10, 5}, "p29": {100, 29}, "p99.99": {100_000, 99_990},
	} {
		q, err := ParsePercentile(name)
		if err != nil {
			t.Fatal(err)
		}
		h := NewHistogram()
		for range of.rank {
			h.Record(1)
		}
		for range of.count - of.rank {
			h.Record(2)
		}
		if got := h.Quantile(q); got != 1 {
			t.Errorf("%s of %d latencies is that of the rank after %d", name, of.count, of.rank)
		}
	}
}

func TestSupports(t *testing.T) {
	h := NewHistogram()
	for i := 1; i <= 100_000; i++ {
		h.Record(time.Duration(i) * 1000)
	}
	if !h.Supports(0.9999) || h.Supports(0.99999) {
		t.Error("100,000 values support p99.99 and not p99.999")
	}
}
