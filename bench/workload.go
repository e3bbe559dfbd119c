package bench

import (
	"errors"
	"fmt"

	"dhtbench/node"
)

// Workload determines the keys and values of every client. Equal workloads make
// equal keys and values on every platform.
type Workload struct {
	Seed       uint64 `json:"seed"`
	Operations int    `json:"operations"` // measured, per client and operation kind
	Warmup     int    `json:"warmup"`     // done first and not recorded, on keys of their own
	KeyBytes   int    `json:"key_bytes"`  // minKeyBytes to node.MaxKey
	ValueBytes int    `json:"value_bytes"`
}

const (
	// minKeyBytes is the length of the part of a key that makes it unique: 48
	// bits, 6 to a character.
	minKeyBytes = 8
	keyBits     = 6 * minKeyBytes
	// valueOffsets is the number of different values of one client. They
	// overlap in one pool, so that values of 1 MiB can be made beforehand too.
	valueOffsets = 1 << 16
	// maxKeysBytes bounds the memory for the keys of one client.
	maxKeysBytes = 1 << 30
)

// Validate returns all faults of w at once.
func (w Workload) Validate() error {
	var faults []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(w.Operations < 1, "--ops %d: must be at least 1", w.Operations)
	fault(w.Warmup < 0, "--warmup %d: must not be negative", w.Warmup)
	fault(w.KeyBytes < minKeyBytes || w.KeyBytes > node.MaxKey,
		"--key-bytes %d: must be %d (to keep the keys of all clients apart) to %d (the node's limit)", w.KeyBytes, minKeyBytes, node.MaxKey)
	fault(w.ValueBytes < 0 || w.ValueBytes > node.MaxValue,
		"--value-bytes %d: must be 0 to %d (the node's limit)", w.ValueBytes, node.MaxValue)
	if len(faults) == 0 {
		most := maxKeysBytes / w.KeyBytes // divided, since a product could overflow
		fault(w.Operations > most || w.Warmup > most-w.Operations,
			"the keys of one client take more than %d bytes: lower --ops, --warmup or --key-bytes", maxKeysBytes)
	}
	return errors.Join(faults...)
}

// stream is the keys and values of one client, made beforehand. It is not
// changed once made.
type stream struct {
	workload Workload
	keys     []byte // keys one after the other
	pool     []byte // every value is a part of it
}

// stream makes the keys and values of one client. Keys of different clients
// differ, and so do all keys of one client.
func (w Workload) stream(client int) stream {
	n := w.Operations + w.Warmup
	s := stream{
		workload: w,
		keys:     make([]byte, 0, n*w.KeyBytes),
		pool:     make([]byte, w.ValueBytes+valueOffsets-1),
	}
	random := splitmix{state: w.Seed ^ uint64(client)<<keyBits}
	first := uint64(client) * uint64(n)
	for i := range n {
		s.keys = appendCharacters(s.keys, permute(first+uint64(i), w.Seed), minKeyBytes)
		for left := w.KeyBytes - minKeyBytes; left > 0; left -= minKeyBytes {
			s.keys = appendCharacters(s.keys, random.next(), min(left, minKeyBytes))
		}
	}
	for i := range s.pool {
		s.pool[i] = byte(random.next() >> 56)
	}
	return s
}

// len is the number of keys, those of the warm-up included.
func (s *stream) len() int { return len(s.keys) / s.workload.KeyBytes }

// key is the key of operation i, the warm-up's last. It must not be changed.
func (s *stream) key(i int) []byte {
	n := s.workload.KeyBytes
	return s.keys[i*n : (i+1)*n : (i+1)*n]
}

// value is the value of operation i. It must not be changed.
func (s *stream) value(i int) []byte {
	from := i % valueOffsets
	to := from + s.workload.ValueBytes
	return s.pool[from:to:to]
}

// alphabet is printable and free of blanks, so that a key can be typed at the
// shell and sent in a text protocol.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// appendCharacters appends n characters, 6 bits of x each, lowest first.
func appendCharacters(dst []byte, x uint64, n int) []byte {
	for range n {
		dst = append(dst, alphabet[x&63])
		x >>= 6
	}
	return dst
}

// permute scatters the numbers below 2^48 over themselves without a collision:
// each step can be undone.
func permute(x, seed uint64) uint64 {
	const mask = 1<<keyBits - 1
	x = (x ^ seed) & mask
	for range 2 {
		x = x * 0x9e3779b97f4a7c15 & mask
		x ^= x >> (keyBits / 2)
	}
	return x
}

// splitmix is the SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014),
// here because a stream must be the same in every Go release.
type splitmix struct{ state uint64 }

func (s *splitmix) next() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
