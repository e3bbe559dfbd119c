package chart

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// dress makes the drawing fit for a page: sizes in px, a title and description,
// fonts by what they look like, and a light card with a border behind it all,
// so that it can be read on a dark page. It fails where gonum's output is not
// what this was written for, instead of leaving a drawing undressed.
func dress(svg []byte, f Figure, size Size, height vg.Length) ([]byte, error) {
	const (
		headEnd = `xmlns:xlink="http://www.w3.org/1999/xlink">` + "\n"
		font    = "font-family:Liberation Sans;font-variant:normal;"
		weight  = "font-weight:normal;font-style:normal;"
		upright = "font-style:normal;"
	)
	_, body, found := strings.Cut(string(svg), headEnd)
	if !found {
		return nil, fmt.Errorf("draw %s: unexpected head in gonum's SVG", f.Name)
	}
	body = strings.NewReplacer(font+weight, "", font, "", upright, "").Replace(body)
	if strings.Contains(body, "font-family") {
		return nil, fmt.Errorf("draw %s: unexpected font in gonum's SVG", f.Name)
	}
	// A stylesheet would do nothing where an SVG is shown as an image with a
	// strict policy, so everything is an attribute.
	h := fmt.Sprintf("%.5g", height.Points())
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%s" viewBox="0 0 %d %s" role="img" font-family="%s">`+"\n",
		size, h, size, h, fontStack)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n", html.EscapeString(f.Title), html.EscapeString(f.Desc()))
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%d" height="%.5g" rx="6" fill="#FFFFFF" stroke="#D1D9E0"/>`+"\n",
		size-1, height.Points()-1)
	b.WriteString(body)
	return b.Bytes(), nil
}

// join makes one paragraph of the parts of a caption.
func join(parts []string) string { return strings.Join(parts, " · ") }

// textShare is how much of the width a line may take, measured with Liberation
// Sans: other fonts are wider by as much as the rest.
const textShare = 0.94

// wrap breaks a paragraph into lines no wider than width, at spaces. A word that is
// wider has a line to itself.
func wrap(style text.Style, paragraph string, width vg.Length) []string {
	var lines []string
	current := ""
	for word := range strings.FieldsSeq(paragraph) {
		longer := strings.TrimSpace(current + " " + word)
		if current != "" && style.Width(longer) > textShare*width {
			lines = append(lines, current)
			longer = word
		}
		current = longer
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}
