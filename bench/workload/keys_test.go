package workload

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
)

func TestKeysText(t *testing.T) {
	for _, test := range []struct {
		text string
		want Keys
		form string
	}{
		{"", Keys{}, "uniform"},
		{"uniform", Keys{Kind: "uniform"}, "uniform"},
		{"zipfian", Keys{Kind: "zipfian", Theta: 0.99}, "zipfian:0.99"},
		{"zipfian:0.990", Keys{Kind: "zipfian", Theta: 0.99}, "zipfian:0.99"},
		{"zipfian:1", Keys{Kind: "zipfian", Theta: 1}, "zipfian:1"},
		{"zipfian:2.5", Keys{Kind: "zipfian", Theta: 2.5}, "zipfian:2.5"},
		{"latest", Keys{Kind: "latest", Theta: 0.99}, "latest"},
		{"latest:0.99", Keys{Kind: "latest", Theta: 0.99}, "latest"},
		{"latest:0.5", Keys{Kind: "latest", Theta: 0.5}, "latest:0.5"},
		{"sequential", Keys{Kind: "sequential"}, "sequential"},
	} {
		var k Keys
		if err := k.UnmarshalText([]byte(test.text)); err != nil || k != test.want || k.String() != test.form {
			t.Errorf("%q reads as %+v, %q, error %v; want %+v, %q", test.text, k, k, err, test.want, test.form)
		}
	}
}

func TestKeysRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"zipf":           "want uniform, zipfian:0.99, latest or sequential",
		":1":             "want uniform, zipfian:0.99, latest or sequential",
		"uniform:1":      "uniform takes no number",
		"sequential:":    "sequential takes no number",
		"zipfian:":       `"" is not a number above 0`,
		"zipfian:0":      `"0" is not a number above 0`,
		"zipfian:-1":     `"-1" is not a number above 0`,
		"zipfian:NaN":    `"NaN" is not a number above 0`,
		"zipfian:Inf":    `"Inf" is not a number above 0`,
		"latest:0.99x":   `"0.99x" is not a number above 0`,
		"zipfian:0.9:99": `"0.9:99" is not a number above 0`,
	} {
		k := Keys{Kind: "sequential"}
		err := k.UnmarshalText([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || k.Kind != "sequential" {
			t.Errorf("%q: error %v, want one with %q, and nothing changed", text, err, want)
		}
	}
}

func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"", "uniform", "zipfian:1", "zipfian:1e-300", "latest:0.5", "sequential"} {
		f.Add(seed, uint64(10))
	}
	f.Add("zipfian:1e9", ^uint64(0))
	f.Fuzz(func(t *testing.T, text string, population uint64) {
		var k Keys
		if k.UnmarshalText([]byte(text)) != nil || population == 0 {
			return
		}
		var again, marshalled Keys
		if err := again.UnmarshalText([]byte(k.String())); err != nil || again.String() != k.String() {
			t.Errorf("%q reads as %q, which reads as %q, error %v", text, k, again, err)
		}
		if line, err := json.Marshal(k); err != nil || json.Unmarshal(line, &marshalled) != nil || marshalled != k {
			t.Errorf("%+v is marshalled as %s and reads back as %+v, error %v", k, line, marshalled, err)
		}
		p, random := k.picker(population), splitmix{state: population}
		for range 100 {
			if i := p.pick(&random, population); i >= population {
				t.Fatalf("%v picks %d of %d", k, i, population)
			}
		}
	})
}

func TestPickersDistribution(t *testing.T) {
	const n = 500
	latest := powers(0.99, n)
	slices.Reverse(latest)
	for text, probability := range map[string][]float64{
		"":            slices.Repeat([]float64{1.0 / n}, n),
		"uniform":     slices.Repeat([]float64{1.0 / n}, n),
		"zipfian":     powers(0.99, n),
		"zipfian:1.2": powers(1.2, n),
		"latest":      latest,
	} {
		var k Keys
		if err := k.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		p, random := k.picker(n), splitmix{state: 11}
		counts := make([]int, n)
		for range draws {
			counts[p.pick(&random, n)]++
		}
		t.Run(k.String(), func(t *testing.T) { checkDistribution(t, counts, probability) })
	}
}

func TestLatestFollowsInserts(t *testing.T) {
	p, random := Keys{Kind: "latest"}.picker(10), splitmix{state: 5}
	var newest, expected, sum float64
	for i := range uint64(10_000) {
		population := i + 1
		sum += math.Pow(float64(population), -0.99)
		expected += 1 / sum
		if p.pick(&random, population) == population-1 {
			newest++
		}
	}
	if math.Abs(newest-expected) > 4*math.Sqrt(expected) {
		t.Errorf("the newest record is picked %v times of 10000, want about %.0f", newest, expected)
	}
}

func TestSequentialWraps(t *testing.T) {
	p := Keys{Kind: "sequential"}.picker(3)
	var got []uint64
	for _, population := range []uint64{3, 3, 3, 3, 3, 3, 4, 4, 4, 2} {
		got = append(got, p.pick(nil, population))
	}
	if want := []uint64{0, 1, 2, 0, 1, 2, 3, 0, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("picks %v, want %v", got, want)
	}
}

// TestPicksAreFixed compares picks with known ones: records name the seed, so it must
// mean the same in every build. The sum is of 100,000 picks.
func TestPicksAreFixed(t *testing.T) {
	for text, want := range map[string]string{
		"uniform":     "[566 745 971 444 444 762 877 523 285 793 404 605 454 530 435 167 645 815 681 884]",
		"zipfian":     "[14 3 0 37 37 2 0 20 123 2 51 10 34 19 40 296 7 1 5 0]",
		"zipfian:1":   "[13 3 0 35 35 2 0 19 116 2 47 10 32 18 37 285 7 1 5 0]",
		"zipfian:1.5": "[1 0 0 2 2 0 0 1 5 0 2 2 1 2 15 0 0 0 0 73]",
		"latest":      "[985 996 999 962 962 997 999 979 876 997 948 989 965 980 959 703 992 998 994 999]",
	} {
		var k Keys
		if err := k.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		p, random := k.picker(1000), splitmix{state: 1}
		var got []uint64
		for range 20 {
			got = append(got, p.pick(&random, 1000))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s picks %v, want %s", text, got, want)
		}
	}
	z, random, sum := newZipf(0.99, 1<<50), splitmix{state: 1}, xxhash.New()
	for range 100_000 {
		binary.Write(sum, binary.BigEndian, z.pick(&random, 1<<50))
	}
	if got := sum.Sum64(); got != 0x6b9b978bae1c6929 {
		t.Errorf("zipfian picks of many records sum to %#x", got)
	}
}

func BenchmarkPick(b *testing.B) {
	for _, kind := range []string{keysUniform, keysZipfian, keysLatest, keysSequential} {
		b.Run("keys="+kind, func(b *testing.B) {
			b.ReportAllocs()
			p, random := Keys{Kind: kind}.picker(1_000_000), splitmix{state: 1}
			population := uint64(1_000_000)
			for b.Loop() {
				p.pick(&random, population)
				population++ // as inserts make it do, the worst case
			}
		})
	}
}
