package plots

import (
	"fmt"
	"html/template"
	"regexp"
	"slices"

	"dhtbench/plots/chart"
)

// colour is a colour of figures and the colour that replaces it on dark pages.
type colour struct {
	Name        string // of the variable, such as 00518a
	Light, Dark template.CSS
}

// hex finds colours in a drawing.
var hex = regexp.MustCompile(`#[0-9A-F]{6}\b`)

// colours are the colours of all figures.
func colours() []colour {
	var all []colour
	twins := chart.DarkTwins()
	light := make([]chart.Colour, 0, len(twins))
	for c := range twins {
		light = append(light, c)
	}
	slices.Sort(light)
	for _, c := range light {
		css := func(c chart.Colour) template.CSS { return template.CSS(fmt.Sprintf("#%06X", uint32(c))) }
		all = append(all, colour{fmt.Sprintf("%06x", uint32(c)), css(c), css(twins[c])})
	}
	return all
}
