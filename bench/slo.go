package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"dhtbench/results"
)

// answer is what a search found, for programs: one line of JSON after the row of
// its confirmation.
type answer struct {
	Objective   string  `json:"objective"`
	RatePer     float64 `json:"rate_ops_per_s"`
	ConfirmedNS int64   `json:"confirmed_ns"`
	Limit       string  `json:"limit"` // why not more, in words
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
		return fmt.Errorf("search for %v: %w\n%d trials are kept in %s; the same command with --resume goes on",
			c.SLO, interrupted(ctx, err), len(trials), c.Results)
	}
	if found.Trial == nil {
		return fmt.Errorf("search for %v: no rate from %.6g/s on was confirmed: %s", c.SLO, s.Low, found.Limit)
	}
	return errors.Join(c.tell(found), c.show([]results.Trial{*found.Trial}))
}

// tell prints what a search found.
func (c *Command) tell(found Found) error {
	length := found.Trial.Params.DurationNS
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false) // an objective has a < in it
		return out.Encode(answer{c.SLO.String(), found.Rate, length, found.Limit})
	}
	_, err := fmt.Printf("%v holds at %.6g operations/s, confirmed for %v; above: %s\n", c.SLO, found.Rate, time.Duration(length), found.Limit)
	return err
}

// steps are trials of a search as they would be if none were a confirmation, which
// takes longer.
func (c *Command) steps(trials []results.Trial) []results.Trial {
	all := slices.Clone(trials)
	for i := range all {
		if all[i].Params.DurationNS == confirmations*int64(c.duration()) {
			all[i].Params.DurationNS = int64(c.duration())
		}
	}
	return all
}
