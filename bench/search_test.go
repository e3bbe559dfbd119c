package bench

import (
	"context"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// store is one that answers within a microsecond up to a rate, and within a second
// above.
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
	for i := 1; i <= p.Operations; i++ {
		service.Record(took)
		response.Record(took + s.lag)
		lag.Record(s.lag)
		c.MarksNS = append(c.MarksNS, int64(float64(i)*1e9/p.RateOpsPerS))
	}
	c.Counts.OK = int64(p.Operations)
	t := results.Trial{Params: p, Clients: []results.Client{c}}
	t.Verdict, t.Warnings = t.Judge()
	return t, nil
}

// stepLength is enough for a median at the lowest rates.
const stepLength = 2 * time.Second

func searchFor(low, high float64) Search {
	p := mixed("ycsb-c")
	p.Loop, p.Arrivals, p.Inflight, p.Clients, p.DurationNS = Open, Constant, 16, 1, int64(stepLength)
	return Search{Params: p, Objective: Objective{Quantile: 0.5, Bound: time.Millisecond}, Low: low, High: high}
}

func TestSearchFindsTheLimit(t *testing.T) {
	for _, c := range []struct{ low, high, limit float64 }{
		{1000, 64_000, 20_000}, {1000, 64_000, 1000}, {1000, 64_000, 63_999}, {100, 1e5, 4321},
		{20, 40, 21}, {19, 22, 20}, // rates so near that whole numbers between them run out
	} {
		s := &store{limit: c.limit}
		found, err := searchFor(c.low, c.high).Run(t.Context(), s.measure)
		if err != nil {
			t.Fatal(err)
		}
		if found.Rate > c.limit || found.Rate < c.limit/precision || found.Trial == nil {
			t.Errorf("found %v where the limit is %v", found.Rate, c.limit)
		}
		if last := s.tries[len(s.tries)-1]; last.RateOpsPerS != found.Rate || last.DurationNS != confirmations*int64(stepLength) {
			t.Errorf("the last try is %v/s for %v, want the rate found, confirmed", last.RateOpsPerS, time.Duration(last.DurationNS))
		}
		if len(s.tries) > 50 || !strings.Contains(found.Limit, "it is 1.00 s") {
			t.Errorf("%d tries; limit: %s", len(s.tries), found.Limit)
		}
	}
}

func TestSearchEndsAtItsBounds(t *testing.T) {
	if found, err := searchFor(1000, 8000).Run(t.Context(), (&store{limit: 1e9}).measure); err != nil || found.Rate != 8000 || !strings.Contains(found.Limit, "8000/s was the highest") {
		t.Errorf("without a limit: %+v, %v", found, err)
	}
	if found, err := searchFor(1000, 8000).Run(t.Context(), (&store{limit: 1}).measure); err != nil || found.Trial != nil || !strings.Contains(found.Limit, "at 1000/s it is 1.00 s") {
		t.Errorf("below the lowest rate: %+v, %v", found, err)
	}
}

func TestSearchWantsAGeneratorThatKeepsUp(t *testing.T) {
	found, err := searchFor(1000, 8000).Run(t.Context(), (&store{limit: 1e9, lag: 900 * time.Microsecond}).measure)
	if err != nil || found.Trial != nil || !strings.Contains(found.Limit, "the trial is INVALID: lag: ") {
		t.Errorf("with a generator that is late: %+v, %v", found, err)
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := searchFor(1000, 8000).Run(ctx, func(ctx context.Context, p results.Params) (results.Trial, error) {
		return results.Trial{}, context.Cause(ctx)
	})
	if err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
