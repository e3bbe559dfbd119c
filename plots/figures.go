package plots

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"dhtbench/plots/chart"
)

// sketch is a figure that can be made.
type sketch struct {
	name string
	make func() chart.Figure
}

// figures returns the figures of a whole file, which compare sweeps.
func (all sweeps) figures() []sketch {
	if all.study() != nil { // the pacing of its trials has faults
		return []sketch{{"verdict", all.verdict}}
	}
	var list []sketch
	if groups, _ := all.rivals(); len(groups) > 0 {
		list = append(list, sketch{"peers", all.peers})
		if all.waiting() != nil {
			list = append(list, sketch{"capacity", all.capacity})
		}
		return list
	}
	if len(all.byPacing()) > 0 && !slices.ContainsFunc(all, sweep.overClients) {
		list = append(list, sketch{"lag", all.lag})
	}
	if len(all.stalls()) > 0 {
		list = append(list, sketch{"truth", all.truth})
	}
	return list
}

// figures returns the figures for which a sweep has the data, in the order of the
// report.
func (s sweep) figures() []sketch {
	var list []sketch
	switch {
	case len(s.loads) == 1: // one load makes no axis
	case s.axis == byRate: // the mean means little if the queue may grow without end
		list = []sketch{{"rate", s.rate}, {"throughput", s.achieved}}
	case s.params.Open():
		list = []sketch{{"response-time", s.responseTime}, {"throughput", s.achieved}, {"percentiles", s.rate}}
	default:
		list = []sketch{{"response-time", s.responseTime}, {"throughput", s.throughput}, {"percentiles", s.percentiles}}
	}
	list = append(list, sketch{"distribution", s.distribution})
	if s.overClients() {
		list = append(list, sketch{"lag", s.lag})
	}
	if slices.ContainsFunc(s.trials, hasBreakdown) {
		list = append(list, sketch{"breakdown", s.breakdown})
	}
	if slices.ContainsFunc(s.trials, hasTimeline) {
		list = append(list, sketch{"timeline", s.latencyOverTime})
	}
	return list
}

// figure returns a figure of rows, with the notes and the conditions of the sweep. The
// caption begins with the given notes.
func (s sweep) figure(title, subtitle string, rows [][]chart.Panel, notes ...string) chart.Figure {
	return chart.Figure{Title: title, Subtitle: subtitle, Rows: rows, Caption: append(notes, s.notes(rows)...), Measured: s.conditions()}
}

// drawAll draws all figures of a results file below folder, each for pages and for
// phones.
func drawAll(folder string, all sweeps) ([]drawing, error) {
	var drawn []drawing
	add := func(folder string, list []sketch) error {
		for _, k := range list {
			f := k.make()
			for suffix, size := range map[string]chart.Size{"": chart.Wide, "-narrow": chart.Narrow} {
				svg, err := f.SVG(size)
				if err != nil {
					return err
				}
				drawn = append(drawn, drawing{filepath.Join(folder, k.name+suffix+".svg"), svg})
			}
		}
		return nil
	}
	if err := add(folder, all.figures()); err != nil {
		return nil, err
	}
	if all.study() != nil { // a figure of each case would show its fault and nothing of the store
		all = nil
	}
	_, all = all.rivals() // targets that are compared share figures
	labels := make(map[string]string)
	for _, s := range all {
		if other, taken := labels[s.folder()]; taken {
			return nil, fmt.Errorf("%s: sweeps %s and %s would be drawn into one folder; split the results file", folder, other, s.label)
		}
		labels[s.folder()] = s.label
		if err := add(filepath.Join(folder, s.folder()), s.figures()); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(drawn, func(a, b drawing) int { return strings.Compare(a.path, b.path) })
	return drawn, nil
}
