package workload

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSizesText(t *testing.T) {
	for _, test := range []struct {
		text     string
		want     Sizes
		form     string
		min, max int
	}{
		{"", Sizes{}, "0", 0, 0},
		{"0", FixedSizes(0), "0", 0, 0},
		{"0032", FixedSizes(32), "32", 32, 32},
		{"1048576", FixedSizes(maxSize), "1048576", maxSize, maxSize},
		{"uniform:10-100", Sizes{Kind: "uniform", Low: 10, High: 100}, "uniform:10-100", 10, 100},
		{"uniform:7-7", FixedSizes(7), "7", 7, 7},
		{"bimodal:32,1024,0.90", Sizes{Kind: "bimodal", Low: 32, High: 1024, Share: 0.9}, "bimodal:32,1024,0.9", 32, 1024},
		{"bimodal:0,1,1e-3", Sizes{Kind: "bimodal", Low: 0, High: 1, Share: 0.001}, "bimodal:0,1,0.001", 0, 1},
		{"bimodal:9,9,0.5", FixedSizes(9), "9", 9, 9},
	} {
		var s Sizes
		err := s.UnmarshalText([]byte(test.text))
		if err != nil || s != test.want || s.String() != test.form || s.Min() != test.min || s.Max() != test.max {
			t.Errorf("%q reads as %+v, %q, %d to %d, error %v; want %+v", test.text, s, s, s.Min(), s.Max(), err, test)
		}
	}
}

func TestSizesRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"1048577":             `size "1048577" is not a number of bytes from 0 to 1048576`,
		"-1":                  `size "-1" is not`,
		"ten":                 `size "ten" is not`,
		"32:":                 "want a number of bytes, uniform:10-100 or bimodal:32,1024,0.9",
		"fixed:32":            "want a number of bytes, uniform:10-100 or bimodal:32,1024,0.9",
		"uniform:10":          "want the smallest and the largest size",
		"uniform:100-10":      "100 is above 10: give the smaller size first",
		"uniform:1-2-3":       `size "2-3" is not`,
		"bimodal:1,2":         "want two sizes and the share of the first",
		"bimodal:1,2,0.5,0.5": "want two sizes and the share of the first",
		"bimodal:2,1,0.5":     "2 is above 1: give the smaller size first",
		"bimodal:1,2,0":       `the share "0" of the small values is not above 0 and below 1`,
		"bimodal:1,2,1":       `the share "1" of the small values is not above 0 and below 1`,
		"bimodal:1,1,2":       `the share "2" of the small values is not above 0 and below 1`,
		"bimodal:1,x,0.5":     `size "x" is not`,
	} {
		s := FixedSizes(5)
		err := s.UnmarshalText([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || s != FixedSizes(5) {
			t.Errorf("%q: error %v, want one with %q, and nothing changed", text, err, want)
		}
	}
}

func FuzzSizes(f *testing.F) {
	for _, seed := range []string{"", "32", "uniform:10-100", "bimodal:32,1024,0.9", "uniform:0-1048576", "bimodal:0,0,0.5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again, marshalled Sizes
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again.String() != s.String() {
			t.Errorf("%q reads as %q, which reads as %q, error %v", text, s, again, err)
		}
		if line, err := json.Marshal(s); err != nil || json.Unmarshal(line, &marshalled) != nil || marshalled != s {
			t.Errorf("%+v is marshalled as %s and reads back as %+v, error %v", s, line, marshalled, err)
		}
		random := splitmix{state: 1}
		for range 100 {
			if n := s.pick(&random); n < s.Min() || n > s.Max() || n < 0 || n > maxSize {
				t.Fatalf("%v picks %d", s, n)
			}
		}
	})
}

func TestSizesDistribution(t *testing.T) {
	for text, want := range map[string]struct {
		sizes       []int
		probability []float64
	}{
		"uniform:10-19":       {[]int{10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, slices.Repeat([]float64{0.1}, 10)},
		"bimodal:32,1024,0.9": {[]int{32, 1024}, []float64{0.9, 0.1}},
	} {
		var s Sizes
		if err := s.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		random := splitmix{state: 31}
		counts := make([]int, len(want.sizes))
		for range draws {
			n := s.pick(&random)
			at := slices.Index(want.sizes, n)
			if at < 0 {
				t.Fatalf("%s picks %d", text, n)
			}
			counts[at]++
		}
		t.Run(text, func(t *testing.T) { checkDistribution(t, counts, want.probability) })
	}
}

func TestSizesPicksAreFixed(t *testing.T) {
	for text, want := range map[string]string{
		"uniform:10-100":      "[61 77 98 50 50 79 89 57 35 82 46 65 51 58 49 25 68 84 72 90]",
		"bimodal:32,1024,0.5": "[1024 1024 1024 32 32 1024 1024 1024 32 1024 32 1024 32 1024 32 32 1024 1024 1024 1024]",
		"32":                  fmt.Sprint(slices.Repeat([]int{32}, 20)),
	} {
		var s Sizes
		if err := s.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		random := splitmix{state: 1}
		var got []int
		for range 20 {
			got = append(got, s.pick(&random))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s picks %v, want %s", text, got, want)
		}
	}
}

func TestSizesSpreadLikeTheirDistribution(t *testing.T) {
	for text, want := range map[string]struct{ n, low, high, mean int }{
		"32":                     {1, 32, 32, 32},
		"uniform:10-100":         {32, 11, 99, 55},
		"bimodal:32,1024,0.9":    {32, 32, 1024, 125}, // 29 of 32 are small
		"bimodal:0,1048576,0.25": {32, 0, 1 << 20, 786432},
	} {
		var s Sizes
		if err := s.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		sizes, sum := s.Spread(32), 0
		for _, n := range sizes {
			sum += n
		}
		if len(sizes) != want.n || sizes[0] != want.low || sizes[len(sizes)-1] != want.high || sum/len(sizes) != want.mean {
			t.Errorf("%s: %d sizes from %d to %d with a mean of %d, want %+v", text, len(sizes), sizes[0], sizes[len(sizes)-1], sum/len(sizes), want)
		}
	}
}

func TestMeanSize(t *testing.T) {
	for text, want := range map[string]float64{"32": 32, "uniform:10-100": 55, "bimodal:100,1000,0.75": 325} {
		var s Sizes
		if err := s.UnmarshalText([]byte(text)); err != nil || s.Mean() != want {
			t.Errorf("%s: %v, %v, want %v", text, s.Mean(), err, want)
		}
	}
}
