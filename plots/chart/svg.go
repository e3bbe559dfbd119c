package chart

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot/vg"
)

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
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%d" height="%.5g" rx="6" fill="#FFFFFF" stroke="#D1D9E0"/>`+"\n",
		size-1, height.Points()-1)
	b.WriteString(body)
	return b.Bytes(), nil
}
