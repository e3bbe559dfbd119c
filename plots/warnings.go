package plots

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dhtbench/results"
)

// warning is the warnings of trials that read the same but for their numbers and
// the hosts and nodes that they name. "Little's law ... is 0.912" and "... is 0.85"
// are one, shown once as 0.85–0.912.
type warning struct {
	words  []string  // the text between the varying parts
	parts  [][]token // between each two words: the tokens of all texts
	params []results.Params
}

// token is a varying part of a warning's text.
type token struct {
	text   string
	isName bool // of a host or node, instead of a number
}

// warningsOf groups the warnings of trials, in order of first appearance.
func warningsOf(trials []results.Trial) []warning {
	var all []warning
	for _, t := range trials {
		varying := varyingIn(t)
		touched := make(map[int]bool) // a trial counts once, however often it warns
		for _, w := range t.Warnings {
			text := fmt.Sprint(w)
			words, tokens := split(text, varying)
			i := slices.IndexFunc(all, func(w warning) bool { return w.matches(words, tokens) })
			if i < 0 {
				i = len(all)
				all = append(all, warning{words: words, parts: make([][]token, len(tokens))})
			}
			for k, token := range tokens {
				all[i].parts[k] = append(all[i].parts[k], token)
			}
			if !touched[i] {
				all[i].params = append(all[i].params, t.Params)
			}
			touched[i] = true
		}
	}
	return all
}

// varyingIn matches the varying parts of a trial's warnings: "on" or "of" and one
// of its hosts, "node" and an id, and numbers that are words of their own.
func varyingIn(t results.Trial) *regexp.Regexp {
	var hosts []string
	for _, h := range t.Hosts {
		if h.Name != "" && utf8.ValidString(h.Name) {
			hosts = append(hosts, regexp.QuoteMeta(h.Name))
		}
	}
	// The longest first, as one name may begin another.
	slices.SortStableFunc(hosts, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	names := `\bnode (\d+)\b`
	if len(hosts) > 0 {
		names += `|\b(?:on|of) (` + strings.Join(hosts, "|") + `)(?:[\s:,;.]|$)`
	}
	return regexp.MustCompile(names + `|\b\d+(?:\.\d+)?\b`)
}

// split cuts a warning into its words and the tokens between them.
func split(text string, varying *regexp.Regexp) (words []string, tokens []token) {
	at := 0
	for at <= len(text) {
		m := varying.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		from, to, isName := m[0], m[1], false
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				from, to, isName = m[i], m[i+1], true
			}
		}
		words = append(words, text[at:at+from])
		tokens = append(tokens, token{text[at+from : at+to], isName})
		at += to
	}
	return append(words, text[at:]), tokens
}

// matches reports whether a text that was split differs from w in the varying
// parts alone.
func (w warning) matches(words []string, tokens []token) bool {
	return slices.Equal(w.words, words) &&
		slices.EqualFunc(w.parts, tokens, func(part []token, t token) bool { return part[0].isName == t.isName })
}

// String is the warning, with the range of each number and the list of each name.
func (w warning) String() string {
	var b strings.Builder
	for i, word := range w.words {
		b.WriteString(word)
		switch {
		case i == len(w.parts):
		case w.parts[i][0].isName:
			b.WriteString(nameList(w.parts[i]))
		default:
			b.WriteString(numberRange(w.parts[i], word))
		}
	}
	return b.String()
}

// nameList lists the different names, in order of first appearance.
func nameList(part []token) string {
	var names []string
	for _, t := range part {
		if !slices.Contains(names, t.text) {
			names = append(names, t.text)
		}
	}
	return strings.Join(names, ", ")
}

// numberRange is the range of numbers as the trials wrote them, not rounded anew.
// A sign before them stands at the end of the word.
func numberRange(part []token, before string) string {
	order := func(a, b token) int { return cmp.Compare(valueOf(a.text), valueOf(b.text)) }
	low, high := slices.MinFunc(part, order).text, slices.MaxFunc(part, order).text
	switch sign := before[max(len(before)-1, 0):]; {
	case low == high:
		return low
	case sign == "-" || sign == "+":
		return low + " to " + sign + high
	}
	return low + "–" + high
}

// valueOf is the value of a decimal number; one too long for a float64 is infinite.
func valueOf(number string) float64 {
	v, _ := strconv.ParseFloat(number, 64)
	return v
}

// warningTable lists warnings with the number of trials that have them and where.
func (s sweep) warningTable(all []warning) string {
	var b strings.Builder
	b.WriteString("| warning | trials | at |\n| --- | ---: | --- |\n")
	for _, w := range all {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", cell(w.String()), len(w.params), cell(s.places(w.params)))
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
