package plots

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dhtbench/results"
)

// place makes a folder with a report and the results files it names, and enters
// it.
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
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("REPORT.md", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// run runs the report command and returns what it printed.
func run(t *testing.T, check bool) (string, error) {
	t.Helper()
	var printed bytes.Buffer
	c := ReportCommand{Report: "REPORT.md", Out: "plots", Check: check, Stdout: &printed}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	err := c.Run(t.Context())
	return printed.String(), err
}

const sample = `# Report

Mean <!-- dhtbench:value results/a.jsonl figure=mean operation=put clients=8 -->?<!-- dhtbench:end -->, kept.

<!-- dhtbench:figure results/a.jsonl name=throughput -->
<!-- dhtbench:end -->

<!-- dhtbench:table results/a.jsonl -->
old
<!-- dhtbench:end -->
trailing  spaces  
`

func TestReport(t *testing.T) {
	place(t, sample, map[string][]results.Trial{"results/a.jsonl": exact(), "results/mine.jsonl": exact()})
	_, err := run(t, true)
	if err == nil {
		t.Fatal("check passed before anything was generated")
	}
	for _, want := range []string{"REPORT.md:3: value of results/a.jsonl", "REPORT.md:5: figure", "REPORT.md:8: table",
		filepath.Join("plots", "a", "throughput.svg")} {
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
	for _, want := range []string{"# Report\n\nMean <!-- dhtbench:value", "-->800 µs<!-- dhtbench:end -->, kept.\n",
		"](plots/a/throughput.svg)\n\n<!-- dhtbench:end -->", "| put | 8 | 800 |", "<!-- dhtbench:end -->\ntrailing  spaces  \n"} {
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
		t.Error("a results file that the report does not name was drawn")
	}
}

func TestReportStale(t *testing.T) {
	place(t, sample, map[string][]results.Trial{"results/a.jsonl": exact()})
	if _, err := run(t, false); err != nil {
		t.Fatal(err)
	}
	// Folders of files that the report does not name are the user's own.
	for _, name := range []string{"plots/a/old.svg", "plots/mine/throughput.svg"} {
		if err := replace(name, []byte("<svg/>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := replace("plots/a/percentiles.svg", []byte("<svg/>")); err != nil {
		t.Fatal(err)
	}
	_, err := run(t, true)
	if err == nil {
		t.Fatal("check passed")
	}
	for want, expected := range map[string]bool{"old.svg: drawn from nothing": true, "percentiles.svg": true,
		"throughput.svg": false, "REPORT.md:": false, "mine": false} {
		if strings.Contains(err.Error(), want) != expected {
			t.Errorf("%q in the error should be %v: %v", want, expected, err)
		}
	}
}

// TestReportFaults: nothing is written when anything is wrong.
func TestReportFaults(t *testing.T) {
	var few []results.Trial
	for _, trial := range exact() {
		if trial.Params.Clients == 1 || trial.Params.Operation == "put" {
			few = append(few, trial)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"broken marker", "a\n<!-- dhtbench:table results/a.jsonl -->\n", "REPORT.md:2: marker table: no"},
		{"no such file", "a\n\n<!-- dhtbench:table results/b.jsonl -->\n" + closing, "REPORT.md:3: marker table: read results"},
		{"no such value", sample + "a <!-- dhtbench:value results/a.jsonl figure=mean clients=3 -->" + closing,
			"REPORT.md:12: marker value of results/a.jsonl: no trial of put with 3 clients"},
		{"one folder for two", sample + "<!-- dhtbench:table other/a.jsonl -->\n" + closing, "drawn into one folder"},
		{"empty file", "<!-- dhtbench:table results/empty.jsonl -->\n" + closing, "holds no trials"},
	} {
		t.Run(c.name, func(t *testing.T) {
			place(t, c.text, map[string][]results.Trial{
				"results/a.jsonl": few, "other/a.jsonl": few[:1], "results/empty.jsonl": nil})
			if _, err := run(t, false); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if text, err := os.ReadFile("REPORT.md"); err != nil || string(text) != c.text {
				t.Errorf("report is now:\n%s", text)
			}
			if _, err := os.Stat("plots"); err == nil {
				t.Error("figures were written")
			}
		})
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

// TestCommitted holds REPORT.md and the figures it shows to the results files
// that it names. Other results files and figures are a user's own.
func TestCommitted(t *testing.T) {
	r, err := compose(t.Context(), "../REPORT.md", "../plots")
	if err != nil {
		t.Fatal(err)
	}
	if faults := r.stale("REPORT.md"); len(faults) > 0 {
		t.Errorf("out of date, run `dhtbench report`:\n%s", strings.Join(faults, "\n"))
	}
}
