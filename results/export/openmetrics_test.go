package export

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"dhtbench/results"
)

// exposition is OpenMetrics text that was read: the value of each sample by its name and
// labels, and the type and unit of each family.
type exposition struct {
	samples     map[string]float64
	kind, units map[string]string
}

// suffixes are those of the samples of each type.
func suffixes() map[string][]string {
	return map[string][]string{"gauge": {""}, "counter": {"_total"}, "summary": {"", "_count", "_sum"}}
}

// parse reads OpenMetrics text. It checks what readers check: the order of families, the
// suffixes of their samples, units at the end of names, unique samples, and the end.
func parse(text string) (exposition, error) {
	var (
		metadata = regexp.MustCompile(`^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
		label    = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\n"])*"`
		sample   = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{` + label + `(?:,` + label + `)*\}) (\S+)$`)
	)
	e := exposition{make(map[string]float64), make(map[string]string), make(map[string]string)}
	body, found := strings.CutSuffix(text, "\n# EOF\n")
	if !found {
		return e, fmt.Errorf("no # EOF at the end")
	}
	family := ""
	for line := range strings.SplitSeq(body, "\n") {
		if m := metadata.FindStringSubmatch(line); m != nil {
			switch {
			case m[1] == "TYPE" && e.kind[m[2]] == "":
				family = m[2]
				e.kind[family] = m[3]
			case m[2] != family:
				return e, fmt.Errorf("%s: not at the start of its family", line)
			case m[1] == "UNIT":
				e.units[family] = m[3]
				if !strings.HasSuffix(family, "_"+m[3]) {
					return e, fmt.Errorf("%s: the name does not end in the unit", line)
				}
			}
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			return e, fmt.Errorf("%s: neither a sample nor metadata", line)
		}
		fits := false
		for _, suffix := range suffixes()[e.kind[family]] {
			fits = fits || m[1] == family+suffix
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if _, twice := e.samples[m[1]+m[2]]; twice || !fits || err != nil {
			return e, fmt.Errorf("%s: a sample of no %s %s, a second time, or no number", line, e.kind[family], family)
		}
		if quantile := strings.Contains(m[2], `quantile="`); quantile != (e.kind[family] == "summary" && m[1] == family) {
			return e, fmt.Errorf("%s: only the values of summaries have a quantile", line)
		}
		e.samples[m[1]+m[2]] = v
	}
	return e, nil
}

func TestOpenMetricsHasTheMedians(t *testing.T) {
	for _, file := range []string{"clients.jsonl", "loopback.jsonl", "pacing.jsonl"} {
		trials := measured(t, file)
		got, err := parse(exported(t, "openmetrics", trials))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if got.units["dhtbench_latency_seconds"] != "seconds" || got.kind["dhtbench_operations"] != "counter" {
			t.Errorf("%s: units %v, types %v", file, got.units, got.kind)
		}
		// find returns the sample of a setting.
		find := func(name string, p results.Params, labels string) float64 {
			for key, v := range got.samples {
				if strings.HasPrefix(key, name+`{operation="`+p.Operation+`"`) && strings.Contains(key, fmt.Sprintf(`,clients="%d",`, p.Clients)) &&
					strings.Contains(key, labels) && (p.Pacing == "" || strings.Contains(key, `pacing="`+p.Pacing+`"`)) &&
					(p.RateOpsPerS == 0 || strings.Contains(key, fmt.Sprintf(`rate_ops_per_s="%.0f"`, p.RateOpsPerS))) {
					return v
				}
			}
			t.Errorf("%s: no %s of %+v", file, name, p)
			return 0
		}
		for _, s := range results.Summarize(trials) {
			if v := find("dhtbench_latency_seconds", s.Setting, `quantile="0.99"`); v != s.Latency().Quantile(0.99).Median/1e9 {
				t.Errorf("%s: p99 of %v s, want %v ns", file, v, s.Latency().Quantile(0.99).Median)
			}
			if v := find("dhtbench_operations_total", s.Setting, `outcome="ok"`); v != float64(s.Counts.OK) {
				t.Errorf("%s: %v operations, want %d", file, v, s.Counts.OK)
			}
			if v := find("dhtbench_throughput_operations_per_second", s.Setting, ""); v != s.Throughput.Median {
				t.Errorf("%s: throughput %v, want %v", file, v, s.Throughput.Median)
			}
			if v := find("dhtbench_latency_seconds_count", s.Setting, ""); v != float64(s.Counts.Replied()) {
				t.Errorf("%s: %v latencies, want %d", file, v, s.Counts.Replied())
			}
		}
	}
}
