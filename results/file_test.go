package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func sample(operation string) Trial {
	return Trial{
		Schema:   Schema,
		Params:   Params{Operation: operation, Loop: ClosedLoop, Nodes: 3, Clients: 2, Operations: 100, Seed: 1, Connections: 1, Pipeline: 1},
		Clients:  []Client{steady(0, 0, 1e9, 100), steady(1, 0, 1e9, 100)},
		Agents:   []Agent{{Host: "local", Clients: []int{0, 1}}},
		Hosts:    []Host{{Name: "local", Nodes: []int{0, 1, 2}}},
		Warnings: []Warning{{Code: "drift", Level: Suspect, Value: 0.2, Limit: 0.1}},
	}
}

func TestFileKeepsAppendedTrials(t *testing.T) {
	name := filepath.Join(t.TempDir(), "new", "x.jsonl")
	for i, operation := range []string{"put", "get"} {
		file, had, torn, err := Open(name)
		if err != nil || torn || len(had) != i {
			t.Fatalf("open: %d trials, torn %v, %v", len(had), torn, err)
		}
		if err := file.Append(sample(operation)); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	trials, err := ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := []Trial{sample("put"), sample("get")}
	same := cmp.Comparer(func(a, b *Histogram) bool {
		return a == b || a != nil && b != nil && a.Count() == b.Count() && a.Sum() == b.Sum()
	})
	if diff := cmp.Diff(want, trials, same, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestOpenRemovesOnlyATornLastLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	whole := line(t, sample("put"))
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{1, 5, len(whole) / 2} {
		write(whole + whole[:n])
		file, trials, torn, err := Open(name)
		if err != nil || !torn || len(trials) != 1 {
			t.Fatalf("a tail of %d bytes: %d trials, torn %v, %v", n, len(trials), torn, err)
		}
		if err := file.Append(sample("del")); err != nil {
			t.Fatal(err)
		}
		file.Close()
		if trials, err := ReadFile(name); err != nil || len(trials) != 2 || trials[1].Params.Operation != "del" {
			t.Errorf("after the repair: %d trials, %v", len(trials), err)
		}
	}

	broken := whole + "{}\n" + whole
	write(broken)
	if _, _, _, err := Open(name); err == nil || !strings.Contains(err.Error(), "x.jsonl:2: ") {
		t.Errorf("error %v, want one about line 2", err)
	}
	if text, _ := os.ReadFile(name); string(text) != broken {
		t.Error("a file that could not be read was changed")
	}
}

// TestOpenRemovesAnyTornTail cuts a record after every number of bytes, and appends
// the zeros that a crash of the host can leave.
func TestOpenRemovesAnyTornTail(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	whole := line(t, sample("put"))
	tails := []string{"\x00", strings.Repeat("\x00", 4096), whole[:5] + "\x00\x00"}
	for n := 1; n < 20; n++ {
		tails = append(tails, whole[:n])
	}
	for _, tail := range tails {
		if err := os.WriteFile(name, []byte(whole+tail), 0o666); err != nil {
			t.Fatal(err)
		}
		file, trials, torn, err := Open(name)
		if err != nil || !torn || len(trials) != 1 {
			t.Fatalf("a tail of %.12q: %d trials, torn %v, %v", tail, len(trials), torn, err)
		}
		file.Close()
		if text, _ := os.ReadFile(name); string(text) != whole {
			t.Errorf("a tail of %.12q was not removed", tail)
		}
	}
	for _, foreign := range []string{"x", "{x", "\x00x"} {
		if err := os.WriteFile(name, []byte(whole+foreign), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := Open(name); err == nil {
			t.Errorf("a tail of %q is taken for a torn record", foreign)
		}
	}
}

func TestReadNamesTheError(t *testing.T) {
	whole := line(t, sample("put"))
	tests := []struct{ name, text, want string }{
		{"later schema", strings.Replace(whole, `"schema":3`, `"schema":4`, 1), "x:1: schema 4 is not known to this build, which reads 1 to 3"},
		{"schema 0", strings.Replace(whole, `"schema":3`, `"schema":0`, 1), "x:1: schema 0 is not known to this build, which reads 1 to 3"},
		{"no schema", "{}\n", "x:1: not a trial record: no schema number"},
		{"not JSON", whole + "hello\n", "x:2: not a trial record"},
		{"torn", whole[:100], "x:1: not a trial record"},
		{"contradiction", strings.Replace(whole, `"clients":2`, `"clients":3`, 1), "x:1: trial record: 2 clients listed, params say 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read("x", strings.NewReader(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if trials, err := Read("x", strings.NewReader("\n"+whole+"\n\n")); err != nil || len(trials) != 1 {
		t.Errorf("blank lines: %d trials, %v", len(trials), err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(line(f, sample("put"))))
	f.Add([]byte(line(f, small())))
	f.Add([]byte(`{"schema":1,"params":{"clients":1},"clients":[{}]}`))
	f.Add([]byte("{\"schema\":2}\n\n{"))
	old, err := os.ReadFile(filepath.Join("testdata", "schema2.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(old)
	f.Fuzz(func(t *testing.T, text []byte) {
		trials, err := Read("fuzz", bytes.NewReader(text))
		if err != nil && !strings.HasPrefix(err.Error(), "fuzz:") {
			t.Errorf("error %v does not name the file and line", err)
		}
		for _, trial := range trials { // what was read can be used
			trial.Judge()
			Summarize([]Trial{trial})
			Warnings([]Trial{trial})
			if trial.Schema != Schema { // nobody writes it again
				continue
			}
			again, err := Read("again", strings.NewReader(line(t, trial)))
			if err != nil || len(again) != 1 {
				t.Errorf("a trial that was read does not read again: %v", err)
			}
		}
		Summarize(trials)
	})
}

func TestOpenLosesNothing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	notes := "my notes, no newline"
	if err := os.WriteFile(name, []byte(notes), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := Open(name); err == nil {
		t.Error("a foreign file is taken for results")
	}
	if text, _ := os.ReadFile(name); string(text) != notes {
		t.Errorf("a foreign file now reads %q", text)
	}

	whole := strings.TrimSuffix(line(t, sample("put")), "\n")
	if err := os.WriteFile(name, []byte(whole), 0o666); err != nil {
		t.Fatal(err)
	}
	file, trials, torn, err := Open(name)
	if err != nil || torn || len(trials) != 1 {
		t.Fatalf("a record without its newline: %d trials, torn %v, %v", len(trials), torn, err)
	}
	if _, _, _, err := Open(name); err == nil || !strings.Contains(err.Error(), "in use by another run") {
		t.Errorf("opened twice: %v", err)
	}
	if err := file.Append(sample("get")); err != nil {
		t.Fatal(err)
	}
	file.Close()
	if trials, err := ReadFile(name); err != nil || len(trials) != 2 {
		t.Errorf("%d trials, %v, want 2", len(trials), err)
	}
}

func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fifo, "/dev/null", t.TempDir()} {
		if _, _, _, err := Open(name); err == nil || !strings.Contains(err.Error(), "is not a file") {
			t.Errorf("open %s: error %v", name, err)
		}
		if _, err := ReadFile(name); err == nil || !strings.Contains(err.Error(), "is not a file") {
			t.Errorf("read %s: error %v", name, err)
		}
	}
}

// TestEarlierClosedLoopsHadOneConnection reads a record without connections and
// pipeline, as earlier versions wrote it.
func TestEarlierClosedLoopsHadOneConnection(t *testing.T) {
	earlier := sample("put")
	earlier.Params.Connections, earlier.Params.Pipeline = 0, 0
	line, err := json.Marshal(earlier)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Read("x", bytes.NewReader(line))
	if err != nil || len(trials) != 1 || trials[0].Params != sample("put").Params {
		t.Errorf("%v: read as %+v", err, trials)
	}
}

// TestCloseRemovesAnEmptyFile: a run that fails before its first trial leaves no file.
func TestCloseRemovesAnEmptyFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	f, _, _, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}
