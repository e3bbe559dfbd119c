package export

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"dhtbench/results"
)

// field is a field of a row.
type field struct{ column, text string }

// table writes CSV with a header.
func table(w io.Writer, trials []results.Trial) error {
	out := csv.NewWriter(w)
	for i, t := range trials {
		var header, row []string
		for _, f := range fields(t) {
			header, row = append(header, f.column), append(row, f.text)
		}
		if i == 0 {
			out.Write(header) // errors are kept until Error
		}
		out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// fields returns the fields of a trial. All trials have the same columns.
func fields(t results.Trial) []field {
	s := single(t)
	all := []field{{"time", t.Started.UTC().Format(time.RFC3339Nano)}}
	for _, p := range parameters(t.Params) {
		all = append(all, field{p.name, p.value})
	}
	number := func(column string, v float64) { all = append(all, field{column, strconv.FormatFloat(v, 'f', -1, 64)}) }
	var atLeast []string
	figure := func(column string, e results.Estimate) {
		if !e.Known() {
			all = append(all, field{column: column})
			return
		}
		number(column, e.Median)
		if e.AtLeast {
			atLeast = append(atLeast, column)
		}
	}
	latency := s.Latency()
	figure("throughput_ops_per_s", s.Throughput)
	figure("mean_ns", latency.Mean)
	for _, q := range quantiles() {
		figure(results.PercentileName(q)+"_ns", latency.Quantile(q))
	}
	longest := latency.Max
	if t.Sample().Count() == 0 {
		longest = math.NaN()
	}
	figure("max_ns", results.Estimate{Median: longest, AtLeast: latency.MaxAtLeast})
	for _, o := range outcomes(s.Counts) {
		number(o.name, float64(o.n))
	}
	return append(all, field{"verdict", string(t.Verdict)}, field{"at_least", strings.Join(atLeast, " ")}, field{"revision", t.Build.Revision})
}

// outcome is a number of operations.
type outcome struct {
	name string
	n    int64
}

func outcomes(c results.Counts) []outcome {
	return []outcome{{"ok", c.OK}, {"not_found", c.NotFound}, {"failed", c.Failed}, {"unknown", c.Unknown}, {"unsent", c.Unsent}}
}
