// Package scaling fits the Universal Scalability Law to throughput that was measured at
// several numbers of clients (Gunther, Guerrilla Capacity Planning, 2007):
//
//	X(N) = G N / (1 + A (N-1) + B N (N-1))
//
// The fit is least squares on the throughput of all trials, with A and B of at least 0.
package scaling

import "math"

// Law is the coefficients of the law. The zero value has no throughput.
type Law struct {
	G float64 // throughput of one client, in the unit of the trials
	A float64 // contention: the share of the work that is done by one client at a time
	B float64 // coherency: the cost of each pair of clients
}

// Throughput is X(n).
func (l Law) Throughput(n float64) float64 { return l.G * l.shape(n) }

// Efficiency is the throughput per client, relative to one client.
func (l Law) Efficiency(n float64) float64 { return l.shape(n) / n }

// Peak is the number of clients with the largest throughput. It is +Inf if throughput
// never falls, and 1 if it falls from the first client on.
func (l Law) Peak() float64 {
	switch {
	case l.A >= 1:
		return 1
	case l.B == 0:
		return math.Inf(1)
	}
	return max(1, math.Sqrt((1-l.A)/l.B))
}

// shape is the throughput of n clients relative to one.
func (l Law) shape(n float64) float64 { return n / (1 + l.A*(n-1) + l.B*n*(n-1)) }
