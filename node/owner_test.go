package node

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// keyShapes returns generators of keys, by name.
func keyShapes() map[string]func(i int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	return map[string]func(i int) []byte{
		"decimal":       func(i int) []byte { return fmt.Append(nil, i) },
		"padded":        func(i int) []byte { return fmt.Appendf(nil, "key-%012d", i) },
		"client prefix": func(i int) []byte { return fmt.Appendf(nil, "client%d/user/%d", i%8, i/8) },
		"big endian":    func(i int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(i)) },
		"little endian": func(i int) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(i)) },
		"random":        func(int) []byte { return binary.LittleEndian.AppendUint64(nil, random.Uint64()) },
		"long":          func(i int) []byte { return fmt.Appendf(nil, "%0200d", i) },
	}
}

// chiSquareLimit returns about the value that chi-square of k classes exceeds with
// a probability of 1e-6: Wilson and Hilferty's approximation with z = 4.75.
func chiSquareLimit(k int) float64 {
	d := float64(k - 1)
	return d * math.Pow(1-2/(9*d)+4.75*math.Sqrt(2/(9*d)), 3)
}

// chiSquare returns chi-square of counts against equal counts.
func chiSquare(counts []int) float64 {
	total := 0
	for _, n := range counts {
		total += n
	}
	want := float64(total) / float64(len(counts))
	sum := 0.0
	for _, n := range counts {
		sum += (float64(n) - want) * (float64(n) - want) / want
	}
	return sum
}

func TestOwnerIsUniform(t *testing.T) {
	for shape, key := range keyShapes() {
		for n := 1; n <= 9; n++ {
			c := Cluster{Addrs: make([]string, n)}
			counts := make([]int, n)
			for i := range 20_000 {
				counts[c.Owner(key(i))]++
			}
			if n == 1 {
				continue
			}
			if got, limit := chiSquare(counts), chiSquareLimit(n); got > limit {
				t.Errorf("%s keys on %d nodes: %v, chi-square %.1f exceeds %.1f", shape, n, counts, got, limit)
			}
		}
	}
}

// The keys of one node are uniform over its shards: different bits choose the owner
// and the shard.
func TestShardIsUniformOnOneNode(t *testing.T) {
	for shape, key := range keyShapes() {
		for _, n := range []int{1, 8, 9} {
			c, s := Cluster{Addrs: make([]string, n)}, NewStore()
			for i, kept := 0, 0; kept < 6400; i++ {
				if k := key(i); c.Owner(k) == n/2 {
					s.Put(k, nil)
					kept++
				}
			}
			counts := make([]int, shards)
			for i := range counts {
				counts[i] = int(s.shards[i].entries)
			}
			if got, limit := chiSquare(counts), chiSquareLimit(shards); got > limit {
				t.Errorf("%s keys of node %d of %d: chi-square over the shards %.1f exceeds %.1f", shape, n/2, n, got, limit)
			}
		}
	}
}

func TestOwnerOfEmptyClusterPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Cluster{}.Owner([]byte("key"))
}
