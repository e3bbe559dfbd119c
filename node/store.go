package node

import "github.com/cespare/xxhash/v2"

// Table is what a Server serves. Implement it to serve and measure a store of
// your own. It must be safe for concurrent use: the server calls it from the
// goroutines of all connections. It must not keep the slices that it is given,
// which are overwritten after the call. Keys have 1 to MaxKey bytes, values 0
// to MaxValue.
type Table interface {
	// Put stores a copy of value under a copy of key and replaces any earlier
	// value.
	Put(key, value []byte)

	// AppendValue appends the value of key to dst and returns the extended
	// slice and true, or dst and false if there is no such key.
	AppendValue(dst, key []byte) ([]byte, bool)

	// Del removes key and its value, and reports whether there was one.
	Del(key []byte) bool
}

// Null is a Table that keeps nothing and has every key, with a value of zero
// bytes. Its elements are the lengths of values, 0 to MaxValue; the key chooses
// one of them. Without any, values are empty. A measurement of it shows the cost of
// everything but the store.
type Null []int

// Put does nothing.
func (n Null) Put(key, value []byte) {}

// AppendValue appends the zero bytes.
func (n Null) AppendValue(dst, key []byte) ([]byte, bool) {
	length := 0
	switch len(n) {
	case 0:
	case 1:
		length = n[0]
	default:
		length = n[xxhash.Sum64(key)%uint64(len(n))]
	}
	return append(dst, make([]byte, length)...), true // allocates no second slice
}

// Del returns true.
func (n Null) Del(key []byte) bool { return true }

// shards is the number of parts of a Store, a power of two. With more parts
// than processors, two operations rarely need the same lock.
const shards = 64

// Store is a Table in memory: the part of the keys that one node keeps. It is
// safe for concurrent use; each operation takes effect at one instant. It copies
// keys and values in and out, and does not check limits.
//
// An entry takes about 40 bytes of memory more than its key and value.
type Store struct {
	shards [shards]shard
}

// NewStore returns an empty store.
func NewStore() *Store {
	s := new(Store)
	for i := range s.shards {
		s.shards[i].init()
	}
	return s
}

// shard returns the part that keeps the keys of a hash. The low bits choose it,
// because the high bits, which choose the node, are alike for all keys of a
// node.
func (s *Store) shard(hash uint64) *shard {
	return &s.shards[hash%shards]
}

// Put stores a copy of value under a copy of key and replaces any earlier value.
// It allocates nothing if the key exists and the new value has the same length.
func (s *Store) Put(key, value []byte) {
	hash := xxhash.Sum64(key)
	sh := s.shard(hash)
	sh.mu.Lock()
	sh.put(hash, key, value)
	sh.mu.Unlock()
}

// AppendValue appends the value of key to dst and returns the extended slice
// and true, or dst and false if there is no such key.
func (s *Store) AppendValue(dst, key []byte) ([]byte, bool) {
	hash := xxhash.Sum64(key)
	sh := s.shard(hash)
	sh.mu.RLock()
	_, _, e := sh.find(hash, key)
	if e != nil {
		dst = append(dst, e.value()...)
	}
	sh.mu.RUnlock()
	return dst, e != nil
}

// Del removes key and its value, and reports whether the key existed.
func (s *Store) Del(key []byte) bool {
	hash := xxhash.Sum64(key)
	sh := s.shard(hash)
	sh.mu.Lock()
	x, i, e := sh.find(hash, key)
	if e != nil {
		sh.remove(x, i)
	}
	sh.mu.Unlock()
	return e != nil
}

// Len returns the number of keys. With concurrent operations the result is
// between the least and the greatest number of keys during the call.
func (s *Store) Len() int {
	n := 0
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.RLock()
		n += sh.entries
		sh.mu.RUnlock()
	}
	return n
}
