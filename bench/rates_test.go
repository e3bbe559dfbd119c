package bench

import (
	"slices"
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
		"1000-2000:500/client": {1000, 1500, 2000},
	} {
		var r Rates
		if err := r.UnmarshalText([]byte(text)); err != nil || !slices.Equal(r.Each, want) || r.PerClient != (text[len(text)-1] == 't') {
			t.Errorf("%q reads as %+v, %v, want %v", text, r, err, want)
		}
	}
	for _, text := range []string{"", "0", "-5", "1000-2000", "2000-1000:10", "1-1e9:1", "1000:5", "x", "1000-2000:0", "NaN", "1/clients", "Inf"} {
		var r Rates
		if err := r.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken, as %+v", text, r)
		}
	}
}

func TestObjective(t *testing.T) {
	var o Objective
	if err := o.UnmarshalText([]byte("p99.9<1.5ms")); err != nil || o.Quantile != 0.999 || o.Bound != 1500*time.Microsecond || o.String() != "p99.9<1.5ms" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, text := range []string{"", "p99", "p100<1ms", "99<1ms", "p99<1", "p0<1ms", "p99<-1ms", "p99>1ms"} {
		if err := o.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestExtent(t *testing.T) {
	var e Extent
	if err := e.UnmarshalText([]byte("1000")); err != nil || e != (Extent{Operations: 1000}) {
		t.Errorf("%+v, %v", e, err)
	}
	if err := e.UnmarshalText([]byte("1.5s")); err != nil || e != (Extent{Duration: 1500 * time.Millisecond}) {
		t.Errorf("%+v, %v", e, err)
	}
	if e.UnmarshalText([]byte("many")) == nil {
		t.Error("many is taken")
	}
}

func FuzzRates(f *testing.F) {
	f.Add("1000-20000:1000")
	f.Add("1000/client")
	f.Fuzz(func(t *testing.T, text string) {
		var r Rates
		if r.UnmarshalText([]byte(text)) != nil {
			return
		}
		if len(r.Each) == 0 || r.Each[0] <= 0 || r.Each[len(r.Each)-1] > maxRate || !slices.IsSorted(r.Each) {
			t.Errorf("%q reads as %v", text, r.Each)
		}
	})
}
