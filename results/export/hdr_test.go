package export

import (
	"encoding/json"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dhtbench/results"
)

// javaScript returns what testdata/read.js prints of a log.
func javaScript(t *testing.T, log string) (intervals [][]any, percentiles string) {
	t.Helper()
	if exec.Command("node", "-e", "require('hdr-histogram-js')").Run() != nil {
		// Also in CI: the package is not in Debian.
		t.Skip("needs node, and hdr-histogram-js: npm install --prefix DIR hdr-histogram-js, and NODE_PATH=DIR/node_modules")
	}
	cmd := exec.Command("node", "testdata/read.js")
	cmd.Stdin = strings.NewReader(log)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	text := string(out)
	for strings.HasPrefix(text, "[") {
		line, rest, _ := strings.Cut(text, "\n")
		var interval []any
		if err := json.Unmarshal([]byte(line), &interval); err != nil {
			t.Fatal(err)
		}
		intervals, text = append(intervals, interval), rest
	}
	return intervals, text
}

// TestJavaScriptReadsOurLog: the JavaScript port of HdrHistogram finds the same totals,
// times and percentiles.
func TestJavaScriptReadsOurLog(t *testing.T) {
	for _, file := range []string{"clients.jsonl", "loopback.jsonl"} {
		trials := measured(t, file)
		slices.SortStableFunc(trials, func(a, b results.Trial) int { return a.Started.Compare(b.Started) })
		name := names(trials)
		got, _ := javaScript(t, exported(t, "hlog", trials))
		if len(got) != len(trials) {
			t.Fatalf("%s: %d intervals, want %d", file, len(got), len(trials))
		}
		for i, trial := range trials {
			s, whole := trial.Sample(), trial.Whole()
			if got[i][0] != name(trial.Params) || got[i][1] != float64(s.Count()) {
				t.Errorf("%s: interval %d has tag %v and count %v, want %s and %d", file, i, got[i][0], got[i][1], name(trial.Params), s.Count())
			}
			start := float64(trial.Started.UnixMicro()) / 1e3
			for k, want := range []float64{start, start + float64(whole.EndNS-whole.StartNS)/1e6} {
				if math.Abs(got[i][2+k].(float64)-want) > 1.5 { // ms
					t.Errorf("%s: interval %d has time %v, want %v", file, i, got[i][2+k], want)
				}
			}
			for k, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
				want, _ := s.Quantile(q)
				// Max is exact here, and the edge of its bucket there.
				if g := got[i][4+k].(float64); g != float64(want) && !(s.Histogram().Max() == want && g > float64(want) && g < 1.001*float64(want)) {
					t.Errorf("%s: interval %d has quantile %v of %v, want %v", file, i, q, g, float64(want))
				}
			}
		}
	}
}

// TestPercentilesAreThoseOfJavaScript: .hgrm has the lines that the JavaScript port
// prints.
func TestPercentilesAreThoseOfJavaScript(t *testing.T) {
	trials := measured(t, "truth-overload.jsonl")
	_, want := javaScript(t, exported(t, "hlog", trials))
	got := exported(t, "hgrm", trials)
	a, b := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	if len(a) < 20 || len(a) != len(b)-1 { // the port prints its numbers of buckets, too
		t.Fatalf("%d lines, want %d:\n%s\n%s", len(a), len(b)-1, got, want)
	}
	for i := range a {
		x, y := strings.Fields(strings.Trim(a[i], "#[]")), strings.Fields(strings.Trim(b[i], "#[]"))
		same := slices.EqualFunc(x, y, func(p, q string) bool {
			v, err1 := strconv.ParseFloat(strings.Trim(p, ","), 64)
			w, err2 := strconv.ParseFloat(strings.Trim(q, ","), 64)
			return p == q || err1 == nil && err2 == nil && math.Abs(v-w) <= 1e-3+1e-9*w // the last digit
		})
		if !same {
			t.Errorf("line %d is %q, want %q", i+1, a[i], b[i])
		}
	}
}

func TestHgrmRefusesSeveralSettings(t *testing.T) {
	err := Write(new(strings.Builder), "hgrm", measured(t, "loopback.jsonl"))
	if err == nil || !strings.Contains(err.Error(), "--setting, such as operation=put/target=dht/clients=1") {
		t.Error(err)
	}
}
