package bench

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dhtbench/bench/workload"
)

// notes are operations at one server, one every step from the start of a phase on.
func notes(step time.Duration, outcomes func(i int) workload.Outcome, n int) error {
	h := health{}
	for i := 1; i <= n; i++ {
		s := ended(0, outcomes(i), workload.Correct, errors.New("broken"))
		s.completion = int64(i) * int64(step)
		if err := h.note(s); err != nil {
			return err
		}
	}
	return nil
}

func TestClientGivesUpByTimeAndByShare(t *testing.T) {
	never := func(int) workload.Outcome { return workload.Failed }
	hung := func(int) workload.Outcome { return workload.Unknown }
	often := func(i int) workload.Outcome { return workload.Outcome(1 + 2*min(1, i%3)) } // OK, failed, failed
	rarely := func(i int) workload.Outcome { return workload.Outcome(1 + 2*((i+1)%2)) }
	for _, c := range []struct {
		name     string
		step     time.Duration
		outcomes func(int) workload.Outcome
		n        int
		want     string
	}{
		{"refused for 2 s", time.Millisecond, never, 2000, ""},
		{"refused for 4 s", time.Millisecond, never, 4000, "no success for 3."},
		{"hung", 10 * time.Second, hung, 2, "no success for 20s"},
		{"one late error", 10 * time.Second, never, 1, ""},
		{"two of three fail", time.Millisecond, often, 10_000, "of 3001 operations went wrong"},
		{"one of two fails", time.Millisecond, rarely, 10_000, ""},
	} {
		err := notes(c.step, c.outcomes, c.n)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}
