package workload

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// Source makes the operations of one client, the same ones on every run. Making one
// takes about a tenth of a microsecond, outside the timed section. It is not safe
// for concurrent use.
type Source struct {
	options Options
	client  int
	random  splitmix
	digest  *xxhash.Digest
	version uint32 // of the last put

	// Of a phase.
	op    Op
	index uint64 // of the next record

	// Of a mix.
	picker   picker
	inserted uint64 // records that this client inserted after the load
	again    bool   // put the record below next: it was read for an update
	record   uint64

	key, value []byte
}

// NewSource returns the source of a client, 0 to o.Clients-1.
func NewSource(o Options, client int) *Source {
	s := &Source{
		options: o, client: client, digest: xxhash.New(),
		random: splitmix{state: o.Seed ^ uint64(client)<<keyBits},
		key:    make([]byte, 0, o.KeyBytes), value: make([]byte, 0, o.Values.Max()),
	}
	if o.Mixed() {
		keys := o.Keys
		if keys == (Keys{}) {
			keys = o.Mix.Keys()
		}
		s.picker = keys.picker(uint64(o.Records))
	}
	return s
}

// Begin starts a phase: operations of one kind on the client's own keys, starting at
// number first. In a mix it only resets the digest.
func (s *Source) Begin(op Op, first uint64) {
	s.op, s.index = op, first
	s.digest.Reset()
}

// Next makes the next operation.
func (s *Source) Next(o *Operation) {
	if s.options.Mixed() {
		o.Op, o.Record = s.choose()
	} else {
		o.Op, o.Record = s.op, s.index
		s.index++
	}
	s.fill(o)
	s.sum(o)
}

// Load makes the put that loads a record before a mix begins. It is not part of
// the digest.
func (s *Source) Load(o *Operation, record uint64) {
	o.Op, o.Record = Put, record
	s.fill(o)
}

// choose picks the kind and the record of an operation of a mix.
func (s *Source) choose() (Op, uint64) {
	if s.again {
		s.again = false
		return Put, s.record
	}
	records := uint64(s.options.Records)
	kind := s.options.Mix.pick(&s.random)
	if kind == kindInsert {
		s.inserted++
		return Put, s.own(s.inserted - 1)
	}
	at := s.picker.pick(&s.random, records+s.inserted)
	if at >= records {
		s.record = s.own(at - records)
	} else {
		s.record = at
	}
	switch kind {
	case kindPut:
		return Put, s.record
	case kindDel:
		return Del, s.record
	case kindUpdate:
		s.again = true
	}
	return Get, s.record
}

// own returns the number of the i-th record that this client inserts. Other clients
// insert other records.
func (s *Source) own(i uint64) uint64 {
	return uint64(s.options.Records) + i*uint64(s.options.Clients) + uint64(s.client)
}

// fill makes the key and the value of an operation.
func (s *Source) fill(o *Operation) {
	s.key = s.appendKey(s.key[:0], o.Record)
	o.Key, o.Value = s.key, nil
	if o.Op == Put {
		s.version++
		o.Version = s.version
		s.value = appendValue(s.value[:0], s.options.Values.pick(&s.random), s.key, uint32(s.client), o.Version)
		o.Value = s.value
	}
}

// appendKey appends the key of a record. In phases each client has its own records.
func (s *Source) appendKey(dst []byte, record uint64) []byte {
	o := &s.options
	if !o.Mixed() {
		record += uint64(s.client) * uint64(o.KeysPerClient)
	}
	dst = appendCharacters(dst, permute(record, o.Seed^o.Salt), MinKeyBytes)
	filler := splitmix{state: o.Seed ^ record ^ o.Salt*saltFactor} // without the salt, equal first parts would have equal fillers
	for left := o.KeyBytes - MinKeyBytes; left > 0; left -= MinKeyBytes {
		dst = appendCharacters(dst, filler.next(), min(left, MinKeyBytes))
	}
	return dst
}

// saltFactor is odd, so that different salts stay different.
const saltFactor = 0x9e3779b97f4a7c15

// sum adds an operation to the digest.
func (s *Source) sum(o *Operation) {
	var line [13]byte
	line[0] = byte(o.Op)
	binary.LittleEndian.PutUint64(line[1:], o.Record)
	binary.LittleEndian.PutUint32(line[9:], uint32(len(o.Value)))
	s.digest.Write(line[:])
}

// Digest returns the xxHash64 of all operations since Begin, in hexadecimal.
func (s *Source) Digest() string { return fmt.Sprintf("%016x", s.digest.Sum64()) }

// alphabet has no spaces, so that a key can be typed in a shell and sent in a text
// protocol.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// appendCharacters appends n characters, 6 bits of x each, lowest first.
func appendCharacters(dst []byte, x uint64, n int) []byte {
	for range n {
		dst = append(dst, alphabet[x&63])
		x >>= 6
	}
	return dst
}

// permute is a pseudo-random permutation of the numbers below 2^48: each step is
// invertible.
func permute(x, seed uint64) uint64 {
	const mask = 1<<keyBits - 1
	x = (x ^ seed) & mask
	for range 2 {
		x = x * 0x9e3779b97f4a7c15 & mask
		x ^= x >> (keyBits / 2)
	}
	return x
}
