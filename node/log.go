package node

import "encoding/binary"

const (
	// segmentBytes is the length of a segment, unless one entry is longer than
	// sharedBytes. Then the entry has a segment of its own.
	segmentBytes = 16 << 10
	sharedBytes  = segmentBytes / 8

	// unit is the alignment of entries, in bytes: their lengths and places in a segment
	// are multiples of it.
	unit         = 4
	segmentUnits = segmentBytes / unit
	maxSegments  = 1 << 32 / segmentUnits

	// entryHead is the number of bytes of an entry before its key: 4 of the
	// length of the value, 2 of that of the key.
	entryHead = 6
)

// ref is the place of an entry in a log: the number of its segment times
// segmentUnits, plus the unit in the segment. 0 means none.
type ref uint32

func makeRef(segment, place int) ref { return ref(segment*segmentUnits + place/unit) }

// segment returns the number of the segment.
func (r ref) segment() int { return int(r / segmentUnits) }

// removed is a bit in the field of the value's length.
const removed = 1 << 31

// entry is memory that begins with an entry.
type entry []byte

func (e entry) valueLength() int { return int(binary.NativeEndian.Uint32(e) &^ removed) }
func (e entry) keyLength() int   { return int(binary.NativeEndian.Uint16(e[4:])) }

func (e entry) remove()       { binary.NativeEndian.PutUint32(e, binary.NativeEndian.Uint32(e)|removed) }
func (e entry) removed() bool { return binary.NativeEndian.Uint32(e)&removed != 0 }

// key and value return parts of e.
func (e entry) key() []byte   { return e[entryHead:][:e.keyLength()] }
func (e entry) value() []byte { return e[entryHead+e.keyLength():][:e.valueLength()] }

// size returns the length of the entry in bytes.
func (e entry) size() int { return entrySize(e.keyLength(), e.valueLength()) }

// entrySize returns the length of an entry with a key and a value of those lengths.
func entrySize(key, value int) int {
	return (entryHead + key + value + unit - 1) / unit * unit
}

// set writes the entry of key and value to e.
func (e entry) set(key, value []byte) {
	binary.NativeEndian.PutUint32(e, uint32(len(value)))
	binary.NativeEndian.PutUint16(e[4:], uint16(len(key)))
	copy(e[entryHead:], key)
	copy(e[entryHead+len(key):], value)
}

// log is memory for entries. Entries are added at the end of the last segment.
type log struct {
	segments []segment // the first has no memory
	free     []int     // numbers of other segments without memory
	last     int       // the segment to add to; 0: none
	spare    []byte    // of a closed segment, for the next one; nil: none
}

// segment is a part of a log.
type segment struct {
	memory []byte
	used   int // bytes that have held entries
	live   int // bytes of entries that were not removed
}

// entry returns the entry at r.
func (l *log) entry(r ref) entry {
	return l.segments[r/segmentUnits].memory[r%segmentUnits*unit:]
}

// add reserves size bytes in segment n and returns their place.
func (l *log) add(n, size int) ref {
	s := &l.segments[n]
	r := makeRef(n, s.used)
	s.used += size
	s.live += size
	return r
}

// open adds a segment of length bytes and returns its number. It panics if the number
// does not fit a ref: at about 16 GiB, or 1,048,575 entries with segments of their own,
// in one shard.
func (l *log) open(length int) int {
	if len(l.free) == 0 {
		if len(l.segments) == maxSegments {
			panic("node: a store has too many entries")
		}
		l.free = append(l.free, len(l.segments))
		l.segments = append(l.segments, segment{})
	}
	n := l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	if memory := l.spare; len(memory) == length {
		l.segments[n].memory, l.spare = memory, nil
	} else {
		l.segments[n].memory = make([]byte, length)
	}
	return n
}

// close frees segment n. It keeps the memory of one segment as a spare.
func (l *log) close(n int) {
	if memory := l.segments[n].memory; len(memory) == segmentBytes {
		l.spare = memory
	}
	l.segments[n] = segment{}
	l.free = append(l.free, n)
}
