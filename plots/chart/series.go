package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is one line with its markers, a [plot.Plotter]. Points that are not on the
// axes are left out and break the line.
type Series struct {
	Label  string
	At     *plotter.XY // where the label stands; nil for the right end
	Look   Look
	Points plotter.XYs // the line
	Marks  []Mark
	Dots   plotter.XYs // single trials
	Pale   bool        // the line is pale; the label is not
	Shift  vg.Length   // to the right, of all but the ticks
}

// Mark is a measured point, with an optional interval and outline.
type Mark struct {
	X, Y      float64
	Low, High float64 // interval along y; none if both are 0
	// Left and Right are the interval along x, none if both are 0.
	Left, Right float64
	Hollow      bool
	Ring        bool
	Cross       bool
}

// end returns the position of the label of a series, false if no point is on the axes.
func (s Series) end(c draw.Canvas, p *plot.Plot) (vg.Point, bool) {
	last := vg.Point{X: vg.Length(math.Inf(-1))}
	found := false
	look := func(x, y float64) {
		if at, ok := place(c, p, x, y); ok && at.X >= last.X {
			last, found = at, true
		}
	}
	if s.At != nil {
		look(s.At.X, s.At.Y)
		return last, found && c.Contains(last)
	}
	for _, m := range s.Marks {
		look(max(m.X, m.Right), m.Y)
	}
	for _, xy := range s.Points {
		look(xy.X, xy.Y)
	}
	last.X += s.Shift
	return last, found
}

// Plot draws the line, then single trials, intervals and markers.
func (s Series) Plot(c draw.Canvas, p *plot.Plot) {
	c.Rectangle = c.Rectangle.Add(vg.Point{X: s.Shift})
	s.plotLine(c, p)
	pale := draw.GlyphStyle{Color: s.Look.Colour.faint(), Radius: 2.2, Shape: draw.CircleGlyph{}}
	for _, d := range s.Dots {
		if at, ok := place(c, p, d.X, d.Y); ok {
			c.DrawGlyph(pale, at)
		}
	}
	s.plotIntervals(c, p)
	for _, m := range s.Marks {
		if at, ok := place(c, p, m.X, m.Y); ok && c.Contains(at) {
			s.Look.draw(c, at, m)
		}
	}
}

// plotIntervals draws the intervals of the marks that are whole on the axes: half an
// interval would mislead.
func (s Series) plotIntervals(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: s.Look.Colour, Width: 1.1}
	along := &plotter.XErrorBars{LineStyle: style, CapWidth: 6}
	up := &plotter.YErrorBars{LineStyle: style, CapWidth: 6}
	drawable := func(x, y float64) bool {
		_, ok := place(c, p, x, y)
		return ok
	}
	for _, m := range s.Marks {
		if m.Low < m.High && drawable(m.X, m.Low) && drawable(m.X, m.High) {
			up.XYs = append(up.XYs, plotter.XY{X: m.X, Y: m.Y})
			up.YErrors = append(up.YErrors, struct{ Low, High float64 }{m.Y - m.Low, m.High - m.Y})
		}
		if m.Left < m.Right && drawable(m.Left, m.Y) && drawable(m.Right, m.Y) {
			along.XYs = append(along.XYs, plotter.XY{X: m.X, Y: m.Y})
			along.XErrors = append(along.XErrors, struct{ Low, High float64 }{m.X - m.Left, m.Right - m.X})
		}
	}
	along.Plot(c, p)
	up.Plot(c, p)
}

// plotLine draws the parts of the line between its breaks. gonum's line has no breaks,
// and draws all the thousands of points of a histogram. plotLine leaves out points less
// than half a pixel from the one before.
func (s Series) plotLine(c draw.Canvas, p *plot.Plot) {
	const near = 0.5
	style := draw.LineStyle{Color: s.Look.Colour, Width: s.Look.Width, Dashes: s.Look.Dash}
	if s.Pale {
		style.Color = s.Look.Colour.faint()
	}
	var stretch []vg.Point
	flush := func() {
		if len(stretch) == 1 && s.Look.Width > 0 { // nothing to stroke
			c.DrawGlyph(draw.GlyphStyle{Color: s.Look.Colour, Radius: s.Look.Width, Shape: draw.CircleGlyph{}}, stretch[0])
		}
		c.StrokeLines(style, c.ClipLinesXY(stretch)...)
		stretch = nil
	}
	for i, xy := range s.Points {
		at, ok := place(c, p, xy.X, xy.Y)
		if !ok {
			flush()
			continue
		}
		// The last point is always kept: a label points at it.
		if k := len(stretch); k > 0 && i < len(s.Points)-1 && math.Hypot(float64(at.X-stretch[k-1].X), float64(at.Y-stretch[k-1].Y)) < near {
			continue
		}
		stretch = append(stretch, at)
	}
	flush()
}

// place returns the position of a point on c, false if it is not on the axes.
func place(c draw.Canvas, p *plot.Plot, x, y float64) (vg.Point, bool) {
	at := vg.Point{X: c.X(p.X.Norm(x)), Y: c.Y(p.Y.Norm(y))}
	sum := float64(at.X + at.Y)
	return at, !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// Box is a filled rectangle.
func Box(left, right, low, high float64, fill Colour) *plotter.Polygon {
	return &plotter.Polygon{Color: fill, XYs: []plotter.XYs{rectangle(left, right, low, high)}}
}

// Band returns the area between two curves, in a pale tint of c.
func Band(low, high plotter.XYs, c Colour) *plotter.Polygon {
	ring := slices.Clone(low)
	for _, p := range slices.Backward(high) {
		ring = append(ring, p)
	}
	return &plotter.Polygon{Color: c.tint(0.22), XYs: []plotter.XYs{ring}}
}

func rectangle(left, right, low, high float64) plotter.XYs {
	return plotter.XYs{{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}, {X: left, Y: high}}
}

// Cell is a rectangle of a heat map, with how many it holds.
type Cell struct {
	Left, Right, Low, High float64
	Count                  float64
}

// Heat returns a heat map, darker for larger numbers, on a log scale. Cells of one shade
// are one polygon, which keeps the file small.
func Heat(cells []Cell) []plot.Plotter {
	shades := []Colour{0xEEF1F4, 0xDCE2E8, 0xC6CFD8, 0xAEBAC6, 0x95A4B3}
	most := 1.0
	for _, c := range cells {
		most = max(most, c.Count)
	}
	rings := make([][]plotter.XYs, len(shades))
	for _, c := range cells {
		if c.Count > 0 {
			i := min(int(float64(len(shades))*math.Log1p(c.Count)/math.Log1p(most)), len(shades)-1)
			if n := len(rings[i]); n > 0 && rings[i][n-1][2] == (plotter.XY{X: c.Right, Y: c.Low}) { // adjacent to the last
				rings[i][n-1] = rectangle(c.Left, c.Right, rings[i][n-1][0].Y, c.High)
				continue
			}
			rings[i] = append(rings[i], rectangle(c.Left, c.Right, c.Low, c.High))
		}
	}
	var all []plot.Plotter
	for i, r := range rings {
		if len(r) > 0 {
			all = append(all, &plotter.Polygon{Color: shades[i], XYs: r})
		}
	}
	return all
}
