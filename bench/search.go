package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"dhtbench/results"
)

// search finds the highest rate at which an objective holds and which is sustained
// in a trial that is not INVALID. Both are needed, since a generator that falls
// behind offers less than the rate.
type search struct {
	at        func(rate float64) results.Params // the parameters of its trials
	objective objective
	low, high float64 // rates between which it searches, in operations per second
}

const (
	// precision is the ratio of the lowest bad to the highest good rate at which
	// the search ends.
	precision = 1.05
	// attempts is the number of runs at a rate that must miss for a step to fail.
	// On a noisy machine a single run can miss by chance.
	attempts = 2
	// confirmations is the number of runs that repeat the rate found. It is
	// confirmed if more than half hold.
	confirmations = 3
)

// found is the result of a search.
type found struct {
	rate   float64         // 0: none was confirmed
	held   int             // of the confirmations
	limit  string          // the reason why no higher rate was found
	trials []results.Trial // the confirmations; empty: none
}

// runTrial runs one trial of a search.
type runTrial func(context.Context, results.Params) (results.Trial, error)

// run searches by measuring rates. It doubles the lowest rate until one fails,
// bisects the ratio between the highest good and the lowest bad rate, and confirms
// the result by several runs. If they fail it tries lower rates.
func (s search) run(ctx context.Context, measure runTrial) (found, error) {
	f := found{limit: fmt.Sprintf("%.6g/s was the highest rate allowed by --rate", s.high)}
	good, bad, err := s.climb(ctx, measure, &f)
	if err != nil || good == 0 {
		return f, err
	}
	for bad > 0 && bad/good > precision {
		rate := math.Sqrt(good * bad)
		reason, err := s.try(ctx, measure, rate)
		if err != nil {
			return f, err
		}
		if reason == "" {
			good = rate
		} else {
			bad, f.limit = rate, reason
		}
	}
	for rate := good; rate >= s.low; rate /= precision {
		reason, err := s.confirm(ctx, measure, rate, &f)
		if err != nil {
			return f, err
		}
		if 2*f.held > confirmations {
			f.rate = rate
			return f, nil
		}
		f.limit = reason
	}
	f.trials = nil
	return f, nil
}

// climb doubles the rate until one fails. bad is 0 if none fails, good is 0 if the
// lowest fails.
func (s search) climb(ctx context.Context, measure runTrial, f *found) (good, bad float64, err error) {
	for rate := s.low; ; rate = min(2*rate, s.high) {
		reason, err := s.try(ctx, measure, rate)
		switch {
		case err != nil:
			return good, 0, err
		case reason != "":
			f.limit = reason
			return good, rate, nil
		case rate == s.high:
			return rate, 0, nil
		}
		good = rate
	}
}

// try runs a rate until a run meets the search, at most attempts times. The reason
// of a miss is empty if one does.
func (s search) try(ctx context.Context, measure runTrial, rate float64) (reason string, err error) {
	p := s.at(rate)
	for p.Repeat = range attempts {
		t, err := measure(ctx, p)
		if err != nil {
			return "", err
		}
		if reason = s.misses(t); reason == "" {
			break
		}
	}
	return reason, nil
}

// confirm runs a rate several times and counts in f how many runs meet the search.
// It returns the reason of the last miss.
func (s search) confirm(ctx context.Context, measure runTrial, rate float64, f *found) (reason string, err error) {
	f.held, f.trials = 0, nil
	p := s.at(rate)
	for i := range confirmations {
		p.Repeat = attempts + i
		t, err := measure(ctx, p)
		if err != nil {
			return "", err
		}
		f.trials = append(f.trials, t)
		if missed := s.misses(t); missed != "" {
			reason = missed
		} else {
			f.held++
		}
	}
	return reason, nil
}

// misses returns why a trial does not meet the search, or "" if it does. The
// generator's lag is part of response time, so it can only lower the result; the
// reason mentions it.
func (s search) misses(t results.Trial) string {
	at := fmt.Sprintf("at %.6g/s ", t.Params.RateOpsPerS)
	sample := t.Sample()
	value, atLeast := sample.Quantile(s.objective.quantile)
	switch {
	case t.Counts().Bad() > 0:
		return at + fmt.Sprintf("%d operations went wrong", t.Counts().Bad())
	case !t.Sustained():
		return at + fmt.Sprintf("only %s/s was achieved", perSecond(t.Achieved()))
	case t.Verdict == results.Invalid:
		return at + "the trial is INVALID: " + t.Warnings[0].String()
	case !sample.Supports(s.objective.quantile):
		return at + fmt.Sprintf("there are too few operations for %v; give a longer --duration", s.objective)
	case value >= s.objective.bound:
		text := at + "it is "
		if atLeast {
			text += "above "
		}
		text += results.FormatDuration(float64(value))
		if blames := t.Blames(); len(blames) > 0 {
			text += ", and the generator has a part in it: " + blames[0].String()
		}
		return text
	}
	return ""
}

// shortestStep returns how long a step at the lowest rate must last for the
// percentile to have enough operations above it.
func (s search) shortestStep() time.Duration {
	return time.Duration(math.Ceil(10/(1-s.objective.quantile)/s.low*1.1*10)) * (time.Second / 10)
}

// answer is the result of a search as one line of JSON, after the row of its
// confirmations.
type answer struct {
	Objective string  `json:"objective"`
	RatePer   float64 `json:"rate_ops_per_s"`
	Held      int     `json:"held"` // confirmations that met the objective
	Runs      int     `json:"runs"` // all confirmations
	Limit     string  `json:"limit"`
}

// searchOf returns the search that the flags describe.
func (c *Command) searchOf() search {
	s := c.sweep()
	rates := s.rates.of(s.clients[0])
	return search{
		at:        func(rate float64) results.Params { return s.at(s.clients[0], rate, s.params.Pacing) },
		objective: c.SLO, low: rates[0], high: rates[len(rates)-1],
	}
}

// search finds the highest rate at which the objective holds, appends each trial to
// the file, and prints the result. It takes trials that the file already holds from
// there.
func (c *Command) search(ctx context.Context, file *results.File, trials []results.Trial) error {
	co, err := c.coordinator(ctx, trials)
	if err != nil {
		return err
	}
	co.progress = newProgress(os.Stderr, terminal(os.Stderr), nil)
	defer co.progress.close()
	s := c.searchOf()
	if err := co.fleet.fit(s.at(s.high)); err != nil {
		return fmt.Errorf("search for %v: at %.6g/s %w", c.SLO, s.high, err)
	}
	f, err := s.run(ctx, func(ctx context.Context, p results.Params) (trial results.Trial, err error) {
		p.Operation = results.Mix
		if i := slices.IndexFunc(trials, func(t results.Trial) bool { return t.Params == p }); i >= 0 {
			return trials[i], nil
		}
		err = co.run(ctx, sweepRun{params: p, missing: operationsOf(p)}, func(t results.Trial) error {
			trial = t
			trials = append(trials, t)
			co.progress.end(t)
			return file.Append(t)
		})
		return trial, err
	})
	if err != nil {
		return fmt.Errorf("search for %v: %w\n%d trials are kept in %s; run the same command with --resume to continue",
			c.SLO, interrupted(ctx, err), len(trials), c.Results)
	}
	if f.rate == 0 {
		return fmt.Errorf("search for %v: no rate from %.6g/s on was confirmed: %s", c.SLO, s.low, f.limit)
	}
	return errors.Join(c.printFound(f), c.show(f.trials))
}

// printFound prints the result of a search.
func (c *Command) printFound(f found) error {
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false) // an objective has a < in it
		return out.Encode(answer{c.SLO.String(), f.rate, f.held, len(f.trials), f.limit})
	}
	settled := ""
	if f.held < len(f.trials) {
		settled = ": not settled"
	}
	_, err := fmt.Printf("%s\n%v held at %.6g operations/s in %d of %d runs of %v%s\n", f.limit, c.SLO, f.rate,
		f.held, len(f.trials), time.Duration(f.trials[0].Params.DurationNS), settled)
	return err
}
