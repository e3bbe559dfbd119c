package results

import "testing"

// TestBadCountsEachOperationOnce: a lost update that found nothing is both not found and
// wrong, but one operation.
func TestBadCountsEachOperationOnce(t *testing.T) {
	for name, c := range map[string]struct {
		counts Counts
		want   int64
	}{
		"nothing wrong":          {Counts{OK: 9, NotFound: 2, Absent: 2}, 0},
		"no reply":               {Counts{OK: 9, Failed: 1, Unknown: 2}, 3},
		"missing key":            {Counts{OK: 9, NotFound: 1, Wrong: 1, Lost: 1, Missing: 1}, 1},
		"old value":              {Counts{OK: 9, Wrong: 1, Lost: 1}, 1},
		"old value, missing key": {Counts{OK: 9, NotFound: 3, Absent: 1, Wrong: 3, Lost: 3, Missing: 2}, 3},
		"not found but not due":  {Counts{OK: 9, NotFound: 1}, 1}, // of nodes whose replies are not verified
	} {
		if got := c.counts.Bad(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
		if err := c.counts.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if sum := c.counts.Add(c.counts); sum.Bad() != 2*c.want {
			t.Errorf("%s, twice: %d, want %d", name, sum.Bad(), 2*c.want)
		}
	}
}
