package plots

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// doubt is one sort of warning: those of several trials that read the same but
// for their numbers. "Little's law ... is 0.912" and "... is 0.85" are one doubt,
// shown once with the range 0.85–0.912, or a long run would drown the rest.
type doubt struct {
	words []string   // the text between the numbers
	texts [][]string // the numbers, of each trial that has the doubt
	where []results.Params
}

// numeral is a number inside a warning.
const numeral = `\d+(?:\.\d+)?`

// doubtsOf sorts the warnings of trials, in order of first appearance.
func doubtsOf(trials []results.Trial) []doubt {
	number := regexp.MustCompile(numeral)
	var all []doubt
	for _, t := range trials {
		for _, w := range t.Warnings {
			// Equal words between the numbers make equal doubts.
			words := number.Split(w.String(), -1)
			i := slices.IndexFunc(all, func(d doubt) bool { return slices.Equal(d.words, words) })
			if i < 0 {
				i = len(all)
				all = append(all, doubt{words: words})
			}
			all[i].texts = append(all[i].texts, number.FindAllString(w.String(), -1))
			all[i].where = append(all[i].where, t.Params)
		}
	}
	return all
}

// String is the warning, with the range over trials in the place of each number.
func (d doubt) String() string {
	var b strings.Builder
	for i, word := range d.words {
		b.WriteString(word)
		if i == len(d.words)-1 {
			break
		}
		low, high := d.texts[0][i], d.texts[0][i]
		for _, texts := range d.texts {
			if value(texts[i]) < value(low) {
				low = texts[i]
			}
			if value(texts[i]) > value(high) {
				high = texts[i]
			}
		}
		// As the trials wrote them, not rounded anew.
		b.WriteString(low)
		if high != low {
			b.WriteString("–" + high)
		}
	}
	return b.String()
}

// value is what a numeral says; one too long for a float64 counts as infinite.
func value(numeral string) float64 {
	v, _ := strconv.ParseFloat(numeral, 64)
	return v
}

// doubtful is how many trials have a warning at all.
func (s sweep) doubtful() int {
	n := 0
	for _, t := range s.trials {
		if len(t.Warnings) > 0 {
			n++
		}
	}
	return n
}

// doubts is the summary of all warnings in Markdown.
func (s sweep) doubts() string {
	total := len(s.trials)
	all := doubtsOf(s.trials)
	if len(all) == 0 {
		return s.gapNote() + fmt.Sprintf("No doubt was recorded in any of the %s.\n", plural(total, "trial"))
	}
	return s.gapNote() + fmt.Sprintf("%d of %s are in doubt:\n\n", s.doubtful(), plural(total, "trial")) + s.doubtTable(all)
}

// doubtTable lists doubts with the number of trials that have them and where.
func (s sweep) doubtTable(all []doubt) string {
	var b strings.Builder
	b.WriteString("| doubt | trials | at |\n| --- | ---: | --- |\n")
	for _, d := range all {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", cell(d.String()), len(d.where), cell(s.places(d.where)))
	}
	return b.String()
}

// places writes the settings of trials shortly: put with 3–5; get with 8 clients.
func (s sweep) places(where []results.Params) string {
	var parts []string
	unit := "" // of the last list
	for _, o := range s.operations {
		var loads []load
		for _, p := range where {
			if p.Operation == o {
				loads = insert(loads, loadOf(p))
			}
		}
		if len(loads) > 0 {
			parts = append(parts, o+" "+s.axis.preposition()+" "+s.axis.list(loads))
			unit = s.axis.unitAfter(loads)
		}
	}
	return strings.Join(parts, "; ") + " " + unit
}
