package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// ofOperation returns the part of a sweep with one operation.
func ofOperation(operation string, s sweep) (sweep, error) {
	if !slices.Contains(s.operations, operation) {
		return sweep{}, fmt.Errorf("no trial of %s: must be one of %s", operation, list(s.operations))
	}
	return s.narrow([]string{operation}, s.loads), nil
}

// atLoad returns the part of a sweep at one load: a number of clients, or a rate if the
// sweep is of rates. min and max are the lightest and the heaviest load.
func atLoad(x any, s sweep) (sweep, error) {
	places := map[any]load{"min": s.loads[0], "max": s.loads[len(s.loads)-1]}
	for _, l := range s.loads {
		places[s.axis.x(l)] = l
	}
	if n, ok := x.(int); ok {
		x = float64(n)
	}
	l, ok := places[x]
	if !ok {
		return sweep{}, fmt.Errorf("no trial at %v: must be min, max or one of %s %s", x, s.axis.list(s.loads), s.axis.unitAfter(s.loads))
	}
	return s.narrow(s.operations, []load{l}), nil
}

// narrow returns the part of a sweep with the given operations and loads.
func (s sweep) narrow(operations []string, loads []load) sweep {
	var kept []setting
	for _, t := range s.settings {
		if slices.Contains(operations, t.operation()) && slices.Contains(loads, t.load()) {
			kept = append(kept, t)
		}
	}
	s.settings, s.trials, s.operations, s.loads, s.narrowed = kept, trialsIn(kept), operations, loads, true
	return s
}

// figureNamed returns a figure by the name of its column in a table: p50, service p50,
// lag p99, throughput. whole is the throughput over the whole trial; baseline is what
// was measured at null servers. write formats a range of the figure.
func (s sweep) figureNamed(name string) (m measure, write func(low, high float64) string, err error) {
	type kind struct {
		prefix string
		of     latency
	}
	kinds := []kind{{"", s.main()}, {"service ", service}, {"baseline ", null}}
	if s.params.Open() {
		kinds = append(kinds, kind{"response ", response}, kind{"lag ", lag})
	}
	var names []string
	for _, k := range kinds {
		for _, m := range timeMeasures(k.of) {
			m.name = k.prefix + m.name
			if names = append(names, m.name); m.name == name {
				return m, durations, nil
			}
		}
	}
	baseline := nullThroughput()
	baseline.name = "baseline throughput"
	for _, m := range []measure{throughputMeasure(), wholeMeasure(), achievedMeasure(), baseline} {
		if names = append(names, m.name); m.name == name {
			return m, rates, nil
		}
	}
	return measure{}, nil, fmt.Errorf("figure %q: must be one of %s", name, strings.Join(names, ", "))
}

// value formats a figure of a sweep: of its only setting, or the range over all
// settings.
func value(name string, s sweep) (string, error) {
	m, write, err := s.figureNamed(name)
	if err != nil {
		return "", err
	}
	return s.rangeOf(func(t setting) (float64, error) { return m.of(t).Median, nil }, write)
}

// ratio formats a figure of over divided by that of under, for each operation. It
// divides medians over trials, because the repeats of two settings are not pairs.
func ratio(name string, over, under side) (string, error) {
	s, ok := over.(sweep)
	if !ok {
		if s, ok = under.(sweep); !ok {
			return "", errors.New("a ratio needs a sweep")
		}
	}
	quotient := func(t setting) (float64, error) {
		a, err := over.number(name, t)
		if err != nil {
			return 0, err
		}
		b, err := under.number(name, t)
		return a / b, err
	}
	// 2 digits, since medians have at most 3.
	return s.rangeOf(quotient, func(low, high float64) string {
		return span(low, high, func(x float64) string { return digits(x, 2) })
	})
}

// side is one side of a ratio.
type side interface {
	// number returns the named figure to compare with a setting.
	number(name string, beside setting) (float64, error)
}

// number returns the figure of the same operation, at the only load of s or else at the
// same load.
func (s sweep) number(name string, beside setting) (float64, error) {
	m, _, err := s.figureNamed(name)
	if err != nil {
		return 0, err
	}
	l := beside.load()
	if len(s.loads) == 1 {
		l = s.loads[0]
	}
	t, ok := s.at(beside.operation(), l)
	if !ok {
		return 0, s.lacks(beside.operation(), l)
	}
	return m.of(t).Median, nil
}

// referenceReport is the course report.
type referenceReport struct{}

func (referenceReport) number(name string, beside setting) (float64, error) {
	switch name {
	case "mean":
		return referenceMeanNS, nil
	case "throughput", "whole":
		return referenceOpsPerS * float64(beside.load().clients), nil
	}
	return 0, fmt.Errorf("the reference report has no %s", name)
}

// rangeOf formats the range of a number over the settings of s, which must all have been
// measured. If the number is unknown for one of them, the range is unknown.
func (s sweep) rangeOf(of func(setting) (float64, error), write func(low, high float64) string) (string, error) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, o := range s.operations {
		for _, l := range s.loads {
			t, ok := s.at(o, l)
			if !ok {
				return "", s.lacks(o, l)
			}
			x, err := of(t)
			if err != nil {
				return "", err
			}
			low, high = math.Min(low, x), math.Max(high, x) // NaN if any is
		}
	}
	return writeKnown(low, high, write), nil
}

func (s sweep) lacks(operation string, l load) error {
	return fmt.Errorf("no trial of %s %s", operation, s.axis.with(l))
}
