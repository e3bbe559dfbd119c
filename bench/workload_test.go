package bench

import (
	"bytes"
	"strings"
	"testing"
)

func workload() Workload {
	return Workload{Seed: 1, Operations: 1000, Warmup: 50, KeyBytes: 16, ValueBytes: 32}
}

func TestKeysOfAllClientsDiffer(t *testing.T) {
	for _, keyBytes := range []int{minKeyBytes, minKeyBytes + 1, 16, 100} {
		w := workload()
		w.KeyBytes = keyBytes
		seen := make(map[string]bool)
		for client := range 8 {
			s := w.stream(client)
			if s.len() != 1050 {
				t.Fatalf("%d keys, want operations and warm-up, 1050", s.len())
			}
			for i := range s.len() {
				key := s.key(i)
				if len(key) != keyBytes || seen[string(key)] {
					t.Fatalf("key %d of client %d, %q, is not new or not %d long", i, client, key, keyBytes)
				}
				seen[string(key)] = true
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

// TestStreamIsFixed holds the keys and values that a seed stands for: records
// name the seed, so it must mean the same in every build.
func TestStreamIsFixed(t *testing.T) {
	s := workload().stream(3)
	if got, want := string(s.key(0)), "x3s8ntkMtKBfZTgp"; got != want {
		t.Errorf("first key of client 3 is %q, want %q", got, want)
	}
	if got, want := s.value(0)[:8], []byte("\xf4\xe7)\xaf\xaf\xec3D"); !bytes.Equal(got, want) {
		t.Errorf("first value of client 3 begins %q, want %q", got, want)
	}
	other := workload()
	other.Seed = 2
	if o := other.stream(3); bytes.Equal(o.key(0), s.key(0)) || bytes.Equal(o.value(0), s.value(0)) {
		t.Error("another seed makes the same stream")
	}
}

func TestValuesOfAnySize(t *testing.T) {
	for _, size := range []int{0, 1, 32, 1 << 20} {
		w := workload()
		w.ValueBytes = size
		s := w.stream(0)
		for _, i := range []int{0, 1, 1049} {
			if len(s.value(i)) != size {
				t.Errorf("value %d has %d bytes, want %d", i, len(s.value(i)), size)
			}
		}
		if size > 8 && bytes.Equal(s.value(0), s.value(1)) {
			t.Error("consecutive values are the same: a get of the wrong key would pass")
		}
	}
}

func TestWorkloadValidate(t *testing.T) {
	if err := workload().Validate(); err != nil {
		t.Errorf("a good workload: %v", err)
	}
	bad := Workload{Operations: 0, Warmup: -1, KeyBytes: 7, ValueBytes: 1<<20 + 1}
	err := bad.Validate()
	for _, want := range []string{"--ops 0", "--warmup -1", "--key-bytes 7", "--value-bytes 1048577"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %q", err, want)
		}
	}
	huge := workload()
	huge.Operations, huge.KeyBytes = 1<<20, 1<<15
	if err := huge.Validate(); err == nil || !strings.Contains(err.Error(), "lower --ops, --warmup or --key-bytes") {
		t.Errorf("32 GiB of keys: error %v", err)
	}
	huge.Operations = 1<<63 - 1
	if huge.Validate() == nil {
		t.Error("a number of operations that overflows is taken")
	}
}
