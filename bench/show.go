package bench

import (
	"fmt"
	"os"
	"strings"
	"time"

	"dhtbench/results"
)

// show prints the summaries of trials and returns an error if any operation in
// them went wrong or, where that was asked for, any cannot be believed.
func (c *Command) show(trials []results.Trial) error {
	summaries := results.Summarize(trials)
	if c.JSON {
		if err := writeJSON(os.Stdout, summaries); err != nil {
			return err
		}
	} else {
		fmt.Println(c.headline(trials))
		if err := writeTable(os.Stdout, summaries); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
		writeDoubts(os.Stdout, trials)
		fmt.Printf("trials are in %s\n", c.Results)
	}
	if err := wrong(trials); err != nil {
		return err
	}
	return c.invalid(trials)
}

// headline says what the table of trials is of.
func (c *Command) headline(trials []results.Trial) string {
	p := c.sweep().params
	if len(trials) > 0 { // a confirmation takes longer than the steps of its search
		p.DurationNS = trials[0].Params.DurationNS
	}
	parts := []string{fmt.Sprintf("%d nodes", p.Nodes), p.Placement + " clients"}
	if p.Nodes == 1 {
		parts[0] = "1 node"
	}
	if p.Workload != "" {
		parts = append(parts, p.Workload, p.Keys+" keys")
	}
	if p.DurationNS > 0 {
		parts = append(parts, fmt.Sprint(time.Duration(p.DurationNS)))
	} else {
		parts = append(parts, fmt.Sprintf("%d operations per client", p.Operations))
	}
	if p.Loop == results.OpenLoop {
		parts = append(parts, p.Arrivals+" open loop")
	} else {
		parts = append(parts, "closed loop")
	}
	return strings.Join(append(parts, fmt.Sprintf("trials: %d", c.Trials)), ", ")
}

// wrong says how many operations of trials went wrong, and quotes one.
func wrong(trials []results.Trial) error {
	var sum results.Counts
	var first string
	for _, t := range trials {
		sum = sum.Add(t.Counts())
		for _, client := range t.Clients {
			if first == "" {
				first = client.FirstError
			}
		}
	}
	if sum.Bad() == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d operations went wrong: %d not found, %d failed, %d unknown, %d wrong values; the first: %s",
		sum.Bad(), sum.Total(), sum.NotFound-sum.Absent, sum.Failed, sum.Unknown, sum.Wrong-sum.Missing, first)
}

// invalid is an error if a trial cannot be believed and --strict was given.
func (c *Command) invalid(trials []results.Trial) error {
	if !c.Strict {
		return nil
	}
	n, first := 0, ""
	for _, t := range trials {
		if t.Verdict != results.Invalid {
			continue
		}
		if n++; n == 1 && len(t.Warnings) > 0 {
			first = t.Warnings[0].String()
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d trials are INVALID; the first: %s", n, len(trials), first)
}

// worst is the worst verdict of the trials of a setting.
func worst(s results.Summary) results.Verdict {
	switch {
	case s.Invalid > 0:
		return results.Invalid
	case s.Suspect > 0:
		return results.Suspect
	case s.Valid > 0:
		return results.Valid
	}
	return ""
}
