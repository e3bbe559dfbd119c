package compare

import (
	"fmt"
	"slices"

	"dhtbench/results"
)

// limits returns the codes of the warnings that the generator may have been the limit.
// Such a limit is the same on both sides and hides differences.
func limits() []string { return []string{"agent-cpu", "lag", "queued", "littles-law"} }

// refusals returns the reasons why settings cannot be compared.
func refusals(pairs []pair, paired bool) []error {
	var reasons []error
	for _, p := range pairs {
		for side, trials := range map[string][]results.Trial{"A": p.a, "B": p.b} {
			if err := invalid(trials); err != nil {
				reasons = append(reasons, fmt.Errorf("%s, %s: %w", side, p.setting.Load(), err))
			}
			if err := limited(trials); err != nil {
				reasons = append(reasons, fmt.Errorf("%s, %s: %w", side, p.setting.Load(), err))
			}
		}
	}
	slices.SortFunc(reasons, func(a, b error) int {
		if a.Error() < b.Error() {
			return -1
		}
		return 1
	})
	if !paired {
		if a, b := hosts(pairs[0].a[0]), hosts(pairs[0].b[0]); a != b {
			reasons = append(reasons, fmt.Errorf("the hosts differ: %s and %s", a, b))
		}
	}
	return reasons
}

func invalid(trials []results.Trial) error {
	for _, t := range trials {
		if t.Verdict == results.Invalid {
			return fmt.Errorf("repeat %d is INVALID: %s", t.Params.Repeat, t.Warnings[0])
		}
	}
	return nil
}

// limited returns an error if the generator may have been the limit in more than half of
// the trials.
func limited(trials []results.Trial) error {
	for _, code := range limits() {
		n, first := 0, ""
		for _, t := range trials {
			i := slices.IndexFunc(t.Warnings, func(w results.Warning) bool { return w.Code == code })
			if i >= 0 {
				n, first = n+1, t.Warnings[i].String()
			}
		}
		if 2*n > len(trials) {
			return fmt.Errorf("the generator may be the limit in %d of %d trials: %s", n, len(trials), first)
		}
	}
	return nil
}

// hosts describes the hosts of a trial.
func hosts(t results.Trial) string {
	if len(t.Hosts) == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%d with %s", len(t.Hosts), t.Hosts[0].Machine())
}
