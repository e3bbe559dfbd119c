package workload

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestMixText(t *testing.T) {
	for _, test := range []struct {
		text, form, keys string
		shares           [kinds]float64 // get, put, del, insert, rmw
	}{
		{"", "", "uniform", [kinds]float64{}},
		{"get=95,put=5", "get=95,put=5", "uniform", [kinds]float64{95, 5}},
		{"put=5, get=95", "get=95,put=5", "uniform", [kinds]float64{95, 5}},
		{"del=0.25,put=0.5,insert=0,rmw=0.25", "put=0.5,del=0.25,rmw=0.25", "uniform", [kinds]float64{0, 0.5, 0.25, 0, 0.25}},
		{"insert=1", "insert=1", "uniform", [kinds]float64{3: 1}},
		{"ycsb-a", "ycsb-a", "zipfian:0.99", [kinds]float64{50, 50}},
		{"ycsb-b", "ycsb-b", "zipfian:0.99", [kinds]float64{95, 5}},
		{"ycsb-c", "ycsb-c", "zipfian:0.99", [kinds]float64{100}},
		{"ycsb-d", "ycsb-d", "latest", [kinds]float64{95, 0, 0, 5}},
		{"ycsb-f", "ycsb-f", "zipfian:0.99", [kinds]float64{50, 0, 0, 0, 50}},
	} {
		var m Mix
		err := m.UnmarshalText([]byte(test.text))
		if err != nil || m.shares != test.shares || m.String() != test.form || m.Keys().String() != test.keys {
			t.Errorf("%q reads as %v, %q on %s keys, error %v; want %v, %q on %s", test.text, m.shares, m, m.Keys(), err, test.shares, test.form, test.keys)
		}
		if m.deletes() != strings.Contains(test.form, "del") {
			t.Errorf("%q deletes: %v", test.text, m.deletes())
		}
	}
}

func TestMixRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"ycsb-e":            "scans ranges of keys",
		"ycsb-g":            "want ycsb-a, b, c, d or f, or shares such as get=95,put=5",
		"get":               "want ycsb-a, b, c, d or f, or shares such as get=95,put=5",
		"get=1,scan=1":      `operation "scan": want get, put, del, insert or rmw`,
		"get=1,":            `operation "": want`,
		"get=1,put":         `share of put: "" is not a number above 0`,
		"get=-1,put=2":      `share of get: "-1" is not a number above 0`,
		"get=1e10":          `"1e10" is not a number above 0 and at most 1e+09`,
		"get=NaN":           `"NaN" is not`,
		"get=0,put=0":       "all shares are 0",
		"get=1,put=1,get=0": "get: named twice",
	} {
		m := Mix{name: "ycsb-c"}
		err := m.UnmarshalText([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || m.name != "ycsb-c" {
			t.Errorf("%q: error %v, want one with %q, and nothing changed", text, err, want)
		}
	}
}

func FuzzMix(f *testing.F) {
	for _, seed := range []string{"", "get=95,put=5", "ycsb-a", "ycsb-e", "put=1e-300,del=1e9", "rmw=0x1p-3,insert=00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var m, again, marshalled Mix
		if m.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(m.String())); err != nil || again != m {
			t.Errorf("%q reads as %q, which reads as %q, error %v", text, m, again, err)
		}
		if line, err := json.Marshal(m); err != nil || json.Unmarshal(line, &marshalled) != nil || marshalled != m {
			t.Errorf("%q is marshalled as %s and reads back as %q, error %v", m, line, marshalled, err)
		}
		random := splitmix{state: 1}
		for range 100 {
			if k := m.pick(&random); text != "" && m.shares[k] == 0 {
				t.Fatalf("%q picks %v, which has no share", m, k)
			}
		}
	})
}

func TestMixPicksShares(t *testing.T) {
	for _, text := range []string{"get=95,put=5", "get=1,put=2,del=3,insert=4,rmw=5", "put=0.001,del=1000", "ycsb-a", "ycsb-d", "ycsb-f"} {
		var m Mix
		if err := m.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		random := splitmix{state: 21}
		counts := make([]int, kinds)
		for range draws {
			counts[m.pick(&random)]++
		}
		var total float64
		for _, share := range m.shares {
			total += share
		}
		var seen []int
		var probability []float64
		for k, share := range m.shares {
			if share > 0 {
				seen, probability = append(seen, counts[k]), append(probability, share/total)
			} else if counts[k] > 0 {
				t.Errorf("%s picks %v, which has no share", text, kind(k))
			}
		}
		t.Run(text, func(t *testing.T) { checkDistribution(t, seen, probability) })
	}
}

func TestMixPicksAreFixed(t *testing.T) {
	var m Mix
	if err := m.UnmarshalText([]byte("get=1,put=1,del=1,insert=1,rmw=1")); err != nil {
		t.Fatal(err)
	}
	random := splitmix{state: 1}
	var got []kind
	for range 20 {
		got = append(got, m.pick(&random))
	}
	if want := "[del insert rmw del del insert rmw del put insert del insert del del del get insert rmw insert rmw]"; fmt.Sprint(got) != want {
		t.Errorf("picks %v, want %s", got, want)
	}
}

func BenchmarkMixPick(b *testing.B) {
	b.ReportAllocs()
	m, random := Mix{shares: [kinds]float64{50, 20, 10, 10, 10}}, splitmix{state: 1}
	for b.Loop() {
		m.pick(&random)
	}
}

func TestSharesOfWrites(t *testing.T) {
	for text, want := range map[string][2]float64{
		"ycsb-a": {0.5, 0}, "ycsb-c": {0, 0}, "ycsb-d": {0.05, 0.05}, "get=1,rmw=1": {1. / 3, 0}, "put=1,del=2,insert=1": {1, 0.25},
	} {
		var m Mix
		if err := m.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if all, inserts := m.Writes(); all != want[0] || inserts != want[1] {
			t.Errorf("%s: %v of all operations write and %v insert, want %v", text, all, inserts, want)
		}
	}
}
