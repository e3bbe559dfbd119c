package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// valueSpec is what a value marker asks for: one figure, or its range over
// several settings, or how many times another it is.
//
// Ranges exist because prose speaks of several settings at once, and one of them
// picked by hand would be picked for its looks.
type valueSpec struct {
	figure     string
	operations string // comma-separated, or all
	clients    string // comma-separated, or min, max, all
	over       string // a number of clients, or reference; empty for none
	under      string // the same, inverse
	unit       string // empty for the one that suits
}

// takeValue takes its keys from a value marker and leaves those that pick a sweep.
func takeValue(m marker) (valueSpec, error) {
	v := valueSpec{
		figure:     m.take("figure", ""),
		operations: m.take("operation", "all"),
		clients:    m.take("clients", ""),
		over:       m.take("over", ""),
		under:      m.take("under", ""),
		unit:       m.take("unit", ""),
	}
	switch {
	case v.figure == "" || v.clients == "":
		return v, fmt.Errorf("name a figure and clients")
	case v.over != "" && v.under != "":
		return v, fmt.Errorf("over and under exclude each other")
	case v.unit != "" && (v.over != "" || v.under != "" || !isTime(v.figure)):
		return v, fmt.Errorf("a unit is for times only")
	}
	return v, nil
}

// isTime reports whether a figure is a latency.
func isTime(figure string) bool { return figure != "throughput" && figure != "whole" }

// figureOf is a named figure of a setting, in nanoseconds or operations per
// second; NaN where the sample does not support it. The names are those of the
// result table, and whole is the throughput over the whole trial, in which early
// clients have already finished.
func figureOf(s results.Summary, name string) (float64, error) {
	switch name {
	case "mean":
		return s.Mean.Median, nil
	case "p50":
		return s.P50.Median, nil
	case "p99":
		return s.P99.Median, nil
	case "p99.9":
		return s.P999.Median, nil
	case "max":
		return s.Max, nil
	case "throughput":
		return s.Throughput.Median, nil
	case "whole":
		return s.Whole.Median, nil
	}
	return 0, fmt.Errorf("figure %q: want mean, p50, p99, p99.9, max, throughput or whole", name)
}

// value writes what v asks for.
func (s sweep) value(v valueSpec) (string, error) {
	operations := s.operations
	if v.operations != "all" {
		operations = strings.Split(v.operations, ",")
	}
	clients, err := s.counts(v.clients)
	if err != nil {
		return "", err
	}
	// A percentile unknown of one setting is unknown of the range.
	low, high := math.Inf(1), math.Inf(-1)
	for _, o := range operations {
		for _, n := range clients {
			x, err := s.number(v, o, n)
			if err != nil {
				return "", err
			}
			low, high = math.Min(low, x), math.Max(high, x) // NaN if any is
		}
	}
	return v.write(low, high)
}

// counts reads the clients key. min and max are those of the sweep, so that prose
// can be written for any sweep.
func (s sweep) counts(key string) ([]int, error) {
	switch key {
	case "all":
		return s.clients, nil
	case "min":
		return s.clients[:1], nil
	case "max":
		return s.clients[len(s.clients)-1:], nil
	}
	var counts []int
	for word := range strings.SplitSeq(key, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("clients %q: want numbers, min, max or all", key)
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// number is the figure or ratio of one setting, NaN where the sample does not
// support it. Medians over trials are divided, not trials by trials: repeats of
// two settings are not pairs.
func (s sweep) number(v valueSpec, operation string, clients int) (float64, error) {
	m, ok := s.at(operation, clients)
	if !ok {
		return 0, fmt.Errorf("no trial of %s with %s", operation, plural(clients, "client"))
	}
	x, err := figureOf(m, v.figure)
	if err != nil || v.over == "" && v.under == "" {
		return x, err
	}
	base, err := s.base(v, operation, clients)
	if err != nil {
		return 0, err
	}
	if v.under != "" {
		return base / x, nil
	}
	return x / base, nil
}

// base is what a ratio is taken to.
func (s sweep) base(v valueSpec, operation string, clients int) (float64, error) {
	to := v.over + v.under // one of them is empty
	if to == "reference" {
		switch v.figure {
		case "mean":
			return referenceMeanNS, nil
		case "throughput", "whole":
			return referenceOpsPerS * float64(clients), nil
		}
		return 0, fmt.Errorf("the reference report has no %s", v.figure)
	}
	counts, err := s.counts(to)
	if err != nil {
		return 0, err
	}
	if len(counts) != 1 {
		return 0, fmt.Errorf("a ratio is to one number of clients")
	}
	m, ok := s.at(operation, counts[0])
	if !ok {
		return 0, fmt.Errorf("no trial of %s with %s", operation, plural(counts[0], "client"))
	}
	return figureOf(m, v.figure)
}

// write puts the range low to high in words. Ratios have 2 digits, since they are
// of medians that have 3 at best; a range whose ends read the same is written as
// one number.
func (v valueSpec) write(low, high float64) (string, error) {
	switch {
	case math.IsNaN(low) || math.IsInf(low, 0) || math.IsInf(high, 0):
		return unknown, nil
	case v.over != "" || v.under != "":
		return span(low, high, func(x float64) string { return digits(x, 2) }), nil
	case !isTime(v.figure):
		return span(low, high, number) + " ops/s", nil
	}
	u := unitFor(high) // one unit for both ends of a range
	if v.unit != "" {
		var err error
		if u, err = unitNamed(v.unit); err != nil {
			return "", err
		}
	}
	return span(low/u.ns, high/u.ns, number) + " " + u.name, nil
}

// fact is one thing that the record says of how a sweep was measured. A report
// that says them by hand is wrong from the next run on another machine on.
type fact struct {
	name string
	of   func(sweep) string
}

// facts are what a fact marker can name.
func facts() []fact {
	// A parameter of the sweep, a number.
	param := func(of func(results.Params) int) func(sweep) string {
		return func(s sweep) string { return whole(int64(of(s.params))) }
	}
	// A property of the hosts; the different values where they differ.
	host := func(of func(results.Host) string) func(sweep) string {
		return func(s sweep) string {
			var all []string
			for _, g := range groupHosts(s.trials) {
				if text := of(g.host); !slices.Contains(all, text) {
					all = append(all, text)
				}
			}
			return escape(strings.Join(all, ", "))
		}
	}
	return []fact{
		{"nodes", param(func(p results.Params) int { return p.Nodes })},
		{"operations", param(func(p results.Params) int { return p.Operations })},
		{"warmup", param(func(p results.Params) int { return p.Warmup })},
		{"key_bytes", param(func(p results.Params) int { return p.KeyBytes })},
		{"value_bytes", param(func(p results.Params) int { return p.ValueBytes })},
		{"placement", func(s sweep) string { return escape(s.params.Placement) }},
		{"loop", func(s sweep) string { return escape(s.params.Loop) }},
		{"clients", func(s sweep) string { return numbers(s.clients) }},
		{"trials", func(s sweep) string { return whole(int64(len(s.trials))) }},
		{"repeats", func(s sweep) string {
			fewest, most := s.repeats()
			if fewest == most {
				return plural(most, "trial")
			}
			return span(float64(fewest), float64(most), tickNumber) + " trials"
		}},
		{"doubtful", func(s sweep) string { return whole(int64(s.doubtful())) }},
		{"gomaxprocs", func(s sweep) string { return s.gomaxprocs() }},
		{"started", func(s sweep) string { return s.started() }},
		{"build", func(s sweep) string { return s.builds() }},
		{"cpu", host(func(h results.Host) string { return h.CPU })},
		{"cores", host(func(h results.Host) string { return strconv.Itoa(h.Cores) })},
		{"kernel", host(func(h results.Host) string { return h.Kernel })},
		{"virtualization", host(func(h results.Host) string { return either(h.Virtualization, "none") })},
	}
}

// fact writes the fact of the given name.
func (s sweep) fact(name string) (string, error) {
	var names []string
	for _, f := range facts() {
		if f.name == name {
			return f.of(s), nil
		}
		names = append(names, f.name)
	}
	return "", fmt.Errorf("fact %q: want one of %s", name, strings.Join(names, ", "))
}
