package plots

import (
	"context"
	_ "embed" // the template
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// projectTemplate is the template of REPORT.md, projectTemplateName its name in
// errors.
//
//go:embed report.md.tmpl
var projectTemplate string

const projectTemplateName = "plots/report.md.tmpl"

// report is the text and the figures of a report, in memory, to be compared with files
// or to be written.
type report struct {
	text    string
	figures []drawing
}

// renderer renders one template. Its methods are the template's functions that need
// the paths of files.
type renderer struct {
	folder string            // of the report: names of results files are relative to it
	out    string            // folder of the figures
	images string            // the same, as the report names it
	files  map[string]sweeps // results files read, by name
}

// compose renders a template into the report that belongs at path, and draws the
// figures of all results files that the template reads, below out. It writes
// nothing. Errors in the template name its line.
func compose(ctx context.Context, name, text, path, out string) (report, error) {
	images, err := relative(filepath.Dir(path), out)
	if err != nil {
		return report{}, err
	}
	r := renderer{folder: filepath.Dir(path), out: out, images: images, files: make(map[string]sweeps)}
	rendered, err := r.render(name, text)
	if err != nil {
		return report{}, err
	}
	whole := report{text: rendered}
	for _, file := range slices.Sorted(maps.Keys(r.files)) {
		if err := ctx.Err(); err != nil {
			return report{}, err
		}
		folder, err := folderFor(file, out)
		if err != nil {
			return report{}, err
		}
		drawn, err := drawAll(folder, r.files[file])
		if err != nil {
			return report{}, err
		}
		whole.figures = append(whole.figures, drawn...)
	}
	return whole, nil
}

// render executes a template.
func (r renderer) render(name, text string) (string, error) {
	t, err := template.New(name).Funcs(r.functions()).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, nil); err != nil {
		return "", err
	}
	return b.String(), nil
}

// functions are those of templates; see the package comment. Blocks end without a
// newline, so that the template sets the space between them.
func (r renderer) functions() template.FuncMap {
	block := func(of func(sweep) string) func(sweep) string {
		return func(s sweep) string { return strings.TrimSpace(of(s)) }
	}
	return template.FuncMap{
		"file": r.file, "sweep": r.sweep, "exists": r.exists,
		"of": ofOperation, "at": atLoad,
		"value": value, "ratio": ratio, "reference": func() referenceReport { return referenceReport{} },
		"figure": r.figure, "table": block(sweep.table), "environment": block(sweep.measured), "verdicts": block(sweep.verdicts), "law": block(sweep.lawTable),
		"truth": checked(sweeps.truthTable), "study": checked(sweeps.studyTable), "lags": checked(sweep.lagTable),
		"peers": checked(sweeps.peersTable), "servers": checked(sweeps.serversTable),
	}
}

// checked returns a block that may fail.
func checked[T any](of func(T) (string, error)) func(T) (string, error) {
	return func(x T) (string, error) {
		text, err := of(x)
		return strings.TrimSpace(text), err
	}
}

// file returns all sweeps of a results file. It reads each file once.
func (r renderer) file(name string) (sweeps, error) {
	if all, known := r.files[name]; known {
		return all, nil
	}
	// One spelling per file, so that each is read and drawn once.
	if path.IsAbs(name) || path.Clean(name) != name {
		return nil, fmt.Errorf("results file %s: must be a plain path relative to the report", name)
	}
	if err := checkFolders(append(slices.Collect(maps.Keys(r.files)), name), r.out); err != nil {
		return nil, err
	}
	all, err := readSweeps(filepath.Join(r.folder, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].file = name
	}
	r.files[name] = all
	return all, nil
}

// exists reports whether there is a results file.
func (r renderer) exists(name string) bool {
	_, err := os.Stat(filepath.Join(r.folder, filepath.FromSlash(name)))
	return err == nil
}

// sweep returns the only sweep of a results file whose parameters have the wanted
// values, each written key=value.
func (r renderer) sweep(name string, wanted ...string) (sweep, error) {
	all, err := r.file(name)
	if err != nil {
		return sweep{}, err
	}
	s, err := choose(all, wanted)
	if err != nil {
		return sweep{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// drawable is a sweep, or all sweeps of a file.
type drawable interface {
	figures() []sketch
	place() (string, error) // of its figures, below the folder of all figures
}

// place returns the folder of the figures of the file.
func (all sweeps) place() (string, error) { return baseName(all[0].file), nil }

// place returns the folder of the figures of a sweep. A part of a sweep has none.
func (s sweep) place() (string, error) {
	switch {
	case s.narrowed:
		return "", errors.New("must be of a whole sweep; leave out of and at")
	case s.label == "":
		return baseName(s.file), nil
	}
	return baseName(s.file) + "/" + s.folder(), nil
}

// figure returns a figure in Markdown.
func (r renderer) figure(name string, of drawable) (string, error) {
	place, err := of.place()
	if err != nil {
		return "", fmt.Errorf("figure %s: %w", name, err)
	}
	var note string
	if s, ok := of.(sweep); ok {
		note = s.gapNote()
	}
	var names []string
	for _, k := range of.figures() {
		if k.name == name {
			return note + picture(k, r.images+"/"+place), nil
		}
		names = append(names, k.name)
	}
	return "", fmt.Errorf("figure %q: must be one of %s", name, either(strings.Join(names, ", "), absent))
}

// picture returns the Markdown of a drawn figure.
func picture(k sketch, folder string) string {
	// Brackets would end the description.
	alt := strings.NewReplacer("[", "(", "]", ")").Replace(escape(k.make().Alt()))
	return fmt.Sprintf("![%s](%s/%s.svg)", alt, folder, k.name)
}

// relative returns the folder out relative to the folder from, as a link.
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

// stale lists the differences between r and the files: the first different line of the
// report, figures by path, and figures in the same folders that r does not have.
func (r report) stale(path string) []string {
	var faults []string
	old, err := os.ReadFile(path)
	switch {
	case err != nil:
		faults = append(faults, err.Error())
	case string(old) != r.text:
		faults = append(faults, fmt.Sprintf("%s:%d", path, firstDifference(string(old), r.text)))
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
				faults = append(faults, name+": not a figure of the report; remove it")
			}
		}
	}
	return faults
}

// firstDifference returns the number, from 1, of the first line that differs.
func firstDifference(a, b string) int {
	old, now := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range old {
		if i == len(now) || old[i] != now[i] {
			return i + 1
		}
	}
	return len(old) + 1
}
