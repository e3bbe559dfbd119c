package chart

import (
	"math"
	"slices"
	"testing"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name          string
		falling, want []float64
	}{
		{"far apart", []float64{90, 50, 10}, []float64{90, 50, 10}},
		{"on one spot", []float64{50, 50, 50}, []float64{60, 50, 40}},
		{"at the top", []float64{100, 100}, []float64{100, 90}},
		{"at the bottom", []float64{2, 1, 0}, []float64{20, 10, 0}},
		{"one pushes two", []float64{50, 45, 44}, []float64{56.333, 46.333, 36.333}},
	} {
		got := spread(c.falling, 10, 0, 100)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 0.01 }) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
