package plots

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dhtbench/results"
)

// What pacing is to keep to on an idle core.
const (
	lagGoalP50 = time.Microsecond
	lagGoalP99 = 50 * time.Microsecond
)

// paced is the trials of one way of pacing.
type paced struct {
	pacing string
	trials []results.Trial
}

// mostHeld is the share of operations that may have waited for a connection for the
// p99 of the lag to be that of the pacing.
const mostHeld = 0.001

// showsPacing reports whether the lag of a trial is that of its pacing. Where the
// rate was not sustained or nodes stalled, operations wait for connections, and
// that is lag as well.
func showsPacing(t results.Trial) bool {
	var held, count int64
	for _, c := range t.Clients {
		held += c.Queued
		if c.Lag != nil {
			count += c.Lag.Count()
		}
	}
	return t.Params.Open() && t.Params.Stall == "" && t.Sustained() && count > 0 && float64(held) <= mostHeld*float64(count)
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

// lagLook is the look of a way of pacing: precise is the first.
func lagLook(i int) look {
	if all := looks(); i < len(all) {
		return all[i]
	}
	return lookOf("")
}

// lag draws how much later than meant operations were sent, by percentile, for
// each way of pacing in the file.
func (all sweeps) lag() figure {
	f := figure{
		name:   "lag",
		title:  "Lag: how much later than meant an operation was sent",
		xLabel: percentileAxis,
	}
	var p panel
	var words, which []string
	for i, g := range all.byPacing() {
		h := pool(g.trials, results.Trial.Lag)
		p.lines = append(p.lines, cumulative(g.pacing, lagLook(i), h)...)
		words = append(words, fmt.Sprintf("%s: median %s, p99 %s, largest %s", g.pacing,
			duration(float64(h.Quantile(0.5))), duration(float64(h.Quantile(0.99))), duration(float64(h.Max()))))
		which = append(which, fmt.Sprintf("%s: %s of %s", g.pacing, plural(len(g.trials), "trial"), ratesOf(g.trials)))
	}
	f.panels = []panel{p}
	f.alongPercentiles(fitLog) // how long the axis is, before the guides are drawn along it
	p = f.panels[0]
	guides := []line{lagGuide("goal for the p50: 1 µs", lagGoalP50, p.x), lagGuide("goal for the p99: 50 µs", lagGoalP99, p.x)}
	p.lines = append(guides, p.lines...)
	p.y = fitLog(heights(p.lines))
	p.yTicks = p.y.ticks(tickDuration)
	f.panels[0] = p
	f.yLabel = "send − intended start" + logNote(p.y)
	f.caption = []string{
		strings.Join(which, " · ") + " in all; histograms added",
		"without trials whose rate was not sustained, whose nodes were told to stall, or that had more than 0.1 % of their operations held: their lag is waiting for a connection",
		"measured on " + machines(trialsOf(all)), thinNote,
	}
	f.alt = "Lag by percentile. " + strings.Join(words, "; ") + "."
	return f
}

// lagGuide is a goal, across the axis.
func lagGuide(label string, at time.Duration, x scale) line {
	return line{label: label, look: guideLook(), width: guideWidth, points: []point{{x.low, float64(at)}, {x.high, float64(at)}}}
}

// ratesOf is the range of rates that each client offered: pacing is by client.
func ratesOf(trials []results.Trial) string {
	var low, high float64
	for i, t := range trials {
		each := t.Params.RateOpsPerS / float64(max(t.Params.Clients, 1))
		if i == 0 {
			low, high = each, each
		}
		low, high = min(low, each), max(high, each)
	}
	return span(low, high, number) + " ops/s per client"
}

// trialsOf is all trials of a file.
func trialsOf(all sweeps) []results.Trial {
	var trials []results.Trial
	for _, s := range all {
		trials = append(trials, s.trials...)
	}
	return trials
}
