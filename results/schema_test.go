package results

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// lacks returns the path of something in a JSON value that another lacks or has
// differently, "" if there is nothing.
func lacks(value, in any, path string) string {
	switch v := value.(type) {
	case map[string]any:
		other, _ := in.(map[string]any)
		for key := range v {
			if _, ok := other[key]; !ok {
				return path + "." + key
			}
			if at := lacks(v[key], other[key], path+"."+key); at != "" {
				return at
			}
		}
	case []any:
		other, _ := in.([]any)
		if len(v) != len(other) {
			return path
		}
		for i := range v {
			if at := lacks(v[i], other[i], path+"[]"); at != "" {
				return at
			}
		}
	default:
		if !reflect.DeepEqual(value, in) {
			return path
		}
	}
	return ""
}

// decoded is a line with its numbers as they were written.
func decoded(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestFirstSchemaStillReads: what was written under schema 1 is read and written
// again without a loss. The second file was measured, and is the report's.
func TestFirstSchemaStillReads(t *testing.T) {
	for _, name := range []string{filepath.Join("testdata", "schema1.jsonl"), "loopback.jsonl"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := ReadFile(name)
		if err != nil || len(trials) == 0 {
			t.Fatalf("%s: %d trials, %v", name, len(trials), err)
		}
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
		if len(lines) != len(trials) {
			t.Fatalf("%s: %d trials in %d lines", name, len(trials), len(lines))
		}
		for i, trial := range trials {
			again := decoded(t, []byte(line(t, trial)))
			if at := lacks(decoded(t, lines[i]), again, ""); at != "" {
				t.Errorf("%s:%d: %s was lost or changed", name, i+1, at)
			}
			if (trial.Verdict == Suspect) != (trial.Warnings != nil) || trial.Verdict == "" {
				t.Errorf("%s:%d: verdict %q with warnings %q", name, i+1, trial.Verdict, trial.Warnings)
			}
		}
	}
	trials, _ := ReadFile(filepath.Join("testdata", "schema1.jsonl"))
	if c := trials[0].Counts(); trials[0].Schema != 1 || c.OK != 400 || trials[0].Agents[0].GOMAXPROCS == 0 || trials[0].Active().Throughput() <= 0 {
		t.Errorf("%+v, agents %+v", trials[0].Params, trials[0].Agents)
	}
}

// TestSecondSchemaKeepsAll: every part of a record comes back.
func TestSecondSchemaKeepsAll(t *testing.T) {
	want := small()
	text := []byte(line(t, want))
	trials, err := Read("x", bytes.NewReader(text))
	if err != nil || len(trials) != 1 {
		t.Fatalf("%d trials, %v", len(trials), err)
	}
	again := []byte(line(t, trials[0]))
	if !bytes.Equal(text, again) {
		t.Errorf("written\n%s\nread and written again\n%s", text, again)
	}
	for _, path := range [][]string{{"null"}, {"timeline"}, {"interval_ns"}, {"nodes"}, {"verdict"}} {
		if decoded(t, again)[path[0]] == nil {
			t.Errorf("%s is not in the record", path[0])
		}
	}
	got := trials[0]
	if got.Counts() != want.Counts() || got.Agents[0].GCs != 1 || got.Agents[0].Hiccups[0].NS != 2e6 || got.Timeline[1].Latency.Count() != 2 ||
		got.Clients[0].Kinds["put"].Max() != 7 || got.Clients[0].Anatomy.Queue.Sum() != 18 || got.Null.Service.Count() != 3 {
		t.Errorf("%+v", got)
	}
}
