package export

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"dhtbench/results"
)

// hlog writes the log format V1.3 of HdrHistogram.
func hlog(w io.Writer, trials []results.Trial) error {
	base := trials[0].Started
	seconds := func(t time.Duration) string { return strconv.FormatFloat(t.Seconds(), 'f', 3, 64) }
	epoch := strconv.FormatFloat(float64(base.UnixMilli())/1000, 'f', 3, 64)
	_, err := fmt.Fprintf(w, "#[Logged with dhtbench]\n#[Histogram log format version 1.3]\n"+
		"#[StartTime: %s (seconds since epoch), %s]\n#[BaseTime: %s (seconds since epoch)]\n"+
		`"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"`+"\n",
		epoch, base.UTC().Format(time.RFC3339Nano), epoch)
	if err != nil {
		return err
	}
	name := names(trials)
	for _, t := range trials {
		h := t.Sample().Histogram()
		text, err := h.EncodeHDR()
		if err != nil {
			return err
		}
		whole := t.Whole()
		_, err = fmt.Fprintf(w, "Tag=%s,%s,%s,%s,%s\n", name(t.Params), seconds(t.Started.Sub(base)),
			seconds(time.Duration(whole.EndNS-whole.StartNS)), strconv.FormatFloat(float64(h.Max())/1e6, 'f', 6, 64), text)
		if err != nil {
			return err
		}
	}
	return nil
}

// hgrm writes the percentiles of one setting as HdrHistogram's tools do.
func hgrm(w io.Writer, trials []results.Trial) error {
	settings := results.Summarize(trials)
	if n := len(settings); n > 1 {
		return fmt.Errorf("hgrm holds one distribution, and there are %d settings; choose one with --setting, such as %s", n, names(trials)(settings[0].Setting))
	}
	sum := results.NewHistogram()
	for _, t := range trials {
		sum.Add(t.Sample().Histogram())
	}
	if sum.Count() == sum.Unresolved() {
		return errors.New("hgrm: there are no latencies")
	}
	return sum.WritePercentiles(w)
}
