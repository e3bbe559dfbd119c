package plots

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dhtbench/results"
)

func TestFolderFor(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("results", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, out, want string }{
		{"results/a.jsonl", "", "plots/a"},
		{"results/a-20300102T030405Z.jsonl", "", "plots/a-20300102T030405Z"},
		{"/repo/results/a.jsonl", "", "/repo/plots/a"},
		{"a.jsonl", "", "a"},
		{"/tmp/x/a.jsonl", "", "/tmp/x/a"},
		{"/tmp/x/a.jsonl", "plots", "plots/a"},
		{"results/a.jsonl", "out", "out/a"},
		{"out.json", "", "out"},
		{"results/out", "", "plots/out"},
		{"out", "", ""},
		{"out", "figures", "figures/out"},
		{"/x/..jsonl", "", ""},
		{"/x/...jsonl", "out", ""},
		{"/x/.jsonl", "out", ""},
		{"/", "out", ""},
		{"plots/a.jsonl", "", ""},
		{"plots/a.jsonl", "out", "out/a"},
	} {
		got, err := folderFor(c.file, c.out)
		if filepath.ToSlash(got) != c.want || (err != nil) != (c.want == "") {
			t.Errorf("folderFor(%q, %q) = %q, %v; want %q", c.file, c.out, got, err, c.want)
		}
	}
	t.Chdir("results")
	if got, err := folderFor("a.jsonl", ""); filepath.ToSlash(got) != "../plots/a" || err != nil {
		t.Errorf("inside results: %q, %v", got, err)
	}
}

// TestPlotElsewhere: figures of a file with the name of a published one do not
// overwrite published figures.
func TestPlotElsewhere(t *testing.T) {
	place(t, "", map[string][]results.Trial{"results/loopback.jsonl": exact(), "x/loopback.jsonl": exact(), "loopback.jsonl": exact()})
	if err := replace("plots/loopback/throughput.svg", []byte("published")); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"x/loopback.jsonl": "x/loopback", "loopback.jsonl": "loopback"} {
		var printed bytes.Buffer
		c := Command{Files: []string{file}, Stdout: &printed}
		if err := c.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(want, "throughput.svg")); err != nil {
			t.Error(err)
		}
	}
	if !holds("plots/loopback/throughput.svg", []byte("published")) {
		t.Error("the published figure was overwritten")
	}
	c := Command{Files: []string{"results/loopback.jsonl"}, Stdout: &bytes.Buffer{}}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holds("plots/loopback/throughput.svg", []byte("published")) {
		t.Error("figures of results/loopback.jsonl were not drawn into plots/loopback")
	}
}

// TestLabelsStayInside: figures are below their folder for any text in a record.
func TestLabelsStayInside(t *testing.T) {
	m := usual()
	m.each, m.clients, m.operations = 20, []int{1}, []string{"get"}
	for _, evil := range []string{"../../out", "/etc/x", "..", ".", `..\x`, "a/b", "a\x00b", "a b", "ü"} {
		trials := m.trials()
		n := m
		n.change = func(t *results.Trial) { t.Params.Placement = evil }
		all, err := drawAll("x", sweepsOf(append(trials, n.trials()...)))
		if err != nil {
			t.Errorf("%q: %v", evil, err)
		}
		for _, d := range all {
			if parts := strings.Split(filepath.ToSlash(d.path), "/"); len(parts) != 3 || parts[0] != "x" || !strings.HasPrefix(parts[1], "placement=") {
				t.Errorf("%q: drawn to %q", evil, d.path)
			}
		}
	}
	// Two sweeps with one folder are an error.
	var trials []results.Trial
	for _, stall := range []string{"1ms/1s", "1ms-1s"} {
		n := m
		n.change = func(t *results.Trial) { t.Params.Stall = stall }
		trials = append(trials, n.trials()...)
	}
	if _, err := drawAll("x", sweepsOf(trials)); err == nil || !strings.Contains(err.Error(), "one folder") {
		t.Errorf("two sweeps in one folder: %v", err)
	}
}

// FuzzFolder: a label never becomes more than one folder, nor one above.
func FuzzFolder(f *testing.F) {
	f.Add("../x")
	f.Add("600ms/1s")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		p := results.Params{Loop: results.ClosedLoop, Placement: text}
		other := results.Params{Loop: results.ClosedLoop, Placement: text + "x"}
		all := sweeps{{params: p}, {params: other}}
		all[0].label = all.difference(0)
		got := all[0].folder()
		if got == "" || filepath.Base(got) != got || got == "." || got == ".." {
			t.Errorf("label of %q: folder %q", text, got)
		}
		if _, err := choose(all, []string{"placement=" + either(text, absent)}); err != nil && text != absent {
			t.Errorf("%q cannot be picked: %v", text, err)
		}
	})
}
