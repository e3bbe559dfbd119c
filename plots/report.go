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
	files, err := readNamed(path, r.pieces, out)
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
		body, err := generate(*p.marker, files[p.marker.file], images)
		if err != nil {
			return report{}, fmt.Errorf("%s:%d: marker %s of %s: %w", path, p.marker.line, p.marker.kind, p.marker.file, err)
		}
		filled := p.marker.fill(body)
		r.bodies = append(r.bodies, filled)
		text.WriteString(filled)
	}
	r.text = text.String()
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if err := ctx.Err(); err != nil {
			return report{}, err
		}
		folder, err := folderFor(file, out)
		if err != nil {
			return report{}, err
		}
		drawn, err := drawAll(folder, files[file])
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
func readNamed(path string, pieces []piece, out string) (map[string]sweeps, error) {
	all := make(map[string]sweeps)
	var files []string
	for _, p := range pieces {
		m := p.marker
		if m == nil || all[m.file] != nil {
			continue
		}
		read, err := readSweeps(filepath.Join(filepath.Dir(path), filepath.FromSlash(m.file)))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: marker %s: %w", path, m.line, m.kind, err)
		}
		all[m.file] = read
		files = append(files, m.file)
	}
	return all, checkFolders(files, out)
}

// generate makes the body of one marker, from its file. images is where the
// figures are, seen from the report.
func generate(m marker, all sweeps, images string) (string, error) {
	m.keys = maps.Clone(m.keys) // taken from below
	folder := images + "/" + baseName(m.file)
	var body func(sweep) (string, error)
	switch m.kind {
	case "table":
		body = func(s sweep) (string, error) { return s.table(), nil }
	case "measured":
		body = func(s sweep) (string, error) { return s.measured(), nil }
	case "doubts":
		body = func(s sweep) (string, error) { return s.doubts(), nil }
	case "verdicts":
		body = func(s sweep) (string, error) { return s.verdicts(), nil }
	case "truth":
		found, err := all.matching(m.keys)
		if err != nil {
			return "", err
		}
		return found.truthTable()
	case "figure":
		name := m.take("name", "")
		if k, ok := find(all.figures(), name); ok {
			return all.image(k, m.keys, folder)
		}
		body = func(s sweep) (string, error) { return s.image(name, all, folder) }
	case "value":
		v, err := takeValue(m)
		if err != nil {
			return "", err
		}
		all = v.narrow(all)
		body = func(s sweep) (string, error) { return s.value(v) }
	case "fact":
		name := m.take("name", "")
		body = func(s sweep) (string, error) { return s.fact(name) }
	default:
		return "", fmt.Errorf("unknown kind")
	}
	// What was not taken picks the sweep; a misspelt key is unknown to it.
	s, err := choose(all, m.keys)
	if err != nil {
		return "", err
	}
	return body(s)
}

// find finds a figure by its name.
func find(list []sketch, name string) (sketch, bool) {
	for _, k := range list {
		if k.name == name {
			return k, true
		}
	}
	return sketch{}, false
}

// image is a figure of the file in Markdown. It is of all sweeps, so there is none
// to pick.
func (all sweeps) image(k sketch, keys map[string]string, folder string) (string, error) {
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		return "", fmt.Errorf("figure %s is of the whole file: leave out %s", k.name, key)
	}
	return picture(k, folder), nil
}

// image is a figure of the sweep in Markdown.
func (s sweep) image(name string, all sweeps, folder string) (string, error) {
	k, ok := find(s.figures(), name)
	if !ok {
		var names []string
		for _, k := range append(s.figures(), all.figures()...) {
			names = append(names, k.name)
		}
		return "", fmt.Errorf("figure %q: want one of %s", name, strings.Join(names, ", "))
	}
	if s.label != "" {
		folder += "/" + s.folder()
	}
	return s.gapNote() + picture(k, folder), nil
}

// picture is a drawn figure in Markdown.
func picture(k sketch, folder string) string {
	// Brackets would end the description.
	alt := strings.NewReplacer("[", "(", "]", ")").Replace(escape(k.make().Alt()))
	return fmt.Sprintf("![%s](%s/%s.svg)", alt, folder, k.name)
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
