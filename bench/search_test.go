package bench

import (
	"context"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// store answers within a microsecond up to a limit of the rate, and within a second
// above it.
type store struct {
	limit float64
	lag   time.Duration // of its generator
	tries []results.Params
}

func (s *store) measure(_ context.Context, p results.Params) (results.Trial, error) {
	s.tries = append(s.tries, p)
	took := time.Microsecond
	if p.RateOpsPerS > s.limit {
		took = time.Second
	}
	service, response, lag := results.NewHistogram(), results.NewHistogram(), results.NewHistogram()
	c := results.Client{Service: service, Response: response, Lag: lag, EndNS: p.DurationNS}
	n := int(p.RateOpsPerS * float64(p.DurationNS) / 1e9)
	for i := 1; i <= n; i++ {
		service.Record(took)
		response.Record(took + s.lag)
		lag.Record(s.lag)
		c.MarksNS = append(c.MarksNS, int64(float64(i)*1e9/p.RateOpsPerS))
	}
	c.Counts.OK, c.Completed, c.WindowNS = int64(n), int64(n), p.DurationNS
	t := results.Trial{Params: p, Clients: []results.Client{c}}
	t.Verdict, t.Warnings = t.Judge()
	return t, nil
}

// stepLength is enough for a median at the lowest rates.
const stepLength = 2 * time.Second

func searchFor(low, high float64) search {
	s := smallSweep()
	s.params = mixed("ycsb-c")
	s.params.Loop, s.params.Arrivals, s.params.Inflight, s.params.DurationNS = results.OpenLoop, results.ConstantArrivals, 16, int64(stepLength)
	at := func(rate float64) results.Params { return s.at(1, rate, "") }
	return search{at: at, objective: objective{quantile: 0.5, bound: time.Millisecond}, low: low, high: high}
}

func TestSearchFindsTheLimit(t *testing.T) {
	for _, c := range []struct{ low, high, limit float64 }{
		{1000, 64_000, 20_000}, {1000, 64_000, 1000}, {1000, 64_000, 63_999}, {100, 1e5, 4321},
		{20, 40, 21}, {19, 22, 20}, // rates so near that whole numbers between them run out
	} {
		s := &store{limit: c.limit}
		f, err := searchFor(c.low, c.high).run(t.Context(), s.measure)
		if err != nil {
			t.Fatal(err)
		}
		if f.rate > c.limit || f.rate < c.limit/precision || len(f.trials) != confirmations || f.held != confirmations {
			t.Errorf("found %v where the limit is %v", f.rate, c.limit)
		}
		for _, last := range s.tries[len(s.tries)-confirmations:] {
			if last.RateOpsPerS != f.rate {
				t.Errorf("the last tries are at %v/s, want the rate found", last.RateOpsPerS)
			}
		}
		if len(s.tries) > 50 || !strings.Contains(f.limit, "it is 1.00 s") {
			t.Errorf("%d tries; limit: %s", len(s.tries), f.limit)
		}
	}
}

func TestSearchEndsAtItsBounds(t *testing.T) {
	if f, err := searchFor(1000, 8000).run(t.Context(), (&store{limit: 1e9}).measure); err != nil || f.rate != 8000 || !strings.Contains(f.limit, "8000/s was the highest") {
		t.Errorf("without a limit: %+v, %v", f, err)
	}
	if f, err := searchFor(1000, 8000).run(t.Context(), (&store{limit: 1}).measure); err != nil || f.trials != nil || !strings.Contains(f.limit, "at 1000/s it is 1.00 s") {
		t.Errorf("below the lowest rate: %+v, %v", f, err)
	}
}

func TestSearchRefusesLateGenerator(t *testing.T) {
	f, err := searchFor(1000, 8000).run(t.Context(), (&store{limit: 1e9, lag: 900 * time.Microsecond}).measure)
	if err != nil || f.trials != nil || !strings.Contains(f.limit, "the trial is INVALID: median lag is ") {
		t.Errorf("with a generator that is late: %+v, %v", f, err)
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := searchFor(1000, 8000).run(ctx, func(ctx context.Context, p results.Params) (results.Trial, error) {
		return results.Trial{}, context.Cause(ctx)
	})
	if err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
