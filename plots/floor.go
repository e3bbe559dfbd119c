package plots

import "fmt"

// A null server answers at once and keeps nothing. What the same clients measured
// at one, before the sweep, is the harness and this machine and not the store.
const (
	nullLabel    = "null server"
	ceilingLabel = "null server: ceiling"
	ceilingNote  = "null server: what the same clients do at servers that answer at once, one operation at a time each: about what harness and machine allow"
)

// nullNote says in a caption what the line of a null server is.
func nullNote(of string) string {
	return fmt.Sprintf("null server: %s at servers that answer at once, by the same number of clients in a closed loop: what harness and machine take by themselves", of)
}

// floor is a measure of the null server along the axis, false if none was
// measured.
func (s sweep) floor(m measure) (line, bool) {
	out := line{look: floorLook(), width: guideWidth}
	known := false
	for _, l := range s.loads {
		p := point{s.axis.x(l), nan()}
		for _, o := range s.operations { // all have the same calibration
			if t, ok := s.at(o, l); ok && m.of(t).Known() {
				p.y, known = m.of(t).Median, true
				break
			}
		}
		out.points = append(out.points, p)
	}
	if len(s.loads) == 1 { // no line to be seen
		out.look.glyph, out.marks = diamond, out.points
	}
	return out, known
}
