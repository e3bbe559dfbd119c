package workload

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// A value of a mixture says itself which put it came from. All numbers are big
// endian:
//
//	byte   0    4    8    12   16
//	       +----+----+----+----+----------
//	       |sum |key |writ|vers| filler ...
//	       +----+----+----+----+----------
//
//	sum   lowest 32 bits of the xxHash64 of all bytes after it
//	key   lowest 32 bits of the xxHash64 of the key
//	writ  the client that put it
//	vers  which of that client's writes of the record it is
//	filler  pseudo-random, from key, writer and version: nothing on its way can
//	        compress it, and no two values share it
//
// A value that is cut, longer, or has any other byte than the one put fails its
// sum, and the value of another key is told by its hash: each goes unnoticed once
// in 2^32 times.
//
// A value of fewer than 16 bytes is filler alone, from its size too. It does not
// say where it came from; but since equal arguments make equal values, it can be
// compared with the one that it should be, and differs from any other but once
// in 2^b times, b being its bits. A value of 0 bytes says only that it is there.
const valueHead = 16

// valueFault is what a value shows to be wrong with it, by itself.
type valueFault uint8

const (
	valueIntact  valueFault = iota
	valueTorn               // not all of it is from one put, or from none at all
	valueForeign            // some put's, whole, but of another key
	valueShort              // too short to tell
)

// appendValue appends the value of size bytes that writer puts as its given
// version of key. Equal arguments make equal values on every platform.
func appendValue(dst []byte, size int, key []byte, writer, version uint32) []byte {
	from := len(dst)
	dst = slices.Grow(dst, size)[:from+size]
	value := dst[from:]
	hash := xxhash.Sum64(key)
	filler := splitmix{state: hash ^ (uint64(writer)<<32 | uint64(version))}
	if size < valueHead {
		filler.state ^= uint64(size) << 60
		filler.fill(value)
		return dst
	}
	binary.BigEndian.PutUint32(value[4:], uint32(hash))
	binary.BigEndian.PutUint32(value[8:], writer)
	binary.BigEndian.PutUint32(value[12:], version)
	filler.fill(value[valueHead:])
	binary.BigEndian.PutUint32(value, uint32(xxhash.Sum64(value[4:])))
	return dst
}

// inspect says which write of key the value is, and what is wrong with it. Writer
// and version are those in the value when it is intact or foreign, else 0.
func inspect(value, key []byte) (writer, version uint32, fault valueFault) {
	if len(value) < valueHead {
		return 0, 0, valueShort
	}
	if binary.BigEndian.Uint32(value) != uint32(xxhash.Sum64(value[4:])) {
		return 0, 0, valueTorn
	}
	if binary.BigEndian.Uint32(value[4:]) != uint32(xxhash.Sum64(key)) {
		fault = valueForeign
	}
	return binary.BigEndian.Uint32(value[8:]), binary.BigEndian.Uint32(value[12:]), fault
}
