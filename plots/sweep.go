package plots

import (
	"fmt"
	"slices"
	"strings"

	"dhtbench/results"
)

// sweep is the trials of one results file that differ only in operation, load and
// repeat. It has one set of figures. In a closed loop the load is the number of
// clients. In an open loop it is the offered rate, at one number of clients; or the
// number of clients, if each has only one rate.
type sweep struct {
	// params is the common parameters. Those that vary are zero: Operation, Repeat,
	// RateOpsPerS, Clients unless the axis is the rate, and Operations if the
	// duration sets it.
	params results.Params
	// label distinguishes the sweep from others of its file, as placement=embedded. It
	// is empty for the only sweep.
	label string
	// file is the results file, as a report names it; empty outside a report.
	file string
	// narrowed: this is only a part of the sweep.
	narrowed bool
	// quantiles are those of figures of percentiles; none: the default.
	quantiles results.Percentiles

	axis       axis
	settings   []setting       // by operation as results.Summarize orders them, then load
	trials     []results.Trial // of all settings, in their order
	operations []string        // in the order of settings
	loads      []load          // ascending, without duplicates
}

// sweeps is a results file. Files can be concatenated, so one may hold several
// sweeps, which must not share a line.
type sweeps []sweep

// readSweeps reads a results file, for figures of the given quantiles, or of p50, p99
// and p99.9. A file without trials is an error.
func readSweeps(path string, quantiles ...float64) (sweeps, error) {
	trials, err := results.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(trials) == 0 {
		return nil, fmt.Errorf("%s holds no trials", path)
	}
	return sweepsOf(trials, quantiles...), nil
}

// sweepsOf sorts the settings of trials into sweeps, in order of settings.
func sweepsOf(trials []results.Trial, quantiles ...float64) sweeps {
	var grouped, all sweeps
	for _, summary := range results.Summarize(trials, quantiles...) {
		grouped = grouped.add(common(summary.Setting), setting{summary})
	}
	for _, s := range grouped {
		all = append(all, s.split()...)
	}
	// Labels depend on all sweeps.
	for i := range all {
		all[i].index()
		all[i].label = all.difference(i)
		all[i].quantiles = quantiles
	}
	return all
}

// add adds a setting to the sweep with its parameters, or to a new sweep.
func (all sweeps) add(p results.Params, t setting) sweeps {
	i := slices.IndexFunc(all, func(s sweep) bool { return s.params == p })
	if i < 0 {
		i = len(all)
		all = append(all, sweep{params: p})
	}
	all[i].settings = append(all[i].settings, t)
	return all
}

// common returns p without the parameters that vary inside a sweep.
func common(p results.Params) results.Params {
	p.Operation, p.Clients, p.Repeat, p.RateOpsPerS = "", 0, 0, 0
	if p.Open() { // these can depend on rate and clients
		p.Connections, p.WarmupNS = 0, 0
		if p.DurationNS > 0 {
			p.Operations = 0
		}
	}
	return p
}

// split makes a sweep for each number of clients if one of them has several rates,
// since a figure has only one x axis.
func (s sweep) split() sweeps {
	if !s.params.Open() {
		return sweeps{s}
	}
	var parts sweeps
	several := false
	rates := make(map[int]float64)
	for _, t := range s.settings {
		p, l := s.params, t.load()
		p.Clients = l.clients
		parts = parts.add(p, t)
		if rate, seen := rates[l.clients]; seen && rate != l.rate {
			several = true
		}
		rates[l.clients] = l.rate
	}
	if len(parts) > 1 && !several {
		return sweeps{s}
	}
	for i := range parts {
		parts[i].axis = byRate
	}
	return parts
}

// index derives the other fields from the settings.
func (s *sweep) index() {
	s.trials = trialsIn(s.settings)
	for _, t := range s.settings {
		s.loads = insert(s.loads, t.load())
		if o := t.operation(); !slices.Contains(s.operations, o) {
			s.operations = append(s.operations, o)
		}
	}
}

// main returns the latency of a sweep's figures: response time, or service time in a
// closed loop.
func (s sweep) main() latency {
	if s.params.Open() {
		return response
	}
	return service
}

// at returns one setting, false if it was not measured.
func (s sweep) at(operation string, l load) (setting, bool) {
	for _, t := range s.settings {
		if t.operation() == operation && t.load() == l {
			return t, true
		}
	}
	return setting{}, false
}

// clients returns the numbers of clients, ascending.
func (s sweep) clients() []int {
	var all []int
	for _, l := range s.loads {
		all = append(all, l.clients)
	}
	return slices.Compact(all) // loads are ordered by clients first
}

// repeats returns the fewest and the most trials of a measured setting.
func (s sweep) repeats() (fewest, most int) {
	for i, t := range s.settings {
		if n := len(t.Trials); i == 0 || n < fewest {
			fewest = n
		}
		most = max(most, len(t.Trials))
	}
	return fewest, most
}

// missing lists the trials that an incomplete sweep lacks. It is empty for a complete
// sweep, which has every operation at every load equally often. Loads without any trial
// are unknown and not listed.
func (s sweep) missing() string {
	_, most := s.repeats()
	lacking := 0
	var where []string
	for _, o := range s.operations {
		var short []load
		for _, l := range s.loads {
			t, _ := s.at(o, l) // a setting never measured has 0 trials
			if n := len(t.Trials); n < most {
				short = append(short, l)
				lacking += most - n
			}
		}
		if len(short) > 0 {
			where = append(where, o+" at "+s.axis.list(short))
		}
	}
	if lacking == 0 {
		return ""
	}
	total := most * len(s.operations) * len(s.loads)
	return fmt.Sprintf("%s of %d missing (%s %s)", plural(lacking, "trial"), total, strings.Join(where, "; "), s.axis.unit())
}
