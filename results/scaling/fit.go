package scaling

import "math"

// point is the mean throughput of some trials with n clients. A fit to means with these
// weights equals the fit to the trials.
type point struct{ n, x, trials float64 }

// solve returns the law with the least sum of squared residuals.
func solve(points []point) Law {
	law := start(points)
	rest := squares(law, points)
	// Levenberg and Marquardt: damping grows until a step reduces the sum.
	const most, precise = 200, 1e-13
	for damping, i := 1e-3, 0; i < most && damping < 1e12; i++ {
		next := law.step(points, damping)
		sum := squares(next, points)
		converged := math.Abs(sum-rest) <= precise*rest
		if sum < rest {
			law, rest, damping = next, sum, damping/10
		} else {
			damping *= 10
		}
		if converged {
			break
		}
	}
	return law
}

// start solves the linear equation N/X = c0 + c1 (N-1) + c2 N(N-1), where c0 is 1/G, c1
// is A/G and c2 is B/G. The weights X^4/N^2 make its residuals those of X.
func start(points []point) Law {
	var m [3][4]float64
	for _, p := range points {
		accumulate(&m, [3]float64{1, p.n - 1, p.n * (p.n - 1)}, p.n/p.x, p.trials*p.x*p.x*p.x*p.x/(p.n*p.n))
	}
	c := eliminate(m)
	if l := (Law{1 / c[0], c[1] / c[0], c[2] / c[0]}); c[0] > 0 && l.A >= 0 && l.B >= 0 {
		return l
	}
	var most float64 // per client
	for _, p := range points {
		most = max(most, p.x/p.n)
	}
	return Law{most, 0.1, 0}
}

// step returns the law after one damped step of Gauss and Newton. A coefficient at its
// bound stays there while the sum of squares would fall only beyond it.
func (l Law) step(points []point, damping float64) Law {
	var m [3][4]float64
	for _, p := range points {
		h := l.shape(p.n)
		slope := -l.G * h * h / p.n
		accumulate(&m, [3]float64{h, slope * (p.n - 1), slope * p.n * (p.n - 1)}, p.x-l.G*h, p.trials)
	}
	at := [3]float64{1, l.A, l.B} // G has no bound
	for i := range m {
		if at[i] == 0 && m[i][3] < 0 {
			for k := range m {
				m[i][k], m[k][i] = 0, 0
			}
			m[i][3] = 0
		}
		m[i][i] *= 1 + damping
	}
	d := eliminate(m)
	return Law{l.G + d[0], max(0, l.A+d[1]), max(0, l.B+d[2])}
}

// accumulate adds one observation to normal equations, the right side last.
func accumulate(m *[3][4]float64, row [3]float64, right, weight float64) {
	for i := range row {
		for k := range row {
			m[i][k] += weight * row[i] * row[k]
		}
		m[i][3] += weight * row[i] * right
	}
}

// eliminate solves normal equations. An unknown that they do not determine is 0.
func eliminate(m [3][4]float64) (x [3]float64) {
	const singular = 1e-13 // of the diagonal before
	diagonal := [3]float64{m[0][0], m[1][1], m[2][2]}
	for i := range m {
		if m[i][i] <= singular*diagonal[i] {
			m[i] = [4]float64{}
			continue
		}
		for k := i + 1; k < 3; k++ {
			f := m[k][i] / m[i][i]
			for j := i; j < 4; j++ {
				m[k][j] -= f * m[i][j]
			}
		}
	}
	for i := 2; i >= 0; i-- {
		if m[i][i] == 0 {
			continue
		}
		x[i] = m[i][3]
		for j := i + 1; j < 3; j++ {
			x[i] -= m[i][j] * x[j]
		}
		x[i] /= m[i][i]
	}
	return x
}

// squares is the sum of squared residuals, less that of the trials around their means.
func squares(l Law, points []point) float64 {
	var sum float64
	for _, p := range points {
		d := p.x - l.Throughput(p.n)
		sum += p.trials * d * d
	}
	return sum
}
