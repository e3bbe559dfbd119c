package results

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// lacks returns the path of a value in JSON that another JSON value lacks or has
// differently, "" if none.
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

// decoded returns a line with its numbers as text.
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

// renamed are the fields of schemas 1 and 2 that schema 3 names differently.
func renamed(line []byte) []byte {
	for _, names := range [][2]string{
		{`"held":`, `"queued":`}, {`"anatomy":`, `"breakdown":`}, {`"null":`, `"baseline":`},
	} {
		line = bytes.ReplaceAll(line, []byte(names[0]), []byte(names[1]))
	}
	return line
}

// TestOldSchemasStillRead: files of schemas 1 and 2 are read without loss. Written again,
// they have all values under the names of schema 3, except the arrival test, which was
// deleted.
func TestOldSchemasStillRead(t *testing.T) {
	for _, name := range []string{"testdata/schema1.jsonl", "testdata/schema2.jsonl", "loopback.jsonl", "lab.jsonl", "rates.jsonl", "pacing.jsonl"} {
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
			before := decoded(t, renamed(lines[i]))
			sentences, _ := before["warnings"].([]any)
			delete(before, "warnings")
			for _, c := range before["clients"].([]any) {
				delete(c.(map[string]any), "arrival")
			}
			if at := lacks(before, decoded(t, []byte(line(t, trial))), ""); at != "" {
				t.Errorf("%s:%d: %s was lost or changed", name, i+1, at)
			}
			if len(sentences) != len(trial.Warnings) {
				t.Errorf("%s:%d: %d of %d warnings", name, i+1, len(trial.Warnings), len(sentences))
				continue
			}
			worst := Valid
			for k, w := range trial.Warnings {
				worst = worst.worse(w.Level)
				if w.Code != Legacy || w.String() != sentences[k] {
					t.Errorf("%s:%d: warning %+v, want the sentence %q", name, i+1, w, sentences[k])
				}
			}
			if trial.Verdict != worst {
				t.Errorf("%s:%d: verdict %q with warnings %v", name, i+1, trial.Verdict, trial.Warnings)
			}
		}
	}
	trials, _ := ReadFile("testdata/schema1.jsonl")
	if c := trials[0].Counts(); trials[0].Schema != 1 || c.OK != 400 || trials[0].Agents[0].GOMAXPROCS == 0 || trials[0].Active().Throughput() <= 0 {
		t.Errorf("%+v, agents %+v", trials[0].Params, trials[0].Agents)
	}
}

// TestSchemaKeepsAll: every part of a record is read back.
func TestSchemaKeepsAll(t *testing.T) {
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
	for _, name := range []string{"baseline", "timeline", "interval_ns", "nodes", "verdict", "warnings"} {
		if decoded(t, again)[name] == nil {
			t.Errorf("%s is not in the record", name)
		}
	}
	client := decoded(t, again)["clients"].([]any)[0].(map[string]any)
	for _, name := range []string{"window_ns", "completed", "ended", "no_reply", "queued", "kinds", "breakdown"} {
		if client[name] == nil {
			t.Errorf("%s is not in the record of a client", name)
		}
	}
	got := trials[0]
	if got.Counts() != want.Counts() || got.Agents[0].GCs != 1 || got.Agents[0].Hiccups[0].NS != 2e6 || got.Timeline[1].Latency.Count() != 2 ||
		got.Clients[0].Kinds["put"].Max() != 7 || got.Clients[0].Breakdown.Queue.Sum() != 18 || got.Baseline.Service.Count() != 3 ||
		!reflect.DeepEqual(got.Warnings, want.Warnings) {
		t.Errorf("%+v", got)
	}
	warning := `{"code":"steal","level":"INVALID","host":"h","node":0,"value":0.5,"limit":0.1}`
	if !bytes.Contains(text, []byte(warning)) {
		t.Errorf("no %s in %s", warning, text)
	}
}
