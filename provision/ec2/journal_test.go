package ec2

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestJournalIgnoresIncompleteLine: the last line of a killed process is ignored,
// and the next entry begins a new line.
func TestJournalIgnoresIncompleteLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal.jsonl")
	text := `{"state":"started","header":{"account":"1"}}
{"state":"intent","call":"RunInstances","token":"a"}
{"state":"done","call":"RunInstances","token":"a","makes":[{"kind":"instance","id":"i-1"}]}
{"state":"intent","call":"Termin`
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := openJournal(name, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openJournal(name, false); !errors.Is(err, errLocked) {
		t.Errorf("opened twice: %v", err)
	}
	if err := j.write(entry{State: intent, Call: "RunInstances", Token: "b"}); err != nil {
		t.Fatal(err)
	}
	j.close()
	j, err = openJournal(name, false)
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	made, doubt := j.made()
	if _, ok := made[item{instance, "i-1"}]; !ok || len(made) != 1 || doubt.IsZero() || j.header().Account != "1" {
		t.Errorf("made %v, doubt %v, header %+v", made, doubt, j.header())
	}
}

// TestNoJournalNoCall: no call is sent unless the journal has it.
func TestNoJournalNoCall(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := openJournal(name, true)
	if err != nil {
		t.Fatal(err)
	}
	j.file.Close() // as good as a full disk
	err = j.making(entry{Call: "RunInstances"}, func(*int) ([]item, error) {
		t.Error("the call was sent")
		return nil, nil
	})
	if err == nil {
		t.Error("no error")
	}
}
