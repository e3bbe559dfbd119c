package export

import (
	"path/filepath"
	"strings"
	"testing"

	"dhtbench/results"
)

// measured returns the trials of a committed results file.
func measured(t *testing.T, name string) []results.Trial {
	t.Helper()
	trials, err := results.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// exported returns trials in a format.
func exported(t *testing.T, format string, trials []results.Trial) string {
	t.Helper()
	var text strings.Builder
	if err := Write(&text, format, trials); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestSettingsHaveDifferentNames: parameters that differ are part of the name, and no
// name ends in what benchstat reads as GOMAXPROCS.
func TestSettingsHaveDifferentNames(t *testing.T) {
	for _, file := range []string{"loopback.jsonl", "rates.jsonl", "pacing.jsonl", "clients.jsonl"} {
		trials := measured(t, file)
		name, seen := names(trials), make(map[string]bool)
		for _, s := range results.Summarize(trials) {
			n := name(s.Setting)
			if seen[n] || strings.ContainsAny(n, " ,") || !strings.Contains(n, "/clients=") {
				t.Errorf("%s: name %q", file, n)
			}
			seen[n] = true
		}
	}
}
