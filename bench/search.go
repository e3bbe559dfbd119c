package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"dhtbench/results"
)

// Search finds the highest rate at which an objective holds and the generator
// keeps up: at which the percentile of response time is below the bound, and the
// rate is sustained by a generator that the trial's verdict does not blame. Both
// are asked for, as a generator that falls behind makes any store look fast.
type Search struct {
	Params    results.Params // of its trials, but for rate, operations and repeat
	Objective Objective
	Low, High float64 // rates between which it lies, in operations per second
}

const (
	// precision is how near, as a ratio, the highest good and the lowest bad rate
	// are when the search ends.
	precision = 1.05
	// confirmations is how many times as long as a step the rate found is then run.
	confirmations = 3
)

// Found is what a search came to.
type Found struct {
	Rate  float64       // 0: the objective does not hold at the lowest rate
	Limit string        // why not more, in words
	Trial results.Trial // the confirmation
}

// Run searches, running each step with measure. It goes up from the lowest rate
// by doubling until one fails, halves the ratio between the highest good and the
// lowest bad rate until they are near, and confirms the rate with a longer run,
// going down where that fails.
func (s Search) Run(ctx context.Context, measure func(context.Context, results.Params) (results.Trial, error)) (Found, error) {
	good, bad := 0.0, 0.0
	found := Found{Limit: "the highest rate that was to be tried"}
	try := func(rate float64, length int64) (bool, error) {
		p := s.Params
		p.DurationNS *= length
		t, err := measure(ctx, atRate(p, rate))
		if err != nil {
			return false, err
		}
		reason := s.refuses(t)
		if reason != "" {
			found.Limit = reason
		} else if length > 1 {
			found.Rate, found.Trial = rate, t
		}
		return reason == "", nil
	}
	for rate := s.Low; bad == 0; rate = min(2*rate, s.High) {
		ok, err := try(rate, 1)
		if err != nil {
			return found, err
		}
		if !ok {
			bad = rate
			break
		}
		if good = rate; rate == s.High {
			break
		}
	}
	if good == 0 {
		return found, nil
	}
	for bad > 0 && bad/good > precision {
		rate := math.Round(math.Sqrt(good * bad))
		ok, err := try(rate, 1)
		if err != nil {
			return found, err
		}
		if ok {
			good = rate
		} else {
			bad = rate
		}
	}
	for rate := good; rate >= s.Low; rate = math.Floor(rate / precision) {
		ok, err := try(rate, confirmations)
		if err != nil || ok {
			return found, err
		}
	}
	return found, nil
}

// refuses says why a trial does not meet the search; empty: it does.
func (s Search) refuses(t results.Trial) string {
	h := t.Response()
	q := s.Objective.Quantile
	switch {
	case t.Counts().Bad() > 0:
		return fmt.Sprintf("at %.0f/s %d operations went wrong", t.Params.RateOpsPerS, t.Counts().Bad())
	case !h.Supports(q):
		return fmt.Sprintf("at %.0f/s there are too few operations for %v: give a longer --duration", t.Params.RateOpsPerS, s.Objective)
	case h.Quantile(q) >= s.Objective.Bound:
		return fmt.Sprintf("at %.0f/s it is %v", t.Params.RateOpsPerS, h.Quantile(q))
	case !t.Sustained():
		return fmt.Sprintf("%.0f/s is not sustained", t.Params.RateOpsPerS)
	case t.Verdict == results.Invalid:
		return fmt.Sprintf("at %.0f/s the trial is INVALID: %s", t.Params.RateOpsPerS, t.Warnings[0])
	}
	return ""
}

// search looks for the highest rate at which the objective holds, keeps each trial
// as it ends, and prints what it found. Trials that the file holds already are not
// run again.
func (c *Command) search(ctx context.Context, file *results.File, trials []results.Trial) error {
	coordinator, err := c.coordinator(ctx, trials, nil)
	if err != nil {
		return err
	}
	p := c.sweep().Params
	p.Clients = c.Clients[0]
	rates := c.Rate.of(p.Clients)
	s := Search{Params: p, Objective: c.SLO, Low: rates[0], High: rates[len(rates)-1]}
	found, err := s.Run(ctx, func(ctx context.Context, p results.Params) (trial results.Trial, err error) {
		if i := slices.IndexFunc(trials, func(t results.Trial) bool { return t.Params == p }); i >= 0 {
			return trials[i], nil
		}
		err = coordinator.Run(ctx, Run{Params: p, Missing: operationKinds(p)}, func(t results.Trial) error {
			trial = t
			trials = append(trials, t)
			coordinator.Progress.End(t)
			return file.Append(t)
		})
		return trial, err
	})
	if err != nil {
		return fmt.Errorf("search for %v: %w\n%d trials are kept in %s; the same command with --resume goes on", c.SLO, err, len(trials), c.Results)
	}
	if err := c.show(trials); err != nil {
		return err
	}
	if found.Rate == 0 {
		return fmt.Errorf("search for %v: it does not hold at the lowest rate: %s", c.SLO, found.Limit)
	}
	fmt.Fprintf(os.Stderr, "%v holds at %.0f operations/s, confirmed for %v; above: %s\n", c.SLO, found.Rate,
		time.Duration(found.Trial.Params.DurationNS), found.Limit)
	return nil
}
