package compare

import (
	"math"
	"slices"
)

// nineOfTen is the standard normal quantile of 0.9.
const nineOfTen = 1.2816

// detect returns, in place of p-values, the smallest differences that would have been
// found. It removes the observed differences, so that only the spread remains. With
// this spread, a difference at the limit is found in half of all comparisons. One that
// is larger by 1.28 standard errors is found in nine of ten.
func detect(tables []table, arrangements []arrangement, repeats [2]int, paired bool) []judgement {
	var rows []series
	for _, t := range tables {
		rows = append(rows, t.centred(repeats[0], paired).series(paired)...)
	}
	first, second, owner := twoLargest(rows, arrangements)
	found := make([]float64, len(rows))
	for i, s := range rows {
		others := slices.Clone(first)
		for k, o := range owner {
			if o == i {
				others[k] = second[k]
			}
		}
		found[i] = math.Expm1(s.least(others, arrangements, repeats[0], paired))
	}
	return divide(found, tables)
}

// centred returns the table without differences between the sides. a is the number of
// repeats of A.
func (t table) centred(a int, paired bool) table {
	var out table
	for _, values := range t.values {
		row := slices.Clone(values)
		parts := [][]float64{row}
		if !paired {
			parts = [][]float64{row[:a], row[a:]}
		}
		for _, part := range parts {
			m := mean(part)
			for i := range part {
				part[i] -= m
			}
		}
		out.values = append(out.values, row)
	}
	return out
}

// mean returns the difference of the sides in an arrangement, as the mean over all
// settings.
func (t table) mean(w arrangement) float64 {
	var sum float64
	for _, values := range t.values {
		for i, v := range values {
			sum += w[i] * v / float64(len(t.values))
		}
	}
	return sum
}

// twoLargest returns, for each arrangement, the largest two effects of rows, and which
// row has the largest.
func twoLargest(rows []series, arrangements []arrangement) (first, second []float64, owner []int) {
	first, second, owner = make([]float64, len(arrangements)), make([]float64, len(arrangements)), make([]int, len(arrangements))
	for k, w := range arrangements {
		for i, s := range rows {
			switch e := s.effect(w); {
			case e >= first[k]:
				first[k], second[k], owner[k] = e, first[k], i
			case e > second[k]:
				second[k] = e
			}
		}
	}
	return first, second, owner
}

// least returns the smallest difference of a centred row that is found beside other
// rows, whose largest effects are given: see detect.
func (s series) least(others []float64, arrangements []arrangement, a int, paired bool) float64 {
	const most = 10 // a factor of 22,000
	low, high := 0.0, float64(most)
	if !s.finds(high, others, arrangements, a, paired) {
		return math.Inf(1)
	}
	for range 40 {
		if middle := (low + high) / 2; s.finds(middle, others, arrangements, a, paired) {
			high = middle
		} else {
			low = middle
		}
	}
	return high + nineOfTen*s.standardError(a, paired)
}

// finds reports whether a difference in the row would be found.
func (s series) finds(difference float64, others []float64, arrangements []arrangement, a int, paired bool) bool {
	shifted := series{values: slices.Clone(s.values)}
	for i := range shifted.values {
		switch {
		case paired:
			shifted.values[i] += difference
		case i < a:
			shifted.values[i] -= difference / 2
		default:
			shifted.values[i] += difference / 2
		}
	}
	// Half of the square of the scale is the row's own mean square.
	shifted.scale = math.Sqrt(s.scale*s.scale + (meanSquare(shifted.values)-meanSquare(s.values))/2)
	observed := shifted.observed(arrangements)
	count := 0
	for k, w := range arrangements {
		if max(others[k], shifted.effect(w)) >= observed {
			count++
		}
	}
	return float64(count) <= Alpha*float64(len(arrangements))
}

// standardError is that of the difference of the sides in a centred row.
func (s series) standardError(a int, paired bool) float64 {
	n := float64(len(s.values))
	if paired {
		return math.Sqrt(meanSquare(s.values) / (n - 1))
	}
	return math.Sqrt(meanSquare(s.values) * n / (n - 2) * (1/float64(a) + 1/(n-float64(a))))
}
