package plots

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dhtbench/results"
)

// place makes a folder with a template, an old report and the results files that
// the template names, and enters it.
func place(t *testing.T, text string, files map[string][]results.Trial) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, trials := range files {
		f, _, _, err := results.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range trials {
			if err := f.Append(trial); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil { // removes an empty file
			t.Fatal(err)
		}
		if len(trials) == 0 {
			if err := os.WriteFile(name, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range map[string]string{"REPORT.md": "old\n", "report.tmpl": text} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs the report command and returns what it printed.
func run(t *testing.T, check bool) (string, error) {
	t.Helper()
	var printed bytes.Buffer
	c := ReportCommand{Report: "REPORT.md", Template: "report.tmpl", Out: "plots", Check: check, Stdout: &printed}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	err := c.Run(t.Context())
	return printed.String(), err
}

// rendered executes a template in which $s is the only sweep of trials, and $f
// their file.
func rendered(trials []results.Trial, text string) (string, error) {
	all := sweepsOf(trials)
	for i := range all {
		all[i].file = "results/r.jsonl"
	}
	r := renderer{out: "plots", images: "plots", files: map[string]sweeps{"results/r.jsonl": all}}
	head := `{{$f := file "results/r.jsonl"}}`
	if len(all) == 1 {
		head += `{{$s := sweep "results/r.jsonl"}}`
	}
	return r.render("r.tmpl", head+text)
}

// expect executes templates on trials. One that fails must do so with the text
// that is wanted in its error.
func expect(t *testing.T, trials []results.Trial, want map[string]string) {
	t.Helper()
	for text, want := range want {
		got, err := rendered(trials, text)
		if err != nil {
			if got = ""; strings.Contains(err.Error(), want) && strings.HasPrefix(err.Error(), "template: r.tmpl:1:") {
				continue
			}
		}
		if got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

const sample = `{{- $a := sweep "results/a.jsonl" -}}
# Report

Mean {{$a | of "put" | at 8 | value "mean"}}, kept.

{{figure "throughput" $a}}

{{table $a}}
trailing  spaces  
`

func TestReport(t *testing.T) {
	place(t, sample, map[string][]results.Trial{"results/a.jsonl": exact(), "results/mine.jsonl": exact()})
	_, err := run(t, true)
	if err == nil {
		t.Fatal("check passed before anything was generated")
	}
	for _, want := range []string{"REPORT.md:1\n", filepath.Join("plots", "a", "throughput.svg")} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("check does not name %s: %v", want, err)
		}
	}
	if _, err := os.Stat("plots"); err == nil {
		t.Error("check wrote figures")
	}

	printed, err := run(t, false)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(printed, "\n"); n != 9 || !strings.HasSuffix(printed, "REPORT.md\n") {
		t.Errorf("printed:\n%s", printed)
	}
	text, err := os.ReadFile("REPORT.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Report\n\nMean 800 µs, kept.\n\n![", "](plots/a/throughput.svg)\n\n| operation |", "| put | 8 | 800 |",
		"above it.\ntrailing  spaces  \n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("report lacks %q:\n%s", want, text)
		}
	}

	if _, err := run(t, true); err != nil {
		t.Errorf("check after generating: %v", err)
	}
	if printed, err := run(t, false); err != nil || printed != "" {
		t.Errorf("second run wrote %q, %v", printed, err)
	}
	if _, err := os.Stat("plots/mine"); err == nil {
		t.Error("a results file that the template does not name was drawn")
	}
}

func TestCheckNamesStaleFiles(t *testing.T) {
	place(t, sample, map[string][]results.Trial{"results/a.jsonl": exact()})
	if _, err := run(t, false); err != nil {
		t.Fatal(err)
	}
	// Folders of files that the template does not name are ignored.
	for _, name := range []string{"plots/a/old.svg", "plots/mine/throughput.svg", "plots/a/percentiles.svg"} {
		if err := replace(name, []byte("<svg/>")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := run(t, true)
	if err == nil {
		t.Fatal("check passed")
	}
	for want, expected := range map[string]bool{"old.svg: not a figure of the report": true, "percentiles.svg": true,
		"throughput.svg": false, "REPORT.md:": false, "mine": false} {
		if strings.Contains(err.Error(), want) != expected {
			t.Errorf("%q in the error should be %v: %v", want, expected, err)
		}
	}
}

// TestCheckNamesFirstLine: --check names the first line that was edited, is missing or
// was added.
func TestCheckNamesFirstLine(t *testing.T) {
	place(t, sample, map[string][]results.Trial{"results/a.jsonl": exact()})
	if _, err := run(t, false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("REPORT.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(string(text), "\n")
	for name, edited := range map[string]string{
		"REPORT.md:3":                                              strings.Replace(string(text), "800 µs", "700 µs", 1),
		fmt.Sprintf("REPORT.md:%d", lines+1):                       string(text) + "more",
		fmt.Sprintf("REPORT.md:%d", lines):                         strings.TrimSuffix(string(text), "trailing  spaces  \n"),
		"no such file or directory":                                "",
		fmt.Sprintf("run `dhtbench report`:\n  %s", "REPORT.md:1"): "\n" + string(text),
	} {
		if err := os.WriteFile("REPORT.md", []byte(edited), 0o666); err != nil {
			t.Fatal(err)
		}
		if edited == "" {
			if err := os.Remove("REPORT.md"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := run(t, true); err == nil || !strings.HasSuffix(err.Error(), name) {
			t.Errorf("error %v, want one that ends in %s", err, name)
		}
	}
}

// TestReportErrors: after an error nothing is written, and the error names the line of
// the template.
func TestReportErrors(t *testing.T) {
	var few []results.Trial
	for _, trial := range exact() {
		if trial.Params.Clients == 1 || trial.Params.Operation == results.Put {
			few = append(few, trial)
		}
	}
	for _, c := range []struct{ name, text, line, want string }{
		{"syntax", "a\n{{sweep\n", "3", "unclosed action started at report.tmpl:2"},
		{"no such function", "a\n\n{{pie 3}}\n", "3", `function "pie" not defined`},
		{"no such variable", "a\n{{$x}}", "2", `undefined variable "$x"`},
		{"no such file", "a\n\n{{$b := sweep \"results/b.jsonl\"}}", "3:8", "read results: open results/b.jsonl"},
		{"no such figure", sample + "{{figure \"pie\" $a}}", "10:2", `figure "pie": must be one of response-time, throughput`},
		{"no such fact", sample + "{{$a.Weather}}", "10:4", "can't evaluate field Weather"},
		{"no such setting", sample + "{{$a | at 8 | value \"mean\"}}", "10:14", "no trial of get with 8 clients"},
		{"not a sweep", sample + "{{table 3}}", "10:8", "can't handle 3 for arg of type plots.sweep"},
		{"too few arguments", sample + "{{value \"mean\"}}", "10:2", "wrong number of args"},
		{"one folder for two", sample + "{{$b := sweep \"other/a.jsonl\"}}", "10:8", "drawn into one folder"},
		{"empty file", "{{sweep \"results/empty.jsonl\"}}", "1:2", "results/empty.jsonl holds no trials"},
		{"absolute file", "{{sweep \"/r.jsonl\"}}", "1:2", "results file /r.jsonl: must be a plain path"},
		{"roundabout file", "{{sweep \"a/../r.jsonl\"}}", "1:2", "must be a plain path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			place(t, c.text, map[string][]results.Trial{
				"results/a.jsonl": few, "other/a.jsonl": few[:1], "results/empty.jsonl": nil})
			_, err := run(t, false)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "template: report.tmpl:"+c.line) {
				t.Errorf("error %v, want line %s and %q", err, c.line, c.want)
			}
			if text, err := os.ReadFile("REPORT.md"); err != nil || string(text) != "old\n" {
				t.Errorf("report is now:\n%s", text)
			}
			if _, err := os.Stat("plots"); err == nil {
				t.Error("figures were written")
			}
		})
	}
	place(t, sample, nil)
	c := ReportCommand{Report: "REPORT.md", Template: "none.tmpl", Out: "plots"}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "read template: open none.tmpl") {
		t.Errorf("error %v, want one about the template", err)
	}
}

func TestPlotCommand(t *testing.T) {
	place(t, "", map[string][]results.Trial{"results/a.jsonl": exact()})
	var printed bytes.Buffer
	c := Command{Files: []string{"results/a.jsonl"}, Out: "out", Stdout: &printed}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(printed.String()) {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
	if left, err := filepath.Glob("out/a/*"); err != nil || len(left) != 8 || strings.Count(printed.String(), "\n") != 8 {
		t.Errorf("files %q, printed:\n%s", left, printed.String())
	}
	for _, bad := range []Command{{Out: "out"}, {Files: []string{"x/a.jsonl", "y/a.jsonl"}, Out: "out"},
		{Files: []string{"x/a.jsonl", "results/...jsonl"}}, {Files: []string{"plots/a.jsonl"}}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
	if good := (Command{Files: []string{"x/a.jsonl", "y/a.jsonl"}}); good.Validate() != nil {
		t.Errorf("%+v is refused: %v", good, good.Validate())
	}
}

// TestCommitted checks that REPORT.md and its figures are up to date with the template
// and the results files. It ignores other results files and figures.
func TestCommitted(t *testing.T) {
	r, err := compose(t.Context(), projectTemplateName, projectTemplate, "../REPORT.md", "../plots")
	if err != nil {
		t.Fatal(err)
	}
	if faults := r.stale("../REPORT.md"); len(faults) > 0 {
		t.Errorf("out of date, run `dhtbench report`:\n%s", strings.Join(faults, "\n"))
	}
}
