package results

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestMannKendall(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{
		// S = 10 of 10 pairs, variance 5*4*15/18: 9/sqrt(16.67).
		{[]float64{1, 2, 3, 4, 5}, 9 / math.Sqrt(300.0/18)},
		{[]float64{5, 4, 3, 2, 1}, -9 / math.Sqrt(300.0/18)},
		// Two tied pairs: S = 8, variance (300 - 2*18)/18.
		{[]float64{1, 1, 2, 2, 3}, 7 / math.Sqrt(264.0/18)},
		{[]float64{1, 3, 3, 1}, 0},
		{[]float64{7, 7, 7}, 0},
		{[]float64{7}, 0},
		{nil, 0},
	}
	for _, test := range tests {
		if got := mannKendall(test.values); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%v: %v, want %v", test.values, got, test.want)
		}
	}
}

// TestMannKendallOfChance: without a trend it is standard normal.
func TestMannKendallOfChance(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 16))
	const samples = 4000
	over := 0
	for range samples {
		values := make([]float64, 30)
		for i := range values {
			values[i] = random.ExpFloat64()
		}
		if math.Abs(mannKendall(values)) > 1.96 {
			over++
		}
	}
	if want, spread := 0.05*samples, 4*math.Sqrt(0.05*0.95*samples); math.Abs(float64(over)-want) > spread {
		t.Errorf("%d of %d samples without a trend have one at 5 %%", over, samples)
	}
}

func TestChange(t *testing.T) {
	for want, values := range map[float64][]float64{0: {2, 2, 2}, 1: {1, 1, 9, 2, 2}, -0.5: {4, 4, 2, 2}} {
		if got := change(values); got != want {
			t.Errorf("%v: %v, want %v", values, got, want)
		}
	}
}
