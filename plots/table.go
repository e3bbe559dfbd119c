package plots

import (
	"fmt"
	"math"
	"strings"

	"dhtbench/results"
)

// table is the result table of a sweep in Markdown: one row per setting, all
// times in one unit.
func (s sweep) table() string {
	u := s.unit()
	// A column of ones says nothing; the line below the table says it once.
	fewest, most := s.repeats()
	header := []string{"operation", "clients"}
	if most > 1 {
		header = append(header, "trials")
	}
	for _, name := range []string{"mean", "p50", "p99", "p99.9", "max"} {
		header = append(header, fmt.Sprintf("%s (%s)", name, u.name))
	}
	header = append(header, "throughput (ops/s)")

	var b strings.Builder
	b.WriteString(s.gapNote())
	b.WriteString("| " + strings.Join(header, " | ") + " |\n")
	b.WriteString("| --- |" + strings.Repeat(" ---: |", len(header)-1) + "\n")
	for _, o := range s.operations {
		for _, n := range s.clients {
			if m, ok := s.at(o, n); ok {
				b.WriteString("| " + strings.Join(row(m, u, most > 1), " | ") + " |\n")
			}
		}
	}
	b.WriteString("\n" + legend(fewest, most) + "\n")
	return b.String()
}

// row is one setting. Every latency has its interval behind it, if it has one.
func row(m results.Summary, u unit, trials bool) []string {
	cells := []string{cell(m.Setting.Operation), fmt.Sprint(m.Setting.Clients)}
	if trials {
		cells = append(cells, fmt.Sprint(m.Trials))
	}
	for _, e := range []results.Estimate{m.Mean, m.P50, m.P99, m.P999} {
		cells = append(cells, estimate(e, u.ns))
	}
	return append(cells, number(m.Max/u.ns), estimate(m.Throughput, 1))
}

// estimate writes an estimate in units of scale.
func estimate(e results.Estimate, scale float64) string {
	if !e.Known() {
		return unknown
	}
	text := number(e.Median / scale)
	if e.HasInterval() {
		text += fmt.Sprintf(" [%s, %s]", number(e.Low/scale), number(e.High/scale))
	}
	return text
}

// unit is the one that suits the middle of the means on a log scale. One unit
// for a whole table lets the eye compare rows by their width.
func (s sweep) unit() unit {
	low, high := math.Inf(1), 0.0
	for _, m := range s.summaries {
		if v := m.Mean.Median; v > 0 {
			low, high = min(low, v), max(high, v)
		}
	}
	if high == 0 {
		return units()[0]
	}
	return unitFor(math.Sqrt(low * high))
}

// legend says how to read a table: what a number is the median of, what the
// brackets are, and what a dash stands for. fewest and most are trials per
// setting.
func legend(fewest, most int) string {
	var parts []string
	switch {
	case most == 1:
		parts = append(parts, "One trial per setting: what varies between trials is not known.")
	case fewest >= enoughForInterval:
		parts = append(parts, "Medians over trials, with the 95 % interval of the median in brackets; max is the largest of all.")
	case most >= enoughForInterval:
		parts = append(parts, "Medians over trials, in brackets the 95 % interval where there are 6 trials or more; max is the largest of all.")
	default:
		parts = append(parts, "Medians over trials, too few for an interval; max is the largest of all.")
	}
	parts = append(parts, "Throughput is over the time in which all clients were active.",
		"A dash stands for a percentile with fewer than 10 latencies above it.")
	return strings.Join(parts, " ")
}

// gapNote is a paragraph on what an incomplete sweep lacks, empty for a whole
// one.
func (s sweep) gapNote() string {
	if gap := s.missing(); gap != "" {
		return "**Incomplete sweep:** " + gap + ".\n\n"
	}
	return ""
}

// cell makes text from a record safe inside a Markdown table: whoever names a
// CPU or writes a warning knows nothing of Markdown.
func cell(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.ReplaceAll(escape(s), "|", `\|`)
}
