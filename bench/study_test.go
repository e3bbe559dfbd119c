package bench

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

func studied(cases ...string) *StudyCommand {
	return &StudyCommand{Repeats: 3, Length: time.Second, Cases: cases, Seed: 1, Results: "x.jsonl"}
}

func TestStudyCasesCanBePlanned(t *testing.T) {
	seen := make(map[string]bool)
	healthy := 0
	for _, p := range studied().all() {
		if _, err := newPlan(p); err != nil {
			t.Errorf("%s: %v", p.Case(), err)
		}
		if seen[p.Case()] || strings.Contains(p.Case(), ",") {
			t.Errorf("case %q is there twice, or has a comma", p.Case())
		}
		seen[p.Case()] = true
		if p.Fault == "" {
			healthy++
		}
	}
	if healthy != 9 || len(seen) != 19 {
		t.Errorf("%d of %d cases are healthy, want 9 of 19", healthy, len(seen))
	}
}

func TestStudyRunsAreInterleaved(t *testing.T) {
	c := studied()
	cases := c.all()
	runs := c.runs(cases, nil)
	if len(runs) != 3*len(cases) {
		t.Fatalf("%d runs of %d cases", len(runs), len(cases))
	}
	var orders [3][]string
	for i, r := range runs {
		if want := i / len(cases); r.params.Repeat != want || r.params.Seed != uint64(1+want) {
			t.Errorf("run %d is repeat %d with seed %d, want %d", i, r.params.Repeat, r.params.Seed, want)
		}
		orders[r.params.Repeat] = append(orders[r.params.Repeat], r.params.Case())
	}
	if slices.Equal(orders[0], orders[1]) || !slices.Equal(slices.Sorted(slices.Values(orders[0])), slices.Sorted(slices.Values(orders[1]))) {
		t.Errorf("repeats have the same order, or other cases: %q, %q", orders[0], orders[1])
	}
	done := []results.Trial{{Params: runs[0].params}, {Params: runs[5].params}}
	if err := c.checkSame(done); err != nil {
		t.Error(err)
	}
	if left := c.runs(cases, done); len(left) != len(runs)-2 || left[0].params != runs[1].params {
		t.Errorf("%d runs are left of %d", len(left), len(runs))
	}
	done[1].Params.Records++
	if err := c.checkSame(done); err == nil {
		t.Error("trials of another study were accepted")
	}
}

func TestStudyFlags(t *testing.T) {
	for want, change := range map[string]func(*StudyCommand){
		"--repeats 0: must be at least 1":      func(c *StudyCommand) { c.Repeats = 0 },
		"--length 1ms: must be at least":       func(c *StudyCommand) { c.Length = time.Millisecond },
		"--results: must name a file":          func(c *StudyCommand) { c.Results = "" },
		`--cases "thieves": must be among clo`: func(c *StudyCommand) { c.Cases = []string{"thief", "thieves"} },
	} {
		c := studied()
		change(c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := studied("thief", "closed with 2 clients").Validate(); err != nil {
		t.Error(err)
	}
}

// TestQuotaNeedsTheController gives files that look like those of a machine whose
// control groups of version 2 do not control processor time.
func TestQuotaNeedsTheController(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("proc/self/cgroup", "1:cpu:/\n0::/a\n")
	if _, err := newQuota(root); err == nil {
		t.Error("made a quota without control groups")
	}
	write("sys/fs/cgroup/a/cgroup.controllers", "memory pids\n")
	if _, err := newQuota(root); err == nil || !strings.Contains(err.Error(), "does not control processor time") {
		t.Errorf("%v, want that there is no controller", err)
	}
	write("sys/fs/cgroup/a/cgroup.controllers", "cpu memory\n")
	write("sys/fs/cgroup/a/cgroup.subtree_control", "\n")
	if _, err := newQuota(root); err == nil { // a new folder has no cpu.max where no kernel makes it
		t.Error("made a quota of plain files")
	}
	if left, _ := filepath.Glob(filepath.Join(root, "sys/fs/cgroup/a/dhtbench-*")); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}
