package workload

import "math"

// zipf picks i in [0, n) with a probability proportional to 1/(i+1)^theta, for any
// theta > 0. n may change at any time, since no table depends on it. The method is
// rejection-inversion (Hörmann and Derflinger, Rejection-Inversion to Generate
// Variates from Monotone Discrete Distributions, ACM TOMACS 1996), in the form of
// Apache Commons RNG's RejectionInversionZipfSampler: it inverts the integral of
// x^-theta, and rejects the difference between integral and sum.
//
// It is not safe for concurrent use.
type zipf struct {
	theta   float64
	first   float64 // start of the area of i = 0
	squeeze float64 // a candidate at most this far above x is accepted without computing the area
	n       uint64  // the n of last
	last    float64 // end of the area of i = n-1
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

// pick returns a number in [0, n); n must not be 0.
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

// density returns x^-theta.
func (z *zipf) density(x float64) float64 {
	return fixedExp(float64(-z.theta * fixedLog(x)))
}

// integral returns the integral of density from 1 to x: (x^(1-theta) - 1) /
// (1-theta), or the logarithm of x for theta 1, without loss of digits near it.
func (z *zipf) integral(x float64) float64 {
	ln := fixedLog(x)
	t := float64((1 - z.theta) * ln)
	if t == 0 {
		return ln
	}
	return fixedExpm1(t) / t * ln
}

// inverse returns the x whose integral is u.
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
