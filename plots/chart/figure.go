// Package chart lays out and draws figures as SVG: panels of series on aligned axes,
// with labels at the ends of the lines. It draws with gonum's plot.Plot and plotters,
// and does not depend on the data.
package chart

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a grid of panels below a title and above a caption. Data areas in a column
// have equal widths, and those in a row equal heights.
type Figure struct {
	Title    string // the question
	Subtitle string // the answer, with unit and number of trials
	Rows     [][]Panel
	Caption  []string // joined to one paragraph, at most two lines on a page
	Measured string   // where and how it was measured; only in the description
}

// Alt returns the alt text of the figure.
func (f Figure) Alt() string { return f.Title + " " + f.Subtitle + "." }

// Panel is one pair of axes and what is drawn on it, from the back to the front.
type Panel struct {
	Title  string    // empty for none
	X, Y   Axis      // without labels if the panel beside or below has them
	Height vg.Length // of the data area; 0 for the default
	Behind []plot.Plotter
	Series []Series
}

// Size is the width of a figure in px. Panels of narrow ones are stacked.
type Size int

// Wide is for a page and for print, Narrow for a phone.
const (
	Wide   Size = 760
	Narrow Size = 360
)

// SVG draws the figure. It returns an error if gonum's output is not as expected.
func (f Figure) SVG(size Size) ([]byte, error) {
	g, room := f.arrange(size)
	title, subtitle, head := f.head(room)
	caption := wrap(plain(captionSize, quiet), strings.Join(f.Caption, " · "), room)
	foot := caption.height() + edge

	height := head + g.height + foot
	picture := vgsvg.New(vg.Length(size), height)
	c := draw.New(picture)
	subtitle.write(c, title.write(c, height-edge))
	g.draw(draw.Crop(c, edge, -edge, foot, -head))
	caption.write(c, foot-2)

	var out bytes.Buffer
	if _, err := picture.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("draw %q: %w", f.Title, err)
	}
	return dress(out.Bytes(), f, size, height)
}

// arrange lays out the panels in room, the width between the edges.
func (f Figure) arrange(size Size) (g grid, room vg.Length) {
	rows, room := f.Rows, vg.Length(size-2*edge)
	if size == Narrow {
		rows = stacked(rows)
	}
	return arrange(rows, room), room
}

// head returns the text above the panels, and its height with the edge.
func (f Figure) head(room vg.Length) (title, subtitle paragraph, height vg.Length) {
	title = wrap(bold(titleSize, Ink), f.Title, room)
	subtitle = wrap(plain(headingSize, Ink), f.Subtitle, room)
	return title, subtitle, edge + title.height() + subtitle.height() + 6
}

// stacked puts all panels below each other, column by column.
func stacked(rows [][]Panel) [][]Panel {
	var all [][]Panel
	for i := range rows[0] {
		for _, row := range rows {
			p := row[i]
			p.Y.Label = row[0].Y.Label
			p.X.Label = rows[len(rows)-1][i].X.Label
			all = append(all, []Panel{p})
		}
	}
	return all
}

// frame is a panel with the room for axes and labels around its data.
type frame struct {
	Panel
	plot                      *plot.Plot
	left, right, above, below vg.Length
	head, foot                vg.Length // above and below, including the texts there
	first                     bool      // of its row: it has the labels of y ticks
}

func (p Panel) frame(first bool) frame {
	const big = 1e5 // glyphs and labels take the same room on a canvas of any size
	f := frame{Panel: p, plot: p.plot(first), first: first}
	data := f.plot.DataCanvas(draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: big, Y: big}}})
	f.left, f.right, f.below, f.above = data.Min.X, big-data.Max.X, data.Min.Y, big-data.Max.Y
	f.head, f.foot = f.above+4+height(headingSize, p.Title), f.below+8+height(tickSize, p.X.Label)
	if first {
		f.head += height(tickSize, p.Y.Label)
	}
	return f
}

// grid is the frames of a figure and the room around the data areas of its columns and
// rows. plot.Align is not used because it makes all rows equally high.
type grid struct {
	rows          [][]frame
	left, right   []vg.Length // by column
	above, below  []vg.Length // by row
	width, height vg.Length   // of a data area; of all rows
}

// arrange shares room among the columns.
func arrange(rows [][]Panel, room vg.Length) grid {
	columns := len(rows[0])
	g := grid{rows: make([][]frame, len(rows)), left: make([]vg.Length, columns), right: make([]vg.Length, columns),
		above: make([]vg.Length, len(rows)), below: make([]vg.Length, len(rows))}
	for k, row := range rows {
		for i, p := range row {
			f := p.frame(i == 0)
			g.rows[k] = append(g.rows[k], f)
			g.left[i], g.right[i] = max(g.left[i], f.left), max(g.right[i], f.right)
			g.above[k], g.below[k] = max(g.above[k], f.head), max(g.below[k], f.foot)
		}
		g.height += g.above[k] + row[0].height() + g.below[k]
	}
	for i := range columns {
		room -= g.left[i] + g.right[i]
	}
	g.width = room / vg.Length(columns)
	return g
}

// draw draws all frames on c, from the top.
func (g grid) draw(c draw.Canvas) {
	g.each(c, func(f frame, data draw.Canvas) { f.draw(data) })
}

// each calls do with each frame and its data area on c, from the top.
func (g grid) each(c draw.Canvas, do func(frame, draw.Canvas)) {
	top := c.Max.Y
	for k, row := range g.rows {
		x := c.Min.X
		top -= g.above[k]
		bottom := top - row[0].height()
		for i, f := range row {
			x += g.left[i]
			do(f, draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: bottom}, Max: vg.Point{X: x + g.width, Y: top}}})
			x += g.width + g.right[i]
		}
		top = bottom - g.below[k]
	}
}

// draw draws a frame with c as its data area.
func (f frame) draw(c draw.Canvas) {
	f.plot.X.Tick.Marker = plot.ConstantTicks(apart(f.X, c.Size().X, plain(tickSize, quiet).Width))
	if f.first {
		f.plot.Y.Tick.Marker = plot.ConstantTicks(apart(f.Y, c.Size().Y, func(string) vg.Length { return tickSize }))
	}
	f.plot.Draw(draw.Crop(c, -f.left, f.right, -f.below, f.above))
	at := vg.Point{X: c.Min.X, Y: c.Max.Y + 8}
	if f.Title != "" {
		c.FillText(bold(headingSize, Ink), at, f.Title)
		at.Y += headingSize * lineHeight
	}
	if f.first {
		c.FillText(plain(tickSize, quiet), at, f.Y.Label)
	}
	style := plain(tickSize, quiet)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Min.Y - f.below - 1}, f.X.Label)
}

// height returns the height of a line of text, 0 without text.
func height(size vg.Length, words string) vg.Length {
	if words == "" {
		return 0
	}
	return size * lineHeight
}

func (p Panel) height() vg.Length {
	if p.Height == 0 {
		return plotHeight
	}
	return p.Height
}

// plot returns gonum's plot of the panel. Only the first of a row has labels of y
// ticks.
func (p Panel) plot(first bool) *plot.Plot {
	g := plot.New()
	g.BackgroundColor = nil
	g.Add(&plotter.Grid{Vertical: draw.LineStyle{Color: gridLine, Width: 1}, Horizontal: draw.LineStyle{Color: gridLine, Width: 1}})
	g.Add(p.Behind...)
	for _, s := range p.Series {
		g.Add(s)
	}
	g.Add(labels(p.Series))
	p.X.apply(&g.X)
	p.Y.apply(&g.Y)
	g.Y.Width, g.Y.Tick.Length = 0, 0
	g.X.LineStyle = draw.LineStyle{Color: quiet, Width: 1}
	g.X.Tick.LineStyle, g.X.Tick.Length = g.X.LineStyle, 4
	if !first {
		g.Y.Tick.Marker = plot.ConstantTicks(unlabelled(p.Y.Ticks))
	}
	return g
}

// paragraph is lines of text.
type paragraph struct {
	style text.Style
	lines []string
}

func (p paragraph) height() vg.Length {
	return p.style.Font.Size * lineHeight * vg.Length(len(p.lines))
}

// write writes the lines below y and returns where the next would go.
func (p paragraph) write(c draw.Canvas, y vg.Length) vg.Length {
	for _, line := range p.lines {
		c.FillText(p.style, vg.Point{X: edge, Y: y - p.style.Font.Size}, line)
		y -= p.style.Font.Size * lineHeight
	}
	return y
}

// textShare is the share of the width that a line may take, measured with Liberation
// Sans. The rest is for wider fonts.
const textShare = 0.94

// wrap breaks words at spaces into lines no wider than width. A wider word has its own
// line.
func wrap(style text.Style, words string, width vg.Length) paragraph {
	p := paragraph{style: style}
	for word := range strings.FieldsSeq(words) {
		if last := len(p.lines) - 1; last >= 0 && style.Width(p.lines[last]+" "+word) <= textShare*width {
			p.lines[last] += " " + word
			continue
		}
		p.lines = append(p.lines, word)
	}
	return p
}

// dress adapts the drawing to a page: sizes in px, a title and description, common
// fonts, and a light card with a border behind it, for dark pages. It returns an error
// if gonum's output is not as expected.
func dress(svg []byte, f Figure, size Size, height vg.Length) ([]byte, error) {
	const (
		headEnd = `xmlns:xlink="http://www.w3.org/1999/xlink">` + "\n"
		font    = "font-family:Liberation Sans;font-variant:normal;"
		weight  = "font-weight:normal;font-style:normal;"
		upright = "font-style:normal;"
	)
	_, body, found := strings.Cut(string(svg), headEnd)
	if !found {
		return nil, fmt.Errorf("draw %q: unexpected head in gonum's SVG", f.Title)
	}
	body = strings.NewReplacer(font+weight, "", font, "", upright, "").Replace(body)
	if strings.Contains(body, "font-family") {
		return nil, fmt.Errorf("draw %q: unexpected font in gonum's SVG", f.Title)
	}
	// Attributes are used instead of a stylesheet, which strict content policies
	// disable in images.
	h := fmt.Sprintf("%.5g", height.Points())
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%s" viewBox="0 0 %d %s" role="img" font-family="%s">`+"\n",
		size, h, size, h, fontStack)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n", html.EscapeString(f.Title), html.EscapeString(f.Alt()+" "+f.Measured))
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%d" height="%.5g" rx="6" fill="#%06X" stroke="#%06X"/>`+"\n",
		size-1, height.Points()-1, uint32(white), uint32(border))
	b.WriteString(body)
	return b.Bytes(), nil
}
