package plots

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// mostQueued is the share of queued operations up to which the p99 of the lag is due to
// pacing.
const mostQueued = 0.001

// showsPacing reports whether the lag of a trial is due to its pacing. If the rate was
// not sustained or nodes stalled, waiting for a free slot is part of the lag.
func showsPacing(t results.Trial) bool {
	var queued, count int64
	for _, c := range t.Clients {
		queued += c.Queued
		if c.Lag != nil {
			count += c.Lag.Count()
		}
	}
	return t.Params.Open() && t.Params.Stall == "" && t.Sustained() && count > 0 && float64(queued) <= mostQueued*float64(count)
}

// byPacing returns the trials that show their pacing, by pacing and target.
func (all sweeps) byPacing() map[string][]results.Trial {
	found := make(map[string][]results.Trial)
	for _, t := range trialsOf(all) {
		if showsPacing(t) {
			found[pacingOf(t)] = append(found[pacingOf(t)], t)
		}
	}
	return found
}

func pacingOf(t results.Trial) string {
	pacing := either(t.Params.Pacing, "pacing unknown")
	if t.Params.Target != "" {
		pacing += " at " + t.Params.Target
	}
	return pacing
}

// lag draws the lag by percentile, a thin curve for each pacing and rate of the file.
func (all sweeps) lag() chart.Figure {
	var p chart.Panel
	var findings, counts []string
	lowest, highest := math.Inf(1), 0.0
	paced, of := all.byPacing(), make(map[string]int) // those shown, of how many
	for _, t := range trialsOf(all) {
		if t.Params.Open() {
			of[pacingOf(t)]++
		}
	}
	for i, pacing := range slices.Sorted(maps.Keys(paced)) {
		look := looks()[i%len(looks())]
		look.Width, look.Size = 0.9, 2.6
		byRate := make(map[float64][]results.Trial) // rate of each client, on which pacing depends
		for _, t := range paced[pacing] {
			rate := t.Params.RateOpsPerS / float64(max(t.Params.Clients, 1))
			byRate[rate] = append(byRate[rate], t)
			lowest, highest = min(lowest, rate), max(highest, rate)
		}
		for _, rate := range slices.Sorted(maps.Keys(byRate)) {
			p.Series = append(p.Series, cumulative("", look, pool(byRate[rate], results.Trial.Lag))...)
		}
		p.Series[len(p.Series)-1].Label = pacing // of the highest rate, the longest curve
		h := pool(paced[pacing], results.Trial.Lag)
		findings = append(findings, fmt.Sprintf("%s p50 %s, p99 %s", pacing, duration(float64(h.Quantile(0.5))), duration(float64(h.Quantile(0.99)))))
		counts = append(counts, fmt.Sprintf("%d of %d %s", len(paced[pacing]), of[pacing], pacing))
	}
	// The goals of pacing on an idle core.
	p.Series = append(append(p.Series, target("p50 goal", 0.5, 1e3)...), target("p99 goal", 0.99, 50e3)...)
	rows := alongPercentiles([]chart.Panel{p}, 100, 1e6, "lag: send − intended start")
	return chart.Figure{
		Title:    "How much later than intended are operations sent?",
		Subtitle: strings.Join(findings, "; ") + "; " + list(counts) + " trials",
		Rows:     rows,
		Caption: append([]string{"a curve for each rate per client: " + span(lowest, highest, number) + " ops/s",
			"without trials that were not sustained, stalled, or had more than 0.1 % of operations queued for a slot"}, sweep{}.notes(rows)...),
		Measured: "measured on " + machines(trialsOf(all)),
	}
}

// mostLagGrowth is the goal for the p99 of the lag with many clients, relative to that
// with the fewest, at the same rate.
const mostLagGrowth = 1.5

// overClients reports whether the sweep is an open loop with several numbers of
// clients, whose lag is drawn against them.
func (s sweep) overClients() bool {
	return s.params.Open() && s.axis == byClients && len(s.loads) > 1
}

// lag draws p50 and p99 of the lag against the number of clients.
func (s sweep) lag() chart.Figure {
	x := s.axis.fit(s.loads)
	measures := quantileMeasures(lag)[:2]
	var series []chart.Series
	for k, m := range measures {
		for _, o := range s.operations {
			one := s.series(o, m, weighed(lookOf(o), k))
			one.Label = o + " " + m.name
			series = append(series, one)
		}
	}
	first, _ := s.at(s.operations[0], s.loads[0])
	if goal := mostLagGrowth * measures[1].of(first).Median; goal > 0 {
		series = append(series, chart.Series{Label: "p99 goal", Look: linearLook(), Points: plotter.XYs{{X: x.Low, Y: goal}, {X: x.High, Y: goal}}})
	}
	rows := [][]chart.Panel{{{X: x, Y: chart.Tight(heights(series...), tickDuration).Labelled("lag: send − intended start"), Series: series}}}
	f := s.figure("How much later than intended are operations of many clients sent?",
		"lag p99 "+s.finding(measures[1], durations)+"; "+s.sample(), rows)
	f.Caption = append(f.Caption, fmt.Sprintf("goal: at most %s times the p99 with %s", tickNumber(mostLagGrowth), s.axis.words(s.loads[0])))
	return f
}

// lagTable returns, in Markdown, p50 and p99 of the lag at each number of clients, and
// their ratios to those at the smallest.
func (s sweep) lagTable() (string, error) {
	if !s.overClients() {
		return "", errors.New("the lag of a sweep needs an open loop with several numbers of clients")
	}
	p50, p99 := quantileMeasures(lag)[0], quantileMeasures(lag)[1]
	to := " to that with " + s.axis.words(s.loads[0])
	us := units()[1]
	var b strings.Builder
	b.WriteString(s.gapNote())
	b.WriteString(heading([]string{"clients", "lag p50 (" + us.name + ")", "lag p99 (" + us.name + ")", "p50" + to, "p99" + to, "queued"}))
	for _, t := range s.settings {
		first, _ := s.at(t.operation(), s.loads[0])
		b.WriteString(row([]string{fmt.Sprint(t.load().clients), estimate(p50.of(t), us.ns), estimate(p99.of(t), us.ns),
			estimate(paired(t, first, p50.trial), 1), estimate(paired(t, first, p99.trial), 1), whole(t.Queued)}))
	}
	b.WriteString("\nMedians over trials, and of ratios within a repeat, with 95 % intervals in brackets where there are 6 or more. Queued operations waited for a free slot of their client.\n")
	return b.String(), nil
}

// target is a goal for a quantile, named above it.
func target(label string, q, ns float64) []chart.Series {
	x := chart.Nine(q)
	return []chart.Series{
		{Look: chart.Look{Colour: chart.Ink, Shape: chart.Diamond{}, Size: 4.5}, Marks: []chart.Mark{{X: x, Y: ns}}},
		{Label: label, At: &plotter.XY{X: x, Y: 2 * ns}},
	}
}

// trialsOf is all trials of a file.
func trialsOf(all sweeps) []results.Trial {
	var trials []results.Trial
	for _, s := range all {
		trials = append(trials, s.trials...)
	}
	return trials
}
