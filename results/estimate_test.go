package results

import (
	"math"
	"testing"
)

// TestMedianOfLowerBounds: a median is a lower bound if larger bounds would change it. It
// has no interval if that would have no upper end.
func TestMedianOfLowerBounds(t *testing.T) {
	tests := []struct {
		exact, bounds []float64
		median        float64
		atLeast       bool
		interval      bool
	}{
		{[]float64{1, 2}, []float64{9}, 2, false, false},
		{[]float64{1, 9}, []float64{2}, 2, true, false}, // it may be 9
		{[]float64{1}, []float64{3}, 2, true, false},
		{[]float64{5, 1, 3, 2, 4}, []float64{6}, 3.5, false, false},
		{[]float64{8, 7, 6, 5, 4, 3, 2, 1}, []float64{9}, 5, false, true},
		{[]float64{6, 5, 4, 3, 2, 1}, []float64{7, 8, 9}, 5, false, false},
		{nil, []float64{1, 2, 3}, 2, true, false},
		{[]float64{2, 2, 2}, []float64{2}, 2, false, false},
	}
	for _, test := range tests {
		var figures []figure
		for _, v := range test.exact {
			figures = append(figures, figure{value: v})
		}
		for _, v := range test.bounds {
			figures = append(figures, figure{v, true})
		}
		if e := median(figures); e.Median != test.median || e.AtLeast != test.atLeast || e.HasInterval() != test.interval {
			t.Errorf("%v, at least %v: %+v", test.exact, test.bounds, e)
		}
	}
}

func TestMedian(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		values            []float64
		median, low, high float64
	}{
		{nil, nan, nan, nan},
		{[]float64{3}, 3, nan, nan},
		{[]float64{3, 1}, 2, nan, nan},
		{[]float64{5, 1, 3, 2, 4}, 3, nan, nan},
		{[]float64{6, 5, 1, 3, 2, 4}, 3.5, 1, 6},                // 6 are the fewest with an interval
		{[]float64{9, 8, 7, 6, 5, 4, 3, 2, 1}, 5, 2, 8},         // 2 * P(Bin(9) < 2) = 0.039
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, nan}, nan, nan, nan}, // not known of every trial
	}
	same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
	for _, test := range tests {
		e := Median(test.values)
		if !same(e.Median, test.median) || !same(e.Low, test.low) || !same(e.High, test.high) {
			t.Errorf("%v: %+v, want %v (%v to %v)", test.values, e, test.median, test.low, test.high)
		}
	}
}
