package plots

import (
	"math"
	"slices"
	"testing"
)

// labels are the labels of ticks that have one.
func labels(ticks []tick) []string {
	var all []string
	for _, k := range ticks {
		if k.label != "" {
			all = append(all, k.label)
		}
	}
	return all
}

func TestFit(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		values []float64
		want   []string
	}{
		{"nothing", nil, []string{"0", "0.2 ns", "0.4 ns", "0.6 ns", "0.8 ns", "1 ns"}},
		{"nothing that can be drawn", []float64{nan, 0, -1, math.Inf(1)}, []string{"0", "0.2 ns", "0.4 ns", "0.6 ns", "0.8 ns", "1 ns"}},
		{"one value", []float64{300}, []string{"0", "100 ns", "200 ns", "300 ns"}},
		{"less than a decade", []float64{20e3, 80e3}, []string{"0", "20 µs", "40 µs", "60 µs", "80 µs"}},
		{"just over crowded", []float64{30e3, 180e3, nan}, []string{"20 µs", "50 µs", "100 µs", "200 µs"}},
		{"powers of ten", []float64{1e3, 1e6}, []string{"500 ns", "1 µs", "2 µs", "5 µs", "10 µs", "20 µs", "50 µs", "100 µs", "200 µs", "500 µs", "1 ms", "2 ms"}},
		{"eight decades", []float64{300, 2e9}, []string{"1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"}},
	} {
		s := fit(c.values)
		if got := labels(s.ticks(tickDuration)); !slices.Equal(got, c.want) {
			t.Errorf("%s: ticks %q, want %q", c.name, got, c.want)
		}
		for _, v := range c.values {
			if at := s.place(v); v > 0 && !math.IsInf(v, 1) && (at < 0 || at > 1) {
				t.Errorf("%s: %v lies at %v", c.name, v, at)
			}
		}
	}
}

// FuzzFit: every pair of latencies has a scale that holds both and names at
// least two ticks.
func FuzzFit(f *testing.F) {
	f.Add(1.0, 6e10)
	f.Add(0.0, 1e3)
	f.Add(999999.9999, 1000000.0)
	f.Fuzz(func(t *testing.T, a, b float64) {
		const least, most = 0.1, 1e12 // more than latencies and throughputs span
		a, b = math.Abs(a), math.Abs(b)
		if !(a < most && b < most) || a != 0 && a < least || b != 0 && b < least {
			t.Skip()
		}
		s := fit([]float64{a, b})
		if !(s.low < s.high) {
			t.Fatalf("fit(%v, %v) = %+v", a, b, s)
		}
		for _, v := range []float64{a, b} {
			if at := s.place(v); v > 0 && !(at >= 0 && at <= 1+1e-9) {
				t.Errorf("%v lies at %v of %+v", v, at, s)
			}
		}
		if n := len(labels(s.ticks(tickDuration))); n < 2 || n > 14 {
			t.Errorf("%d ticks on %+v", n, s)
		}
	})
}

func TestPlaceTicks(t *testing.T) {
	for _, c := range []struct {
		xs    []float64
		width float64
		want  []string
	}{
		{[]float64{4}, 500, []string{"4"}},
		{[]float64{1, 50}, 500, []string{"1", "50"}},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8}, 140, []string{"1", "2", "3", "4", "5", "6", "7", "8"}},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8}, 60, []string{"1", "3", "5", "8"}},
		{[]float64{0.5, 1000, 20000}, 500, []string{"0.5", "1,000", "20,000"}},
	} {
		if got := labels(fitPlaces(c.xs, 16).placeTicks(c.xs)(c.width)); !slices.Equal(got, c.want) {
			t.Errorf("%v on %v px: %q, want %q", c.xs, c.width, got, c.want)
		}
	}
}

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
