package workload

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// chiSquare returns Pearson's statistic of counts against the probabilities of all
// outcomes, and bounds that it exceeds with a probability of 3 in 100,000 each.
// Outcomes expected fewer than 5 times are pooled with their neighbours.
func chiSquare(counts []int, probability []float64) (statistic, low, high float64) {
	var total, seen, expected float64
	for _, n := range counts {
		total += float64(n)
	}
	bins := 0
	for i, n := range counts {
		seen += float64(n)
		expected += total * probability[i]
		if expected >= 5 {
			statistic += (seen - expected) * (seen - expected) / expected
			seen, expected = 0, 0
			bins++
		}
	}
	if expected > 0 {
		statistic += (seen - expected) * (seen - expected) / expected
		bins++
	}
	freedom := float64(bins - 1)
	quantile := func(z float64) float64 { // Wilson and Hilferty, 1931
		c := 1 - 2/(9*freedom) + z*math.Sqrt(2/(9*freedom))
		return freedom * max(c, 0) * c * c
	}
	return statistic, quantile(-4), quantile(4)
}

// checkDistribution fails t unless counts fit the probabilities.
func checkDistribution(t *testing.T, counts []int, probability []float64) {
	t.Helper()
	if statistic, low, high := chiSquare(counts, probability); statistic < low || statistic > high {
		t.Errorf("chi-square %.1f, want %.1f to %.1f", statistic, low, high)
	}
}

// powers returns the probabilities of zipf for n numbers.
func powers(theta float64, n int) []float64 {
	p := make([]float64, n)
	var sum float64
	for i := range p {
		p[i] = math.Pow(float64(i+1), -theta)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

const draws = 200_000

func TestZipfMatchesItsDistribution(t *testing.T) {
	for _, theta := range []float64{1e-9, 0.5, 0.99, 1 - 1e-12, 1, 1 + 1e-12, 1.5, 3} {
		for _, n := range []int{2, 3, 10, 1000, 100_000} {
			t.Run(fmt.Sprintf("%v/%d", theta, n), func(t *testing.T) {
				z, random := newZipf(theta, uint64(n)), splitmix{state: 42}
				counts := make([]int, n)
				for range draws {
					counts[z.pick(&random, uint64(n))]++
				}
				checkDistribution(t, counts, powers(theta, n))
			})
		}
	}
}

// TestChiSquareDistinguishesThetas shows that the test above could fail.
func TestChiSquareDistinguishesThetas(t *testing.T) {
	const n, draws = 1000, 1_000_000
	z, random := newZipf(0.99, n), splitmix{state: 42}
	counts := make([]int, n)
	for range draws {
		counts[z.pick(&random, n)]++
	}
	for _, theta := range []float64{0.98, 1} {
		if statistic, _, high := chiSquare(counts, powers(theta, n)); statistic < high {
			t.Errorf("picks of theta 0.99 pass for %v: chi-square %.1f of %.1f", theta, statistic, high)
		}
	}
	even := slices.Repeat([]int{draws / n}, n)
	if statistic, low, _ := chiSquare(even, slices.Repeat([]float64{1.0 / n}, n)); statistic >= low {
		t.Errorf("counts that are all the same pass for random ones: chi-square %.1f", statistic)
	}
}

func TestZipfOfChangingPopulation(t *testing.T) {
	z, random := newZipf(0.99, 1), splitmix{state: 7}
	sizes := []int{10, 1000, 1, 37}
	counts := make([][]int, len(sizes))
	for i, n := range sizes {
		counts[i] = make([]int, n)
	}
	for i := range draws {
		at := i % len(sizes)
		counts[at][z.pick(&random, uint64(sizes[at]))]++
	}
	if counts[2][0] != draws/4 {
		t.Errorf("%d of %d picks among one", counts[2][0], draws/4)
	}
	for _, at := range []int{0, 1, 3} {
		checkDistribution(t, counts[at], powers(0.99, sizes[at]))
	}
}

// TestZipfOfLargePopulation compares the first numbers and the octaves of the rest
// with the Euler-Maclaurin sum.
func TestZipfOfLargePopulation(t *testing.T) {
	const n = uint64(1) << 40
	for _, theta := range []float64{0.5, 0.99, 1, 1.5} {
		sum := func(from, to float64) float64 { // of k^-theta, from < k <= to, from large
			f := func(x float64) float64 { return math.Pow(x, -theta) }
			integral := math.Log(to / from)
			if theta != 1 {
				integral = (math.Pow(to, 1-theta) - math.Pow(from, 1-theta)) / (1 - theta)
			}
			return integral + (f(to)-f(from))/2 - theta*(f(to)/to-f(from)/from)/12
		}
		const head = 64
		var weights []float64
		for k := 1; k <= head; k++ {
			weights = append(weights, math.Pow(float64(k), -theta))
		}
		for from := float64(head); from < float64(n); from *= 2 {
			weights = append(weights, sum(from, 2*from))
		}
		var total float64
		for _, w := range weights {
			total += w
		}
		for i := range weights {
			weights[i] /= total
		}
		counts := make([]int, len(weights))
		z, random := newZipf(theta, n), splitmix{state: 3}
		for range draws {
			k := z.pick(&random, n) + 1
			if k > head {
				k = head + uint64(math.Ceil(math.Log2(float64(k)/head)))
			}
			counts[k-1]++
		}
		t.Run(fmt.Sprint(theta), func(t *testing.T) { checkDistribution(t, counts, weights) })
	}
}

func TestUint64nIsUniform(t *testing.T) {
	random := splitmix{state: 1}
	for _, n := range []int{1, 2, 7, 1000} {
		counts := make([]int, n)
		for range draws {
			counts[random.uint64n(uint64(n))]++
		}
		if n > 1 {
			checkDistribution(t, counts, slices.Repeat([]float64{1 / float64(n)}, n))
		}
	}
	// Of 3 x 2^62 numbers, taking the rest of a division would draw the first
	// third twice as often.
	const n = 3 << 62
	thirds := make([]int, 3)
	for range draws {
		thirds[random.uint64n(n)>>62]++
	}
	checkDistribution(t, thirds, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3})
}

func TestFloat64IsUniform(t *testing.T) {
	random := splitmix{state: 1}
	counts := make([]int, 100)
	for range draws {
		x := random.float64()
		if x < 0 || x >= 1 {
			t.Fatalf("%v is not in [0, 1)", x)
		}
		counts[int(x*100)]++
	}
	checkDistribution(t, counts, slices.Repeat([]float64{0.01}, 100))
}

func TestFixedFunctionsAgreeWithMath(t *testing.T) {
	random := splitmix{state: 9}
	close := func(name string, x, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-15*math.Abs(want) {
			t.Errorf("%s(%v) = %v, want %v", name, x, got, want)
		}
	}
	for range 100_000 {
		x := (random.float64() - 0.5) * math.Pow(2, float64(random.uint64n(60))-50)
		close("exp", x, fixedExp(x), math.Exp(x))
		close("expm1", x, fixedExpm1(x), math.Expm1(x))
		y := math.Exp(60 * (random.float64() - 0.5))
		close("log", y, fixedLog(y), math.Log(y))
		for _, x := range []float64{x / 1024, y, -random.float64()} {
			close("log1p", x, fixedLog1p(x), math.Log1p(x))
		}
	}
	for _, x := range []float64{0, 709.5, 1e300, -800, math.Inf(1), math.Inf(-1)} {
		if got, want := fixedExp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want && !(x > 709 && math.IsInf(got, 1)) {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
}

func BenchmarkZipf(b *testing.B) {
	for _, theta := range []float64{0.5, 0.99, 1, 1.5} {
		b.Run(fmt.Sprintf("theta=%v", theta), func(b *testing.B) {
			b.ReportAllocs()
			z, random := newZipf(theta, 1_000_000), splitmix{state: 1}
			for b.Loop() {
				z.pick(&random, 1_000_000)
			}
		})
	}
}
