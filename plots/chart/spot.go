package chart

import (
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Spot is a point of a figure with its value in words.
type Spot struct {
	X, Y float64 // in px from the left and the top
	Text string  // panel, series, y and x, such as "put: 41.2 µs at 4"
}

// manySpots is about the number of spots of a series without marks, such as a
// distribution.
const manySpots = 40

// Spots returns the marked points of all series, by panel and series. Of a series
// without marks it returns about manySpots points of its line.
func (f Figure) Spots(size Size) []Spot {
	g, room := f.arrange(size)
	_, _, head := f.head(room)
	area := draw.Canvas{Rectangle: vg.Rectangle{Min: vg.Point{X: edge}, Max: vg.Point{X: vg.Length(size) - edge, Y: g.height}}}
	var spots []Spot
	g.each(area, func(f frame, data draw.Canvas) {
		for _, s := range f.Series {
			for _, xy := range s.spots() {
				at, ok := place(data, f.plot, xy.X, xy.Y)
				if ok && data.Contains(at) {
					spots = append(spots, Spot{float64(at.X + s.Shift), float64(head + g.height - at.Y), f.words(s, xy)})
				}
			}
		}
	})
	return spots
}

// spots returns the points of a series that become spots.
func (s Series) spots() plotter.XYs {
	if len(s.Marks) == 0 {
		step := max(1, len(s.Points)/manySpots)
		var some plotter.XYs
		for i := 0; i < len(s.Points); i += step {
			some = append(some, s.Points[i])
		}
		return some
	}
	points := make(plotter.XYs, len(s.Marks))
	for i, m := range s.Marks {
		points[i] = plotter.XY{X: m.X, Y: m.Y}
	}
	return points
}

// words describes a point of a series.
func (f frame) words(s Series, at plotter.XY) string {
	var parts []string
	for _, text := range []string{f.Title, s.Label} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ") + ": " + f.Y.format(at.Y) + " at " + f.X.format(at.X)
}
