package plots

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is one pair of axes and what is drawn on it.
type panel struct {
	title  string // above the data area; may be empty
	x, y   scale  // of data coordinates to the data area
	xTicks func(width float64) []tick
	yTicks []tick
	lines  []line // drawn in this order, so later ones lie on top
	boxes  []box  // behind the lines
}

// box is one part of a stacked bar, in data coordinates.
type box struct {
	left, right, low, high float64
	fill                   colour
}

// line is one series, measured or not, in data coordinates. Where x or y is NaN
// the line is broken.
type line struct {
	label       string // at the right end; none if empty
	labelColour colour // the look's if zero
	look        look
	width       vg.Length
	points      []point
	marks       []point   // where the look's marker is drawn
	hollow      []point   // where only its outline is
	dots        []point   // single trials, drawn faintly
	bars        []bar     // intervals
	shift       vg.Length // to the right, of all but the ticks
}

// point is a place in data coordinates.
type point struct{ x, y float64 }

// bar is an interval of y at one x.
type bar struct{ x, low, high float64 }

// at is where p lies on c, false if it has no place.
func (n panel) at(c draw.Canvas, p point) (vg.Point, bool) {
	x, y := n.x.place(p.x), n.y.place(p.y)
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return vg.Point{}, false
	}
	return vg.Point{X: c.X(x), Y: c.Y(y)}, true
}

// draw draws the panel with c as its data area; axis labels go outside of it.
// Only the leftmost panel of a row names its y ticks.
func (n panel) draw(c draw.Canvas, t typesetter, leftmost bool) {
	// From the back to the front: grid, lines, markers, labels.
	n.drawGrid(c, t, leftmost)
	title := t.bold(headingSize, ink)
	c.FillText(title, vg.Point{X: c.Min.X, Y: c.Max.Y + 7}, n.title)
	for _, b := range n.boxes {
		n.drawBox(c, b)
	}
	for _, l := range n.lines {
		n.drawLine(c, l)
	}
	for _, l := range n.lines {
		n.drawMarks(c, l)
	}
	n.drawLabels(c, t)
}

// drawGrid draws grid lines, the x axis and the labels of the ticks.
func (n panel) drawGrid(c draw.Canvas, t typesetter, leftmost bool) {
	rule := draw.LineStyle{Color: grid, Width: 1}
	style := t.plain(tickSize, quiet)
	style.XAlign, style.YAlign = draw.XRight, draw.YCenter
	for _, k := range n.yTicks {
		y := c.Y(n.y.place(k.value))
		c.StrokeLine2(rule, c.Min.X, y, c.Max.X, y)
		if leftmost {
			// YCenter takes the whole line's height; digits have no descent.
			c.FillText(style, vg.Point{X: c.Min.X - 7, Y: y + 1}, k.label)
		}
	}
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	axis := draw.LineStyle{Color: quiet, Width: 1}
	for _, k := range n.xTicks((c.Max.X - c.Min.X).Points()) {
		x := c.X(n.x.place(k.value))
		c.StrokeLine2(rule, x, c.Min.Y, x, c.Max.Y)
		c.StrokeLine2(axis, x, c.Min.Y, x, c.Min.Y-4)
		c.FillText(style, vg.Point{X: x, Y: c.Min.Y - 6}, k.label)
	}
	c.StrokeLine2(axis, c.Min.X, c.Min.Y, c.Max.X, c.Min.Y)
}

// drawBox draws a part of a bar with a white rim, which parts it from the next.
func (n panel) drawBox(c draw.Canvas, b box) {
	from, ok1 := n.at(c, point{b.left, b.low})
	to, ok2 := n.at(c, point{b.right, b.high})
	if !ok1 || !ok2 {
		return
	}
	path := polygon(from, vg.Point{X: to.X, Y: from.Y}, to, vg.Point{X: from.X, Y: to.Y})
	c.SetLineDash(nil, 0)
	c.SetColor(b.fill)
	c.Fill(path)
	c.SetColor(white)
	c.SetLineWidth(0.8)
	c.Stroke(path)
}

// drawLine draws the stretches of l between its breaks. Points less than half a
// pixel from the one before are left out: a histogram has thousands.
func (n panel) drawLine(c draw.Canvas, l line) {
	const apart = 0.5
	var stretch []vg.Point
	// A stretch of one point has nothing to stroke; its marker shows it.
	flush := func() {
		if len(stretch) > 1 {
			c.StrokeLines(l.look.stroke(l.width), stretch)
		}
		stretch = nil
	}
	for i, p := range l.points {
		at, ok := n.at(c, p)
		if !ok {
			flush()
			continue
		}
		at.X += l.shift
		// The last point is always kept: labels point at it.
		if k := len(stretch); k > 0 && i < len(l.points)-1 && near(stretch[k-1], at, apart) {
			continue
		}
		stretch = append(stretch, at)
	}
	flush()
}

// near reports whether two points are less than d apart on both axes.
func near(a, b vg.Point, d vg.Length) bool {
	return math.Abs(float64(a.X-b.X)) < float64(d) && math.Abs(float64(a.Y-b.Y)) < float64(d)
}

// drawMarks draws single trials, intervals and markers, in this order.
func (n panel) drawMarks(c draw.Canvas, l line) {
	for _, p := range l.dots {
		if at, ok := n.at(c, p); ok {
			at.X += l.shift
			c.SetColor(l.look.colour.faint())
			c.Fill(circle.path(at, 2.2))
		}
	}
	const cap = 3 // half the width of an interval's ends
	style := draw.LineStyle{Color: l.look.colour, Width: 1.1}
	for _, b := range l.bars {
		low, ok1 := n.at(c, point{b.x, b.low})
		high, ok2 := n.at(c, point{b.x, b.high})
		if !ok1 || !ok2 { // half an interval would mislead
			continue
		}
		x := low.X + l.shift
		c.StrokeLine2(style, x, low.Y, x, high.Y)
		c.StrokeLine2(style, x-cap, low.Y, x+cap, low.Y)
		c.StrokeLine2(style, x-cap, high.Y, x+cap, high.Y)
	}
	for _, p := range l.marks {
		if at, ok := n.at(c, p); ok {
			at.X += l.shift
			l.look.glyph.draw(c, at, l.look.colour)
		}
	}
	for _, p := range l.hollow {
		if at, ok := n.at(c, p); ok {
			at.X += l.shift
			l.look.glyph.drawHollow(c, at, l.look.colour)
		}
	}
}
