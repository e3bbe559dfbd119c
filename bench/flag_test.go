package bench

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRates(t *testing.T) {
	for text, want := range map[string][]float64{
		"5000":                 {5000},
		"1000-3000:1000":       {1000, 2000, 3000},
		"1000-3500:1000,500":   {500, 1000, 2000, 3000},
		"0.5":                  {0.5},
		"1000,1000":            {1000},
		"1e-3":                 {0.001},
		"1e-3-3e-3:1e-3":       {0.001, 0.002, 0.003},
		"0.1-0.5:0.1":          {0.1, 0.2, 0.3, 0.4, 0.5},
		"1000-2000:500/client": {1000, 1500, 2000},
	} {
		var r rates
		if err := r.UnmarshalText([]byte(text)); err != nil || !slices.Equal(r.each, want) || r.perClient != (text[len(text)-1] == 't') {
			t.Errorf("%q reads as %+v, %v, want %v", text, r, err, want)
		}
	}
	for _, text := range []string{"", "0", "-5", "1000-2000", "2000-1000:10", "1-1e9:1", "1000:5", "x", "1000-2000:0", "NaN", "1/clients", "Inf"} {
		var r rates
		if err := r.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is accepted, as %+v", text, r)
		}
	}
}

// TestRatesOfClients: products of decimal rates have no binary rounding errors, as
// 0.30000000000000004.
func TestRatesOfClients(t *testing.T) {
	var r rates
	if err := r.UnmarshalText([]byte("0.1,0.7/client")); err != nil {
		t.Fatal(err)
	}
	if got := r.of(3); !slices.Equal(got, []float64{0.3, 2.1}) {
		t.Errorf("3 clients offer %v", got)
	}
}

func TestObjective(t *testing.T) {
	var o objective
	if err := o.UnmarshalText([]byte("p99.9<1.5ms")); err != nil || o.quantile != 0.999 || o.bound != 1500*time.Microsecond || o.String() != "p99.9<1.5ms" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, text := range []string{"", "p99", "p100<1ms", "99<1ms", "p99<1", "p0<1ms", "p99<-1ms", "p99>1ms"} {
		if err := o.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestExtent(t *testing.T) {
	var e extent
	if err := e.UnmarshalText([]byte("1000")); err != nil || e != (extent{operations: 1000}) {
		t.Errorf("%+v, %v", e, err)
	}
	if err := e.UnmarshalText([]byte("1.5s")); err != nil || e != (extent{duration: 1500 * time.Millisecond}) {
		t.Errorf("%+v, %v", e, err)
	}
	if err := e.UnmarshalText([]byte("1000,2s")); err != nil || e != (extent{1000, 2 * time.Second}) {
		t.Errorf("%+v, %v", e, err)
	}
	for _, text := range []string{"", "many", "1,2", "1s,2s", "1000,2s,3s", "1000,"} {
		if e.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is accepted, as %+v", text, e)
		}
	}
}

func FuzzRates(f *testing.F) {
	f.Add("1000-20000:1000")
	f.Add("1000/client")
	f.Fuzz(func(t *testing.T, text string) {
		var r rates
		if r.UnmarshalText([]byte(text)) != nil {
			return
		}
		if len(r.each) == 0 || r.each[0] <= 0 || r.each[len(r.each)-1] > maxRate || !slices.IsSorted(r.each) {
			t.Errorf("%q reads as %v", text, r.each)
		}
	})
}
func TestClientCounts(t *testing.T) {
	for text, want := range map[string][]int{
		"1-8":        {1, 2, 3, 4, 5, 6, 7, 8},
		"4":          {4},
		"8,1,2-3, 2": {1, 2, 3, 8},
	} {
		var got clientCounts
		if err := got.UnmarshalText([]byte(text)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "3-1", "-2", "1-", "a", "1,,2", "1-99999999", "1.5"} {
		var got clientCounts
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "number of clients") {
			t.Errorf("%q: %v, error %v, want one that says what is expected", text, got, err)
		}
	}
}
