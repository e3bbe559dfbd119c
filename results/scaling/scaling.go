package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// Fewest is the least number of different numbers of clients: one more than the law
	// has coefficients.
	Fewest = 4
	// EnoughTrials is the least number of trials at each number of clients for intervals
	// over trials.
	EnoughTrials = 6

	confidence = 0.95
	resamples  = 1000
	// extrapolated bounds the peak, as a multiple of the largest number of clients.
	extrapolated = 2
	// widest is the largest ratio of the ends of the interval of an identified peak.
	widest = 2
	// poor is the largest misfit that the law may have, as a share of the mean throughput.
	poor = 0.05
)

// Level is the throughputs of all trials at one number of clients.
type Level struct {
	N  float64
	Xs []float64 // at least one, in any unit
}

// Fit is a law and how well the trials determine it.
type Fit struct {
	Law
	// Trials reports whether the intervals are over trials: each level has at least
	// EnoughTrials. If not, they only show how far the levels lie from the law.
	Trials bool
	// Misfit is the distance of the means of the levels from the law, the root of the
	// mean square, as a share of their mean. Spread is how large it would be from the
	// differences between trials alone. It is NaN unless each level has at least 2
	// trials.
	Misfit, Spread float64

	levels []Level
	laws   []Law // of the resamples
}

// Interval is a 95 % interval of a quantity. High may be +Inf.
type Interval struct{ Low, High float64 }

// New fits the law to levels of different numbers of clients. It returns an error if they
// are too few or a throughput is not positive. The intervals are by resampling with a
// fixed seed, so equal levels have equal fits.
func New(levels []Level) (*Fit, error) {
	if len(levels) < Fewest {
		return nil, fmt.Errorf("%d numbers of clients: the law needs at least %d", len(levels), Fewest)
	}
	f := &Fit{Trials: true, levels: slices.SortedFunc(slices.Values(levels), func(a, b Level) int { return int(math.Copysign(1, a.N-b.N)) })}
	for _, l := range f.levels {
		if len(l.Xs) == 0 || slices.ContainsFunc(l.Xs, func(x float64) bool { return !(x > 0) }) {
			return nil, fmt.Errorf("the throughput at N = %v is unknown", l.N)
		}
		f.Trials = f.Trials && len(l.Xs) >= EnoughTrials
	}
	f.Law = solve(means(f.levels))
	f.judge()
	f.resample()
	return f, nil
}

func means(levels []Level) (all []point) {
	for _, l := range levels {
		all = append(all, point{l.N, mean(l.Xs), float64(len(l.Xs))})
	}
	return all
}

// judge sets Misfit and Spread.
func (f *Fit) judge() {
	var off, noise, sum float64
	for _, l := range f.levels {
		m := mean(l.Xs)
		off += math.Pow(m-f.Throughput(l.N), 2)
		sum += m
		n := float64(len(l.Xs))
		noise += squaresAround(m, l.Xs) / (n - 1) / n // NaN of one trial
	}
	n := float64(len(f.levels))
	f.Misfit, f.Spread = math.Sqrt(off/n)/(sum/n), math.Sqrt(noise/n)/(sum/n)
}

// Poor reports whether the law does not describe the levels: the misfit is above 5 %, and
// more than twice what the differences between trials explain.
func (f *Fit) Poor() bool { return f.Misfit > poor && !(f.Misfit <= 2*f.Spread) }

// resample fits the law to random samples: of the trials at each level or, if those are
// too few, of the residuals at all levels (Davison and Hinkley, Bootstrap Methods and
// their Application, 1997, sections 3.2 and 6.2). Deviations are enlarged because they
// are relative to the mean, or the law, of the sample itself.
func (f *Fit) resample() {
	random := rand.New(rand.NewPCG(1, 2))
	levels := f.deviations()
	for range resamples {
		sample := means(f.levels)
		for i, d := range levels {
			if !f.Trials {
				sample[i].x = f.Throughput(sample[i].n)
			}
			for range f.levels[i].Xs {
				sample[i].x += d[random.IntN(len(d))] / sample[i].trials
			}
		}
		f.laws = append(f.laws, solve(sample))
	}
}

// deviations returns, for each level, the deviations to draw from.
func (f *Fit) deviations() [][]float64 {
	levels := make([][]float64, len(f.levels))
	var all []float64
	for i, l := range f.levels {
		n := float64(len(l.Xs))
		for _, x := range l.Xs {
			levels[i] = append(levels[i], (x-mean(l.Xs))*math.Sqrt(n/(n-1)))
			all = append(all, x-f.Throughput(l.N))
		}
	}
	if f.Trials {
		return levels
	}
	n := float64(len(all))
	for i := range all {
		all[i] *= math.Sqrt(n / (n - 3))
	}
	return slices.Repeat([][]float64{all}, len(levels))
}

// Interval returns the interval of a quantity of the law, such as Law.Peak.
func (f *Fit) Interval(of func(Law) float64) Interval {
	values := make([]float64, len(f.laws))
	for i, l := range f.laws {
		values[i] = of(l)
	}
	slices.Sort(values)
	tail := int(float64(len(values)) * (1 - confidence) / 2)
	return Interval{values[tail], values[len(values)-1-tail]}
}

// PeakKnown reports whether the trials identify the peak. They do not if the peak, or
// the upper end of its interval, lies beyond twice the largest number of clients, or
// the ends of the interval differ by more than a factor of 2. If the interval of B
// contains 0, that of the peak has no upper end.
func (f *Fit) PeakKnown() bool {
	i := f.Interval(Law.Peak)
	end := extrapolated * f.levels[len(f.levels)-1].N
	return f.Peak() <= end && i.High <= end && i.High <= widest*i.Low
}

// PeakText describes the peak: "peak at N = 97" or "peak not identifiable from N = 1 to
// 8".
func (f *Fit) PeakText() string {
	if !f.PeakKnown() {
		return fmt.Sprintf("peak not identifiable from N = %v to %v", f.levels[0].N, f.levels[len(f.levels)-1].N)
	}
	return fmt.Sprintf("peak at N = %.0f", f.Peak())
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func squaresAround(m float64, values []float64) (sum float64) {
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum
}
