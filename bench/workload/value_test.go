package workload

import (
	"bytes"
	"compress/flate"
	"fmt"
	"testing"
)

func TestValuesOfAllSizesInspect(t *testing.T) {
	key := []byte("key")
	for size := range 200 {
		value := appendValue([]byte("before"), size, key, 7, 1<<31)
		if !bytes.HasPrefix(value, []byte("before")) || len(value) != len("before")+size {
			t.Fatalf("a value of %d bytes is appended as %q", size, value)
		}
		value = value[len("before"):]
		writer, version, fault := inspect(value, key)
		switch {
		case size < valueHead && (writer != 0 || version != 0 || fault != valueShort):
			t.Errorf("%d bytes: writer %d, version %d, fault %d; want them to be short", size, writer, version, fault)
		case size >= valueHead && (writer != 7 || version != 1<<31 || fault != valueIntact):
			t.Errorf("%d bytes: writer %d, version %d, fault %d; want 7, 2^31, none", size, writer, version, fault)
		}
	}
}

func TestInspectFindsFaults(t *testing.T) {
	key, other := []byte("key"), []byte("other")
	for _, size := range []int{valueHead, 17, 32, 1000} {
		value := appendValue(nil, size, key, 1, 5)
		newer := appendValue(nil, size, key, 1, 6)
		if writer, version, fault := inspect(value, other); writer != 1 || version != 5 || fault != valueForeign {
			t.Errorf("%d bytes of another key: writer %d, version %d, fault %d", size, writer, version, fault)
		}
		torn := map[string][]byte{
			"longer":    append(bytes.Clone(value), 0),
			"zero":      make([]byte, size),
			"two puts'": append(bytes.Clone(value[:size/2]), newer[size/2:]...),
		}
		if size > valueHead {
			torn["cut"] = value[:size-1]
		}
		for i := range value {
			flipped := bytes.Clone(value)
			flipped[i] ^= 1 << (i % 8)
			torn[fmt.Sprint("flipped at ", i)] = flipped
		}
		for what, value := range torn {
			for _, key := range [][]byte{key, other} {
				if _, _, fault := inspect(value, key); fault != valueTorn {
					t.Errorf("%d bytes, %s: fault %d, want torn", size, what, fault)
				}
			}
		}
	}
}

func TestValuesDiffer(t *testing.T) {
	for _, size := range []int{8, 15, 16, 32} {
		seen := make(map[string]bool)
		for _, key := range []string{"a", "b"} {
			for writer := range uint32(10) {
				for version := range uint32(100) {
					seen[string(appendValue(nil, size, []byte(key), writer, version))] = true
				}
			}
		}
		if len(seen) != 2000 {
			t.Errorf("%d of 2000 values of %d bytes differ", len(seen), size)
		}
	}
	if bytes.HasPrefix(appendValue(nil, 15, []byte("a"), 1, 1), appendValue(nil, 14, []byte("a"), 1, 1)) {
		t.Error("a short value is the beginning of a longer one: a cut would not show")
	}
}

func TestValuesDoNotCompress(t *testing.T) {
	var values []byte
	for version := range uint32(64) {
		values = appendValue(values, 1024, []byte("key"), 1, version)
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(values); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if share := float64(packed.Len()) / float64(len(values)); share < 0.99 {
		t.Errorf("values compress to %.2f of their size", share)
	}
}

// TestValuesAreFixed compares layout and filler with known values: equal arguments
// must make equal values in every build.
func TestValuesAreFixed(t *testing.T) {
	for size, want := range map[int]string{5: "6e2fc5edc4", 24: "effd126e2de143340000000a0000000bf11bda89b1febffc"} {
		if got := fmt.Sprintf("%x", appendValue(nil, size, []byte("key"), 0xa, 0xb)); got != want {
			t.Errorf("value of %d bytes is %s, want %s", size, got, want)
		}
	}
}

func TestValuesAllocateNothing(t *testing.T) {
	key, room := []byte("a key of sixteen"), make([]byte, 0, 1024)
	for _, size := range []int{0, 8, 32, 1024} {
		if n := testing.AllocsPerRun(100, func() {
			inspect(appendValue(room, size, key, 1, 2), key)
		}); n != 0 {
			t.Errorf("%d bytes: %v allocations", size, n)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte{}, []byte("key"))
	f.Add(appendValue(nil, 24, []byte("key"), 1, 2), []byte("key"))
	f.Add(appendValue(nil, 24, []byte("key"), 1, 2), []byte("other"))
	f.Fuzz(func(t *testing.T, value, key []byte) {
		writer, version, fault := inspect(value, key)
		if len(value) > maxSize {
			return
		}
		if len(value) < valueHead != (fault == valueShort) {
			t.Errorf("%d bytes: fault %d", len(value), fault)
		}
		if w, v, f := inspect(appendValue(nil, len(value), key, writer, version), key); len(value) >= valueHead && (w != writer || v != version || f != valueIntact) {
			t.Errorf("value of writer %d, version %d: inspected as %d, %d, fault %d", writer, version, w, v, f)
		}
	})
}

func BenchmarkAppendValue(b *testing.B) {
	for _, size := range []int{8, 32, 1024, maxSize} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			key, room := []byte("a key of sixteen"), make([]byte, 0, size)
			for b.Loop() {
				appendValue(room, size, key, 1, 2)
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	for _, size := range []int{8, 32, 1024, maxSize} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			key := []byte("a key of sixteen")
			value := appendValue(nil, size, key, 1, 2)
			for b.Loop() {
				inspect(value, key)
			}
		})
	}
}
