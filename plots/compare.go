package plots

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"dhtbench/plots/chart"
	"dhtbench/results"
	"dhtbench/results/compare"
)

// CompareCommand is `dhtbench compare`: it compares two results files, or the two sides of
// one.
type CompareCommand struct {
	A         string  `arg:"" help:"Results file of side A, or of a run with --a and --b."`
	B         string  `arg:"" optional:"" help:"Results file of side B."`
	Threshold float64 `default:"5" placeholder:"PERCENT" help:"Fail if B is found to be worse than A by more than this percentage."`
	Force     bool    `help:"Compare files that are otherwise refused, and list the reasons for the refusal."`
	JSON      bool    `help:"Print JSON, one metric of a setting a line."`
	Markdown  bool    `help:"Print Markdown, for a comment on a pull request."`
	Out       string  `placeholder:"FILE.svg" help:"Also draw the ratios into this file."`
}

// Validate reports errors of usage.
func (c *CompareCommand) Validate() error {
	switch {
	case c.JSON && c.Markdown:
		return errors.New("--json and --markdown are mutually exclusive")
	case !(c.Threshold >= 0):
		return fmt.Errorf("--threshold %v: must be a percentage of at least 0", c.Threshold)
	case c.Out != "" && filepath.Ext(c.Out) != ".svg":
		return fmt.Errorf("--out %s: must end in .svg", c.Out)
	}
	return nil
}

// Run prints the comparison and draws it. It returns a [compare.Refusal] if
// the files cannot be compared, and [compare.ErrRegression] if B is worse.
func (c *CompareCommand) Run() error {
	compared, err := c.read()
	if err != nil {
		return err
	}
	threshold := c.Threshold / 100
	switch {
	case c.JSON:
		err = compared.JSON(os.Stdout)
	case c.Markdown:
		err = compared.Markdown(os.Stdout, threshold)
	default:
		err = compared.Text(os.Stdout, threshold)
	}
	if err == nil && c.Out != "" {
		err = drawRatios(c.Out, compared, threshold)
	}
	if err == nil && compared.Regressed(threshold) {
		err = compare.ErrRegression
	}
	return err
}

// read reads the files and compares them.
func (c *CompareCommand) read() (compare.Comparison, error) {
	a, err := results.ReadFile(c.A)
	if err != nil {
		return compare.Comparison{}, compare.Refusal{Err: err}
	}
	var compared compare.Comparison
	if c.B == "" {
		compared, err = compare.Sides(c.A, a, c.Force)
	} else {
		var b []results.Trial
		if b, err = results.ReadFile(c.B); err != nil {
			return compare.Comparison{}, compare.Refusal{Err: err}
		}
		compared, err = compare.Files(compare.Side{Name: c.A, Trials: a}, compare.Side{Name: c.B, Trials: b}, c.Force)
	}
	if err != nil {
		return compare.Comparison{}, compare.Refusal{Err: fmt.Errorf("compare: %w", err)}
	}
	return compared, nil
}

// drawRatios draws a comparison into x.svg and, for phones, x-narrow.svg.
func drawRatios(name string, c compare.Comparison, threshold float64) error {
	for suffix, size := range map[string]chart.Size{"": chart.Wide, "-narrow": chart.Narrow} {
		svg, err := ratiosOf(c, threshold, size).SVG(size)
		if err == nil {
			err = replace(strings.TrimSuffix(name, ".svg")+suffix+".svg", svg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ratiosOf draws the ratios B/A of a comparison, with a panel for each metric and a row
// for each setting. Wide figures also have the values of A and B.
func ratiosOf(c compare.Comparison, threshold float64, size chart.Size) chart.Figure {
	percent := exactly(100 * threshold)
	f := chart.Figure{
		Title:    "Does B differ from A?",
		Subtitle: c.Verdict(threshold) + " Ratios of B to A, " + c.Trials(),
		Caption: []string{"bars: 95 % intervals", "shaded: threshold of " + percent + " %", "filled: the interval lies outside it",
			fmt.Sprintf("*: found by the joint test, p ≤ %v", compare.Alpha)},
		Measured: "A: " + c.A + "; B: " + c.B + ". " + strings.Join(c.Caveats, "; "),
	}
	for _, s := range c.Forced {
		f.Caption = append(f.Caption, "forced: "+strings.ReplaceAll(s, "\n", "; "))
	}
	x := ratioAxis(c, 1+threshold, size)
	for _, m := range c.Metrics {
		f.Rows = append(f.Rows, []chart.Panel{metricPanel(m, x, threshold, size)})
	}
	if n := len(f.Rows); n > 0 {
		f.Rows[n-1][0].X = x.Labelled("ratio B/A")
	}
	return f
}

// ratioAxis returns the axis of all ratios, with 1 in the middle.
func ratioAxis(c compare.Comparison, least float64, size chart.Size) chart.Axis {
	most := max(least, 1.25)
	for _, m := range c.Metrics {
		for _, r := range m.All() {
			for _, v := range []float64{r.Ratio.Median, r.Ratio.Low, r.Ratio.High} {
				if v > 0 && !math.IsInf(v, 1) {
					most = max(most, v, 1/v)
				}
			}
		}
	}
	most = math.Pow(most, 1.08)
	apart := math.Pow(most, 0.2)
	if size == chart.Narrow {
		apart = math.Pow(most, 0.6)
	}
	a := chart.Axis{Low: 1 / most, High: most, Log: true, Ticks: []plot.Tick{{Value: 1, Label: "1"}}}
	last := 1.0
	for _, v := range []float64{1.02, 1.05, 1.1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000} {
		if v <= most && v >= last*apart {
			a.Ticks = append(append([]plot.Tick{{Value: 1 / v, Label: digits(1/v, 2)}}, a.Ticks...),
				plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
			last = v
		}
	}
	return a
}

// metricPanel has a row for each setting, the first on top.
func metricPanel(m compare.Metric, x chart.Axis, threshold float64, size chart.Size) chart.Panel {
	const rowHeight = 19
	rows := m.All()
	n := float64(len(rows))
	p := chart.Panel{Title: m.Name + ": B better →", X: x, Y: chart.Axis{Low: -0.5, High: n - 0.5}, Height: vg.Length(n) * rowHeight}
	if !m.MoreIsBetter() {
		p.Title = m.Name + ": ← B better"
	}
	p.Behind = []plot.Plotter{chart.Box(1-threshold, 1+threshold, p.Y.Low, p.Y.High, chart.Shade)}
	p.Series = []chart.Series{{Look: nullLook(), Points: plotter.XYs{{X: 1, Y: p.Y.Low}, {X: 1, Y: p.Y.High}}}}
	for i, r := range rows {
		y := n - 1 - float64(i)
		p.Y.Ticks = append([]plot.Tick{{Value: y, Label: r.Where()}}, p.Y.Ticks...)
		mark := chart.Mark{X: r.Ratio.Median, Y: y, Hollow: true}
		if r.Ratio.HasInterval() {
			mark.Left, mark.Right = r.Ratio.Low, r.Ratio.High
			mark.Hollow = r.Ratio.Low <= 1+threshold && r.Ratio.High >= 1-threshold
		}
		p.Series = append(p.Series,
			chart.Series{Look: chart.Look{Colour: chart.Ink, Shape: draw.BoxGlyph{}}, Marks: []chart.Mark{mark}},
			chart.Series{Label: rowText(m, r, size), Look: chart.Look{Colour: chart.Shade}, Points: plotter.XYs{{X: x.High, Y: y}}})
	}
	return p
}

// rowText is the ratio of a row and, in wide figures, the values of A and B.
func rowText(m compare.Metric, r compare.Row, size chart.Size) string {
	if size == chart.Narrow || !r.A.Known() {
		return r.Text()
	}
	write := duration
	if m.MoreIsBetter() {
		write = func(v float64) string { return number(v) + " ops/s" }
	}
	return r.Text() + " · " + write(r.A.Median) + " → " + write(r.B.Median)
}
