package plots

import (
	"bytes"
	"fmt"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// figure is one drawing: panels side by side under a title, above a caption.
// Panels share their y axis, so that heights compare across them, and only the
// first names its ticks:
//
//	title
//	y label
//	      panel title          panel title
//	10 ms |                    |
//	      |   data  labels     |   data  labels
//	 1 ms |_________           |_________
//	       x label              x label
//	caption
//
// All data areas are equally wide, whatever the lengths of the labels. The
// height follows from the length of the caption. A figure of one panel may have
// a strip: a lower one under it that shares its x axis.
type figure struct {
	name    string // of the file, without .svg
	title   string
	yLabel  string // with its unit, and "log scale" where it is one
	xLabel  string
	panels  []panel
	strip   *panel   // under the only panel; nil for none
	caption []string // paragraphs
	alt     string   // what there is to see, for who cannot
}

// Space above and below the data area, px.
const (
	panelGap   = 26 // between two panels, beside the labels of the left one
	belowData  = 42 // tick labels and the x label
	panelTitle = 20 // if any panel has a title
	stripGap   = 34 // above a strip, for its title
)

// svg draws the figure.
func (f figure) svg(t typesetter) ([]byte, error) {
	note := t.plain(captionSize, quiet)
	caption := wrap(note, f.caption, captionShare*(figureWidth-2*edge))
	step := vg.Length(captionSize * lineHeight)

	// Heights first: the canvas has its size from the start.
	top := vg.Length(edge + titleSize*lineHeight + headingSize*lineHeight + 8)
	for _, p := range f.panels {
		if p.title != "" {
			top += panelTitle
			break
		}
	}
	bottom := belowData + step*vg.Length(len(caption)) + edge
	height := top + plotHeight + bottom
	if f.strip != nil {
		height += stripGap + stripHeight
	}

	picture := vgsvg.New(figureWidth, height)
	c := draw.New(picture)
	heading := t.bold(titleSize, ink)
	y := height - edge - titleSize
	c.FillText(heading, vg.Point{X: edge, Y: y}, f.title)
	label := t.plain(headingSize, quiet)
	c.FillText(label, vg.Point{X: edge, Y: y - headingSize*lineHeight - 2}, f.yLabel)

	f.drawPanels(draw.Crop(c, edge, -edge, bottom, -top), t)
	for i, line := range caption {
		c.FillText(note, vg.Point{X: edge, Y: bottom - belowData - step*vg.Length(i+1)}, line)
	}

	var out bytes.Buffer
	if _, err := picture.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("draw %s: %w", f.name, err)
	}
	return dress(out.Bytes(), f.title, f.alt, height)
}

// drawPanels shares the width of c among the panels, so that all data areas are
// equally wide, and draws them.
func (f figure) drawPanels(c draw.Canvas, t typesetter) {
	ticks := t.plain(tickSize, quiet)
	var left vg.Length // of the first panel's data area, for the y labels
	for _, p := range f.leftmost() {
		for _, k := range p.yTicks {
			left = max(left, ticks.Width(k.label)+8)
		}
	}
	room := c.Max.X - c.Min.X - left - panelGap*vg.Length(len(f.panels)-1)
	for i := range f.panels {
		room -= f.labelWidth(i, t) // labels differ in length, data areas must not
	}
	width := room / vg.Length(len(f.panels))

	x := c.Min.X + left
	centre := t.plain(headingSize, quiet)
	centre.XAlign, centre.YAlign = draw.XCenter, draw.YTop
	for i, p := range f.panels {
		area := c
		area.Min.X, area.Max.X = x, x+width
		if f.strip != nil {
			below := area
			below.Max.Y = below.Min.Y + stripHeight
			f.strip.draw(below, t, true)
			area.Min.Y = below.Max.Y + stripGap
			p.xTicks = unlabelled(p.xTicks) // the strip's are enough
		}
		p.draw(area, t, i == 0)
		c.FillText(centre, vg.Point{X: x + width/2, Y: c.Min.Y - 21}, f.xLabel)
		x += width + f.labelWidth(i, t) + panelGap
	}
}

// leftmost are the panels that name their y ticks.
func (f figure) leftmost() []panel {
	if f.strip != nil {
		return []panel{f.panels[0], *f.strip}
	}
	return f.panels[:1]
}

// labelWidth is the room to the right of panel i.
func (f figure) labelWidth(i int, t typesetter) vg.Length {
	if f.strip != nil {
		return max(f.panels[i].labelWidth(t), f.strip.labelWidth(t))
	}
	return f.panels[i].labelWidth(t)
}

// unlabelled are the same ticks without labels.
func unlabelled(ticks func(float64) []tick) func(float64) []tick {
	return func(width float64) []tick {
		marks := ticks(width)
		for i := range marks {
			marks[i].label = ""
		}
		return marks
	}
}

// captionShare is how much of the width a caption may take, measured with the
// typesetter's font: others that a reader's machine has are wider by as much as
// the rest.
const captionShare = 0.86

// wrap breaks paragraphs into lines no wider than width, at spaces.
func wrap(style text.Style, paragraphs []string, width vg.Length) []string {
	var lines []string
	for _, p := range paragraphs {
		current := ""
		for word := range strings.FieldsSeq(p) {
			longer := word
			if current != "" {
				longer = current + " " + word
			}
			// A word wider than the line gets a line to itself and sticks out.
			if current != "" && style.Width(longer) > width {
				lines = append(lines, current)
				longer = word
			}
			current = longer
		}
		if current != "" {
			lines = append(lines, current)
		}
	}
	return lines
}

// dress makes the drawing fit for a page: sizes in px, a title and description,
// fonts by what they look like, and a light card with a border behind it all,
// so that it can be read on a dark page. It fails where gonum's output is not
// what this was written for, instead of leaving a drawing undressed.
func dress(svg []byte, title, alt string, height vg.Length) ([]byte, error) {
	const (
		headEnd = `xmlns:xlink="http://www.w3.org/1999/xlink">` + "\n"
		font    = "font-family:Liberation Sans;font-variant:normal;"
		weight  = "font-weight:normal;font-style:normal;"
		upright = "font-style:normal;"
	)
	_, body, found := strings.Cut(string(svg), headEnd)
	if !found {
		return nil, fmt.Errorf("draw figure: unexpected head in the SVG")
	}
	body = strings.NewReplacer(font+weight, "", font, "", upright, "").Replace(body)
	if strings.Contains(body, "font-family") {
		return nil, fmt.Errorf("draw figure: unexpected font in the SVG")
	}
	// A stylesheet would do nothing where an SVG is shown as an image with a
	// strict policy, so everything is an attribute.
	h := fmt.Sprintf("%.5g", height.Points())
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%s" viewBox="0 0 %d %s" role="img" font-family="%s">`+"\n",
		figureWidth, h, figureWidth, h, fontStack)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n", escape(title), escape(alt))
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%d" height="%.5g" rx="6" fill="#FFFFFF" stroke="#D1D9E0"/>`+"\n",
		figureWidth-1, height.Points()-1)
	b.WriteString(body)
	return b.Bytes(), nil
}

// escape makes text safe inside an XML element and in Markdown.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
