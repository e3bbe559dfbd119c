package export

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// later returns trials as another run of the same sweep has them.
func later(trials []results.Trial, by time.Duration) []results.Trial {
	trials = slices.Clone(trials)
	for i := range trials {
		trials[i].Started = trials[i].Started.Add(by)
		trials[i].Hosts = slices.Clone(trials[i].Hosts)
		trials[i].Hosts[0].CPU = "Imaginary CPU"
	}
	return trials
}

func TestMergeKeepsEachTrialOnce(t *testing.T) {
	all := measured(t, "clients.jsonl")
	merged, notes, err := Merge([]File{{"a", all[:20]}, {"b", all[10:]}})
	if err != nil || len(merged) != len(all) || len(notes) != 1 || !strings.Contains(notes[0], "b: 10 trials are there twice") {
		t.Errorf("%d trials, want %d; %q, %v", len(merged), len(all), notes, err)
	}
}

// TestMergeNumbersRepeats: the trials of another machine are further repeats of the same
// settings, and the note names the hosts.
func TestMergeNumbersRepeats(t *testing.T) {
	all := measured(t, "clients.jsonl")
	merged, notes, err := Merge([]File{{"a", all}, {"b", later(all, time.Hour)}})
	if err != nil || len(merged) != 2*len(all) {
		t.Fatalf("%d trials, want %d; %v", len(merged), 2*len(all), err)
	}
	for _, s := range results.Summarize(merged) {
		repeats := make(map[int]bool)
		for _, trial := range s.Trials {
			repeats[trial.Params.Repeat] = true
		}
		if len(s.Trials) != 12 || len(repeats) != 12 || !repeats[11] {
			t.Errorf("%d trials with repeats %v", len(s.Trials), repeats)
		}
	}
	text := strings.Join(notes, "\n")
	if !strings.Contains(text, "b: its repeats are numbered from 6 on") || !strings.Contains(text, "2 hosts; medians over trials mix them") {
		t.Error(text)
	}
	name := filepath.Join(t.TempDir(), "out.jsonl")
	if err := create(name, merged); err != nil {
		t.Fatal(err)
	}
	if again, err := results.ReadFile(name); err != nil || len(again) != len(merged) {
		t.Errorf("%d trials, %v", len(again), err)
	}
	if err := (&MergeCommand{Out: name, Files: []string{name}}).Run(); err == nil || !strings.Contains(err.Error(), "exists; name a file that does not") {
		t.Error(err)
	}
}

func TestMergeRefusesOtherSweeps(t *testing.T) {
	all := measured(t, "clients.jsonl")
	other := later(all, time.Hour)
	for i := range other {
		other[i].Params.ValueBytes = 1024
	}
	for want, files := range map[string][]File{
		"b is of another sweep: value_bytes: 1024 there, 32 in a": {{"a", all}, {"b", other}},
		"b: a record of schema 2; only schema 3 can be merged":    {{"a", all}, {"b", measured(t, "rates.jsonl")}},
		"a holds no trials": {{"a", nil}, {"b", all}},
	} {
		if _, _, err := Merge(files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
