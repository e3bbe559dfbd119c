package export

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"dhtbench/results"
)

// family is a metric family. Its name is without the prefix dhtbench_ and ends in its
// unit.
type family struct {
	name, kind, unit, help string
	samples                func(family, results.Summary) []string
}

func families() []family {
	return []family{
		{"latency_seconds", "summary", "seconds", "Latency: response time in an open loop, service time in a closed one.", latency},
		{"throughput_operations_per_second", "gauge", "operations_per_second", "Operations completed per second, median over trials.", throughput},
		{"operations", "counter", "", "Operations by outcome, of all trials.", operations},
		{"trials", "gauge", "", "Trials by verdict.", verdicts},
	}
}

// openMetrics writes OpenMetrics text.
func openMetrics(w io.Writer, trials []results.Trial) error {
	settings := results.Summarize(trials)
	var text strings.Builder
	for _, f := range families() {
		fmt.Fprintf(&text, "# TYPE dhtbench_%s %s\n", f.name, f.kind)
		if f.unit != "" {
			fmt.Fprintf(&text, "# UNIT dhtbench_%s %s\n", f.name, f.unit)
		}
		fmt.Fprintf(&text, "# HELP dhtbench_%s %s\n", f.name, f.help)
		for _, s := range settings {
			for _, sample := range f.samples(f, s) {
				fmt.Fprintln(&text, sample)
			}
		}
	}
	_, err := io.WriteString(w, text.String()+"# EOF\n")
	return err
}

// sample writes one sample of a setting, with one more label unless its name is empty.
func (f family) sample(suffix string, setting results.Params, value float64, label, text string) string {
	var labels []string
	add := func(name, value string) {
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
		labels = append(labels, fmt.Sprintf(`%s="%s"`, name, escaped))
	}
	for _, p := range parameters(setting) {
		if !p.zero() {
			add(p.name, p.value)
		}
	}
	if label != "" {
		add(label, text)
	}
	return fmt.Sprintf("dhtbench_%s%s{%s} %s", f.name, suffix, strings.Join(labels, ","), strconv.FormatFloat(value, 'g', -1, 64))
}

func latency(f family, s results.Summary) []string {
	var all []string
	for _, q := range quantiles() {
		if e := s.Latency().Quantile(q); exact(e) {
			all = append(all, f.sample("", s.Setting, e.Median/float64(time.Second), "quantile", strconv.FormatFloat(q, 'f', -1, 64)))
		}
	}
	var count, sum float64
	for _, t := range s.Trials {
		h := t.Sample().Histogram()
		count += float64(h.Count())
		sum += h.Sum().Seconds()
	}
	return append(all, f.sample("_count", s.Setting, count, "", ""), f.sample("_sum", s.Setting, sum, "", ""))
}

func throughput(f family, s results.Summary) []string {
	if !exact(s.Throughput) {
		return nil
	}
	return []string{f.sample("", s.Setting, s.Throughput.Median, "", "")}
}

func operations(f family, s results.Summary) []string {
	var all []string
	for _, o := range outcomes(s.Counts) {
		all = append(all, f.sample("_total", s.Setting, float64(o.n), "outcome", o.name))
	}
	return all
}

func verdicts(f family, s results.Summary) []string {
	sample := func(verdict results.Verdict, n int) string {
		return f.sample("", s.Setting, float64(n), "verdict", string(verdict))
	}
	return []string{sample(results.Valid, s.Valid), sample(results.Suspect, s.Suspect), sample(results.Invalid, s.Invalid)}
}
