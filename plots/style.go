package plots

import (
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"dhtbench/results"
)

// The look of every figure, in one place. A length of 1 is 1 px on the page: gonum
// calls it a point, and [dress] drops that unit.
const (
	figureWidth = 760 // the text column of a page on GitHub is 720 to 900
	plotHeight  = 300 // of the data area
	stripHeight = 74  // of a second data area under it
	edge        = 18  // between the card's border and anything on it

	titleSize   = 15
	headingSize = 12 // of panels, axes and labels
	tickSize    = 11
	captionSize = 11
	lineHeight  = 1.4 // of the font size

	lineWidth  = 1.8
	guideWidth = 1.2
	glyphSize  = 3.6 // half the width of a marker
)

// fontStack names fonts with the widths of Liberation Sans, in which texts are
// measured here: Arial and Helvetica were its models. Fonts are not embedded,
// which would make each figure half a megabyte.
const fontStack = "'Liberation Sans', Arial, Helvetica, sans-serif"

// colour is 0xRRGGBB.
type colour uint32

// The figures' own colours: text, secondary text, grid, lines of reference.
const (
	white colour = 0xFFFFFF
	ink   colour = 0x1F2328
	quiet colour = 0x57606A
	grid  colour = 0xE6E9ED
	guide colour = 0x6E7681
)

// RGBA makes a colour a color.Color.
func (c colour) RGBA() (r, g, b, a uint32) {
	return color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 255}.RGBA()
}

// faint is c, mixed with so much white that what is drawn in it recedes. It is
// opaque: transparent colours add up where things overlap, and look like data.
func (c colour) faint() colour {
	mix := func(shift uint) colour {
		v := float64(c >> shift & 0xFF)
		return colour(255-0.42*(255-v)) << shift
	}
	return mix(16) | mix(8) | mix(0)
}

// look is how one line is told from the others, in colour and without.
type look struct {
	colour colour
	dash   []vg.Length // lengths of stroke and gap in turn; nil for solid
	glyph  glyph
}

// looks are three colours of Okabe and Ito's palette that remain apart for the
// colour-blind, each with a dash and a marker of its own for print in grey.
func looks() []look {
	return []look{
		{colour: 0x0072B2, glyph: circle},
		{colour: 0xD55E00, dash: []vg.Length{7, 3}, glyph: square},
		{colour: 0x008A63, dash: []vg.Length{2, 2.5}, glyph: triangle},
	}
}

// lookOf is the look of an operation, the same in all figures, whichever other
// operations a file holds.
func lookOf(operation string) look {
	for i, o := range results.Operations() {
		if o == operation {
			return looks()[i]
		}
	}
	return look{colour: 0x8F4E8B, dash: []vg.Length{9, 3, 2, 3}, glyph: diamond}
}

// guideLook is the look of lines that were not measured.
func guideLook() look { return look{colour: guide, dash: []vg.Length{5, 4}} }

// floorLook is the look of what was measured of the harness and not of the store.
func floorLook() look { return look{colour: guide} }

// serviceLook is the look of the service time where it stands beside a response
// time in the given colour: dashed, thin and without markers, it recedes.
func serviceLook(c colour) look { return look{colour: c, dash: []vg.Length{2.5, 2.5}} }

// stroke is the style of a line in this look.
func (l look) stroke(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: l.colour, Width: width, Dashes: l.dash}
}

// glyph is the shape of a marker.
type glyph int

const (
	none glyph = iota
	circle
	square
	triangle
	diamond
)

// draw draws the marker with a white rim, so that markers on one spot can be
// counted.
func (g glyph) draw(c draw.Canvas, at vg.Point, fill colour) {
	if g == none {
		return
	}
	path := g.path(at, glyphSize)
	c.SetLineDash(nil, 0) // the line's may still be set
	c.SetColor(fill)
	c.Fill(path)
	c.SetColor(white)
	c.SetLineWidth(0.9)
	c.Stroke(path)
}

// drawHollow draws the marker's outline alone, on white.
func (g glyph) drawHollow(c draw.Canvas, at vg.Point, outline colour) {
	if g == none {
		return
	}
	path := g.path(at, glyphSize)
	c.SetLineDash(nil, 0)
	c.SetColor(white)
	c.Fill(path)
	c.SetColor(outline)
	c.SetLineWidth(1.3)
	c.Stroke(path)
}

// path is the marker's outline; the areas of all shapes look alike.
func (g glyph) path(at vg.Point, r vg.Length) vg.Path {
	corner := func(dx, dy float64) vg.Point {
		return vg.Point{X: at.X + vg.Length(dx)*r, Y: at.Y + vg.Length(dy)*r}
	}
	var p vg.Path
	switch g {
	case square:
		return polygon(corner(-.9, -.9), corner(.9, -.9), corner(.9, .9), corner(-.9, .9))
	case triangle:
		return polygon(corner(-1.15, -.85), corner(1.15, -.85), corner(0, 1.3))
	case diamond:
		return polygon(corner(-1.3, 0), corner(0, -1.3), corner(1.3, 0), corner(0, 1.3))
	default:
		p.Move(corner(1, 0))
		p.Arc(at, r, 0, 2*math.Pi)
		p.Close()
		return p
	}
}

// polygon is the closed path through the corners.
func polygon(corners ...vg.Point) vg.Path {
	var p vg.Path
	p.Move(corners[0])
	for _, c := range corners[1:] {
		p.Line(c)
	}
	p.Close()
	return p
}

// typesetter measures and styles texts. It holds the parsed fonts.
type typesetter struct {
	handler text.Handler // takes texts as they are, without markup
}

func newTypesetter() typesetter {
	return typesetter{text.Plain{Fonts: font.NewCache(liberation.Collection())}}
}

// plain is a text style that starts at the point it is drawn at.
func (t typesetter) plain(size vg.Length, c colour) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  draw.XLeft,
		YAlign:  draw.YBottom,
		Handler: t.handler,
	}
}

// bold is plain in bold.
func (t typesetter) bold(size vg.Length, c colour) text.Style {
	style := t.plain(size, c)
	style.Font.Weight = xfont.WeightBold
	return style
}
