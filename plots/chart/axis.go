package chart

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// Axis maps values to positions along one side of a panel. Axes made by functions of
// this package have Low < High.
type Axis struct {
	Low, High float64 // Low < High; both positive if Log
	Log       bool
	Ticks     []plot.Tick // ticks without a label are not drawn
	Label     string      // with its unit; empty for none
	// Format formats a value as the labels of ticks do; nil: a number with 3 digits.
	Format func(float64) string
}

// format formats a value.
func (a Axis) format(v float64) string {
	if a.Format != nil {
		return a.Format(v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// Normalize returns the position of v between low (0) and high (1). It is NaN if v is
// not on a log scale.
func (a Axis) Normalize(low, high, v float64) float64 {
	switch {
	case !a.Log:
		return (v - low) / (high - low)
	case v > 0:
		return math.Log(v/low) / math.Log(high/low)
	}
	return math.NaN()
}

// at returns the position of v between Low (0) and High (1).
func (a Axis) at(v float64) float64 { return a.Normalize(a.Low, a.High, v) }

// Labelled returns the axis with a label.
func (a Axis) Labelled(label string) Axis {
	if a.Log {
		label += ", log scale"
	}
	a.Label = label
	return a
}

// apply sets an axis of gonum's to a.
func (a Axis) apply(to *plot.Axis) {
	to.Min, to.Max, to.Scale, to.Padding = a.Low, a.High, a, 0
	to.Tick.Marker = plot.ConstantTicks(a.Ticks)
	align := to.Tick.Label
	to.Tick.Label = plain(tickSize, quiet)
	to.Tick.Label.XAlign, to.Tick.Label.YAlign = align.XAlign, align.YAlign
	to.Label.TextStyle = plain(2*tickSize, quiet) // its size sets the space between tick labels and the axis
}

// Linear returns an axis from zero, so that lengths can be compared, to above the
// largest of values. It ignores NaN and values that are not positive.
func Linear(values []float64, label func(float64) string) Axis {
	low, high := extent(values)
	if math.IsInf(low, 1) {
		high = 1
	}
	step := roundDown(high / 2.9) // 3 to 7 ticks
	a := Axis{High: step * math.Ceil(high/step-1e-9), Format: label}
	for i := 0; float64(i)*step <= a.High*1.000001; i++ {
		a.Ticks = append(a.Ticks, plot.Tick{Value: float64(i) * step, Label: label(float64(i) * step)})
	}
	return a
}

// Log returns a logarithmic axis of whole decades, from low to high and extended to
// values outside. Figures that are read together use the same low and high.
func Log(low, high float64, values []float64, label func(float64) string) Axis {
	if least, most := extent(values); most > 0 {
		low, high = min(low, power(1, decade(least))), max(high, power(1, decade(most)+1))
	}
	return Axis{Low: low, High: high, Log: true, Ticks: steps(low, high, label), Format: label}
}

// Tight returns a logarithmic axis that ends close to the least and the largest of
// values. It ignores NaN and values that are not positive.
func Tight(values []float64, label func(float64) string) Axis {
	const (
		room  = 1.25 // at either end
		least = 2.6  // range, which has at least one tick
	)
	low, high := extent(values)
	if math.IsInf(low, 1) {
		low, high = 1, 1
	}
	pad := max(room, math.Sqrt(least*low/high))
	low, high = low/pad, high*pad
	return Axis{Low: low, High: high, Log: true, Ticks: steps(low, high, label), Format: label}
}

// steps returns ticks at 1, 2 and 5 times powers of ten, or only at powers of ten if the
// axis is long.
func steps(low, high float64, label func(float64) string) []plot.Tick {
	var ticks []plot.Tick
	for e := decade(low); e <= decade(high); e++ {
		for _, m := range []float64{1, 2, 5} {
			if v := power(m, e); v >= low && v <= high && (m == 1 || high/low < 1e4) {
				ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
			}
		}
	}
	return ticks
}

// Places returns an axis with a tick at each of the ascending xs, and some room at both
// ends.
func Places(xs []float64, log bool, label func(float64) string) Axis {
	const room = 0.04 // of the axis, at either end
	low, high := xs[0], xs[len(xs)-1]
	a := Axis{Log: log, Format: label}
	if log {
		pad := max(math.Pow(high/low, room), 1.05)
		a.Low, a.High = low/pad, high*pad
	} else {
		pad := max((high-low)*room, 0.3)
		a.Low, a.High = low-pad, high+pad
	}
	for _, x := range xs {
		a.Ticks = append(a.Ticks, plot.Tick{Value: x, Label: label(x)})
	}
	return a
}

// Nines returns HdrHistogram's axis of percentiles, the logarithm of 1/(1-q): each
// further nine has the same width. 0 is the smallest value, 1 is p90, 2 is p99.
func Nines(end float64) Axis {
	end = max(end, 1)
	percentile := func(nine float64) string { return "p" + strconv.FormatFloat(100-math.Pow(10, 2-nine), 'g', 5, 64) }
	a := Axis{High: end + 0.05, Format: percentile, Label: "percentile (%), log scale of 1/(1 − q)",
		Ticks: []plot.Tick{{Value: 0}, {Value: Nine(0.5), Label: "50"}}}
	for k := 1; float64(k) <= end; k++ {
		label := strconv.FormatFloat(100-math.Pow10(2-k), 'f', max(0, k-2), 64)
		a.Ticks = append(a.Ticks, plot.Tick{Value: float64(k), Label: label})
	}
	return a
}

// Nine returns the position of quantile q on the axis of [Nines].
func Nine(q float64) float64 { return -math.Log10(1 - q) }

// apart returns the ticks of an axis of the given length, without labels that would
// touch the one before. The last tick keeps its label. size returns the extent of a
// label along the axis.
func apart(a Axis, length vg.Length, size func(label string) vg.Length) []plot.Tick {
	const air = 7
	half := func(t plot.Tick) vg.Length { return size(t.Label) / 2 }
	at := func(t plot.Tick) vg.Length { return vg.Length(a.at(t.Value)) * length }
	kept := slices.Clone(a.Ticks)
	if len(kept) == 0 {
		return nil
	}
	last := kept[len(kept)-1]
	before := vg.Length(math.Inf(-1)) // where the last label ends
	for i, t := range kept[:len(kept)-1] {
		if at(t)-half(t) < before+air || at(t)+half(t)+air > at(last)-half(last) {
			kept[i].Label = ""
			continue
		}
		before = at(t) + half(t)
	}
	return kept
}

// unlabelled removes the labels and keeps the grid. A label of a space makes gonum draw
// a major tick.
func unlabelled(ticks []plot.Tick) []plot.Tick {
	kept := slices.Clone(ticks)
	for i := range kept {
		kept[i].Label = " "
	}
	return kept
}

// extent returns the smallest and largest positive value. The smallest is +Inf if there
// is none.
func extent(values []float64) (low, high float64) {
	low = math.Inf(1)
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 1) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// roundDown returns the largest of 1, 2 or 5 times a power of ten that is at most v.
func roundDown(v float64) float64 {
	for e := decade(v); ; e-- {
		for _, m := range []float64{5, 2, 1} {
			if r := power(m, e); r <= v {
				return r
			}
		}
	}
}

// decade returns the exponent of the power of ten at or below v, exact despite the
// rounding of logarithms.
func decade(v float64) int {
	e := int(math.Floor(math.Log10(v))) + 1
	for power(1, e) > v {
		e--
	}
	return e
}

// power returns the float64 nearest to m x 10^e.
func power(m float64, e int) float64 {
	if e < 0 {
		return m / math.Pow10(-e)
	}
	return m * math.Pow10(e)
}
