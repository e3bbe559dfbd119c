package plots

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the template
	"encoding/base64"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dhtbench/plots/chart"
	"dhtbench/results"
	"dhtbench/results/compare"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

//go:embed page.html.tmpl
var pageTemplate string

// page is the report of some results files as one HTML file, for its template. It needs
// no other file and makes no request.
type page struct {
	Title   string
	Verdict string
	Counts  []count // trials by verdict
	Files   []filePage
	Colours []colour
}

// count is the number of trials with a verdict.
type count struct {
	Verdict results.Verdict
	Trials  int
}

// filePage is the part of one results file.
type filePage struct {
	Name       string
	Comparison template.HTML // of two sides, else empty
	Figures    []figurePage  // of the whole file
	Sweeps     []sweepPage
	Records    template.URL // the file, compressed
	Bytes      int          // of the file
}

// sweepPage is the part of one sweep.
type sweepPage struct {
	Heading, Conditions          string
	Verdicts, Table, Environment template.HTML
	Figures                      []figurePage
}

// figurePage is one figure with its layouts for pages and for phones.
type figurePage struct {
	ID           string        // unique on the page
	Wide, Narrow template.HTML // SVG for pages and for phones
}

// newPage makes the page of results files.
func newPage(names []string) (page, error) {
	p := page{Colours: colours()}
	verdicts := make(map[results.Verdict]int)
	for _, name := range names {
		all, err := readSweeps(name)
		if err != nil {
			return page{}, err
		}
		f, err := newFilePage(name, len(p.Files), all)
		if err != nil {
			return page{}, err
		}
		p.Files = append(p.Files, f)
		for _, s := range all {
			for _, t := range s.trials {
				verdicts[t.Verdict]++
			}
		}
	}
	p.Title = "dhtbench: " + strings.Join(baseNames(names), ", ")
	total := 0
	for _, v := range []results.Verdict{results.Valid, results.Suspect, results.Invalid} {
		p.Counts, total = append(p.Counts, count{v, verdicts[v]}), total+verdicts[v]
	}
	p.Verdict = fmt.Sprintf("%d of %d trials are VALID.", verdicts[results.Valid], total)
	return p, nil
}

func baseNames(names []string) []string {
	short := make([]string, len(names))
	for i, name := range names {
		short[i] = baseName(name)
	}
	return short
}

func newFilePage(name string, number int, all sweeps) (f filePage, err error) {
	f = filePage{Name: filepath.Base(name)}
	id := func(parts ...any) string {
		return strings.ReplaceAll(fmt.Sprintf("f%d-%s", number, fmt.Sprint(parts...)), " ", "-")
	}
	if f.Figures, err = figurePages(id("all"), all.figures()); err != nil {
		return f, err
	}
	for i, s := range all {
		var part sweepPage
		if part, err = newSweepPage(s); err != nil {
			return f, err
		}
		if all.study() == nil { // figures of a study show faults, not the store
			if part.Figures, err = figurePages(id(i), s.figures()); err != nil {
				return f, err
			}
		}
		f.Sweeps = append(f.Sweeps, part)
	}
	if f.Comparison, err = comparisonOf(name, all); err != nil {
		return f, err
	}
	f.Records, f.Bytes, err = packed(name)
	return f, err
}

func newSweepPage(s sweep) (part sweepPage, err error) {
	part.Heading, part.Conditions = either(s.label, s.params.Loop+" loop: "+list(s.operations)), s.conditions()
	for _, block := range []struct {
		to   *template.HTML
		text string
	}{{&part.Verdicts, s.verdicts()}, {&part.Table, s.table()}, {&part.Environment, s.measured()}} {
		if *block.to, err = toHTML(block.text); err != nil {
			return part, err
		}
	}
	return part, nil
}

// comparisonOf returns the comparison of the two sides of a file. It is empty if the
// file does not have two sides.
func comparisonOf(name string, all sweeps) (template.HTML, error) {
	var trials []results.Trial
	for _, s := range all {
		trials = append(trials, s.trials...)
	}
	if !slices.ContainsFunc(trials, func(t results.Trial) bool { return t.Params.Side != "" }) {
		return "", nil
	}
	c, err := compare.Sides(name, trials, true)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	if err := c.Markdown(&text, compare.DefaultThreshold); err != nil {
		return "", err
	}
	return toHTML(text.String())
}

// toHTML renders Markdown. Text of records is escaped in it.
func toHTML(markdown string) (template.HTML, error) {
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(markdown), &out); err != nil {
		return "", fmt.Errorf("render a table as HTML: %w", err)
	}
	return template.HTML(out.String()), nil
}

func figurePages(prefix string, list []sketch) ([]figurePage, error) {
	var all []figurePage
	for _, k := range list {
		f := k.make()
		p := figurePage{ID: prefix + "-" + k.name}
		for size, to := range map[chart.Size]*template.HTML{chart.Wide: &p.Wide, chart.Narrow: &p.Narrow} {
			svg, err := f.SVG(size)
			if err != nil {
				return nil, err
			}
			*to = inline(string(svg), f.Spots(size))
		}
		all = append(all, p)
	}
	return all, nil
}

// inline prepares a drawing to be part of a page: its colours become variables, and its
// points react to the pointer and the keyboard.
func inline(svg string, spots []chart.Spot) template.HTML {
	svg = hex.ReplaceAllStringFunc(svg, func(c string) string { return "var(--" + strings.ToLower(c[1:]) + "," + c + ")" })
	var marks strings.Builder
	for i, s := range spots {
		index := -1
		if i == 0 {
			index = 0 // the arrow keys lead to the others
		}
		fmt.Fprintf(&marks, `<circle class="spot" tabindex="%d" cx="%.4g" cy="%.4g" r="7"><title>%s</title></circle>`+"\n",
			index, s.X, s.Y, template.HTMLEscapeString(s.Text))
	}
	svg = strings.Replace(svg, `role="img"`, `role="group"`, 1)
	return template.HTML(strings.Replace(svg, "</svg>", marks.String()+"</svg>", 1))
}

// packed returns a data URL of the content of a file, compressed with gzip, and the
// size of the file in bytes.
func packed(name string) (template.URL, int, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return "", 0, err
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	if _, err = z.Write(content); err == nil {
		err = z.Close()
	}
	if err != nil {
		return "", 0, fmt.Errorf("compress %s: %w", name, err)
	}
	return template.URL("data:application/gzip;base64," + base64.StdEncoding.EncodeToString(out.Bytes())), len(content), nil
}

// write renders the page.
func (p page) write() ([]byte, error) {
	t, err := template.New("page.html.tmpl").Parse(pageTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
