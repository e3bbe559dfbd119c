package chart

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The look of every figure, in one place. A length of 1 is 1 px on the page: gonum
// calls it a point, and [dress] drops that unit.
const (
	plotHeight = 240 // of a data area
	edge       = 16  // between the card's border and anything on it

	titleSize   = 15
	headingSize = 12 // of subtitles, panels and labels
	tickSize    = 11
	captionSize = 11
	lineHeight  = 1.4 // of the font size
)

// fontStack names fonts with the widths of Liberation Sans, with which texts are
// measured. Fonts are not embedded, which would make each figure half a megabyte.
const fontStack = "'Liberation Sans', Arial, Helvetica, sans-serif"

// Colour is 0xRRGGBB.
type Colour uint32

// Colours of figures. The first three also differ in lightness, for grey print, and
// have a contrast of at least 3.1 : 1 on white.
const (
	Blue     Colour = 0x00518A
	Orange   Colour = 0xC65102
	Sky      Colour = 0x2A9DD0
	Ink      Colour = 0x1F2328
	quiet    Colour = 0x57606A // secondary text
	Guide    Colour = 0x6E7681 // lines that are not measurements of the store
	Shade    Colour = 0xF3F1EA // behind a part of a panel
	gridLine Colour = 0xE6E9ED
	white    Colour = 0xFFFFFF
	border   Colour = 0xD1D9E0 // of the card
)

// DarkTwins returns, for each colour of figures, the colour that replaces it on a dark
// page, with about the same contrast.
func DarkTwins() map[Colour]Colour {
	twins := map[Colour]Colour{
		Blue: 0x4C9BE8, Orange: 0xF0883E, Sky: 0x7FD1F0, Ink: 0xE6EDF3, quiet: 0x9DA7B3, Guide: 0x8B949E, Shade: 0x1C2128,
		gridLine: 0x2D333B, white: 0x0D1117, border: 0x30363D,
		// Of the heat map.
		0xEEF1F4: 0x1C2128, 0xDCE2E8: 0x2A313A, 0xC6CFD8: 0x3A434E, 0xAEBAC6: 0x4C5766, 0x95A4B3: 0x66758A,
	}
	for _, c := range []Colour{Blue, Orange, Sky, Ink, Guide} {
		twins[c.faint()] = twins[c].mix(0.42, twins[white])
	}
	return twins
}

// RGBA implements color.Color.
func (c Colour) RGBA() (r, g, b, a uint32) {
	return color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 255}.RGBA()
}

// faint returns the colour of leaders and single trials.
func (c Colour) faint() Colour { return c.tint(0.42) }

// tint returns a share of c mixed with white. It is opaque, because overlapping
// transparent colours add up and look like data.
func (c Colour) tint(share float64) Colour { return c.mix(share, white) }

// mix returns a share of c mixed with the colour of the page.
func (c Colour) mix(share float64, page Colour) Colour {
	part := func(shift uint) Colour {
		v, w := float64(c>>shift&0xFF), float64(page>>shift&0xFF)
		return Colour(w-share*(w-v)) << shift
	}
	return part(16) | part(8) | part(0)
}

// Look distinguishes a series from others, in colour and in grey.
type Look struct {
	Colour Colour
	Dash   []vg.Length      // lengths of stroke and gap in turn; nil for solid
	Shape  draw.GlyphDrawer // of a marker, filled; nil for none
	Width  vg.Length        // of the line; 0 for none
	Size   vg.Length        // half the width of a marker; 0 for the usual
}

// Diamond is a filled square on its corner, a shape that gonum lacks.
type Diamond struct{}

// DrawGlyph draws the shape.
func (Diamond) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := 1.2 * style.Radius
	c.FillPolygon(style.Color, []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y - r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y + r}})
}

// draw draws a marker with a white rim, so that overlapping markers can be counted.
// Outlines are a smaller marker on a larger one, since gonum's are half a pixel wide.
func (l Look) draw(c draw.Canvas, at vg.Point, m Mark) {
	r := l.Size
	if r == 0 {
		r = 3.6
	}
	fill := func(colour Colour, shape draw.GlyphDrawer, radius vg.Length) {
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: radius, Shape: shape}, at)
	}
	if m.Ring {
		fill(quiet, draw.CircleGlyph{}, r+3)
		fill(white, draw.CircleGlyph{}, r+2)
	}
	fill(white, l.Shape, r+0.9)
	fill(l.Colour, l.Shape, r)
	if m.Hollow {
		fill(white, l.Shape, r-1.3)
	}
	if m.Cross {
		d := r + 3
		style := draw.LineStyle{Color: Ink, Width: 1.2}
		c.StrokeLine2(style, at.X-d, at.Y-d, at.X+d, at.Y+d)
		c.StrokeLine2(style, at.X-d, at.Y+d, at.X+d, at.Y-d)
	}
}

// key is the room for the key of a label.
func (l Look) key() vg.Length {
	if l.Shape == nil {
		return 0
	}
	return labelKey
}

// label writes a text in ink beside its key.
func (l Look) label(c draw.Canvas, at vg.Point, label string) {
	l.Size = 0
	if l.Shape != nil {
		l.draw(c, vg.Point{X: at.X + 4, Y: at.Y}, Mark{})
	}
	style := plain(headingSize, Ink)
	style.YAlign = draw.YCenter
	// YCenter includes descenders, which most labels lack.
	c.FillText(style, vg.Point{X: at.X + l.key(), Y: at.Y + 1.5}, label)
}

// plain is a text style that starts at the point it is drawn at.
func plain(size vg.Length, c Colour) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  draw.XLeft,
		YAlign:  draw.YBottom,
		Handler: plot.DefaultTextHandler, // draws texts without markup
	}
}

// bold is plain in bold.
func bold(size vg.Length, c Colour) text.Style {
	style := plain(size, c)
	style.Font.Weight = xfont.WeightBold
	return style
}
