package compare

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// arrangement is one way to assign trials to the sides: the weight of each trial in the
// difference of the means, B - A.
type arrangement []float64

// manyArrangements is the largest number of arrangements that are tried. If there are
// more, random ones are tried.
const manyArrangements = 4096

// flips returns the arrangements of paired repeats, the observed one first: all
// assignments of signs, but only one of two that are opposite in every repeat.
func flips(repeats int) []arrangement {
	n := manyArrangements
	all := repeats-1 < bits.Len(manyArrangements)
	if all {
		n = 1 << (repeats - 1)
	}
	random := rand.New(rand.NewPCG(1, uint64(repeats)))
	arrangements := make([]arrangement, n)
	for i := range arrangements {
		w := make(arrangement, repeats)
		for r := range w {
			w[r] = 1 / float64(repeats)
			flipped := all && i>>r&1 == 1 || !all && i > 0 && random.IntN(2) == 1
			if flipped {
				w[r] = -w[r]
			}
		}
		arrangements[i] = w
	}
	return arrangements
}

// exchanges returns the arrangements of a repeats of A followed by b repeats of B, the
// observed one first: all choices of a of them for A.
func exchanges(a, b int) []arrangement {
	weigh := func(inA []bool) arrangement {
		w := make(arrangement, a+b)
		for i := range w {
			w[i] = 1 / float64(b)
			if inA[i] {
				w[i] = -1 / float64(a)
			}
		}
		return w
	}
	chosen := make([]bool, a+b)
	for i := range a {
		chosen[i] = true
	}
	arrangements := []arrangement{weigh(chosen)}
	if choices(a+b, a) > manyArrangements {
		random := rand.New(rand.NewPCG(uint64(a), uint64(b)))
		for len(arrangements) < manyArrangements {
			random.Shuffle(a+b, func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
			arrangements = append(arrangements, weigh(chosen))
		}
		return arrangements
	}
	for next(chosen) {
		arrangements = append(arrangements, weigh(chosen))
	}
	return arrangements
}

// next changes chosen into the next choice of as many elements. After the last it
// returns false.
func next(chosen []bool) bool {
	// Move the last chosen element with room behind it by one, and those after it next
	// to it.
	after := 0
	for i := len(chosen) - 2; i >= 0; i-- {
		if chosen[i+1] {
			after++
			chosen[i+1] = false
		}
		if chosen[i] && i+1+after < len(chosen) {
			chosen[i] = false
			for j := range after + 1 {
				chosen[i+1+j] = true
			}
			return true
		}
	}
	return false
}

// choices is the number of ways to choose k of n.
func choices(n, k int) float64 {
	c := 1.0
	for i := range k {
		c *= float64(n-i) / float64(i+1)
	}
	return math.Round(c)
}

// series is a row of a joint test.
type series struct {
	values []float64 // one for each weight of an arrangement
	scale  float64   // see scaleRows; above 0
}

// effect is the absolute difference of the sides in units of the scale.
func (s series) effect(w arrangement) float64 {
	var sum float64
	for i, v := range s.values {
		sum += w[i] * v
	}
	return math.Abs(sum) / s.scale
}

// observed is the effect in the first arrangement, less what sums of the same numbers in
// another order may differ by.
func (s series) observed(arrangements []arrangement) float64 {
	return s.effect(arrangements[0]) * (1 - 1e-9)
}

// joint returns the adjusted p-value of each row: the share of arrangements in which the
// largest effect of all rows is at least the observed effect of the row. The first
// arrangement is the observed one.
func joint(rows []series, arrangements []arrangement) []float64 {
	largest := make([]float64, len(arrangements))
	for i, w := range arrangements {
		for _, s := range rows {
			largest[i] = max(largest[i], s.effect(w))
		}
	}
	slices.Sort(largest)
	p := make([]float64, len(rows))
	for i, s := range rows {
		below, _ := slices.BinarySearch(largest, s.observed(arrangements))
		p[i] = float64(len(largest)-below) / float64(len(largest))
	}
	return p
}

// scaleRows sets the scales of the rows of one metric, and returns the mean square over
// all rows.
func scaleRows(rows []series) float64 {
	var all float64
	for _, s := range rows {
		all += meanSquare(s.values) / float64(len(rows))
	}
	for i, s := range rows {
		rows[i].scale = scaleOf(meanSquare(s.values), all)
	}
	return all
}

// scaleOf returns the scale of a row. Without any variation it is tiny, so that any
// difference is found.
func scaleOf(own, all float64) float64 { return max(math.Sqrt((own+all)/2), 1e-12) }

func meanSquare(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v * v
	}
	return sum / float64(len(values))
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
