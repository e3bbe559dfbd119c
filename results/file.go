package results

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// maxLine bounds one record: 64 MiB is a thousand clients, or the timeline of an
// hour.
const maxLine = 64 << 20

// Read reads all trials of r, in file order. name is used in errors, which name
// the line: `results/x.jsonl:3: ...`. A last line without a newline is what a
// crash in mid-write leaves; it is an error as any other bad line is, because
// dropping data is the caller's decision ([Open] makes it).
func Read(name string, r io.Reader) ([]Trial, error) {
	var trials []Trial
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		trial, err := parseTrial(lines.Bytes())
		if err != nil {
			return trials, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		trials = append(trials, trial)
	}
	if err := lines.Err(); err != nil {
		return trials, fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return trials, nil
}

// ReadFile reads all trials of a results file.
func ReadFile(name string) ([]Trial, error) {
	if err := checkRegular(name); err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	defer f.Close()
	return Read(name, f)
}

// checkRegular refuses what is there and is no file, such as a pipe, which could be
// waited for without end.
func checkRegular(name string) error {
	if there, err := os.Stat(name); err == nil && !there.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file that trials can be kept in", name)
	}
	return nil
}

// parseTrial reads one line. The schema number is looked at before anything
// else, so that a record from a later build is refused by number instead of
// being half understood.
func parseTrial(line []byte) (Trial, error) {
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return Trial{}, fmt.Errorf("not a trial record: %w", err)
	}
	switch {
	case head.Schema == nil:
		return Trial{}, errors.New("not a trial record: no schema number")
	case *head.Schema < 1 || *head.Schema > Schema:
		return Trial{}, fmt.Errorf("schema %d is not known to this build, which reads 1 to %d: use the build that wrote it", *head.Schema, Schema)
	}
	decode := decodeTrial
	if *head.Schema < 3 {
		decode = decodeOld
	}
	t, err := decode(line)
	if err != nil {
		return Trial{}, fmt.Errorf("trial record: %w", err)
	}
	for i := range t.Clients {
		t.Clients[i].fill(t.Params.Open())
	}
	return t, t.check()
}

// fill gives a client without a histogram that it should have an empty one, so that
// nobody has to look. Where counts say that there should have been more, the check
// of the record finds it.
func (c *Client) fill(open bool) {
	if c.Service == nil {
		c.Service = NewHistogram()
	}
	if open && c.Counts.Replied() == 0 {
		c.Response, c.Lag = cmp.Or(c.Response, NewHistogram()), cmp.Or(c.Lag, NewHistogram())
	}
}

func decodeTrial(line []byte) (t Trial, err error) {
	err = json.Unmarshal(line, &t)
	return t, err
}

// File is a results file open for appending, one trial at a time. It is not
// safe for concurrent use.
type File struct {
	f *os.File
}

// Open opens or creates the results file name, with the folders above it, and
// returns the trials it already holds. The file is locked until it is closed:
// another run that opens it is refused. A last record cut short by a crash is
// removed and reported as torn; any other fault is an error and leaves the file
// as it was.
func Open(name string) (file *File, trials []Trial, torn bool, err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return nil, nil, false, fmt.Errorf("open results: %w", err)
	}
	if err := checkRegular(name); err != nil {
		return nil, nil, false, fmt.Errorf("open results: %w", err)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, false, fmt.Errorf("open results: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, nil, false, fmt.Errorf("open results: %s is in use by another run: %w", name, err)
	}
	trials, torn, err = recoverTrials(name, f)
	if err != nil {
		f.Close()
		return nil, nil, false, err
	}
	return &File{f: f}, trials, torn, nil
}

// recoverTrials reads f, cuts a torn last line off and leaves the offset at the
// end.
func recoverTrials(name string, f *os.File) (trials []Trial, torn bool, err error) {
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, false, fmt.Errorf("read results: %w", err)
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	trials, err = Read(name, bytes.NewReader(text[:whole]))
	if err != nil {
		return nil, false, err
	}
	if whole == len(text) {
		return trials, false, nil
	}
	tail := text[whole:]
	if head := []byte(`{"schema":`); !bytes.HasPrefix(tail, head) && !bytes.HasPrefix(head, tail) {
		return nil, false, fmt.Errorf("%s: its last line is no trial record: not a results file, left as it is", name)
	}
	if last, err := parseTrial(tail); err == nil { // whole, but for its newline
		_, err = f.Write([]byte("\n"))
		return append(trials, last), false, err
	}
	if err := f.Truncate(int64(whole)); err != nil {
		return nil, false, fmt.Errorf("cut the torn last line of %s: %w", name, err)
	}
	return trials, true, nil
}

// Append writes t as one line and syncs it to disk. When it returns nil the
// trial is kept whatever happens next; after an error the file holds it whole
// or, once reopened, not at all. A trial that [Read] would refuse is refused
// here, where its cause is.
func (f *File) Append(t Trial) error {
	t.Schema = Schema
	if err := t.check(); err != nil {
		return fmt.Errorf("append trial: %w", err)
	}
	line, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("append trial: %w", err)
	}
	if len(line) >= maxLine {
		return fmt.Errorf("append trial: its record of %d MiB is longer than the %d MiB that are read: measure for a shorter time", len(line)>>20, maxLine>>20)
	}
	if _, err := f.f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("append trial: %w", err)
	}
	if err := f.f.Sync(); err != nil {
		return fmt.Errorf("append trial: %w", err)
	}
	return nil
}

// DropLast removes the last trial from the file. It is for one that was
// interrupted, before it is measured again.
func (f *File) DropLast() error {
	if _, err := f.f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("drop the last trial: %w", err)
	}
	text, err := io.ReadAll(f.f)
	if err != nil {
		return fmt.Errorf("drop the last trial: %w", err)
	}
	text = bytes.TrimRight(text, "\n")
	if err := f.f.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1)); err != nil {
		return fmt.Errorf("drop the last trial: %w", err)
	}
	return nil
}

// Close closes the file.
func (f *File) Close() error { return f.f.Close() }
