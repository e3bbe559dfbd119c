package chart

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// labels draws the labels of series at the right ends of their lines, so that no legend
// covers data. Labels of lines that end close together are moved apart, with a thin
// leader to each line.
type labels []Series

const (
	labelGap    = 15 // between two labels
	labelLeader = 14 // between the end of a line and its label
	labelKey    = 12 // taken by the marker before the text
	leastRight  = 26 // room at the right of a panel, for half a tick label
	aside       = 60 // a line that ends this far left of the others has its label there
)

// GlyphBoxes keeps room for the labels.
func (l labels) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	widest := vg.Length(leastRight)
	for _, s := range l {
		if s.Label != "" && s.At == nil {
			widest = max(widest, labelLeader+s.width())
		}
	}
	return []plot.GlyphBox{{X: 1, Rectangle: vg.Rectangle{Max: vg.Point{X: widest}}}}
}

// width returns the width of the label with its key.
func (s Series) width() vg.Length { return plain(headingSize, Ink).Width(s.Label) + s.Look.key() }

// ending is a labelled series and where its label belongs.
type ending struct {
	Series
	at vg.Point
}

// Plot draws the labels in one column, except those of lines that end far to the left.
// Labels inside the data are right of their points, or left if there is no room.
func (l labels) Plot(c draw.Canvas, p *plot.Plot) {
	var ends, inside []ending
	var right vg.Length
	for _, s := range l {
		at, ok := s.end(c, p)
		switch {
		case s.Label == "" || !ok:
		case s.At != nil:
			inside = append(inside, ending{s, at})
		default:
			ends = append(ends, ending{s, at})
			right = max(right, at.X)
		}
	}
	for i, y := range heights(c, ends) {
		e := ends[i]
		to := vg.Point{X: right + labelLeader, Y: y}
		if right-e.at.X > aside { // a long leader would look like data
			to.X = e.at.X + labelLeader
		}
		c.StrokeLine2(draw.LineStyle{Color: e.Look.Colour.faint(), Width: 0.8}, e.at.X+5, e.at.Y, to.X-2, to.Y)
		e.Look.label(c, to, e.Label)
	}
	for i, y := range heights(c, inside) {
		const air = 6
		e := inside[i]
		to := vg.Point{X: e.at.X + air, Y: y}
		if to.X+e.width() > c.Max.X {
			to.X = e.at.X - air - e.width()
		}
		e.Look.label(c, to, e.Label)
	}
}

// heights sorts labels from the top and moves them apart.
func heights(c draw.Canvas, all []ending) []vg.Length {
	slices.SortStableFunc(all, func(a, b ending) int { return cmp.Compare(b.at.Y, a.at.Y) })
	wanted := make([]float64, len(all))
	for i, e := range all {
		wanted[i] = float64(e.at.Y)
	}
	moved := make([]vg.Length, len(all))
	for i, y := range spread(wanted, labelGap, float64(c.Min.Y)+4, float64(c.Max.Y)-2) {
		moved[i] = vg.Length(y)
	}
	return moved
}

// spread moves descending positions apart until neighbours are at least gap from each
// other, with the least sum of squared moves (pool adjacent violators). It keeps them
// between low and high if there is room.
func spread(falling []float64, gap, low, high float64) []float64 {
	// After subtracting gap x rank, positions must descend monotonically. A block is
	// neighbours that would violate this and share their mean instead.
	type block struct {
		sum   float64
		count int
	}
	var blocks []block
	for i, y := range falling {
		blocks = append(blocks, block{y + float64(i)*gap, 1})
		for k := len(blocks) - 1; k > 0; k-- {
			a, b := blocks[k-1], blocks[k]
			if a.sum/float64(a.count) >= b.sum/float64(b.count) {
				break
			}
			blocks = append(blocks[:k-1], block{a.sum + b.sum, a.count + b.count})
		}
	}
	moved := make([]float64, 0, len(falling))
	for _, b := range blocks {
		for range b.count {
			i := float64(len(moved))
			y := math.Min(b.sum/float64(b.count), high) - i*gap
			// The last label may sit at low, the one before it a gap above, and so on.
			rest := float64(len(falling)-1) - i
			moved = append(moved, math.Max(y, low+rest*gap))
		}
	}
	return moved
}
