package bench

import (
	"math"
	"math/bits"
)

// float64 is uniform in [0, 1), a multiple of 2^-53.
func (s *splitmix) float64() float64 { return float64(s.next()>>11) * 0x1p-53 }

// uint64n is uniform in [0, n) without bias; n must not be 0. The method is
// Lemire's (Fast Random Integer Generation in an Interval, ACM TOMACS 2019).
func (s *splitmix) uint64n(n uint64) uint64 {
	high, low := bits.Mul64(s.next(), n)
	if low < n {
		for least := -n % n; low < least; {
			high, low = bits.Mul64(s.next(), n)
		}
	}
	return high
}

// zipf picks i in [0, n) with a probability in proportion to 1/(i+1)^theta, for
// any theta > 0 and a new n at any time: nothing is tabulated. The method is
// rejection-inversion (Hörmann and Derflinger, Rejection-Inversion to Generate
// Variates from Monotone Discrete Distributions, ACM TOMACS 1996) in the form of
// Apache Commons RNG's RejectionInversionZipfSampler: the integral of x^-theta
// is inverted, and the little by which it differs from the sum is rejected.
//
// Not safe for concurrent use.
type zipf struct {
	theta   float64
	first   float64 // where the area of i = 0 begins
	squeeze float64 // a candidate this much above x is right without a look at the area
	n       uint64  // that last is of
	last    float64 // where the area of i = n-1 ends
}

func newZipf(theta float64, n uint64) *zipf {
	z := &zipf{theta: theta}
	z.first = z.integral(1.5) - 1
	z.squeeze = 2 - z.inverse(z.integral(2.5)-z.density(2))
	z.grow(n)
	return z
}

func (z *zipf) grow(n uint64) {
	z.n, z.last = n, z.integral(float64(n)+0.5)
}

// pick is one number in [0, n); n must not be 0.
func (z *zipf) pick(random *splitmix, n uint64) uint64 {
	if n != z.n {
		z.grow(n)
	}
	for {
		u := z.last + float64(random.float64()*(z.first-z.last))
		x := z.inverse(u)
		k := max(1, min(math.Floor(x+0.5), float64(n)))
		if k-x <= z.squeeze || u >= z.integral(k+0.5)-z.density(k) {
			if k == float64(n) { // which can be above n, when n has more than 53 bits
				return n - 1
			}
			return uint64(k) - 1
		}
	}
}

// density is x^-theta.
func (z *zipf) density(x float64) float64 {
	return fixedExp(float64(-z.theta * fixedLog(x)))
}

// integral is that of density from 1 to x: (x^(1-theta) - 1) / (1-theta), or the
// logarithm of x for theta 1, without loss of digits near it.
func (z *zipf) integral(x float64) float64 {
	ln := fixedLog(x)
	t := float64((1 - z.theta) * ln)
	if t == 0 {
		return ln
	}
	return fixedExpm1(t) / t * ln
}

// inverse is the x whose integral is u.
func (z *zipf) inverse(u float64) float64 {
	t := float64(u * (1 - z.theta))
	switch {
	case t <= -1: // the integral of all x up to infinity, or rounding beyond it
		return math.Inf(1)
	case t == 0:
		return fixedExp(u)
	}
	return fixedExp(fixedLog1p(t) / t * u)
}

// The functions below are here because those of package math differ in their
// last bits from processor to processor and may from one Go release to the
// next, while a stream of keys must not. Every product is rounded by a
// conversion, so that no compiler fuses it with a sum.
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
