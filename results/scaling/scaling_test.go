package scaling

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// once returns levels of one trial each.
func once(ns, xs []float64) []Level {
	levels := make([]Level, len(ns))
	for i, n := range ns {
		levels[i] = Level{n, xs[i : i+1]}
	}
	return levels
}

func upTo(n int) (ns []float64) {
	for i := range n {
		ns = append(ns, float64(i+1))
	}
	return ns
}

// published are data sets with fits: specsdm91 and raytracer of the R package usl 3.0.3,
// cisco of the tests of codahale/usl, and one that lies on the law.
func cisco() []float64 {
	return []float64{955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71,
		8646.7, 9047.84, 9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806,
		12089.37, 12075.41, 12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39}
}

func specsdm91() []Level {
	return once([]float64{1, 18, 36, 72, 108, 144, 216}, []float64{64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2})
}

// TestGoldenFits: fits agree with published ones to the last digit; that of cisco, whose
// sum of squares is not quite the least, to 6 digits.
func TestGoldenFits(t *testing.T) {
	raytracer := once([]float64{1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64}, []float64{20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310})
	exact := once([]float64{1, 2, 4, 6, 8, 10}, []float64{1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557})
	for name, c := range map[string]struct {
		levels []Level
		want   Law
		digit  Law // half of the last one
		peak   string
		where  float64
	}{
		"specsdm91":     {specsdm91(), Law{89.9952, .0277285, .0001044}, Law{5e-5, 5e-8, 5e-8}, "peak at N = 97", 96.5196},
		"raytracer":     {raytracer, Law{21.8488, .0577708, 0}, Law{5e-5, 5e-8, 0}, "not identifiable from N = 1 to 64", math.Inf(1)},
		"exact":         {exact, Law{1, .02, .02}, Law{5e-5, 5e-5, 5e-5}, "peak at N = 7", 7},
		"cisco":         {once(upTo(32), cisco()), Law{995.6486, .02671591, 7.690945e-4}, Law{3e-4, 4e-8, 1e-9}, "peak at N = 36", 35.57},
		"cisco, 1 to 8": {once(upTo(8), cisco()[:8]), Law{0, 0, .00031}, Law{math.Inf(1), 1, 5e-6}, "not identifiable from N = 1 to 8", 56.4},
	} {
		f, err := New(c.levels)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(f.G-c.want.G) > c.digit.G || math.Abs(f.A-c.want.A) > c.digit.A || math.Abs(f.B-c.want.B) > c.digit.B {
			t.Errorf("%s: %+v, want %+v", name, f.Law, c.want)
		}
		if math.Abs(f.Peak()-c.where) > 0.05 {
			t.Errorf("%s: peak at %v, want %v", name, f.Peak(), c.where)
		}
		if !strings.HasSuffix(f.PeakText(), c.peak) {
			t.Errorf("%s: %s, want %s; its interval is %v", name, f.PeakText(), c.peak, f.Interval(Law.Peak))
		}
		if f.Poor() || f.Trials {
			t.Errorf("%s: poor %v, misfit %.3f, over trials %v", name, f.Poor(), f.Misfit, f.Trials)
		}
	}
}

// TestGoldenMaximum: the published largest throughput is that of a whole number of
// clients.
func TestGoldenMaximum(t *testing.T) {
	f, err := New(once(upTo(32), cisco()))
	if err != nil {
		t.Fatal(err)
	}
	if x := f.Throughput(math.Floor(f.Peak())); math.Abs(x-12341.75) > 0.005 {
		t.Errorf("largest throughput %v", x)
	}
	published := Law{995.6486, .02671591, 7.690945e-4}
	if own, other := squares(f.Law, means(f.levels)), squares(published, means(f.levels)); own > other {
		t.Errorf("the sum of squares is %v, and that of the published fit %v", own, other)
	}
}

// TestResamplesAgreeWithStandardErrors: without trials the spread of resampled
// coefficients is about the published standard error.
func TestResamplesAgreeWithStandardErrors(t *testing.T) {
	f, err := New(specsdm91())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		of   func(Law) float64
		want float64
	}{"a": {func(l Law) float64 { return l.A }, .00912}, "b": {func(l Law) float64 { return l.B }, .0000199}} {
		var values []float64
		for _, l := range f.laws {
			values = append(values, c.of(l))
		}
		got := math.Sqrt(squaresAround(mean(values), values) / float64(len(values)))
		if math.Abs(got/c.want-1) > 0.15 {
			t.Errorf("standard error of %s is %.3g, want about %.3g", name, got, c.want)
		}
	}
}

// simulate returns trials of a law that differ by a share.
func simulate(random *rand.Rand, l Law, trials int, share float64) []Level {
	var levels []Level
	for n := 1.0; n <= 8; n++ {
		level := Level{N: n}
		for range trials {
			level.Xs = append(level.Xs, l.Throughput(n)*(1+share*random.NormFloat64()))
		}
		levels = append(levels, level)
	}
	return levels
}

// TestIntervalsHoldTheTruth: over simulated sweeps, intervals over 6 trials hold the
// true coefficients in about 95 % of cases.
func TestIntervalsHoldTheTruth(t *testing.T) {
	const sweeps = 150
	truth := Law{2000, 0.15, 0.01}
	random := rand.New(rand.NewPCG(3, 4))
	held := make(map[string]int)
	for range sweeps {
		f, err := New(simulate(random, truth, 6, 0.03))
		if err != nil {
			t.Fatal(err)
		}
		for name, of := range map[string]func(Law) float64{
			"a":      func(l Law) float64 { return l.A },
			"b":      func(l Law) float64 { return l.B },
			"X(8)":   func(l Law) float64 { return l.Throughput(8) },
			"E(8)":   func(l Law) float64 { return l.Efficiency(8) },
			"N peak": Law.Peak,
		} {
			if i := f.Interval(of); i.Low <= of(truth) && of(truth) <= i.High {
				held[name]++
			}
		}
	}
	for name, n := range held {
		t.Logf("%s: %d of %d", name, n, sweeps)
		if share := float64(n) / sweeps; share < 0.89 {
			t.Errorf("the interval of %s holds the truth in %.0f %% of sweeps", name, 100*share)
		}
	}
}

// TestPoorFit: a law is refused for data that it cannot describe, and not for data that
// only scatter.
func TestPoorFit(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	step := simulate(random, Law{1000, 0, 0}, 6, 0.01)
	for i := range step[4:] { // half from 5 clients on, then rising again
		for k := range step[4+i].Xs {
			step[4+i].Xs[k] /= 2
		}
	}
	f, err := New(step)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Poor() {
		t.Errorf("the law is fitted to a step, with a misfit of %.3f and a spread of %.3f", f.Misfit, f.Spread)
	}
	f, err = New(simulate(random, Law{1000, 0.3, 0.01}, 6, 0.3))
	if err != nil {
		t.Fatal(err)
	}
	if f.Poor() {
		t.Errorf("the law is refused for trials that differ by 30 %%, with a misfit of %.3f and a spread of %.3f", f.Misfit, f.Spread)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, levels := range map[string][]Level{
		"3 numbers of clients: the law needs at least 4": once(upTo(3), []float64{1, 2, 3}),
		"the throughput at N = 2 is unknown":             once(upTo(4), []float64{1, math.NaN(), 3, 4}),
	} {
		if _, err := New(levels); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
