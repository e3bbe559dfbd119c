package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// paced is the trials of one way of pacing.
type paced struct {
	pacing string
	trials []results.Trial
}

// mostQueued is the share of operations that may have waited for a free slot for the
// p99 of the lag to be that of the pacing.
const mostQueued = 0.001

// showsPacing reports whether the lag of a trial is that of its pacing. Where the
// rate was not sustained or nodes stalled, operations wait for a free slot, and
// that is lag as well.
func showsPacing(t results.Trial) bool {
	var queued, count int64
	for _, c := range t.Clients {
		queued += c.Held
		if c.Lag != nil {
			count += c.Lag.Count()
		}
	}
	return isOpen(t.Params) && t.Params.Stall == "" && t.Sustained() && count > 0 && float64(queued) <= mostQueued*float64(count)
}

// byPacing sorts the trials of open loops that show it by their pacing, by name.
func (all sweeps) byPacing() []paced {
	var found []paced
	for _, s := range all {
		for _, t := range s.trials {
			if !showsPacing(t) {
				continue
			}
			name := either(t.Params.Pacing, "pacing unknown")
			i := slices.IndexFunc(found, func(p paced) bool { return p.pacing == name })
			if i < 0 {
				i = len(found)
				found = append(found, paced{pacing: name})
			}
			found[i].trials = append(found[i].trials, t)
		}
	}
	slices.SortFunc(found, func(a, b paced) int { return strings.Compare(a.pacing, b.pacing) })
	return found
}

// lag draws how much later than intended operations were sent, by percentile: a
// thin curve for each way of pacing and rate of the file.
func (all sweeps) lag() chart.Figure {
	f := chart.Figure{
		Name:     "lag",
		Title:    "How much later than intended are operations sent?",
		Measured: "measured on " + machines(trialsOf(all)),
	}
	var p chart.Panel
	var findings, counts, words []string
	lowest, highest := math.Inf(1), 0.0
	for i, g := range all.byPacing() {
		look := looks()[i%len(looks())]
		look.Width, look.Size = 0.9, 2.6
		rates := ratesOf(g.trials)
		lowest, highest = min(lowest, rates[0]), max(highest, rates[len(rates)-1])
		for k, rate := range rates {
			h := pool(atRate(g.trials, rate), results.Trial.Lag)
			label := ""
			if k == len(rates)-1 {
				label = g.pacing
			}
			p.Series = append(p.Series, cumulative(label, look, h)...)
		}
		h := pool(g.trials, results.Trial.Lag)
		findings = append(findings, fmt.Sprintf("%s p50 %s, p99 %s", g.pacing, duration(float64(h.Quantile(0.5))), duration(float64(h.Quantile(0.99)))))
		counts = append(counts, fmt.Sprintf("%d of %d %s", len(g.trials), len(all.pacedBy(g.pacing)), g.pacing))
		words = append(words, fmt.Sprintf("%s: median %s, p99 %s, largest %s", g.pacing,
			duration(float64(h.Quantile(0.5))), duration(float64(h.Quantile(0.99))), duration(float64(h.Max()))))
	}
	// What pacing is to keep to on an idle core.
	p.Series = append(p.Series, target("p50 goal", 0.5, 1e3)...)
	p.Series = append(p.Series, target("p99 goal", 0.99, 50e3)...)
	f.Rows = alongPercentiles([]chart.Panel{p}, func(series []chart.Series) chart.Axis {
		return chart.Snug(heights(series...), tickDuration).Labelled("lag: send − intended start")
	})
	f.Subtitle = strings.Join(findings, "; ") + "; " + list(counts) + " trials"
	f.Caption = []string{"a curve for each rate per client: " + span(lowest, highest, number) + " ops/s",
		"without trials that were not sustained, stalled, or had more than 0.1 % of operations queued for a slot", thinNote}
	f.Alt = "Lag by percentile. " + strings.Join(words, "; ") + "."
	return f
}

// target is a goal for a quantile, named above it.
func target(label string, q, ns float64) []chart.Series {
	x := chart.Nine(q)
	return []chart.Series{
		{Look: chart.Look{Colour: chart.Ink, Shape: chart.Diamond, Size: 5}, Marks: []chart.Mark{{X: x, Y: ns, Hollow: true}}},
		{Label: label, At: &plotter.XY{X: x, Y: 2 * ns}},
	}
}

// pacedBy are the trials of open loops with a way of pacing, whatever they show.
func (all sweeps) pacedBy(pacing string) []results.Trial {
	return slices.DeleteFunc(trialsOf(all), func(t results.Trial) bool {
		return !isOpen(t.Params) || either(t.Params.Pacing, "pacing unknown") != pacing
	})
}

// ratePerClient is what a trial's pacing is asked for: it is by client.
func ratePerClient(t results.Trial) float64 {
	return t.Params.RateOpsPerS / float64(max(t.Params.Clients, 1))
}

// ratesOf are the rates per client of trials, rising.
func ratesOf(trials []results.Trial) []float64 {
	var all []float64
	for _, t := range trials {
		all = append(all, ratePerClient(t))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// atRate are the trials with a rate per client.
func atRate(trials []results.Trial, rate float64) []results.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return ratePerClient(t) != rate })
}

// trialsOf is all trials of a file.
func trialsOf(all sweeps) []results.Trial {
	var trials []results.Trial
	for _, s := range all {
		trials = append(trials, s.trials...)
	}
	return trials
}
