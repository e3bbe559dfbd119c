package bench

import (
	"context"
	"fmt"
	"math"

	"dhtbench/results"
)

// Search finds the highest rate at which an objective holds and the generator
// keeps up: sustains the rate, in a trial that is not INVALID. Both are asked for,
// as a generator that falls behind offers less than it says.
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
	Rate  float64        // 0: none was confirmed
	Limit string         // why not more, in words
	Trial *results.Trial // the confirmation; nil: none
}

// measurement runs one trial of a search.
type measurement func(context.Context, results.Params) (results.Trial, error)

// Run searches, running each step with measure. It goes up from the lowest rate
// by doubling until one fails, halves the ratio between the highest good and the
// lowest bad rate until they are near, and confirms the rate with a longer run,
// going down where that fails.
func (s Search) Run(ctx context.Context, measure measurement) (Found, error) {
	found := Found{Limit: fmt.Sprintf("%.6g/s was the highest rate to be tried", s.High)}
	good, bad, err := s.climb(ctx, measure, &found)
	if err != nil || good == 0 {
		return found, err
	}
	for bad > 0 && bad/good > precision {
		rate := math.Sqrt(good * bad)
		t, reason, err := s.try(ctx, measure, rate, 1)
		if err != nil {
			return found, err
		}
		if reason == "" {
			good = t.Params.RateOpsPerS
		} else {
			bad, found.Limit = rate, reason
		}
	}
	for rate := good; rate >= s.Low; rate /= precision {
		t, reason, err := s.try(ctx, measure, rate, confirmations)
		if err != nil {
			return found, err
		}
		if reason == "" {
			found.Rate, found.Trial = rate, &t
			return found, nil
		}
		found.Limit = reason
	}
	return found, nil
}

// climb doubles the rate until one fails. bad is 0 if none does, good if the
// lowest fails.
func (s Search) climb(ctx context.Context, measure measurement, found *Found) (good, bad float64, err error) {
	for rate := s.Low; ; rate = min(2*rate, s.High) {
		_, reason, err := s.try(ctx, measure, rate, 1)
		switch {
		case err != nil:
			return good, 0, err
		case reason != "":
			found.Limit = reason
			return good, rate, nil
		case rate == s.High:
			return rate, 0, nil
		}
		good = rate
	}
}

// attempts is how often a rate is tried before it counts as too high: a machine
// has bad moments.
const attempts = 2

// try measures a rate for so many times the length of a step, and says why it
// does not meet the search; empty: it does.
func (s Search) try(ctx context.Context, measure measurement, rate float64, length int64) (t results.Trial, reason string, err error) {
	p := atRate(s.Params, rate)
	p.DurationNS *= length
	p.Operations *= int(length)
	for p.Repeat = range attempts {
		if t, err = measure(ctx, p); err != nil {
			return t, "", err
		}
		if reason = s.refuses(t); reason == "" {
			break
		}
	}
	return t, reason, nil
}

// refuses says why a trial does not meet the search; empty: it does. What the
// generator is late by is in the response time, so it can make a rate look too high
// and never too low; where it does, that is said.
func (s Search) refuses(t results.Trial) string {
	h := t.Response()
	q := s.Objective.Quantile
	at := fmt.Sprintf("at %.6g/s ", t.Params.RateOpsPerS)
	switch {
	case t.Counts().Bad() > 0:
		return at + fmt.Sprintf("%d operations went wrong", t.Counts().Bad())
	case t.Verdict == results.Invalid:
		return at + "the trial is INVALID: " + t.Warnings[0].String()
	case !t.Sustained():
		return at + "the rate is not sustained"
	case !h.Supports(q):
		return at + fmt.Sprintf("there are too few operations for %v: give a longer --duration", s.Objective)
	case h.Quantile(q) >= s.Objective.Bound:
		text := at + fmt.Sprintf("it is %s", latency(float64(h.Quantile(q))))
		if blames := t.Blames(); len(blames) > 0 {
			text += ", and the generator has a part in it: " + blames[0].String()
		}
		return text
	}
	return ""
}
