package results

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Warning is one reason not to trust a trial. [Warning.String] formats it as a sentence;
// [Group] combines those of several trials.
type Warning struct {
	Code  string  `json:"code"`           // of the detector, such as agent-cpu
	Level Verdict `json:"level"`          // Suspect or Invalid
	Host  string  `json:"host,omitempty"` // name of its host; empty for the whole trial
	Node  *int    `json:"node,omitempty"` // id of its node process; nil if none
	// Value is what exceeds Limit, in the unit of the code: a share (1 is all), a number
	// of operations, or seconds. A drift is signed; its absolute value exceeds Limit.
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	// Text is the sentence of a Legacy warning; it is empty in others.
	Text string `json:"text,omitempty"`
}

// Legacy is the code of warnings of schemas 1 and 2, which recorded only sentences.
const Legacy = "legacy"

// sentence is the text of the warnings of one code.
type sentence struct {
	code   string
	text   string // %s stands for the value, or the range of several
	unit   unit   // of the value
	advice string // what to do, in the imperative; flags are those of dhtbench bench
}

// sentences lists the sentences of all codes, in the order in which they are shown.
func sentences() []sentence {
	return []sentence{
		{"wrong-values", "wrong values: %s", number, "see first_error in the file"},
		{"errors", "%s of operations went wrong", percent, "see first_error in the file"},
		{Interrupted, "interrupted with %s to come", percent, "measure again with --resume"},
		{Hopeless, "hopeless rate: ended with %s to come", percent, "lower --rate"},
		{"unsent", "%s of operations were never sent", percent, "lower --rate"},
		{"not-sustained", "achieved %s less than offered", percent, "lower --rate"},
		{"out-of-range", "latencies below 1 ns or above 60 s: %s", number, "lower the load"},
		{"queued", "%s of operations waited for a free slot", percent, "raise --inflight"},
		{"lag", "median lag is %s of median response", percent, "lower --rate"},
		{"lag-tail", "p99 of lag is %s of p99 of response", percent, "stop other programs"},
		{"agent-cpu", "agents used %s of their cores", percent, "use more hosts (--hosts)"},
		{"steal", "steal of %s of processor time", percent, "use other hosts (--hosts)"},
		{"throttling", "stopped by a CPU limit (cgroup) for %s of the time", percent, "raise the limit"},
		{"gc", "garbage collection stopped agents for %s", percent, "raise GOGC"},
		{"hiccups", "hiccups for %s of the time", percent, "stop other programs"},
		{"silence", "nothing was heard for %s", seconds, "use a better network"},
		{"start-skew", "clients began %s apart", seconds, "use more hosts (--hosts)"},
		{"stragglers", "not all clients ran for %s of the time", percent, "raise --ops"},
		{"littles-law", "Little's law is off by %s", percent, "use more hosts (--hosts)"},
		{"drift", "drift of %s", signed, "raise --warmup"},
	}
}

// Codes returns the codes of all warnings of [Trial.Judge].
func Codes() []string {
	var codes []string
	for _, s := range sentences() {
		codes = append(codes, s.code)
	}
	return codes
}

// sentenceOf returns the sentence of a code. For an unknown code, as a later build may
// record, it uses the code itself.
func sentenceOf(code string) sentence {
	for _, s := range sentences() {
		if s.code == code {
			return s
		}
	}
	return sentence{code: code, text: code + " of %s", unit: number}
}

// String returns the warning as a sentence with its host and node: `hiccups for 2 % of
// the time (h3, node 2)`.
func (w Warning) String() string {
	if w.Code == Legacy {
		return w.Text
	}
	s := sentenceOf(w.Code)
	text := fmt.Sprintf(s.text, s.unit.format(w.Value, w.Value))
	switch {
	case w.Node != nil:
		text += fmt.Sprintf(" (%s, node %d)", w.Host, *w.Node)
	case w.Host != "":
		text += fmt.Sprintf(" (%s)", w.Host)
	}
	return text
}

// unit is the unit of a warning's value.
type unit int

const (
	number unit = iota
	percent
	signed  // percent, with its sign
	seconds // from 1 s on, else milliseconds
)

// format formats a range of values, or one value if both have the same text.
func (u unit) format(low, high float64) string {
	name := ""
	write := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch u {
	case percent:
		name, write = " %", func(v float64) string { return digits2(100 * v) }
	case signed:
		name, write = " %", func(v float64) string {
			text := digits2(100 * v)
			if v > 0 {
				text = "+" + text
			}
			return text
		}
	case seconds:
		name, write = " ms", func(v float64) string { return digits2(1000 * v) }
		if low >= 1 {
			name, write = " s", digits2
		}
	}
	a, b := write(low), write(high)
	if a == b {
		return a + name
	}
	return a + " to " + b + name
}

// digits2 formats v with two digits, or with all of a longer integer part.
func digits2(v float64) string {
	if v <= -99.5 || v >= 99.5 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

// numeral is a number in a sentence of schema 2, or the name of a node. Names of
// hosts may end in digits.
var numeral = regexp.MustCompile(`(^|[ (])(node \d+\b|[+-]?\d+(\.\d+)?)`)

// mergeTexts merges sentences of schema 2 that differ only in numbers: each number
// becomes a range, and nodes a list.
func mergeTexts(texts []string) string {
	words := numeral.Split(texts[0], -1)
	var b strings.Builder
	for i, word := range words {
		b.WriteString(word)
		if i == len(words)-1 {
			break
		}
		var varying []string
		for _, text := range texts {
			varying = append(varying, numeral.FindAllString(text, -1)[i])
		}
		if strings.Contains(varying[0], "node") {
			b.WriteString(listNodes(varying))
		} else {
			b.WriteString(rangeOf(varying))
		}
	}
	return b.String()
}

// listNodes lists nodes by number, each once: node 3, 7.
func listNodes(nodes []string) string {
	before, _, _ := strings.Cut(nodes[0], "node")
	var ids []int
	for _, n := range nodes {
		_, id, _ := strings.Cut(n, "node ")
		number, _ := strconv.Atoi(id) // a number too long for an int may give any value
		ids = append(ids, number)
	}
	slices.Sort(ids)
	text := before + "node"
	for i, id := range slices.Compact(ids) {
		if i > 0 {
			text += ","
		}
		text += " " + strconv.Itoa(id)
	}
	return text
}

// rangeOf returns the range of numbers, in the form of the sentences.
func rangeOf(numbers []string) string {
	low, high := numbers[0], numbers[0]
	for _, n := range numbers {
		if parse(n) < parse(low) {
			low = n
		}
		if parse(n) > parse(high) {
			high = n
		}
	}
	if high == low {
		return low
	}
	return low + " to " + strings.TrimLeft(high, " (")
}

// parse returns the number of a numeral, infinite if it is too large.
func parse(numeral string) float64 {
	v, _ := strconv.ParseFloat(strings.TrimLeft(numeral, " (+"), 64)
	return v
}
