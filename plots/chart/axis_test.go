package chart

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// plainly writes a tick's value.
func plainly(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// named are the labels of ticks that have one.
func named(ticks []plot.Tick) []string {
	var all []string
	for _, k := range ticks {
		if k.Label != "" {
			all = append(all, k.Label)
		}
	}
	return all
}

func TestAxes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	linear := func(v []float64) Axis { return Linear(v, plainly) }
	fixed := func(v []float64) Axis { return Log(100, 1e4, v, plainly) }
	tight := func(v []float64) Axis { return Tight(v, plainly) }
	for _, c := range []struct {
		name   string
		axis   func([]float64) Axis
		values []float64
		want   []string
	}{
		{"nothing", linear, nil, []string{"0", "0.2", "0.4", "0.6", "0.8", "1"}},
		{"nothing that can be drawn", linear, []float64{nan, 0, -1, inf}, []string{"0", "0.2", "0.4", "0.6", "0.8", "1"}},
		{"one value", linear, []float64{300}, []string{"0", "100", "200", "300"}},
		{"several", linear, []float64{20, 80}, []string{"0", "20", "40", "60", "80"}},
		{"log of nothing", fixed, []float64{nan}, []string{"100", "200", "500", "1000", "2000", "5000", "10000"}},
		{"log as far as asked for", fixed, []float64{150, 9000}, []string{"100", "200", "500", "1000", "2000", "5000", "10000"}},
		{"log further down", fixed, []float64{7}, []string{"1", "10", "100", "1000", "10000"}},
		{"tight", tight, []float64{18, 110}, []string{"20", "50", "100"}},
		{"tight around one value", tight, []float64{31}, []string{"20"}},
		{"tight around nothing", tight, []float64{nan, 0}, []string{"1"}},
		{"log further up", fixed, []float64{10000}, []string{"100", "200", "500", "1000", "2000", "5000", "10000", "20000", "50000", "100000"}},
	} {
		a := c.axis(c.values)
		if got := named(a.Ticks); !slices.Equal(got, c.want) {
			t.Errorf("%s: ticks %q, want %q", c.name, got, c.want)
		}
		for _, v := range c.values {
			if at := a.at(v); v > 0 && !math.IsInf(v, 1) && (at < 0 || at > 1) {
				t.Errorf("%s: %v lies at %v", c.name, v, at)
			}
		}
	}
	for _, v := range []float64{0, -1, nan} {
		if at := fixed(nil).at(v); !math.IsNaN(at) {
			t.Errorf("%v lies at %v of a log axis", v, at)
		}
	}
}

// FuzzAxes: every pair of latencies has axes that hold both and name at least two
// ticks.
func FuzzAxes(f *testing.F) {
	f.Add(1.0, 6e10)
	f.Add(0.0, 1e3)
	f.Add(999999.9999, 1000000.0)
	f.Fuzz(func(t *testing.T, a, b float64) {
		const least, most = 0.1, 1e12 // more than latencies and throughputs span
		a, b = math.Abs(a), math.Abs(b)
		if !(a < most && b < most) || a != 0 && a < least || b != 0 && b < least {
			t.Skip()
		}
		values := []float64{a, b}
		for name, axis := range map[string]Axis{"linear": Linear(values, plainly), "log": Log(10e3, 1e6, values, plainly)} {
			if !(axis.Low < axis.High) {
				t.Fatalf("%s: from %v to %v", name, axis.Low, axis.High)
			}
			for _, v := range values {
				if at := axis.at(v); v > 0 && !(at >= 0 && at <= 1+1e-9) {
					t.Errorf("%s: %v lies at %v of %+v", name, v, at, axis)
				}
			}
			if n := len(named(axis.Ticks)); n < 2 || n > 16 {
				t.Errorf("%s: %d ticks on %+v", name, n, axis)
			}
		}
	})
}

func TestTicksAreApart(t *testing.T) {
	width := func(label string) vg.Length { return vg.Length(6 * len(label)) }
	for _, c := range []struct {
		xs    []float64
		log   bool
		width vg.Length
		want  []string
	}{
		{[]float64{4}, false, 500, []string{"4"}},
		{[]float64{1, 50}, true, 500, []string{"1", "50"}},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8}, false, 140, []string{"1", "2", "3", "4", "5", "6", "7", "8"}},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8}, false, 60, []string{"1", "3", "5", "8"}},
		{[]float64{0.5, 1000, 20000}, true, 500, []string{"0.5", "1000", "20000"}},
	} {
		a := Places(c.xs, c.log, plainly)
		if got := apart(a, c.width, width); !slices.Equal(named(got), c.want) || len(got) != len(c.xs) {
			t.Errorf("%v on %v px: %q, want %q", c.xs, c.width, named(got), c.want)
		}
	}
	if got := apart(Axis{High: 1}, 10, width); got != nil {
		t.Errorf("no ticks: %v", got)
	}
}

func TestNines(t *testing.T) {
	for end, want := range map[float64][]string{0: {"50", "90"}, 2.5: {"50", "90", "99"}, 5: {"50", "90", "99", "99.9", "99.99", "99.999"}} {
		a := Nines(end)
		if got := named(a.Ticks); !slices.Equal(got, want) || a.High < end {
			t.Errorf("to %v: %q, want %q, up to %v", end, got, want, a.High)
		}
	}
	if got := Nine(0.999); math.Abs(got-3) > 1e-9 {
		t.Errorf("p99.9 lies at %v", got)
	}
}
