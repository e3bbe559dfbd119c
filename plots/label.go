package plots

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Labels stand at the right end of their lines, so that no legend covers data.
// Where lines end close together their labels are moved apart and a thin leader
// joins each to its line.
const (
	labelGap    = 15 // between the baselines of two labels
	labelLeader = 16 // between the end of a line and its label
	labelKey    = 12 // taken by the marker before the text
	aside       = 60 // from how far left of the others a line has its label at its own end
)

// ending is a label and where its line ends.
type ending struct {
	line line
	end  vg.Point // on the canvas
}

// endings finds where each labelled line ends, from the top.
func (n panel) endings(c draw.Canvas) []ending {
	var all []ending
	for _, l := range n.lines {
		if l.label == "" {
			continue
		}
		for _, p := range slices.Backward(l.points) {
			if at, ok := n.at(c, p); ok {
				at.X += l.shift
				all = append(all, ending{l, at})
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ending) int { return cmp.Compare(b.end.Y, a.end.Y) })
	return all
}

// drawLabels writes the labels, in one column unless their lines end far apart.
func (n panel) drawLabels(c draw.Canvas, t typesetter) {
	all := n.endings(c)
	wanted := make([]float64, len(all)) // heights, if labels could overlap
	var right vg.Length
	for i, e := range all {
		wanted[i] = float64(e.end.Y)
		right = max(right, e.end.X)
	}
	for i, y := range spread(wanted, labelGap, float64(c.Min.Y)+4, float64(c.Max.Y)-2) {
		e := all[i]
		at := vg.Point{X: right + labelLeader, Y: vg.Length(y)}
		if right-e.end.X > aside { // a leader that long would look like data
			at.X = e.end.X + labelLeader
		}
		fill := e.line.look.colour
		if e.line.labelColour != 0 {
			fill = e.line.labelColour
		}
		rule := draw.LineStyle{Color: fill.faint(), Width: 0.8}
		c.StrokeLine2(rule, e.end.X+glyphSize+2, e.end.Y, at.X-2, at.Y)
		text := at
		if e.line.look.glyph != none {
			e.line.look.glyph.draw(c, vg.Point{X: at.X + glyphSize, Y: at.Y}, fill)
			text.X += labelKey
		}
		style := t.plain(headingSize, fill)
		style.YAlign = draw.YCenter
		text.Y += 1.5 // YCenter counts descenders, which these words seldom have
		c.FillText(style, text, e.line.label)
	}
}

// labelWidth is the room that a panel's labels take to the right of the data.
func (n panel) labelWidth(t typesetter) vg.Length {
	var widest vg.Length
	for _, l := range n.lines {
		if l.label == "" {
			continue
		}
		w := t.plain(headingSize, ink).Width(l.label) + labelLeader
		if l.look.glyph != none {
			w += labelKey
		}
		widest = max(widest, w)
	}
	return widest
}

// spread moves falling positions apart until neighbours are at least gap from
// each other, each as little as possible in the sense of least squares (pool
// adjacent violators), and keeps them between low and high if there is room.
func spread(falling []float64, gap, low, high float64) []float64 {
	// Less gap x rank, the problem is to make the positions fall monotonically.
	// A block is neighbours that would violate that and so share their mean.
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
			// The last label may sit at low, the one before it a gap above that,
			// and so on: whoever comes first leaves room for the rest.
			rest := float64(len(falling)-1) - i
			moved = append(moved, math.Max(y, low+rest*gap))
		}
	}
	return moved
}
