package compare

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestArrangementsOfPairs(t *testing.T) {
	if n := len(flips(6)); n != 32 {
		t.Errorf("6 repeats: %d flips, want 32", n)
	}
	if n := len(flips(40)); n != manyArrangements {
		t.Errorf("40 repeats: %d flips, want %d", n, manyArrangements)
	}
	for _, w := range flips(3)[0] {
		if w != 1.0/3 {
			t.Errorf("the first flip is %v, want the observed signs", flips(3)[0])
		}
	}
}

func TestArrangementsOfFiles(t *testing.T) {
	all := exchanges(6, 6)
	if len(all) != 924 {
		t.Errorf("6 and 6 repeats: %d exchanges, want 924", len(all))
	}
	seen := make(map[[12]bool]bool)
	for _, w := range all {
		var key [12]bool
		for i, x := range w {
			key[i] = x < 0
		}
		seen[key] = true
	}
	if len(seen) != 924 {
		t.Errorf("%d different exchanges, want 924", len(seen))
	}
	if n := len(exchanges(12, 12)); n != manyArrangements {
		t.Errorf("12 and 12 repeats: %d exchanges, want %d", n, manyArrangements)
	}
}

// TestRatesOfErrors simulates comparisons of 24 settings with 3 metrics, as a default
// sweep has, and counts in how many anything is found.
func TestRatesOfErrors(t *testing.T) {
	const settings, metrics, runs = 24, 3, 1000
	noises := [metrics]float64{0.03, 0.03, 0.06} // p99 varies more
	for _, c := range []struct {
		name        string
		paired      bool
		slow        int     // settings with a slow-down
		by          float64 // of 10 %: 0.1
		least, most float64 // share of runs in which it is found
	}{
		{"pairs without a difference", true, 0, 0, 0, 0.05},
		{"files without a difference", false, 0, 0, 0, 0.05},
		{"pairs, 10 % slower in one setting", true, 1, 0.1, 0.90, 1},
		{"pairs, 10 % slower everywhere", true, settings, 0.1, 0.99, 1},
		{"files, 10 % slower everywhere", false, settings, 0.1, 0.99, 1},
	} {
		random := rand.New(rand.NewPCG(7, 11))
		found := 0
		for range runs {
			var tables []table
			for m := range metrics {
				rows := make([][]float64, settings)
				for s := range rows {
					shift := 0.0
					if s < c.slow {
						shift = math.Log1p(c.by)
					}
					n := 6
					if !c.paired {
						n = 12
					}
					for r := range n {
						v := noises[m] * random.NormFloat64()
						if c.paired { // a difference of two trials
							v = v*math.Sqrt2 + shift
						} else if r >= 6 {
							v += shift
						}
						rows[s] = append(rows[s], v)
					}
				}
				tables = append(tables, table{values: rows})
			}
			arrangements := flips(6)
			if !c.paired {
				arrangements = exchanges(6, 6)
			}
			if least(judge(tables, arrangements, c.paired)) <= 0.05 {
				found++
			}
		}
		share := float64(found) / runs
		t.Logf("%s: found in %.1f %%", c.name, 100*share)
		// Three standard errors of 1,000 runs are added to the goal.
		if share < c.least || share > c.most+3*math.Sqrt(0.05*0.95/runs) {
			t.Errorf("%s: found in %.1f %%, want %.0f to %.0f %%", c.name, 100*share, 100*c.least, 100*c.most)
		}
	}
}

func least(judged []judgement) float64 {
	p := 1.0
	for _, j := range judged {
		for _, q := range append(j.rows, j.everywhere) {
			p = min(p, q)
		}
	}
	return p
}
