package node

import (
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// Owner returns the id of the node that keeps key, in [0, len(c.Addrs)). It
// depends on the key's bytes and the number of nodes alone, so that every
// node and client with the same cluster file agrees, on any platform. It
// panics on an empty cluster. It allocates nothing.
//
// The hash, xxHash64 with seed 0, is taken as a fraction of 2^64 and that
// fraction of n is the owner: floor(hash * n / 2^64). This uses the high bits
// of the hash; a Store shards by the low ones.
func (c Cluster) Owner(key []byte) int {
	n := len(c.Addrs)
	if n == 0 {
		panic("owner of a key in an empty cluster")
	}
	high, _ := bits.Mul64(xxhash.Sum64(key), uint64(n))
	return int(high)
}
