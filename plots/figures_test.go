package plots

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dhtbench/results"
)

// drawn draws all figures of trials and checks each.
func drawn(t *testing.T, trials []results.Trial) map[string]string {
	t.Helper()
	all, err := drawAll("x", sweepsOf(trials))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, d := range all {
		files[filepath.ToSlash(d.path)] = string(d.content)
		checkSVG(t, d.path, d.content)
		checkFits(t, d.path, string(d.content))
	}
	return files
}

// checkSVG checks that an SVG is well-formed and has no NaN and no embedded fonts.
func checkSVG(t *testing.T, name string, svg []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
	for _, bad := range []string{"NaN", "Inf", "font-family:", "Serif"} {
		if strings.Contains(string(svg), bad) {
			t.Errorf("%s contains %s", name, bad)
		}
	}
}

// checkFits checks that every text of an SVG is inside it, estimated from the number
// of letters.
func checkFits(t *testing.T, name, svg string) {
	t.Helper()
	var width float64
	if _, err := fmt.Sscanf(svg[strings.Index(svg, ` width="`):], ` width="%f"`, &width); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`<text x="([-0-9.]+)"[^>]*font-size:([0-9.]+)px[^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		var x, size float64
		if _, err := fmt.Sscan(m[1], &x); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(m[2], &size); err != nil {
			t.Fatal(err)
		}
		if n := float64(utf8.RuneCountInString(html.UnescapeString(m[3]))); x < 0 || x+0.4*size*n > width || size < 9 {
			t.Errorf("%s: %q of %v px at %v does not fit into %v", name, m[3], size, x, width)
		}
	}
}

// texts are the texts of an SVG, in the order in which they were drawn.
func texts(t *testing.T, svg string) []string {
	t.Helper()
	var all []string
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "text" {
			var text string
			if err := decoder.DecodeElement(&text, &start); err != nil {
				t.Fatal(err)
			}
			all = append(all, text)
		}
	}
}

func TestFigures(t *testing.T) {
	files := drawn(t, usual().trials())
	for name, want := range map[string][]string{
		"response-time": {"How does the mean service time grow with the number of clients?", "put", "get", "del", "reference", "100 µs", "8", "clients", "mean service time, log scale"},
		"throughput":    {"How does throughput grow with the number of clients?", "put", "get", "del", "linear from 1 client", "reference", "efficiency: throughput per client, relative to 1 client"},
		"percentiles":   {"put", "get", "del", "p50", "p99", "p99.9"},
		"distribution":  {"1 client", "8 clients", "put", "get", "del", "50", "99.9"},
	} {
		svg, ok := files["x/"+name+".svg"]
		if !ok {
			t.Errorf("no %s.svg", name)
			continue
		}
		all := texts(t, svg)
		for _, text := range want {
			if !slices.Contains(all, text) {
				t.Errorf("%s does not say %q: %q", name, text, all)
			}
		}
		for _, text := range []string{"closed loop", "8 nodes", "(separate)", "2,000 operations per client",
			"Imaginary CPU @ 3.00GHz, 2 cores"} {
			if !strings.Contains(svg, text) {
				t.Errorf("the description of %s does not say %q", name, text)
			}
		}
		if strings.Contains(strings.Join(all, " "), "Imaginary CPU") {
			t.Errorf("%s says on the page where it was measured: %q", name, all)
		}
	}
	if len(files) != 8 {
		t.Errorf("%d figures, want 4 for a page and 4 narrow", len(files))
	}
}

func TestFiguresTwice(t *testing.T) {
	m := usual()
	m.repeats, m.each, m.clients = 3, 100, []int{1, 2}
	a, b := drawn(t, m.trials()), drawn(t, m.trials())
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

// TestFiguresOddSweeps: every file gives at least one figure, without a panic.
func TestFiguresOddSweeps(t *testing.T) {
	for name, change := range map[string]func(*made){
		"one point":      func(m *made) { m.clients, m.operations = []int{4}, []string{"get"} },
		"one operation":  func(m *made) { m.operations = []string{"del"} },
		"other kinds":    func(m *made) { m.operations = []string{"scan", "put"} },
		"few samples":    func(m *made) { m.each = 5 },
		"one sample":     func(m *made) { m.each, m.clients = 1, []int{1} },
		"wide":           func(m *made) { m.clients, m.each = []int{1, 50}, 20 },
		"two trials":     func(m *made) { m.repeats, m.each = 2, 100 },
		"six trials":     func(m *made) { m.repeats, m.each, m.clients = 6, 50, []int{1, 2} },
		"nanoseconds":    func(m *made) { m.mean = func(string, int) float64 { return 300 } },
		"seconds":        func(m *made) { m.mean = func(string, int) float64 { return 4e9 } },
		"heavy tail":     func(m *made) { m.tail = 3 },
		"equal values":   func(m *made) { m.tail = 0 },
		"markup in text": func(m *made) { m.change = func(t *results.Trial) { t.Hosts[0].CPU = "<b>&\"CPU" } },
		"nothing known":  func(m *made) { m.change = func(t *results.Trial) { t.Hosts, t.Agents, t.Command = nil, nil, nil } },
		"never all active": func(m *made) {
			m.change = func(t *results.Trial) { t.Clients[0].StartNS, t.Clients[0].EndNS = 1e12, 2e12 }
		},
		"all failed": func(m *made) {
			m.change = func(t *results.Trial) {
				for i := range t.Clients {
					t.Clients[i].Counts = results.Counts{Failed: 9}
					t.Clients[i].Service = results.NewHistogram()
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := usual()
			m.each, m.clients = 200, []int{1, 3}
			change(&m)
			trials := m.trials()
			drawn(t, trials)
			s := one(t, trials)
			for _, text := range []string{s.table(), s.measured(), s.verdicts()} {
				if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
					t.Errorf("not a number in:\n%s", text)
				}
			}
		})
	}
}

// TestChosenPercentiles: the figure of percentiles has those of --percentiles, and the
// caption of throughput the sizes of keys and values.
func TestChosenPercentiles(t *testing.T) {
	s := sweepsOf(usual().trials(), 0.5, 0.95)[0]
	var labels []string
	for _, one := range s.percentiles().Rows[0][0].Series {
		labels = append(labels, one.Label)
	}
	if got := strings.Join(labels, " "); !strings.HasSuffix(got, "p50 p95") {
		t.Errorf("series %q", got)
	}
	if f := s.percentiles(); !strings.HasPrefix(f.Subtitle, "p95 ") || strings.HasPrefix(f.Subtitle, "p95 –") {
		t.Errorf("subtitle %q", f.Subtitle)
	}
	if f := s.throughput(); len(f.Caption) == 0 || f.Caption[0] != s.sizes() {
		t.Errorf("caption %q", f.Caption)
	}
}

// TestTwoSweeps: a file that holds both placements is drawn into two folders,
// and a template must name the one it means.
func TestTwoSweeps(t *testing.T) {
	m := usual()
	m.each, m.clients = 50, []int{1, 2}
	trials := m.trials()
	m.change = func(t *results.Trial) { t.Params.Placement = results.EmbeddedPlacement }
	trials = append(trials, m.trials()...)
	files := drawn(t, trials)
	if len(files) != 16 || files["x/placement=embedded/throughput.svg"] == "" {
		t.Errorf("files: %d", len(files))
	}
	all := sweepsOf(trials)
	if _, err := choose(all, nil); err == nil || !strings.Contains(err.Error(), "give the parameters of one of: placement=separate; placement=embedded") {
		t.Errorf("no pick: %v", err)
	}
	if s, err := choose(all, []string{"placement=embedded"}); err != nil || s.params.Placement != "embedded" {
		t.Errorf("pick of embedded: %v, %v", s.params, err)
	}
	if _, err := choose(all, []string{"place=embedded"}); err == nil {
		t.Error("an unknown key was accepted")
	}
}
