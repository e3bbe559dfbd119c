package plots

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// rivals are sweeps that differ only in their target: stores in the order of looks,
// then null servers.
type rivals []sweep

// rivals groups the sweeps of a file that differ only in their target. alone has the
// others.
func (all sweeps) rivals() (groups []rivals, alone sweeps) {
	key := func(s sweep) results.Params {
		s.params.Target = ""
		return s.params
	}
	for _, s := range all {
		i := slices.IndexFunc(groups, func(g rivals) bool { return key(g[0]) == key(s) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	groups = slices.DeleteFunc(groups, func(g rivals) bool {
		if len(g) == 1 {
			alone = append(alone, g[0])
		}
		return len(g) == 1
	})
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b sweep) int { return cmp.Compare(a.rank(), b.rank()) })
	}
	return groups, alone
}

// stores returns the rivals that are not null servers.
func (g rivals) stores() []sweep {
	return slices.DeleteFunc(slices.Clone(g), sweep.isNull)
}

// names lists the targets.
func (g rivals) names() string {
	var names []string
	for _, s := range g {
		names = append(names, s.params.Store())
	}
	return list(names)
}

// sum returns the trials of all targets as one sweep, for their number and verdicts.
func (g rivals) sum() sweep {
	sum := g[0]
	sum.settings, sum.trials, sum.narrowed = nil, nil, true
	for _, s := range g {
		sum.settings, sum.trials = append(sum.settings, s.settings...), append(sum.trials, s.trials...)
	}
	return sum
}

// measured describes how the rivals were measured, for the description of a figure.
func (g rivals) measured() string { return "targets " + g.names() + " · " + g[0].conditions() }

// heaviest returns the heaviest load.
func (g rivals) heaviest() load { return g[0].loads[len(g[0].loads)-1] }

// isNull reports whether the target is null servers.
func (s sweep) isNull() bool { return results.IsNull(s.params.Target) }

// looksOfStores are the looks of DHT, redis, memcached and any other store.
func looksOfStores() []chart.Look {
	return []chart.Look{
		{Colour: chart.Ink, Shape: draw.CircleGlyph{}, Width: 1.8},
		{Colour: chart.Orange, Shape: draw.BoxGlyph{}, Width: 1.8, Dash: []vg.Length{7, 3}},
		{Colour: chart.Blue, Shape: draw.PyramidGlyph{}, Width: 1.8, Dash: []vg.Length{2, 2.5}},
		{Colour: chart.Sky, Shape: chart.Diamond{}, Width: 1.8},
	}
}

// storeIndex returns the index of the target, or of the store whose protocol its null
// servers speak, in [looksOfStores].
func (s sweep) storeIndex() int {
	known := []string{results.DHT, "redis", "memcached"}
	if i := slices.Index(known, results.Protocol(s.params.Store())); i >= 0 {
		return i
	}
	return len(known)
}

// rank orders targets: stores before null servers, each as in [looksOfStores].
func (s sweep) rank() int {
	if s.isNull() {
		return len(looksOfStores()) + s.storeIndex()
	}
	return s.storeIndex()
}

// storeLook returns the look of the target. That of null servers is small and grey, with
// the marker of the store whose protocol they speak.
func (s sweep) storeLook() chart.Look {
	look := looksOfStores()[s.storeIndex()]
	if s.isNull() {
		return chart.Look{Colour: chart.Guide, Shape: look.Shape, Size: 2.4}
	}
	return look
}
