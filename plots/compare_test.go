package plots

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dhtbench/plots/chart"
	"dhtbench/results"
	"dhtbench/results/compare"
)

// compared writes two results files, the second with slower gets, and returns a command
// that compares them.
func compared(t *testing.T) *CompareCommand {
	folder := t.TempDir()
	c := &CompareCommand{A: filepath.Join(folder, "a.jsonl"), B: filepath.Join(folder, "b.jsonl"), Threshold: 5, Out: filepath.Join(folder, "ratio.svg")}
	for i, name := range []string{c.A, c.B} {
		m := made{operations: []string{"put", "get"}, clients: []int{1, 2}, repeats: 6, each: 1000, tail: 0.3,
			mean: func(operation string, n int) float64 {
				if i == 1 && operation == "get" {
					return 2 * sharing(operation, n)
				}
				return sharing(operation, n)
			}}
		f, _, _, err := results.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range m.trials() {
			if err := f.Append(trial); err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	}
	return c
}

// TestCompareDraws: the command draws the ratios for pages and phones, and reports the
// regression.
func TestCompareDraws(t *testing.T) {
	c := compared(t)
	if err := c.Run(); !errors.Is(err, compare.ErrRegression) {
		t.Fatalf("%v, want a regression", err)
	}
	for _, name := range []string{c.Out, strings.TrimSuffix(c.Out, ".svg") + "-narrow.svg"} {
		svg, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		checkSVG(t, name, svg)
		checkFits(t, name, string(svg))
		all := strings.Join(texts(t, string(svg)), "|")
		for _, want := range []string{"throughput: B better →", "p99: ← B better", "get at 2 clients", "everywhere", "threshold of 5 %"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}

// TestRatios: rows have the interval and the values, and are filled only outside the
// threshold.
func TestRatios(t *testing.T) {
	read, err := compared(t).read()
	if err != nil {
		t.Fatal(err)
	}
	p := ratiosOf(read, 0.05, chart.Wide).Rows[0][0]
	marks := make(map[string]chart.Mark)
	for _, tick := range p.Y.Ticks {
		for _, s := range p.Series {
			if len(s.Marks) == 1 && s.Marks[0].Y == tick.Value {
				marks[tick.Label] = s.Marks[0]
			}
		}
	}
	put, get := marks["put at 1 client"], marks["get at 1 client"]
	if len(marks) != 5 || !put.Hollow || get.Hollow || !(get.Left < get.X && get.X < get.Right && get.Right < 0.6) {
		t.Errorf("%d rows, put %+v, get %+v", len(marks), put, get)
	}
	if low, high := p.X.Low, p.X.High; low*high < 0.999 || low*high > 1.001 || get.Left < low {
		t.Errorf("the axis is from %v to %v", low, high)
	}
	var label string
	for _, s := range p.Series {
		if strings.Contains(s.Label, "→") {
			label = s.Label
		}
	}
	if !strings.Contains(label, "] * · ") || !strings.HasSuffix(label, "ops/s") {
		t.Errorf("label %q", label)
	}
}

func TestCompareRefuses(t *testing.T) {
	c := compared(t)
	c.B = ""
	if _, err := c.read(); err == nil || !strings.Contains(err.Error(), "does not hold two sides") {
		t.Errorf("%v", err)
	} else if _, is := errors.AsType[compare.Refusal](err); !is {
		t.Errorf("%T, want a Refusal", err)
	}
	for want, c := range map[string]CompareCommand{
		"--json and --markdown are mutually exclusive": {JSON: true, Markdown: true},
		"--out x.png: must end in .svg":                {Out: "x.png"},
		"--threshold -1: must be a percentage":         {Threshold: -1},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
