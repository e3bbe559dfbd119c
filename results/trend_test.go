package results

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKendall(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{1, 2, 3, 4, 5}, 1},
		{[]float64{5, 4, 3, 2, 1}, -1},
		{[]float64{1, 1, 2, 2, 3}, 0.8}, // two of ten pairs are ties
		{[]float64{1, 3, 3, 1}, 0},
		{[]float64{1, 2, 4, 3}, 4.0 / 6},
		{[]float64{7, 7, 7}, 0},
		{[]float64{7}, 0},
		{nil, 0},
	} {
		if got := kendall(test.values); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%v: %v, want %v", test.values, got, test.want)
		}
	}
}

func TestBlocks(t *testing.T) {
	values := make([]float64, 25) // parts of 2 and 3
	for i := range values {
		values[i] = float64(i)
	}
	values[3] = 1e9 // beside 2
	want := []float64{0.5, 4, 5.5, 8, 10.5, 13, 15.5, 18, 20.5, 23}
	if got := blocks(values); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestChange(t *testing.T) {
	for want, values := range map[float64][]float64{0: {2, 2, 2}, 1: {1, 1, 9, 2, 2}, -0.5: {4, 4, 2, 2}} {
		if got := change(values); got != want {
			t.Errorf("%v: %v, want %v", values, got, want)
		}
	}
}

// wander returns n values of an autoregressive process of standard deviation 1: each
// value is phi times the one before plus noise. With a phi of 1 it is a random walk.
func wander(random *rand.Rand, n int, phi float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = random.NormFloat64()
		if i > 0 {
			values[i] = phi*values[i-1] + math.Sqrt(max(1-phi*phi, 0))*values[i]
			if phi == 1 {
				values[i] = values[i-1] + random.NormFloat64()
			}
		}
	}
	return values
}

// TestTrendOfChance measures the false alarm rates of minTrend in 100 points of random
// processes.
func TestTrendOfChance(t *testing.T) {
	const samples, points = 4000, 100
	random := rand.New(rand.NewPCG(15, 16))
	for _, test := range []struct {
		name      string
		low, high float64 // rate
		values    func() []float64
	}{
		{"white noise", 0, 0.002, func() []float64 { return wander(random, points, 0) }},
		{"forgets within 10 points", 0, 0.015, func() []float64 { return wander(random, points, 0.9) }},
		{"forgets within 20 points", 0.01, 0.04, func() []float64 { return wander(random, points, 0.95) }},
		{"random walk", 0.10, 0.18, func() []float64 { return wander(random, points, 1) }},
		{"one step up", 0, 0.03, func() []float64 {
			values := wander(random, points, 0)
			for i := random.IntN(points); i < points; i++ {
				values[i] += 5
			}
			return values
		}},
		{"a trend of 5 standard deviations", 0.95, 1, func() []float64 {
			values := wander(random, points, 0)
			for i := range values {
				values[i] += 5 * float64(i) / points
			}
			return values
		}},
	} {
		found := 0
		for range samples {
			if math.Abs(kendall(blocks(test.values()))) >= minTrend {
				found++
			}
		}
		rate := float64(found) / samples
		t.Logf("%s: %.1f %%", test.name, 100*rate)
		if rate < test.low || rate > test.high {
			t.Errorf("%s: %.4f of samples have a trend, want %v to %v", test.name, rate, test.low, test.high)
		}
	}
}
