package chart

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// drawn is the SVG of one panel with a series.
func drawn(t *testing.T, s Series) string {
	t.Helper()
	x, y := Places([]float64{0, 1, 2, 3, 4}, false, plainly), Linear([]float64{10}, plainly)
	svg, err := Figure{Title: "t", Rows: [][]Panel{{{X: x, Y: y, Series: []Series{s}}}}}.SVG(Wide)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ToLower(svg))
}

// TestLinesBreak: a stretch of one point is a dot, and nothing joins stretches.
func TestLinesBreak(t *testing.T) {
	look := Look{Colour: 0x123456, Width: 2}
	nan := math.NaN()
	for _, c := range []struct {
		name        string
		points      plotter.XYs
		lines, dots int
	}{
		{"whole", plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: 2}, {X: 2, Y: 3}}, 1, 0},
		{"broken", plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: 2}, {X: 2, Y: nan}, {X: 3, Y: 3}, {X: 4, Y: 3}}, 2, 0},
		{"isolated", plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: 2}, {X: 2, Y: nan}, {X: 3, Y: 3}}, 1, 1},
		{"unknown", plotter.XYs{{X: 0, Y: nan}}, 0, 0},
	} {
		svg := drawn(t, Series{Look: look, Points: c.points})
		if lines, dots := strings.Count(svg, "stroke:#123456"), strings.Count(svg, `"fill:#123456`); lines != c.lines || dots != c.dots {
			t.Errorf("%s: %d lines and %d dots, want %d and %d", c.name, lines, dots, c.lines, c.dots)
		}
	}
}

// TestMarks: intervals and outlines are drawn where a mark has them.
func TestMarks(t *testing.T) {
	look := Look{Colour: 0x123456, Shape: draw.BoxGlyph{}}
	plain := drawn(t, Series{Look: look, Marks: []Mark{{X: 1, Y: 5}}})
	count := func(svg, style string) int { return strings.Count(svg, style) - strings.Count(plain, style) }
	for _, c := range []struct {
		name  string
		mark  Mark
		style string
		want  int
	}{
		{"interval and its two ends", Mark{X: 1, Y: 5, Low: 4, High: 7}, "stroke:#123456", 3},
		{"interval along x", Mark{X: 1, Y: 5, Left: 0.5, Right: 2}, "stroke:#123456", 3},
		{"hollow", Mark{X: 1, Y: 5, Hollow: true}, "fill:#ffffff", 1},
		{"ring", Mark{X: 1, Y: 5, Ring: true}, `"fill:#57606a`, 1},
		{"cross", Mark{X: 1, Y: 5, Cross: true}, "stroke:#1f2328", 2},
		{"unknown", Mark{X: 1, Y: math.NaN()}, `"fill:#123456`, -1},
		{"outside of the frame", Mark{X: 9, Y: 5}, `"fill:#123456`, -1},
	} {
		if got := count(drawn(t, Series{Look: look, Marks: []Mark{c.mark}}), c.style); got != c.want {
			t.Errorf("%s: %d more of %s than of a plain mark, want %d", c.name, got, c.style, c.want)
		}
	}
}
