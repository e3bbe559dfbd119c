package bench

import (
	"encoding/binary"
	"fmt"

	"dhtbench/node"

	"github.com/cespare/xxhash/v2"
)

// operation is one operation of a client, ready to be sent.
type operation struct {
	op      node.Op
	record  uint64 // the number of the key, among those of the ledger
	version uint32 // of a put
	key     []byte // live until the source's next operation
	value   []byte // the same; of a put
}

// source makes the operations of one client, one after the other, always the
// same ones. Making one takes about a tenth of a microsecond and happens before
// its clock starts. It is used by one goroutine.
type source struct {
	workload workload
	client   int
	random   splitmix
	digest   *xxhash.Digest
	version  uint32 // of the last put

	// Of a phase, in which each key is used once.
	kind  node.Op
	index uint64 // of the next record

	// Of a mixture.
	picker   picker
	inserted uint64 // records that this client put beyond those of the load
	again    bool   // the record below is to be put, as it was read before
	record   uint64

	key, value []byte
}

// newSource returns the source of a client.
func newSource(w workload, client int) *source {
	s := &source{
		workload: w, client: client, digest: xxhash.New(),
		random: splitmix{state: w.Seed ^ uint64(client)<<keyBits},
		key:    make([]byte, 0, w.KeyBytes), value: make([]byte, 0, w.sizes.Max()),
	}
	if w.mixed() {
		s.picker = w.keys.picker(uint64(w.Records))
	}
	return s
}

// begin makes the source of a client do operations of one kind from now on, each
// on the next key of its own, beginning with the one of the given number. It has
// no effect on a mixture.
func (s *source) begin(kind node.Op, first uint64) {
	s.kind, s.index = kind, first
	s.digest.Reset()
}

// next makes the next operation.
func (s *source) next(o *operation) {
	if s.workload.mixed() {
		o.op, o.record = s.choose()
	} else {
		o.op, o.record = s.kind, s.index
		s.index++
	}
	s.fill(o)
	s.sum(o)
}

// load makes the put of a record that is there before a mixture begins.
func (s *source) load(o *operation, record uint64) {
	o.op, o.record = node.OpPut, record
	s.fill(o)
}

// choose picks the kind and the record of an operation of a mixture.
func (s *source) choose() (node.Op, uint64) {
	if s.again {
		s.again = false
		return node.OpPut, s.record
	}
	records := uint64(s.workload.Records)
	kind := s.workload.mix.pick(&s.random)
	if kind == kindInsert {
		s.inserted++
		return node.OpPut, s.own(s.inserted - 1)
	}
	at := s.picker.pick(&s.random, records+s.inserted)
	if at >= records {
		s.record = s.own(at - records)
	} else {
		s.record = at
	}
	switch kind {
	case kindPut:
		return node.OpPut, s.record
	case kindDel:
		return node.OpDel, s.record
	case kindUpdate:
		s.again = true
	}
	return node.OpGet, s.record
}

// own is the number of a record that this client inserts, which no other does.
func (s *source) own(i uint64) uint64 {
	return uint64(s.workload.Records) + i*uint64(s.workload.Clients) + uint64(s.client)
}

// fill makes the key and the value of an operation.
func (s *source) fill(o *operation) {
	s.key = s.appendKey(s.key[:0], o.record)
	o.key, o.value = s.key, nil
	if o.op == node.OpPut {
		s.version++
		o.version = s.version
		s.value = appendValue(s.value[:0], s.workload.sizes.pick(&s.random), s.key, uint32(s.client), o.version)
		o.value = s.value
	}
}

// appendKey appends the key of a record. Where each key is used once, each
// client has records of its own.
func (s *source) appendKey(dst []byte, record uint64) []byte {
	w := &s.workload
	if !w.mixed() {
		record += uint64(s.client) * uint64(w.Operations+w.warmups())
	}
	dst = appendCharacters(dst, permute(record, w.Seed), minKeyBytes)
	filler := splitmix{state: w.Seed ^ record}
	for left := w.KeyBytes - minKeyBytes; left > 0; left -= minKeyBytes {
		dst = appendCharacters(dst, filler.next(), min(left, minKeyBytes))
	}
	return dst
}

// sum adds an operation to the digest.
func (s *source) sum(o *operation) {
	var line [13]byte
	line[0] = byte(o.op)
	binary.LittleEndian.PutUint64(line[1:], o.record)
	binary.LittleEndian.PutUint32(line[9:], uint32(len(o.value)))
	s.digest.Write(line[:])
}

// sumText is the digest of all operations since begin, in hexadecimal.
func (s *source) sumText() string { return fmt.Sprintf("%016x", s.digest.Sum64()) }

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
