package workload

import (
	"encoding/binary"
	"math/bits"
)

// splitmix is the SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014). Its
// stream is the same in every Go release.
type splitmix struct{ state uint64 }

func (s *splitmix) next() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

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

// fill overwrites all of b.
func (s *splitmix) fill(b []byte) {
	for len(b) >= 8 {
		binary.BigEndian.PutUint64(b, s.next())
		b = b[8:]
	}
	if len(b) > 0 {
		for i, x := 0, s.next(); i < len(b); i, x = i+1, x<<8 {
			b[i] = byte(x >> 56)
		}
	}
}
