package node

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
)

func TestStore(t *testing.T) {
	s := NewStore()
	key, value := []byte("key"), []byte("value")
	if _, ok := s.AppendValue(nil, key); ok || s.Del(key) || s.Len() != 0 {
		t.Error("a new store is not empty")
	}
	s.Put(key, value)
	value[0], key[0] = 'X', 'X'
	if got, ok := s.AppendValue([]byte("dst "), []byte("key")); !ok || string(got) != "dst value" {
		t.Errorf("value is %q, %v; want %q", got, ok, "dst value")
	}
	s.Put([]byte("key"), nil)
	if got, ok := s.AppendValue(nil, []byte("key")); !ok || len(got) != 0 {
		t.Errorf("value is %q, %v; want it there and empty", got, ok)
	}
	if s.Len() != 1 || !s.Del([]byte("key")) || s.Del([]byte("key")) || s.Len() != 0 {
		t.Error("the key was not deleted once")
	}
}

// A returned value does not change when the key is overwritten.
func TestStoreSharesNoBytes(t *testing.T) {
	s := NewStore()
	s.Put([]byte("key"), []byte("first"))
	got, _ := s.AppendValue(nil, []byte("key"))
	got[4] = 'X'
	s.Put([]byte("key"), []byte("other"))
	if string(got) != "firsX" {
		t.Errorf("a value read earlier is now %q", got)
	}
	if again, _ := s.AppendValue(nil, []byte("key")); string(again) != "other" {
		t.Errorf("value is %q, want %q", again, "other")
	}
}

func TestStoreGivesMemoryBack(t *testing.T) {
	s := NewStore()
	key := []byte("key")
	s.Put(key, make([]byte, MaxValue))
	s.Put(key, []byte("small"))
	if n := s.memory() - NewStore().memory(); n > segmentBytes {
		t.Errorf("a value of 5 bytes keeps %d", n)
	}
}

// memory returns the number of bytes of a store's log.
func (s *Store) memory() int {
	n := 0
	for i := range s.shards {
		n += len(s.shards[i].log.spare)
		for _, segment := range s.shards[i].log.segments {
			n += len(segment.memory)
		}
	}
	return n
}

// TestStoreBehavesLikeMap compares a store with a map, and checks that its memory stays
// within its bound while the lengths of values change from round to round.
func TestStoreBehavesLikeMap(t *testing.T) {
	s, want := NewStore(), make(map[string]string)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		longest := []int{20, 3000, 300, 200_000}[round%4]
		for range 20_000_000 / (longest + 1000) {
			key := strconv.Itoa(random.IntN(10_000_000 / (longest + 1000)))
			if random.IntN(3) == 0 {
				_, there := want[key]
				if s.Del([]byte(key)) != there {
					t.Fatalf("del of %s: %v, want %v", key, !there, there)
				}
				delete(want, key)
				continue
			}
			value := bytes.Repeat([]byte{byte(random.Uint32())}, random.IntN(longest))
			s.Put([]byte(key), value)
			want[key] = string(value)
		}
		live := 0
		for key, value := range want {
			if got, ok := s.AppendValue(nil, []byte(key)); !ok || string(got) != value {
				t.Fatalf("value of %s has %d bytes, %v; want %d", key, len(got), ok, len(value))
			}
			live += entrySize(len(key), len(value))
		}
		if s.Len() != len(want) {
			t.Fatalf("%d keys, want %d", s.Len(), len(want))
		}
		if n, limit := s.memory(), 2*live+shards*2*segmentBytes; n > limit {
			t.Errorf("round %d: entries of %d bytes take %d, want at most %d", round, live, n, limit)
		}
	}
	for key := range want {
		s.Del([]byte(key))
	}
	if n, limit := s.memory(), shards*2*segmentBytes; n > limit {
		t.Errorf("an empty store takes %d bytes, want at most %d", n, limit)
	}
}

func TestStoreAllocatesNothing(t *testing.T) {
	s, key, value := NewStore(), []byte("key"), make([]byte, 100)
	s.Put(key, value)
	if n := testing.AllocsPerRun(100, func() {
		s.Put(key, value)
		value, _ = s.AppendValue(value[:0], key)
		s.Del([]byte("other"))
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// Readers get one whole value or another, never parts of both.
func TestStoreConcurrently(t *testing.T) {
	s := NewStore()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			value := make([]byte, 64)
			for i := range value {
				value[i] = byte('a' + w)
			}
			for i := range 2000 {
				key := fmt.Append(nil, i%7)
				switch i % 3 {
				case 0:
					s.Put(key, value)
				case 1:
					got, ok := s.AppendValue(nil, key)
					for i := range got {
						if !ok || got[i] != got[0] {
							t.Errorf("value is %q", got)
							return
						}
					}
				case 2:
					s.Del(key)
				}
			}
		})
	}
	wg.Wait()
}

// TestNullImitatesSizes has a null table of several sizes return each of them for
// its share of the keys, and always the same for one key.
func TestNullImitatesSizes(t *testing.T) {
	table := Null{10, 10, 10, 1000}
	seen := make(map[int]int)
	for i := range 10_000 {
		key := fmt.Appendf(nil, "key %d", i)
		value, ok := table.AppendValue(nil, key)
		again, _ := table.AppendValue(nil, key)
		if !ok || len(value) != len(again) {
			t.Fatalf("key %d has %d bytes, then %d", i, len(value), len(again))
		}
		seen[len(value)]++
	}
	if len(seen) != 2 || seen[10] < 7300 || seen[10] > 7700 {
		t.Errorf("sizes %v, want three quarters of 10", seen)
	}
}

// A null node has every key, whatever was put or deleted.
func TestNullNode(t *testing.T) {
	for _, bytes := range []int{0, 100} {
		child := startCommand(t, Command{Listen: "127.0.0.1:0", Null: []int{bytes}})
		conn := dialConn(t, Cluster{Addrs: []string{child.ready.Addr}})
		for _, op := range []Op{OpGet, OpPut, OpGet, OpDel, OpGet} {
			r := Request{Op: op, Key: []byte("key")}
			if op == OpPut {
				r.Value = []byte("value")
			}
			send(t, conn, r)
			want := ""
			if op == OpGet {
				want = string(make([]byte, bytes))
			}
			if r, err := ReadReply(conn.In, op, false); r.Status != StatusOK || string(r.Value) != want || err != nil {
				t.Errorf("%v: %v %q, %v; want ok %q", op, r.Status, r.Value, err, want)
			}
		}
	}
}
