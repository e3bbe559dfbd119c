package plots

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// report is a report as it should be: its text and its figures. It is made in
// memory, to be compared with what is there or to be written; the two commands
// and the test of the committed report therefore cannot disagree.
type report struct {
	text    string
	figures []drawing
	pieces  []piece  // as found, for saying which are stale
	bodies  []string // what each marker should read, its comments included
}

// compose reads the report at path and everything that it names, and makes what
// it should hold; figures go below out. It writes nothing.
func compose(ctx context.Context, path, out string) (report, error) {
	old, err := os.ReadFile(path)
	if err != nil {
		return report{}, fmt.Errorf("read report: %w", err)
	}
	r := report{}
	if r.pieces, err = parse(path, string(old)); err != nil {
		return report{}, err
	}
	// Everything is read before anything is made, and everything made before
	// anything is written.
	sweeps, err := readNamed(path, r.pieces)
	if err != nil {
		return report{}, err
	}
	images, err := relative(filepath.Dir(path), out)
	if err != nil {
		return report{}, err
	}
	var text strings.Builder
	for _, p := range r.pieces {
		text.WriteString(p.text)
		if p.marker == nil {
			continue
		}
		body, err := generate(*p.marker, sweeps[p.marker.file], images)
		if err != nil {
			return report{}, fmt.Errorf("%s:%d: marker %s of %s: %w", path, p.marker.line, p.marker.kind, p.marker.file, err)
		}
		filled := p.marker.fill(body)
		r.bodies = append(r.bodies, filled)
		text.WriteString(filled)
	}
	r.text = text.String()
	for _, file := range slices.Sorted(maps.Keys(sweeps)) {
		if err := ctx.Err(); err != nil {
			return report{}, err
		}
		drawn, err := drawAll(newTypesetter(), filepath.Join(out, baseName(file)), sweeps[file])
		if err != nil {
			return report{}, err
		}
		r.figures = append(r.figures, drawn...)
	}
	return r, nil
}

// relative is the folder out as a link in a file of the folder from names it.
func relative(from, out string) (string, error) {
	a, err := filepath.Abs(from)
	if err == nil {
		from = a
		a, err = filepath.Abs(out)
	}
	if err == nil {
		a, err = filepath.Rel(from, a)
	}
	if err != nil {
		return "", fmt.Errorf("find %s from the report: %w", out, err)
	}
	return filepath.ToSlash(a), nil
}

// readNamed reads the results files that the markers name, each once. Faults are
// told with the line of the marker: the file itself may not exist.
func readNamed(path string, pieces []piece) (map[string][]sweep, error) {
	sweeps := make(map[string][]sweep)
	var files []string
	for _, p := range pieces {
		m := p.marker
		if m == nil || sweeps[m.file] != nil {
			continue
		}
		read, err := readSweeps(filepath.Join(filepath.Dir(path), filepath.FromSlash(m.file)))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: marker %s: %w", path, m.line, m.kind, err)
		}
		sweeps[m.file] = read
		files = append(files, m.file)
	}
	return sweeps, sameBase(files)
}

// generate makes the body of one marker, from the sweeps of its file. images is where the figures are, seen
// from the report.
func generate(m marker, sweeps []sweep, images string) (string, error) {
	m.keys = maps.Clone(m.keys) // taken from below
	var body func(sweep) (string, error)
	switch m.kind {
	case "table":
		body = func(s sweep) (string, error) { return s.table(), nil }
	case "measured":
		body = func(s sweep) (string, error) { return s.measured(), nil }
	case "doubts":
		body = func(s sweep) (string, error) { return s.doubts(), nil }
	case "figure":
		name := m.take("name", "")
		body = func(s sweep) (string, error) { return s.image(name, images+"/"+baseName(m.file)) }
	case "value":
		v, err := takeValue(m)
		if err != nil {
			return "", err
		}
		body = func(s sweep) (string, error) { return s.value(v) }
	case "fact":
		name := m.take("name", "")
		body = func(s sweep) (string, error) { return s.fact(name) }
	default:
		return "", fmt.Errorf("unknown kind")
	}
	// What was not taken picks the sweep; a misspelt key is unknown to it.
	s, err := choose(sweeps, m.keys)
	if err != nil {
		return "", err
	}
	return body(s)
}

// image is a figure in Markdown.
func (s sweep) image(name, folder string) (string, error) {
	var names []string
	for _, f := range s.figures() {
		if f.name == name {
			if s.label != "" {
				folder += "/" + s.label
			}
			// Brackets would end the description.
			alt := strings.NewReplacer("[", "(", "]", ")").Replace(escape(f.alt))
			return fmt.Sprintf("%s![%s](%s/%s.svg)", s.gapNote(), alt, folder, name), nil
		}
		names = append(names, f.name)
	}
	return "", fmt.Errorf("figure %q: want one of %s", name, strings.Join(names, ", "))
}

// stale lists what on disk is not as r has it: markers by line, figures by path,
// and figures below the same folders that nothing draws any more.
func (r report) stale(path string) []string {
	var faults []string
	i := 0
	for _, p := range r.pieces {
		if m := p.marker; m != nil {
			if m.open+m.body+closing != r.bodies[i] {
				faults = append(faults, fmt.Sprintf("%s:%d: %s of %s", path, m.line, m.kind, m.file))
			}
			i++
		}
	}
	known := make(map[string]bool)
	folders := make(map[string]bool)
	for _, d := range r.figures {
		known[d.path], folders[filepath.Dir(d.path)] = true, true
		if !holds(d.path, d.content) {
			faults = append(faults, d.path)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		found, err := os.ReadDir(folder)
		if err != nil {
			continue // its missing figures are listed already
		}
		for _, f := range found {
			if name := filepath.Join(folder, f.Name()); filepath.Ext(name) == ".svg" && !known[name] {
				faults = append(faults, name+": drawn from nothing, remove it")
			}
		}
	}
	return faults
}
