package results

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// place is settings that differ only in their load.
type place struct {
	what string // the operation, and how else it differs from other places
	unit string // of loads: clients in a closed loop, operations per second in an open one
}

// Where lists the settings of the group's trials: `put at 1-3, 8 clients; get at 4`.
func (g Group) Where() string {
	params := slices.Clone(g.Trials)
	slices.SortStableFunc(params, compareSettings)
	clientsDiffer := slices.ContainsFunc(params, func(p Params) bool { return p.Clients != params[0].Clients })
	loads := make(map[place][]float64)
	var places []place
	for _, p := range params {
		at, load := placeOf(p, clientsDiffer)
		if !slices.Contains(places, at) {
			places = append(places, at)
		}
		if !slices.Contains(loads[at], load) {
			loads[at] = append(loads[at], load)
		}
	}
	parts := make([]string, len(places))
	for i, at := range places {
		parts[i] = at.what + " at " + ranges(loads[at])
		switch {
		case i > 0 && at.unit == places[i-1].unit:
		case slices.Equal(loads[at], []float64{1}):
			parts[i] += strings.Replace(at.unit, "clients", "client", 1)
		default:
			parts[i] += at.unit
		}
	}
	return strings.Join(parts, "; ")
}

// placeOf returns the place and the load of a trial.
func placeOf(p Params, clientsDiffer bool) (at place, load float64) {
	at = place{p.Operation, " clients"}
	if !p.Open() {
		return at, float64(p.Clients)
	}
	at.unit = "/s"
	if p.Pacing == TimerPacing {
		at.what += " with timers"
	}
	if clientsDiffer {
		at.what += fmt.Sprintf(" with clients=%d", p.Clients)
	}
	return at, p.RateOpsPerS
}

// ranges lists ascending numbers, three or more consecutive integers as a range: 1-3,
// 8.
func ranges(values []float64) string {
	slices.Sort(values)
	var parts []string
	for i := 0; i < len(values); {
		end := i + 1
		for end < len(values) && values[end] == values[end-1]+1 {
			end++
		}
		if end-i < 3 {
			end = i + 1
		}
		text := strconv.FormatFloat(values[i], 'f', -1, 64)
		if end > i+1 {
			text += "-" + strconv.FormatFloat(values[end-1], 'f', -1, 64)
		}
		parts = append(parts, text)
		i = end
	}
	return strings.Join(parts, ", ")
}
