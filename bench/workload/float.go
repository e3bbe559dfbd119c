package workload

import "math"

// The functions below replace those of package math, whose last bits depend on the
// processor and on the Go release. A stream of keys must not depend on them. Every
// product is rounded by a conversion, so that no compiler fuses it with a sum.
const (
	ln2High = 0x1.62e42feep-1       // so few bits that its product with an exponent is exact
	ln2Low  = 0x1.a39ef35793c76p-33 // ln 2 - ln2High
	sqrt2   = 0x1.6a09e667f3bcdp+0  // math.Sqrt2 in 53 bits
)

// fixedExp is e^x, within a few units of the last place.
func fixedExp(x float64) float64 {
	switch {
	case x > 709:
		return math.Inf(1)
	case x < -745:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := x - float64(k*ln2High) - float64(k*ln2Low)
	return math.Ldexp(1+expm1Series(r), int(k))
}

// fixedExpm1 is e^x - 1.
func fixedExpm1(x float64) float64 {
	if math.Abs(x) < math.Ln2/2 {
		return expm1Series(x)
	}
	return fixedExp(x) - 1
}

// expm1Series is e^x - 1 for |x| <= ln(2)/2, by Taylor.
func expm1Series(x float64) float64 {
	sum := 1.0 / 87178291200 // 1/14!, and on to 1/2!
	for _, c := range [...]float64{1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
		1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2} {
		sum = float64(sum*x) + c
	}
	return x + float64(float64(x*x)*sum)
}

// fixedLog is the natural logarithm of x > 0.
func fixedLog(x float64) float64 {
	m, k := math.Frexp(x)
	if m < sqrt2/2 {
		m *= 2
		k--
	}
	return float64(float64(k)*ln2High) + (logSeries((m-1)/(m+1)) + float64(float64(k)*ln2Low))
}

// fixedLog1p is the natural logarithm of 1+x for x > -1.
func fixedLog1p(x float64) float64 {
	if sqrt2/2-1 < x && x < sqrt2-1 {
		return logSeries(x / (2 + x))
	}
	return fixedLog(1 + x)
}

// logSeries is ln((1+z)/(1-z)) = 2(z + z^3/3 + z^5/5 + ...) for |z| < 0.172.
func logSeries(z float64) float64 {
	square := float64(z * z)
	sum := 1.0 / 23
	for _, c := range [...]float64{1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3} {
		sum = float64(sum*square) + c
	}
	return 2 * (z + float64(z*float64(square*sum)))
}
