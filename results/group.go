package results

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Group is the warnings of one code in several trials.
type Group struct {
	Code   string
	Trials []Params // parameters of the trials that have it, each once
	// Invalid is the number of trials that it makes INVALID.
	Invalid int
	// Text is its sentence with the range of the values, Advice what to do. Advice is
	// empty for Legacy warnings, whose text contains it.
	Text, Advice string

	key key
}

// key is what warnings of one group have in common.
type key struct{ code, words string }

// keyOf returns the code of a warning and, of a Legacy one, its text without numbers.
func keyOf(w Warning) key { return key{w.Code, strings.Join(numeral.Split(w.Text, -1), "#")} }

// Has reports whether w belongs to the group.
func (g Group) Has(w Warning) bool { return keyOf(w) == g.key }

// Warnings groups the recorded warnings of trials by code: first those that make
// trials INVALID, then by frequency. Legacy warnings are grouped by their sentences
// without numbers.
func Warnings(trials []Trial) []Group {
	found := make(map[key][]Warning)
	groups := make(map[key]*Group)
	for _, t := range trials {
		seen := make(map[key]Verdict)
		for _, w := range t.Warnings {
			k := keyOf(w)
			found[k] = append(found[k], w)
			if groups[k] == nil {
				groups[k] = &Group{Code: w.Code, key: k}
			}
			if _, again := seen[k]; !again {
				groups[k].Trials = append(groups[k].Trials, t.Params)
			}
			seen[k] = seen[k].worse(w.Level)
		}
		for k, level := range seen {
			if level == Invalid {
				groups[k].Invalid++
			}
		}
	}
	var all []Group
	for k, g := range groups {
		g.describe(found[k])
		all = append(all, *g)
	}
	place := func(g Group) int {
		return slices.IndexFunc(sentences(), func(s sentence) bool { return s.code == g.Code })
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(min(b.Invalid, 1), min(a.Invalid, 1)), cmp.Compare(len(b.Trials), len(a.Trials)),
			cmp.Compare(place(a), place(b)), cmp.Compare(a.Text, b.Text))
	})
	return all
}

// describe makes the text of a group.
func (g *Group) describe(all []Warning) {
	if g.Code == Legacy {
		texts := make([]string, len(all))
		for i, w := range all {
			texts[i] = w.Text
		}
		g.Text = mergeTexts(texts)
		return
	}
	low, high := all[0].Value, all[0].Value
	for _, w := range all {
		low, high = min(low, w.Value), max(high, w.Value)
	}
	s := sentenceOf(g.Code)
	g.Text, g.Advice = fmt.Sprintf(s.text, s.unit.format(low, high)), s.advice
}

// Line returns the group as one line of at most the given number of columns. To fit, it
// leaves out the settings, then the advice:
// `9 SUSPECT: drift of +10 to +26 % (put at 1, 4 clients); raise --warmup`.
func (g Group) Line(columns int) string {
	n := len(g.Trials)
	head := fmt.Sprintf("%d SUSPECT: ", n)
	switch g.Invalid {
	case 0:
	case n:
		head = fmt.Sprintf("%d INVALID: ", n)
	default:
		head = fmt.Sprintf("%d, %d INVALID: ", n, g.Invalid)
	}
	advice := ""
	if g.Advice != "" {
		advice = "; " + g.Advice
	}
	texts := []string{fmt.Sprintf("%s (%s)%s", g.Text, g.Where(), advice), g.Text + advice, g.Text}
	for _, text := range texts {
		if len([]rune(head+text)) <= columns {
			return head + text
		}
	}
	return string([]rune(head + g.Text)[:columns-1]) + "…"
}

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
	if p.Target != "" {
		at.what += " on " + p.Target
	}
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
