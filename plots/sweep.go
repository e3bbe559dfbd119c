package plots

import (
	"fmt"
	"slices"
	"strings"

	"dhtbench/results"
)

// sweep is the trials of one results file that differ in operation, load and
// repeat alone: what one set of figures shows. In a closed loop the load is the
// number of clients. In an open loop it is the offered rate, at one number of
// clients; or, where each number of clients had but one rate, again their number.
type sweep struct {
	// params is what the trials have in common. What varies is zero: Operation,
	// Repeat, RateOpsPerS, Clients unless the axis is the rate, and Operations
	// where a duration sets it for each rate.
	params results.Params
	// label says what sets the sweep apart from the others of its file, as
	// placement=embedded; empty if it is the only one.
	label string
	// file is the results file, as a report names it; empty outside a report.
	file string
	// narrowed: it is only a part of the sweep.
	narrowed bool

	axis       axis
	settings   []setting       // by operation as results.Summarize orders them, then load
	trials     []results.Trial // of all settings, in their order
	operations []string        // in the order of settings
	loads      []load          // rising, each once
}

// sweeps is a results file. Files can be concatenated, so one may hold unrelated
// sweeps; a line through points of two of them would mean nothing.
type sweeps []sweep

// readSweeps reads a results file. One without trials is an error: there is
// nothing to draw.
func readSweeps(path string) (sweeps, error) {
	trials, err := results.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(trials) == 0 {
		return nil, fmt.Errorf("%s holds no trials", path)
	}
	return sweepsOf(trials), nil
}

// sweepsOf sorts the settings of trials into sweeps, in order of settings.
func sweepsOf(trials []results.Trial) sweeps {
	var grouped, all sweeps
	for _, summary := range results.Summarize(trials) {
		grouped = grouped.add(common(summary.Setting), setting{summary})
	}
	for _, s := range grouped {
		all = append(all, s.split()...)
	}
	// What sets a sweep apart is known when all are.
	for i := range all {
		all[i].index()
		all[i].label = all.difference(i)
	}
	return all
}

// add puts a setting into the sweep that has its parameters, or a new one.
func (all sweeps) add(p results.Params, t setting) sweeps {
	i := slices.IndexFunc(all, func(s sweep) bool { return s.params == p })
	if i < 0 {
		i = len(all)
		all = append(all, sweep{params: p})
	}
	all[i].settings = append(all[i].settings, t)
	return all
}

// common is p without what varies inside a sweep.
func common(p results.Params) results.Params {
	p.Operation, p.Clients, p.Repeat, p.RateOpsPerS = "", 0, 0, 0
	if p.Open() && p.DurationNS > 0 {
		p.Operations = 0
	}
	return p
}

// split makes a sweep of each number of clients where one of them had several
// rates: there are then two axes, and a figure has one.
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

// main is the latency that a sweep's figures are about: response time, which in a
// closed loop is the service time, since there an operation is meant to start when
// it is sent.
func (s sweep) main() latency {
	if s.params.Open() {
		return response
	}
	return service
}

// at is one setting, false if it was not measured.
func (s sweep) at(operation string, l load) (setting, bool) {
	for _, t := range s.settings {
		if t.operation() == operation && t.load() == l {
			return t, true
		}
	}
	return setting{}, false
}

// clients are the numbers of clients, rising.
func (s sweep) clients() []int {
	var all []int
	for _, l := range s.loads {
		all = append(all, l.clients)
	}
	return slices.Compact(all) // loads are ordered by clients first
}

// repeats is the fewest and most trials that a measured setting has.
func (s sweep) repeats() (fewest, most int) {
	for i, t := range s.settings {
		if n := len(t.Trials); i == 0 || n < fewest {
			fewest = n
		}
		most = max(most, len(t.Trials))
	}
	return fewest, most
}

// missing lists the trials that an incomplete sweep lacks; it is empty for a whole
// one. A whole sweep has every operation at every load, equally often. A load
// without any trial leaves no trace, so it is not listed.
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
