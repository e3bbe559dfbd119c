package results

import (
	"cmp"
	"fmt"
	"slices"
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
