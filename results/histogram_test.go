package results

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func histogramOf(values ...time.Duration) *Histogram {
	h := NewHistogram()
	for _, v := range values {
		h.Record(v)
	}
	return h
}

func TestHistogramExactFigures(t *testing.T) {
	h := histogramOf(123_456_789, 1, 1000)
	if h.Min() != 1 || h.Max() != 123_456_789 || h.Sum() != 123_457_790 || h.Count() != 3 {
		t.Errorf("min %d max %d sum %d count %d", h.Min(), h.Max(), h.Sum(), h.Count())
	}
	if got, want := h.Mean(), 123_457_790.0/3; got != want {
		t.Errorf("mean %v, want %v", got, want)
	}
	empty := NewHistogram()
	if empty.Min() != 0 || empty.Max() != 0 || empty.Mean() != 0 || empty.Quantile(0.5) != 0 {
		t.Error("an empty histogram must say 0 everywhere")
	}
}

// TestHistogramQuantile compares with the definition, on the sorted values.
func TestHistogramQuantile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 10, 999, 1000, 1001, 20000} {
		values := make([]time.Duration, n)
		for i := range values {
			values[i] = time.Duration(1 + random.ExpFloat64()*50_000)
		}
		h := histogramOf(values...)
		slices.Sort(values)
		for _, q := range []float64{0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1} {
			rank := 1
			for float64(rank) < q*float64(n)-1e-9 {
				rank++
			}
			want := float64(values[rank-1])
			if got := float64(h.Quantile(q)); got < want || got > want*1.001+1 {
				t.Errorf("n %d, quantile %v: %v, want %v to +0.1 %%", n, q, got, want)
			}
		}
	}
}

func TestHistogramCountsValuesOutOfRange(t *testing.T) {
	h := histogramOf(0, time.Microsecond, 61*time.Second, time.Hour, -5)
	if h.Unresolved() != 4 || h.Count() != 5 {
		t.Errorf("%d of %d unresolved, want 4 of 5", h.Unresolved(), h.Count())
	}
	if h.Max() != time.Hour || h.Min() != -5 {
		t.Errorf("min %v max %v must be exact although out of bounds", h.Min(), h.Max())
	}
	if h.Quantile(0) != -5 || h.Quantile(0.5) != time.Microsecond || h.Quantile(1) != time.Hour {
		t.Errorf("quantiles 0, 0.5 and 1 are %d, %v and %v", h.Quantile(0), h.Quantile(0.5), h.Quantile(1))
	}
}

func TestHistogramAddLosesNothing(t *testing.T) {
	all, a, b := NewHistogram(), NewHistogram(), NewHistogram()
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 10_000 {
		v := time.Duration(random.Int64N(int64(time.Second)))
		all.Record(v)
		if i%3 == 0 {
			a.Record(v)
		} else {
			b.Record(v)
		}
	}
	a.Add(b)
	for _, q := range []float64{0.1, 0.5, 0.99, 1} {
		if a.Quantile(q) != all.Quantile(q) {
			t.Errorf("quantile %v: %v, want %v", q, a.Quantile(q), all.Quantile(q))
		}
	}
	if a.Count() != all.Count() || a.Sum() != all.Sum() || a.Min() != all.Min() || a.Max() != all.Max() {
		t.Error("exact figures were not added")
	}
}

func TestHistogramJSON(t *testing.T) {
	for name, h := range map[string]*Histogram{
		"empty": NewHistogram(), "some": histogramOf(5, 70_000, 70_001, time.Second), "out of bounds": histogramOf(0, 10, time.Hour),
	} {
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var got Histogram
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Count() != h.Count() || got.Sum() != h.Sum() || got.Min() != h.Min() || got.Max() != h.Max() ||
			got.Unresolved() != h.Unresolved() || got.Quantile(0.5) != h.Quantile(0.5) {
			t.Errorf("%s: %s does not read back as it was", name, text)
		}
	}
}

func TestHistogramRefusesWrongCount(t *testing.T) {
	text, _ := json.Marshal(histogramOf(5, 6, 7))
	var h Histogram
	err := json.Unmarshal([]byte(strings.Replace(string(text), `"count":3`, `"count":4`, 1)), &h)
	if err == nil || !strings.Contains(err.Error(), "count is 4") {
		t.Errorf("error %v, want one about count 4", err)
	}
}

func TestRecordAllocatesNothing(t *testing.T) {
	h := NewHistogram()
	if n := testing.AllocsPerRun(1000, func() { h.Record(12345) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkRecord(b *testing.B) {
	h := NewHistogram()
	b.ReportAllocs()
	v := time.Duration(1)
	for b.Loop() {
		h.Record(v)
		v = v*5/4&0xfffff + 1
	}
}

func TestShortHistogramEqualsFull(t *testing.T) {
	for _, n := range []int{0, 1, 50, 99, 100, 101, 1000} {
		short, full := NewShortHistogram(100), NewHistogram()
		for i := range n {
			d := time.Duration(i*i*1e6 - 5)
			if i%50 == 49 {
				d = 2 * Highest
			}
			short.Record(d)
			full.Record(d)
		}
		a, err1 := json.Marshal(short)
		b, err2 := json.Marshal(full)
		if err1 != nil || err2 != nil || n > mostListed && string(a) != string(b) {
			t.Errorf("%d values: short %s %v, full %s %v", n, a, err1, b, err2)
		}
		for _, q := range []float64{0, 0.5, 0.99, 1} {
			if short.Quantile(q) != full.Quantile(q) {
				t.Errorf("%d values: quantile %v is %v, want %v", n, q, short.Quantile(q), full.Quantile(q))
			}
		}
		sum := NewHistogram()
		sum.Add(short)
		short.Add(full)
		if sum.Count() != full.Count() || short.Count() != 2*full.Count() || short.Quantile(0.5) != full.Quantile(0.5) {
			t.Errorf("%d values: sums of %d and %d", n, sum.Count(), short.Count())
		}
	}
}

// TestFewLatenciesAreListed: a histogram of a few latencies takes a few bytes in a file,
// and is read back exactly.
func TestFewLatenciesAreListed(t *testing.T) {
	for _, n := range []int{0, 1, mostListed} {
		h := NewShortHistogram(100)
		for i := range n {
			h.Record(time.Duration(1_234_567 + i*i))
		}
		text, err := json.Marshal(h)
		if want := 8*n + 20; err != nil || len(text) > want {
			t.Errorf("%d latencies: %v, %s takes %d bytes, want %d at most", n, err, text, len(text), want)
		}
		var read Histogram
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(&read)
		if err != nil || string(again) != string(text) {
			t.Errorf("%d latencies: %s is written as %s, %v", n, text, again, err)
		}
		sum := NewHistogram()
		sum.Add(&read)
		for _, got := range []*Histogram{&read, sum} {
			if got.Count() != int64(n) || got.Sum() != h.Sum() || got.Min() != h.Min() || got.Max() != h.Max() || got.Quantile(0.5) != h.Quantile(0.5) {
				t.Errorf("%d latencies: %s is read as %d from %v to %v", n, text, got.Count(), got.Min(), got.Max())
			}
		}
	}
}

// BenchmarkShortHistogram writes and reads the histogram of a client with few
// operations.
func BenchmarkShortHistogram(b *testing.B) {
	for _, n := range []int{1, mostListed, mostListed + 1, 1000} {
		h := NewShortHistogram(n)
		for i := range n {
			h.Record(time.Duration(100_000 + 777*i))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				text, err := json.Marshal(h)
				if err == nil {
					err = json.Unmarshal(text, new(Histogram))
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
