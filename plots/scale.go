package plots

import (
	"math"
	"strconv"
)

// scale maps values to a place between 0 and 1 along an axis. Made by [fit],
// [fitLog], [fitZero] or [fitPlaces] it is never empty, so nothing here divides by zero or
// takes the logarithm of nothing.
type scale struct {
	low, high float64 // low < high; both positive if log
	log       bool
}

// place is where v lies between low (0) and high (1), NaN where a log scale has
// no place for it.
func (s scale) place(v float64) float64 {
	if !s.log {
		return (v - s.low) / (s.high - s.low)
	}
	if !(v > 0) {
		return math.NaN()
	}
	return math.Log(v/s.low) / math.Log(s.high/s.low)
}

// cramped is from what ratio of largest to smallest value on an axis that starts
// at zero would press the small ones into its lowest fifth.
const cramped = 5

// fit is the scale that shows values: from zero, or logarithmic where that would
// hide the small ones. Values that are not positive are left out, as NaN is. The
// ends are round numbers. With nothing to show it is a scale all the same.
func fit(values []float64) scale {
	if low, high := extent(values); high/low > cramped {
		return fitLog(values)
	}
	return fitZero(values)
}

// fitLog is a logarithmic scale that shows values.
func fitLog(values []float64) scale {
	low, high := extent(values)
	if math.IsInf(low, 1) {
		return scale{low: 0, high: 1}
	}
	// A little lower than low, so that data never lie on the x axis.
	return scale{low: roundDown(low * 0.97), high: roundUp(high), log: true}
}

// fitZero is a scale from zero to the largest of values: lengths can be compared
// on no other.
func fitZero(values []float64) scale {
	low, high := extent(values)
	if math.IsInf(low, 1) {
		return scale{low: 0, high: 1}
	}
	step := linearStep(high)
	return scale{low: 0, high: step * math.Ceil(high/step-1e-9)}
}

// fitPlaces is the scale of rising places along an x axis, with a little room at
// either end. It is logarithmic where the last is more than linear times the first.
func fitPlaces(xs []float64, linear float64) scale {
	low, high := xs[0], xs[len(xs)-1]
	const room = 0.03 // of the axis, at either end
	if high/low <= linear {
		pad := max((high-low)*room, 0.3)
		return scale{low: low - pad, high: high + pad}
	}
	pad := max(math.Pow(high/low, room), 1.05)
	return scale{low: low / pad, high: high * pad, log: true}
}

// extent is the smallest and largest positive value; the smallest is +Inf if
// there is none.
func extent(values []float64) (low, high float64) {
	low = math.Inf(1)
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 1) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// roundDown is the largest of 1, 2, 5 times a power of ten that is at most v.
func roundDown(v float64) float64 {
	// Two decades are looked through, because the logarithm may be rounded up.
	best := 0.0
	for e := decade(v) - 1; e <= decade(v); e++ {
		for _, m := range []float64{1, 2, 5} {
			if r := power(m, e); r <= v {
				best = max(best, r)
			}
		}
	}
	return best
}

// roundUp is the smallest of 1, 2, 5 times a power of ten that is above v, so
// that data never lie on the upper edge.
func roundUp(v float64) float64 {
	best := math.Inf(1)
	for e := decade(v); e <= decade(v)+1; e++ {
		for _, m := range []float64{1, 2, 5} {
			if r := power(m, e); r > v {
				best = min(best, r)
			}
		}
	}
	return best
}

// decade is the power of ten at or below v.
func decade(v float64) int { return int(math.Floor(math.Log10(v))) }

// power is m x 10^e, the float64 nearest to it.
func power(m float64, e int) float64 {
	if e < 0 {
		return m / math.Pow10(-e)
	}
	return m * math.Pow10(e)
}

// linearStep is a round distance between ticks that makes 3 to 7 of them up to
// high.
func linearStep(high float64) float64 { return roundDown(high / 2.9) }

// tick is a mark on an axis. One without a label is a grid line only.
type tick struct {
	value float64
	label string
}

// mostLabels is how many labels an axis of [plotHeight] carries in comfort.
const mostLabels = 12

// ticks marks a scale at 1, 2, 5, 10... where logarithmic and evenly where not.
// Where 1-2-5 would be too many, only powers of ten have a label.
func (s scale) ticks(label func(float64) string) []tick {
	var marks []tick
	if !s.log {
		step := linearStep(s.high)
		for i := 0; float64(i)*step <= s.high*1.000001; i++ {
			v := float64(i) * step
			marks = append(marks, tick{v, label(v)})
		}
		return marks
	}
	// Three marks to a decade.
	dense := 3*math.Log10(s.high/s.low) > mostLabels
	for e := decade(s.low); e <= decade(s.high)+1; e++ {
		for _, m := range []float64{1, 2, 5} {
			v := power(m, e)
			// The ends are marks themselves, whatever rounding did to them.
			if v < s.low*0.999999 || v > s.high*1.000001 {
				continue
			}
			t := tick{value: v}
			if m == 1 || !dense {
				t.label = label(v)
			}
			marks = append(marks, t)
		}
	}
	return marks
}

// placeTicks marks each place that was measured, on an axis of the given width.
// Labels that would touch the one before are left out, but never the last.
func (s scale) placeTicks(xs []float64) func(width float64) []tick {
	return func(width float64) []tick {
		last := xs[len(xs)-1]
		room := float64(7*len(exactly(last)) + 7) // the widest label and air
		marks := make([]tick, len(xs))
		before, end := math.Inf(-1), s.place(last)*width
		for i, x := range xs {
			marks[i].value = x
			at := s.place(x) * width
			if x == last || at-before >= room && end-at >= room {
				marks[i].label = exactly(x)
				before = at
			}
		}
		return marks
	}
}

// tickDuration labels a time axis; v is in nanoseconds.
func tickDuration(v float64) string {
	if v == 0 {
		return "0"
	}
	u := unitFor(v)
	return commas(strconv.FormatFloat(round(v/u.ns, 3), 'f', -1, 64)) + " " + u.name
}

// tickNumber labels an axis of plain numbers.
func tickNumber(v float64) string {
	return commas(strconv.FormatFloat(round(v, 3), 'f', -1, 64))
}
