// Package chart lays out and draws figures as SVG: panels of series on aligned
// axes, with labels at the ends of the lines. It draws on gonum's plot.Plot and
// its plotters, and knows nothing of what is drawn.
package chart

import (
	"bytes"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a grid of panels under a title, above a caption. Data areas of a
// column are equally wide and those of a row equally high.
type Figure struct {
	Name     string // of its files, without extension
	Title    string // the question
	Subtitle string // the answer, with unit and number of trials
	Rows     [][]Panel
	Caption  []string // joined to one paragraph; two lines at most on a page
	Alt      string   // what there is to see, in words
	Measured string   // where and how it was measured; shown nowhere, see Desc
}

// Panel is one pair of axes and what is drawn on it, from the back to the front.
type Panel struct {
	Title  string    // empty for none
	X, Y   Axis      // without labels where the panel beside or below has them
	Height vg.Length // of the data area; 0 for the usual
	Behind []plot.Plotter
	Series []Series
}

// Desc is the text in place of the figure.
func (f Figure) Desc() string { return f.Alt + " " + f.Measured }

// Size is the width of a figure in px. Panels of narrow ones are stacked.
type Size int

// Wide is for a page and for print, Narrow for a phone.
const (
	Wide   Size = 760
	Narrow Size = 360
)

// frame is a panel in its place.
type frame struct {
	Panel
	plot *plot.Plot
	area vg.Rectangle // of the data
}

// grid is the frames of a figure, with the room that each column and row takes
// beside its data areas.
type grid struct {
	rows          [][]frame
	left, right   []vg.Length // by column
	above, below  []vg.Length // by row
	width, height vg.Length   // of a data area; of all rows
}

// SVG draws the figure. It fails where gonum's output is not as expected.
func (f Figure) SVG(size Size) ([]byte, error) {
	rows, room := f.Rows, vg.Length(size-2*edge)
	if size == Narrow {
		rows = stacked(rows)
	}
	title := wrap(bold(titleSize, Ink), f.Title, room)
	subtitle := wrap(plain(headingSize, Ink), f.Subtitle, room)
	caption := wrap(plain(captionSize, Quiet), join(f.Caption), room)
	g := arrange(rows, room)

	head := edge + lines(titleSize, title) + lines(headingSize, subtitle) + 6
	foot := lines(captionSize, caption) + edge
	height := head + g.height + foot
	picture := vgsvg.New(vg.Length(size), height)
	c := draw.New(picture)
	y := height - edge
	y = write(c, bold(titleSize, Ink), title, y)
	write(c, plain(headingSize, Ink), subtitle, y)
	g.draw(draw.Crop(c, edge, -edge, foot, -head))
	write(c, plain(captionSize, Quiet), caption, foot-2)

	var out bytes.Buffer
	if _, err := picture.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("draw %s: %w", f.Name, err)
	}
	return dress(out.Bytes(), f, size, height)
}

// stacked puts the panels of each column below each other, and the columns, too.
func stacked(rows [][]Panel) [][]Panel {
	var all [][]Panel
	for i := range rows[0] {
		for k, row := range rows {
			p := row[i]
			p.Y.Label = row[0].Y.Label
			p.X.Label = rows[len(rows)-1][i].X.Label
			if p.Title == "" && k == 0 {
				p.Title = rows[0][i].Title
			}
			all = append(all, []Panel{p})
		}
	}
	return all
}

// arrange finds the room for axes and labels. plot.Align would do, if all rows
// were to be equally high.
func arrange(rows [][]Panel, room vg.Length) grid {
	columns := len(rows[0])
	g := grid{left: make([]vg.Length, columns), right: make([]vg.Length, columns)}
	for _, row := range rows {
		var above, below, high vg.Length
		var frames []frame
		for i, p := range row {
			f := frame{Panel: p, plot: p.plot(i == 0)}
			// What glyphs and labels take does not depend on the size of a large canvas.
			big := draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: 1e5, Y: 1e5}}}
			data := f.plot.DataCanvas(big)
			g.left[i] = max(g.left[i], data.Min.X)
			g.right[i] = max(g.right[i], big.Max.X-data.Max.X)
			above = max(above, big.Max.Y-data.Max.Y+p.headings(i == 0))
			below = max(below, data.Min.Y+p.footing())
			high = max(high, p.height())
			frames = append(frames, f)
		}
		g.above, g.below = append(g.above, above), append(g.below, below)
		g.rows = append(g.rows, frames)
		g.height += above + high + below
	}
	for i := range columns {
		room -= g.left[i] + g.right[i]
	}
	g.width = room / vg.Length(columns)
	return g
}

// draw draws all frames on c, from the top.
func (g grid) draw(c draw.Canvas) {
	y := c.Max.Y
	for k, row := range g.rows {
		x := c.Min.X
		top := y - g.above[k]
		for i, f := range row {
			x += g.left[i]
			f.area = vg.Rectangle{Min: vg.Point{X: x, Y: top - row[0].height()}, Max: vg.Point{X: x + g.width, Y: top}}
			f.draw(c, i == 0)
			x += g.width + g.right[i]
		}
		y = top - row[0].height() - g.below[k]
	}
}

// draw draws a frame so that its data lie in its area.
func (f frame) draw(c draw.Canvas, first bool) {
	size := f.area.Size()
	f.plot.X.Tick.Marker = plot.ConstantTicks(apart(f.X, size.X, plain(tickSize, Quiet).Width))
	if first {
		f.plot.Y.Tick.Marker = plot.ConstantTicks(apart(f.Y, size.Y, func(string) vg.Length { return tickSize }))
	}
	big := draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: 1e5, Y: 1e5}}}
	data := f.plot.DataCanvas(big)
	around := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: f.area.Min.Sub(data.Min),
		Max: f.area.Max.Add(big.Max.Sub(data.Max)),
	}}
	f.plot.Draw(around)
	y := f.area.Max.Y + 8
	if f.Title != "" {
		c.FillText(bold(headingSize, Ink), vg.Point{X: f.area.Min.X, Y: y}, f.Title)
		y += headingSize * lineHeight
	}
	if first && f.Y.Label != "" {
		c.FillText(plain(tickSize, Quiet), vg.Point{X: f.area.Min.X, Y: y}, f.Y.Label)
	}
	if f.X.Label != "" {
		style := plain(tickSize, Quiet)
		style.XAlign, style.YAlign = draw.XCenter, draw.YTop
		c.FillText(style, vg.Point{X: (f.area.Min.X + f.area.Max.X) / 2, Y: f.area.Min.Y - data.Min.Y - 1}, f.X.Label)
	}
}

// headings is the height of what stands above the data.
func (p Panel) headings(first bool) vg.Length {
	h := vg.Length(4)
	if p.Title != "" {
		h += headingSize * lineHeight
	}
	if first && p.Y.Label != "" {
		h += tickSize * lineHeight
	}
	return h
}

// footing is the height of what stands below the ticks.
func (p Panel) footing() vg.Length {
	if p.X.Label == "" {
		return 8
	}
	return tickSize*lineHeight + 10
}

func (p Panel) height() vg.Length {
	if p.Height == 0 {
		return plotHeight
	}
	return p.Height
}

// plot is the panel as gonum draws it. Only the first of a row names its y ticks.
func (p Panel) plot(first bool) *plot.Plot {
	g := plot.New()
	g.BackgroundColor = nil
	g.Add(&plotter.Grid{Vertical: draw.LineStyle{Color: Grid, Width: 1}, Horizontal: draw.LineStyle{Color: Grid, Width: 1}})
	g.Add(p.Behind...)
	for _, s := range p.Series {
		g.Add(s)
	}
	g.Add(labels(p.Series))
	p.X.apply(&g.X)
	p.Y.apply(&g.Y)
	g.Y.Width, g.Y.Tick.Length = 0, 0
	g.X.LineStyle = draw.LineStyle{Color: Quiet, Width: 1}
	g.X.Tick.LineStyle, g.X.Tick.Length = g.X.LineStyle, 4
	if !first {
		g.Y.Tick.Label.Color = nil
		g.Y.Tick.Marker = plot.ConstantTicks(unlabelled(p.Y.Ticks))
	}
	return g
}

// lines is the height of lines of text.
func lines(size vg.Length, text []string) vg.Length { return size * lineHeight * vg.Length(len(text)) }

// write writes lines below y and returns where the next would go.
func write(c draw.Canvas, style text.Style, text []string, y vg.Length) vg.Length {
	for _, line := range text {
		c.FillText(style, vg.Point{X: edge, Y: y - style.Font.Size}, line)
		y -= style.Font.Size * lineHeight
	}
	return y
}
