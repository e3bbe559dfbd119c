package results

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestAndersonDarlingByHand: for n values with u = F(x), A2 is -n minus the mean
// of (2i-1)(ln u_i + ln(1-u_{n+1-i})). The u are chosen, and the x made of them.
func TestAndersonDarlingByHand(t *testing.T) {
	const mean = 1e9 // so that rounding to nanoseconds does not matter
	tests := []struct {
		u    []float64
		want float64
	}{
		// -1 - (ln 1/2 + ln 1/2) = 2 ln 2 - 1.
		{[]float64{0.5}, 2*math.Ln2 - 1},
		// -2 - [1(ln .25 + ln .25) + 3(ln .75 + ln .75)]/2 = -2 + ln 4 + 3 ln 4/3.
		{[]float64{0.75, 0.25}, -2 + math.Log(4) + 3*math.Log(4.0/3)},
		// All at one place: -3 - [1+3+5] 2 ln(1/2) / 3 = 6 ln 2 - 3.
		{[]float64{0.5, 0.5, 0.5}, 6*math.Ln2 - 3},
		{nil, 0},
	}
	for _, test := range tests {
		var intervals []int64
		for _, u := range test.u {
			intervals = append(intervals, int64(math.Round(-math.Log1p(-u)*mean)))
		}
		if got := AndersonDarling(intervals, mean); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("u %v: A2 %v, want %v", test.u, got, test.want)
		}
	}
}

// TestAndersonTail holds the published points of case 0: D'Agostino and Stephens,
// Goodness-of-Fit Techniques, 1986, table 4.2.
func TestAndersonTail(t *testing.T) {
	for a2, want := range map[float64]float64{
		1.248: 0.25, 1.610: 0.15, 1.933: 0.10, 2.492: 0.05, 3.070: 0.025, 3.880: 0.01, 4.500: 0.005, 6.000: 0.001,
	} {
		if got := andersonTail(a2); math.Abs(got-want) > 0.04*want {
			t.Errorf("chance of an A2 above %v: %v, want %v", a2, got, want)
		}
	}
	before := 1.0
	for a2 := 0.0; a2 < 2000; a2 += 0.05 {
		got := andersonTail(a2)
		if got > before || got < 0 {
			t.Fatalf("chance of an A2 above %v is %v, above %v is %v", a2-0.05, before, a2, got)
		}
		before = got
	}
}

// TestAndersonDarlingOfChance: exponential intervals are over the 5 % and 1 %
// points as often as they are to be, in 4,000 samples give or take 4 standard
// deviations.
func TestAndersonDarlingOfChance(t *testing.T) {
	const samples, size, mean = 4000, 100, 1e6
	random := rand.New(rand.NewPCG(11, 12))
	over := map[float64]int{2.492: 0, 3.880: 0}
	for range samples {
		var intervals []int64
		for range size {
			intervals = append(intervals, int64(random.ExpFloat64()*mean))
		}
		for point := range over {
			if AndersonDarling(intervals, mean) > point {
				over[point]++
			}
		}
	}
	for point, chance := range map[float64]float64{2.492: 0.05, 3.880: 0.01} {
		want, spread := samples*chance, 4*math.Sqrt(samples*chance*(1-chance))
		if got := float64(over[point]); math.Abs(got-want) > spread {
			t.Errorf("%v of %d samples above %v, want %v give or take %.0f", got, samples, point, want, spread)
		}
	}
}

// TestAndersonDarlingFinds: generators that do not do what they say.
func TestAndersonDarlingFinds(t *testing.T) {
	const size, mean = 1000, 1e6
	for name, interval := range map[string]func(*rand.Rand) float64{
		"constant":             func(*rand.Rand) float64 { return mean },
		"uniform":              func(r *rand.Rand) float64 { return 2 * mean * r.Float64() },
		"a fifth too fast":     func(r *rand.Rand) float64 { return 0.8 * mean * r.ExpFloat64() },
		"no two within 100 µs": func(r *rand.Rand) float64 { return max(1e5, mean*r.ExpFloat64()) },
		"one in ten pauses":    func(r *rand.Rand) float64 { return mean*r.ExpFloat64() + 5*mean*float64(r.IntN(10)/9) },
	} {
		random := rand.New(rand.NewPCG(13, 14))
		var intervals []int64
		for range size {
			intervals = append(intervals, int64(interval(random)))
		}
		if chance := andersonTail(AndersonDarling(intervals, mean)); chance > arrivalChance {
			t.Errorf("%s: A2 %v is as good as chance", name, AndersonDarling(intervals, mean))
		}
	}
}

func TestAndersonDarlingKeepsItsInput(t *testing.T) {
	intervals := []int64{5, 1, 0, 3}
	if got := AndersonDarling(intervals, 2); math.IsInf(got, 0) || math.IsNaN(got) {
		t.Errorf("A2 %v of intervals with a 0", got)
	}
	if intervals[0] != 5 || intervals[2] != 0 {
		t.Errorf("intervals were changed to %v", intervals)
	}
}

func TestOffShare(t *testing.T) {
	tests := []struct {
		intervals []int64
		want      float64
	}{
		{nil, 0},
		{[]int64{100, 90, 110}, 0}, // a tenth is not more than a tenth
		{[]int64{100, 89, 111, 100}, 0.5},
		{[]int64{0, 200}, 1},
	}
	for _, test := range tests {
		if got := OffShare(test.intervals, 100); got != test.want {
			t.Errorf("%v: %v, want %v", test.intervals, got, test.want)
		}
	}
}
