package node

import (
	"sync"

	"github.com/cespare/xxhash/v2"
)

// shards is the number of parts of a Store, a power of two. With more parts
// than cores two operations rarely want the same lock.
const shards = 64

// Store is the part of the table that one node keeps, in memory. It is safe
// for concurrent use: each operation takes effect at one instant. Bytes are
// copied in and out, none are shared with a caller. It does not check limits.
type Store struct {
	shards [shards]shard
}

// shard is a map with its lock, filled up to two cache lines of 64 bytes: the
// locks of two shards never share one, nor a pair that is fetched together.
type shard struct {
	mu sync.RWMutex
	m  map[string]*entry
	_  [128 - 32]byte
}

// entry is a value behind a pointer, so that overwriting it changes no map
// and allocates no key.
type entry struct {
	value []byte
}

// NewStore returns an empty store.
func NewStore() *Store {
	s := new(Store)
	for i := range s.shards {
		s.shards[i].m = make(map[string]*entry)
	}
	return s
}

// shard returns the part that keeps key. The low bits of the hash choose it:
// all keys of one node agree in the high ones, which choose the node.
func (s *Store) shard(key []byte) *shard {
	return &s.shards[xxhash.Sum64(key)%shards]
}

// Put stores a copy of value under a copy of key, over any earlier value. It
// allocates nothing if the key is there and its memory fits the value.
func (s *Store) Put(key, value []byte) {
	sh := s.shard(key)
	sh.mu.Lock()
	e := sh.m[string(key)]
	if e == nil {
		e = new(entry)
		sh.m[string(key)] = e
	}
	if !fits(cap(e.value), len(value)) {
		e.value = make([]byte, 0, len(value))
	}
	e.value = append(e.value[:0], value...)
	sh.mu.Unlock()
}

// fits reports whether a value of n bytes may stay in memory of room bytes:
// there is enough of it, and no large part would be wasted.
func fits(room, n int) bool {
	return n <= room && room <= 2*n+64
}

// AppendValue appends the value of key to dst and returns the longer slice,
// or dst and false if there is no such key.
func (s *Store) AppendValue(dst, key []byte) ([]byte, bool) {
	sh := s.shard(key)
	sh.mu.RLock()
	e := sh.m[string(key)]
	if e != nil {
		dst = append(dst, e.value...)
	}
	sh.mu.RUnlock()
	return dst, e != nil
}

// Del removes key and its value, and reports whether it was there.
func (s *Store) Del(key []byte) bool {
	sh := s.shard(key)
	sh.mu.Lock()
	_, ok := sh.m[string(key)]
	if ok {
		delete(sh.m, string(key))
	}
	sh.mu.Unlock()
	return ok
}

// Len returns the number of keys. Beside other operations it is a number
// between the fewest and the most that there were while it counted.
func (s *Store) Len() int {
	n := 0
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.RLock()
		n += len(sh.m)
		sh.mu.RUnlock()
	}
	return n
}
