package node

import (
	"bytes"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// indexes is the number of indexes of a shard, a power of two. Each is small, so that
// operations do not wait long while one grows.
const indexes = 16

// shard is a part of a store, with a lock of its own. Entries are in a log, and indexes
// have their places. Neither has pointers to entries, so that the garbage collector has
// little to scan.
type shard struct {
	mu      sync.RWMutex
	entries int
	log     log
	indexes [indexes]index
}

// init makes an empty shard.
func (sh *shard) init() {
	sh.log.segments = make([]segment, 1)
	for i := range sh.indexes {
		sh.indexes[i].slots = make([]slot, 8)
	}
}

// place returns the index and the tag of a hash. They depend on bits that choose
// neither the shard nor the node.
func (sh *shard) place(hash uint64) (*index, uint32) {
	return &sh.indexes[hash/shards%indexes], uint32(hash / (shards * indexes))
}

// find returns the slot of a key and its entry, or the empty slot where the search
// ended and nil.
func (sh *shard) find(hash uint64, key []byte) (x *index, i int, e entry) {
	x, tag := sh.place(hash)
	for i = x.home(tag); x.slots[i].at != 0; i = x.next(i) {
		if x.slots[i].tag == tag {
			e = sh.log.entry(x.slots[i].at)
			if bytes.Equal(e.key(), key) {
				return x, i, e
			}
		}
	}
	return x, i, nil
}

// put is Store.Put.
func (sh *shard) put(hash uint64, key, value []byte) {
	size := entrySize(len(key), len(value))
	x, i, e := sh.find(hash, key)
	if e != nil && e.size() == size {
		e.set(key, value)
		return
	}
	at := sh.add(size)
	sh.log.entry(at).set(key, value)
	if e != nil {
		old := x.slots[i].at
		x.slots[i].at = at
		sh.free(old)
		return
	}
	_, tag := sh.place(hash)
	x.add(i, slot{tag, at})
	sh.entries++
}

// remove removes the entry of slot i.
func (sh *shard) remove(x *index, i int) {
	at := x.slots[i].at
	x.remove(i)
	sh.entries--
	sh.free(at)
}

// add reserves memory for an entry and returns its place.
func (sh *shard) add(size int) ref {
	l := &sh.log
	if size > sharedBytes {
		return l.add(l.open(size), size)
	}
	if full := l.last; full == 0 || l.segments[full].used+size > segmentBytes {
		l.last = l.open(segmentBytes)
		if full != 0 {
			sh.compact(full)
		}
	}
	return l.add(l.last, size)
}

// free frees the memory of the entry at that place, which has no slot any more.
func (sh *shard) free(at ref) {
	s := at.segment()
	e := sh.log.entry(at)
	sh.log.segments[s].live -= e.size()
	e.remove()
	if s != sh.log.last {
		sh.compact(s)
	}
}

// compact frees segment n if less than half of it is in use, after it has moved the
// entries to the end of the log. So a log takes at most twice the memory of its
// entries, plus the last segment and a spare one.
func (sh *shard) compact(n int) {
	s := sh.log.segments[n]
	if s.live >= len(s.memory)/2 {
		return
	}
	for place, size := 0, 0; s.live > 0; place += size {
		e := entry(s.memory[place:])
		size = e.size()
		if e.removed() {
			continue
		}
		x, tag := sh.place(xxhash.Sum64(e.key()))
		i := x.home(tag)
		for at := makeRef(n, place); x.slots[i].at != at; {
			i = x.next(i)
		}
		x.slots[i].at = sh.add(size)
		copy(sh.log.entry(x.slots[i].at), e[:size])
		s.live -= size
	}
	sh.log.close(n)
}
