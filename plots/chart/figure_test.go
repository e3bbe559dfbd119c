package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// sample is a figure with two panels above two lower ones.
func sample() Figure {
	line := Series{Label: "a line", Look: Look{Colour: Blue, Shape: draw.CircleGlyph{}, Width: 1.8},
		Points: plotter.XYs{{X: 1, Y: 10}, {X: 2, Y: math.NaN()}, {X: 3, Y: 1000}},
		Marks:  []Mark{{X: 1, Y: 10, Ring: true}, {X: 2, Y: math.NaN()}, {X: 3, Y: 1000, Low: 500, High: 2000, Hollow: true, Cross: true}},
		Dots:   plotter.XYs{{X: 1, Y: 11}, {X: 1, Y: 0}}}
	x := Places([]float64{1, 2, 3}, false, plainly).Labelled("things")
	y := Log(10, 1000, heightsOf(line), plainly).Labelled("size")
	strip := Panel{X: x, Y: Linear([]float64{1}, plainly).Labelled("share"), Height: 60,
		Behind: append(Heat([]Cell{{Left: 1, Right: 2, Low: 0, High: 1, Count: 5}, {Left: 1, Right: 2, Low: 1, High: 2, Count: 5}, {Left: 2, Right: 3, Low: 0, High: 1, Count: 0}}),
			Box(1, 2, 0, 1, Shade))}
	return Figure{Title: "How <large> are things?", Subtitle: "10 to 1,000; n = 1", Caption: []string{"first", "second"},
		Measured: "measured on paper",
		Rows:     [][]Panel{{{Title: "left", X: x, Y: y, Series: []Series{line}}, {Title: "right", X: x, Y: y, Series: []Series{{Label: "inside", At: &plotter.XY{X: 3, Y: 100}}}}}, {strip, strip}}}
}

func heightsOf(s Series) (all []float64) {
	for _, p := range s.Points {
		all = append(all, p.Y)
	}
	return all
}

// word is a text of an SVG and where it begins.
type word struct {
	words string
	x, y  float64
}

// read checks that an SVG is well-formed and returns its texts.
func read(t *testing.T, svg []byte) []word {
	t.Helper()
	for _, bad := range []string{"NaN", "Inf", "font-family:", "Serif"} {
		if bytes.Contains(svg, []byte(bad)) {
			t.Errorf("the drawing contains %s", bad)
		}
	}
	var all []word
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "text" {
			var one word
			for _, a := range start.Attr {
				switch a.Name.Local {
				case "x":
					one.x, _ = strconv.ParseFloat(a.Value, 64)
				case "y":
					one.y, _ = strconv.ParseFloat(a.Value, 64)
				}
			}
			if err := decoder.DecodeElement(&one.words, &start); err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
	}
}

func at(t *testing.T, all []word, words string) word {
	t.Helper()
	i := slices.IndexFunc(all, func(x word) bool { return x.words == words })
	if i < 0 {
		t.Fatalf("no text %q in %v", words, all)
	}
	return all[i]
}

func TestFigure(t *testing.T) {
	svg, err := sample().SVG(Wide)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`width="760"`, "<title>How &lt;large&gt; are things?</title>", "<desc>How &lt;large&gt; are things? 10 to 1,000; n = 1. measured on paper</desc>", `fill="#FFFFFF"`} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("the drawing lacks %s", want)
		}
	}
	all := read(t, svg)
	for _, want := range []string{"10 to 1,000; n = 1", "first · second", "size, log scale", "share", "a line", "100"} {
		at(t, all, want)
	}
	// Panels stand side by side, and one below the other.
	if l, r := at(t, all, "left"), at(t, all, "right"); l.y != r.y || r.x-l.x < 200 {
		t.Errorf("panels at %v and %v", l, r)
	}
	if l, s := at(t, all, "left"), at(t, all, "share"); l.x != s.x {
		t.Errorf("rows begin at %v and %v", l.x, s.x)
	}
	// A label near the right edge of the data stands left of its place.
	if r, inside := at(t, all, "right"), at(t, all, "inside"); inside.x < r.x+50 || inside.x > 760-60 {
		t.Errorf("label inside at %v", inside)
	}
	if n := strings.Count(string(svg), "x="); n == 0 {
		t.Error("nothing is drawn")
	}
}

// TestNarrowFigure: panels are stacked, each with the labels of its axes.
func TestNarrowFigure(t *testing.T) {
	svg, err := sample().SVG(Narrow)
	if err != nil {
		t.Fatal(err)
	}
	all := read(t, svg)
	if l, r := at(t, all, "left"), at(t, all, "right"); l.x != r.x || r.y == l.y {
		t.Errorf("panels at %v and %v", l, r)
	}
	count := func(words string) (n int) {
		for _, x := range all {
			if x.words == words {
				n++
			}
		}
		return n
	}
	if a, b := count("things"), count("size, log scale"); a != 4 || b != 2 {
		t.Errorf("%d x labels and %d y labels, want 4 and 2", a, b)
	}
	style := plain(tickSize, quiet)
	for _, x := range all {
		if x.x < 0 || x.x+style.Width(x.words).Points() > float64(Narrow) {
			t.Errorf("%v does not fit", x)
		}
	}
}

// TestHeatIsSmall: cells of one shade on top of each other are one rectangle.
func TestHeatIsSmall(t *testing.T) {
	layers := Heat([]Cell{{0, 1, 0, 1, 9}, {0, 1, 1, 2, 9}, {0, 1, 3, 4, 9}, {1, 2, 0, 1, 1}, {1, 2, 1, 2, 0}})
	var counts []int
	for _, l := range layers {
		counts = append(counts, len(l.(*plotter.Polygon).XYs))
	}
	if !slices.Equal(counts, []int{1, 2}) {
		t.Errorf("rectangles by shade: %v, want 1 pale and 2 dark", counts)
	}
}

func TestWrap(t *testing.T) {
	style := plain(captionSize, quiet)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"  one  two ", []string{"one two"}},
		{"one two three", []string{"one two", "three"}},
		{"incomprehensibilities one", []string{"incomprehensibilities", "one"}},
	} {
		if got := wrap(style, c.text, 60).lines; !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
