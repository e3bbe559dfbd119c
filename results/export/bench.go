package export

import (
	"io"
	"slices"

	"dhtbench/results"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// unit is a unit of the benchmark format and the figure in it.
type unit struct {
	name, better string
	of           func(results.Summary) results.Estimate
}

func units() []unit {
	all := []unit{{"ns/op", "lower", func(s results.Summary) results.Estimate { return s.Latency().Mean }}}
	for _, q := range quantiles() {
		// benchstat shows p50-ns in seconds, but not p50:ns.
		all = append(all, unit{results.PercentileName(q) + "-ns", "lower", func(s results.Summary) results.Estimate { return s.Latency().Quantile(q) }})
	}
	return append(all, unit{"op/s", "higher", func(s results.Summary) results.Estimate { return s.Throughput }})
}

// bench writes the Go benchmark format.
func bench(w io.Writer, trials []results.Trial) error {
	out := benchfmt.NewWriter(w)
	for _, u := range units() {
		_, tidied := benchunit.Tidy(1, u.name)
		better := &benchfmt.UnitMetadata{UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: tidied, Key: "better"}, OrigUnit: u.name, Value: u.better}
		if err := out.Write(better); err != nil {
			return err
		}
	}
	name, parts := names(trials), named(trials)
	for _, s := range results.Summarize(trials) {
		known := slices.DeleteFunc(units(), func(u unit) bool { return !exact(u.of(s)) })
		for _, t := range s.Trials {
			figures := single(t)
			line := &benchfmt.Result{Name: benchfmt.Name("Trial/" + name(t.Params)), Iters: int(t.Counts().Replied()), Config: config(t, parts)}
			for _, u := range known {
				line.Values = append(line.Values, benchfmt.Value{Value: u.of(figures).Median, Unit: u.name})
			}
			if len(known) == 0 { // a line without a figure is an error
				continue
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// config returns the configuration lines of a trial.
func config(t results.Trial, named []string) []benchfmt.Config {
	var all []benchfmt.Config
	add := func(key, value string) {
		all = append(all, benchfmt.Config{Key: key, Value: []byte(value), File: true})
	}
	if len(t.Hosts) > 0 {
		h := t.Hosts[0]
		add("goos", h.OS)
		add("goarch", h.Arch)
		add("cpu", h.CPU)
	}
	for _, p := range parameters(t.Params) {
		if !p.zero() && !p.ofRepeat() && !slices.Contains(named, p.name) {
			add(p.name, p.value)
		}
	}
	return all
}
