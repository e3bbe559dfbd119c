package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// valueSpec is what a value marker asks for: one figure, or its range over
// several settings, or how many times another it is.
//
// Ranges exist because prose speaks of several settings at once, and one of them
// picked by hand would be picked for its looks.
type valueSpec struct {
	figure     string
	latency    string // response, service, lag or null; empty for the sweep's main one
	operations string // comma-separated, or all
	clients    string // comma-separated, or min, max, all
	rates      string // the same
	over       string // a number of clients, or a rate, or reference; empty for none
	under      string // the same, inverse
	unit       string // empty for the one that suits
}

// takeValue takes its keys from a value marker and leaves those that pick a sweep.
func takeValue(m marker) (valueSpec, error) {
	v := valueSpec{
		figure:     m.take("figure", ""),
		latency:    m.take("latency", ""),
		operations: m.take("operation", "all"),
		clients:    m.take("clients", ""),
		rates:      m.take("rate", ""),
		over:       m.take("over", ""),
		under:      m.take("under", ""),
		unit:       m.take("unit", ""),
	}
	switch {
	case v.figure == "" || v.clients == "" && v.rates == "":
		return v, fmt.Errorf("name a figure and clients or a rate")
	case v.over != "" && v.under != "":
		return v, fmt.Errorf("over and under exclude each other")
	case v.unit != "" && (v.over != "" || v.under != "" || !isTime(v.figure)):
		return v, fmt.Errorf("a unit is for times only")
	case v.latency != "" && !isTime(v.figure) && v.latency != "null":
		return v, fmt.Errorf("%s is no latency: leave out latency=%s", v.figure, v.latency)
	}
	return v, nil
}

// narrow leaves out the sweeps of other numbers of clients, where each has a sweep
// of its own.
func (v valueSpec) narrow(all sweeps) sweeps {
	n, err := strconv.Atoi(v.clients)
	if err != nil {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(s sweep) bool { return s.axis == byRate && s.params.Clients != n })
}

// isTime reports whether a figure is a latency.
func isTime(figure string) bool {
	return !slices.Contains([]string{"throughput", "whole", "achieved"}, figure)
}

// figureOf is a named figure of a setting, in nanoseconds or operations per
// second; NaN where the sample does not support it. The names are those of the
// result table, and whole is the throughput over the whole trial, in which early
// clients have already finished.
func figureOf(t setting, name string, l latency) (float64, error) {
	all := append([]measure{meanMeasure(l)}, quantileMeasures(l)...)
	all = append(all, maxMeasure(l))
	if l == null {
		all = append(all, nullThroughput())
	} else {
		all = append(all, throughputMeasure(), wholeMeasure(), achievedMeasure())
	}
	names := make([]string, len(all))
	for i, m := range all {
		if m.name == name {
			return m.of(t).Median, nil
		}
		names[i] = m.name
	}
	return 0, fmt.Errorf("figure %q: want one of %s", name, strings.Join(names, ", "))
}

// latencyNamed is the latency that a marker means. A closed loop has one alone.
func (s sweep) latencyNamed(name string) (latency, error) {
	switch name {
	case "":
		return s.main(), nil
	case "service":
		return service, nil
	case "null":
		return null, nil
	case "response", "lag":
		if !isOpen(s.params) {
			return 0, fmt.Errorf("latency=%s is of the open loop: this is a closed one", name)
		}
		if name == "lag" {
			return lag, nil
		}
		return response, nil
	}
	return 0, fmt.Errorf("latency %q: want response, service, lag or null", name)
}

// value writes what v asks for.
func (s sweep) value(v valueSpec) (string, error) {
	operations := s.operations
	if v.operations != "all" {
		operations = strings.Split(v.operations, ",")
	}
	loads, err := s.asked(v)
	if err != nil {
		return "", err
	}
	// A percentile unknown of one setting is unknown of the range.
	low, high := math.Inf(1), math.Inf(-1)
	for _, o := range operations {
		for _, l := range loads {
			x, err := s.number(v, o, l)
			if err != nil {
				return "", err
			}
			low, high = math.Min(low, x), math.Max(high, x) // NaN if any is
		}
	}
	return v.write(low, high)
}

// asked are the loads that v names along the axis of the sweep.
func (s sweep) asked(v valueSpec) ([]load, error) {
	if s.axis == byRate {
		if v.rates == "" {
			return nil, fmt.Errorf("name a figure and a rate: the sweep is of rates")
		}
		return s.named("rate", v.rates)
	}
	if v.clients == "" || v.rates != "" {
		return nil, fmt.Errorf("name a figure and clients, and no rate: the sweep is of numbers of clients")
	}
	return s.named("clients", v.clients)
}

// named reads a list of places on the axis. min and max are those of the sweep, so
// that prose can be written for any sweep.
func (s sweep) named(key, text string) ([]load, error) {
	switch text {
	case "all":
		return s.loads, nil
	case "min":
		return s.loads[:1], nil
	case "max":
		return s.loads[len(s.loads)-1:], nil
	}
	var loads []load
	for word := range strings.SplitSeq(text, ",") {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, fmt.Errorf("%s %q: want numbers, min, max or all", key, text)
		}
		// One that was not measured is told when it is looked for.
		l := load{clients: int(x)}
		if s.axis == byRate {
			l = load{clients: s.params.Clients, rate: x}
		}
		for _, known := range s.loads {
			if s.axis.x(known) == x {
				l = known
			}
		}
		loads = append(loads, l)
	}
	return loads, nil
}

// number is the figure or ratio of one setting, NaN where the sample does not
// support it. Medians over trials are divided, not trials by trials: repeats of
// two settings are not pairs.
func (s sweep) number(v valueSpec, operation string, l load) (float64, error) {
	x, err := s.figureAt(v, operation, l)
	if err != nil || v.over == "" && v.under == "" {
		return x, err
	}
	base, err := s.base(v, operation, l)
	if err != nil {
		return 0, err
	}
	if v.under != "" {
		return base / x, nil
	}
	return x / base, nil
}

// figureAt is the figure of one setting, an error if it was not measured.
func (s sweep) figureAt(v valueSpec, operation string, l load) (float64, error) {
	t, ok := s.at(operation, l)
	if !ok {
		return 0, fmt.Errorf("no trial of %s %s", operation, s.axis.with(l))
	}
	kind, err := s.latencyNamed(v.latency)
	if err != nil {
		return 0, err
	}
	return figureOf(t, v.figure, kind)
}

// base is what a ratio is taken to.
func (s sweep) base(v valueSpec, operation string, l load) (float64, error) {
	to := v.over + v.under // one of them is empty
	if to == "reference" {
		switch v.figure {
		case "mean":
			return referenceMeanNS, nil
		case "throughput", "whole":
			return referenceOpsPerS * float64(l.clients), nil
		}
		return 0, fmt.Errorf("the reference report has no %s", v.figure)
	}
	loads, err := s.named(s.axis.unit(), to)
	if err != nil {
		return 0, err
	}
	if len(loads) != 1 {
		return 0, fmt.Errorf("a ratio is to one number of %s", s.axis.unit())
	}
	return s.figureAt(v, operation, loads[0])
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
