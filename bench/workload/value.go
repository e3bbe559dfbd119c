package workload

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// A value of a mix identifies the put that wrote it. All numbers are big endian:
//
//	byte   0    4    8    12   16
//	       +----+----+----+----+----------
//	       |sum |key |writ|vers| filler ...
//	       +----+----+----+----+----------
//
//	sum   lowest 32 bits of the xxHash64 of all bytes after it
//	key   lowest 32 bits of the xxHash64 of the key
//	writ  the client that put it
//	vers  the number of that client's write of the record
//	filler  pseudo-random, from key, writer and version: it does not compress,
//	        and differs between values
//
// The sum detects a value that is cut, longer or damaged, and the hash of the key
// detects the value of another key. Each misses one fault in 2^32.
//
// A value of fewer than 16 bytes is only filler, which also depends on the size. It
// does not identify its put, but can be compared with the expected value. A value of
// b bits equals another one by chance once in 2^b times. A value of 0 bytes shows
// only that the record exists.
const valueHead = 16

// valueFault is a fault that shows in a value by itself.
type valueFault uint8

const (
	valueIntact  valueFault = iota
	valueTorn               // not the whole value of one put
	valueForeign            // the whole value of a put of another key
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

// inspect returns the writer and version in a value, and its fault for the given key.
// Writer and version are 0 unless the value is intact or foreign.
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
