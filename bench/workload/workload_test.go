package workload

import (
	"testing"
)

// phases are the options of small phases.
func phases() Options {
	return Options{Clients: 8, KeysPerClient: 1050, KeyBytes: 16, Values: FixedSizes(32), Seed: 1}
}

// mixed are those of a small mix.
func mixed(t testing.TB, mix string) Options {
	t.Helper()
	o := phases()
	o.Records = 500
	if err := o.Mix.UnmarshalText([]byte(mix)); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestKeysOfAllClientsDiffer(t *testing.T) {
	for _, keyBytes := range []int{MinKeyBytes, MinKeyBytes + 1, 16, 100} {
		p := phases()
		p.KeyBytes = keyBytes
		seen := make(map[string]bool)
		for client := range p.Clients {
			s := NewSource(p, client)
			s.Begin(Put, 0)
			for i := range p.KeysPerClient {
				var o Operation
				s.Next(&o)
				if len(o.Key) != keyBytes || seen[string(o.Key)] {
					t.Fatalf("key %d of client %d, %q, is not new or not %d long", i, client, o.Key, keyBytes)
				}
				seen[string(o.Key)] = true
			}
		}
	}
}

func TestPermuteNeverCollides(t *testing.T) {
	for _, seed := range []uint64{0, 1, 1 << 60} {
		seen := make(map[uint64]bool)
		for x := range uint64(100_000) {
			y := permute(x, seed)
			if seen[y] || y >= 1<<keyBits {
				t.Fatalf("seed %d: %d goes to %d, which is taken or too large", seed, x, y)
			}
			seen[y] = true
		}
	}
}

// digestOf is the digest of the first operations of a client.
func digestOf(t *testing.T, p Options, client int) string {
	s := NewSource(p, client)
	s.Begin(Put, 0)
	var o Operation
	for range 1000 {
		s.Next(&o)
	}
	return s.Digest()
}

// TestStreamIsFixed compares operations with known digests: records name the seed,
// so it must mean the same in every build.
func TestStreamIsFixed(t *testing.T) {
	s := NewSource(phases(), 3)
	s.Begin(Put, 0)
	var o Operation
	s.Next(&o)
	if got, want := string(o.Key), "x3s8ntkM"; got[:8] != want {
		t.Errorf("first key of client 3 is %q, want %q...", got, want)
	}
	other := mixed(t, "ycsb-a")
	other.Seed = 2
	digests := map[string]bool{}
	for _, d := range []string{digestOf(t, phases(), 3), digestOf(t, mixed(t, "ycsb-a"), 3), digestOf(t, mixed(t, "ycsb-a"), 4), digestOf(t, other, 3)} {
		digests[d] = true
	}
	if len(digests) != 4 {
		t.Errorf("workload, client or seed make no difference: %v", digests)
	}
	if a, b := digestOf(t, mixed(t, "ycsb-d"), 0), digestOf(t, mixed(t, "ycsb-d"), 0); a != b {
		t.Errorf("the same stream has digests %s and %s", a, b)
	}
}

// TestMixReadsExistingRecords: a mix with inserts reads only records that were
// loaded or that the same client has inserted before.
func TestMixReadsExistingRecords(t *testing.T) {
	p := mixed(t, "ycsb-d")
	for client := range p.Clients {
		s := NewSource(p, client)
		there := make(map[uint64]bool)
		var o Operation
		inserts := 0
		for range 10_000 {
			s.Next(&o)
			switch {
			case o.Op == Put:
				if o.Record < uint64(p.Records) || there[o.Record] || int(o.Record-uint64(p.Records))%p.Clients != client {
					t.Fatalf("client %d inserts record %d", client, o.Record)
				}
				there[o.Record] = true
				inserts++
			case o.Record >= uint64(p.Records) && !there[o.Record]:
				t.Fatalf("client %d reads record %d, which it did not insert", client, o.Record)
			}
		}
		if inserts < 400 || inserts > 600 {
			t.Errorf("%d inserts of 10,000, want about 5 %%", inserts)
		}
	}
}

func TestReadModifyWriteIsAGetAndThenAPut(t *testing.T) {
	s := NewSource(mixed(t, "rmw=1"), 0)
	for range 100 {
		var get, put Operation
		s.Next(&get)
		record := get.Record
		s.Next(&put)
		if get.Op != Get || put.Op != Put || put.Record != record {
			t.Fatalf("%v of %d, then %v of %d", get.Op, record, put.Op, put.Record)
		}
	}
}

// BenchmarkNext measures making one operation, which runs outside the timed section.
func BenchmarkNext(b *testing.B) {
	for name, p := range map[string]Options{"phase": phases(), "ycsb-a": mixed(b, "ycsb-a")} {
		b.Run(name, func(b *testing.B) {
			s := NewSource(p, 0)
			s.Begin(Put, 0)
			var o Operation
			b.ReportAllocs()
			for b.Loop() {
				s.Next(&o)
			}
		})
	}
}

// Keys of two salts differ, even where the first parts of keys are equal. Nothing
// else does.
func TestSaltChangesOnlyKeys(t *testing.T) {
	const other = 7                 // so close to 0 and 1 that many first parts are equal
	digests := make(map[int]string) // by client
	seen := make(map[string]bool)
	for _, salt := range []uint64{0, 1, other, 1 << 52} {
		o := phases()
		o.Salt = salt
		for client := range o.Clients {
			s := NewSource(o, client)
			s.Begin(Put, 0)
			for range o.KeysPerClient {
				var next Operation
				s.Next(&next)
				if seen[string(next.Key)] {
					t.Fatalf("salt %d: key %q is of another salt too", salt, next.Key)
				}
				seen[string(next.Key)] = true
			}
			if salt == 0 {
				digests[client] = s.Digest()
			} else if s.Digest() != digests[client] {
				t.Errorf("salt %d: client %d has other operations", salt, client)
			}
		}
	}
}
