package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// parameter is a parameter of a setting by its name in the record.
type parameter struct{ name, value string }

// ofRepeat reports whether the parameter differs between the repeats of a setting.
func (p parameter) ofRepeat() bool {
	return slices.Contains([]string{"repeat", "seed", "repeat_seed"}, p.name)
}

func (p parameter) zero() bool { return slices.Contains([]string{"", "0", "false"}, p.value) }

// parameters lists all parameters of a trial.
func parameters(setting results.Params) []parameter {
	setting.Target = setting.Store()
	var all []parameter
	for name, value := range setting.Values() {
		text := fmt.Sprint(value)
		if v, ok := value.(float64); ok {
			text = strconv.FormatFloat(v, 'f', -1, 64)
		}
		all = append(all, parameter{name, text})
	}
	return all
}

// named returns the names of the parameters that are part of the names of settings:
// the load, and those that differ in trials.
func named(trials []results.Trial) []string {
	all := []string{"operation", "target", "workload", "rate_ops_per_s", "side", "clients"}
	first := parameters(trials[0].Params)
	for _, t := range trials {
		for i, p := range parameters(t.Params) {
			if p != first[i] && !p.ofRepeat() && !slices.Contains(all, p.name) {
				all = append(all, p.name)
			}
		}
	}
	return all
}

// names returns the function that names the settings of trials. A name ends in the
// number of clients, because benchstat reads -N at the end as GOMAXPROCS.
func names(trials []results.Trial) func(results.Params) string {
	if len(trials) == 0 {
		return func(results.Params) string { return "" }
	}
	parts := named(trials)
	return func(setting results.Params) string {
		all := slices.DeleteFunc(parameters(setting), func(p parameter) bool {
			return p.zero() || !slices.Contains(parts, p.name)
		})
		var words []string
		for _, p := range all {
			if p.name != "clients" {
				words = append(words, p.name+"="+strings.NewReplacer(" ", "-", ",", "+", "/", "-").Replace(p.value))
			}
		}
		return strings.Join(append(words, fmt.Sprintf("clients=%d", setting.Clients)), "/")
	}
}

// single returns the figures of one trial.
func single(t results.Trial) results.Summary { return results.Summarize([]results.Trial{t})[0] }

// quantiles are those that are exported.
func quantiles() []float64 { return []float64{0.5, 0.9, 0.99, 0.999} }

// exact reports whether an estimate is known and not a lower bound.
func exact(e results.Estimate) bool { return e.Known() && !e.AtLeast }
