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
	"runtime"
	"strconv"
	"syscall"
)

// maxLine bounds the bytes of one record. 64 MiB hold a thousand clients, or the
// timeline of an hour.
const maxLine = 64 << 20

// Read reads all trials of r, in file order. Errors contain name and the line:
// `results/x.jsonl:3: ...`. A crash during a write leaves a last line without a
// newline; it is an error as any other bad line, because dropping data is the
// caller's decision (see [Open]).
func Read(name string, r io.Reader) ([]Trial, error) {
	type record struct {
		line  int
		trial Trial
		err   error
	}
	// Records take about 1 ms each, so they are parsed in parallel.
	pending := make(chan chan record, runtime.GOMAXPROCS(0))
	lines, n := bufio.NewScanner(r), 0
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	go func() {
		defer close(pending)
		for lines.Scan() {
			n++
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			at, text, parsed := n, bytes.Clone(lines.Bytes()), make(chan record, 1)
			pending <- parsed
			go func() {
				trial, err := parseTrial(text)
				parsed <- record{at, trial, err}
			}()
		}
	}()
	var trials []Trial
	var first error
	for parsed := range pending {
		record := <-parsed
		if record.err != nil && first == nil {
			first = fmt.Errorf("%s:%d: %w", name, record.line, record.err)
		}
		if first == nil {
			trials = append(trials, record.trial)
		}
	}
	if err := lines.Err(); err != nil && first == nil {
		first = fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return trials, first
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

// checkRegular returns an error if name exists and is not a regular file. Reading a
// pipe could block for ever.
func checkRegular(name string) error {
	if there, err := os.Stat(name); err == nil && !there.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file that trials can be kept in", name)
	}
	return nil
}

// parseTrial parses one line. It checks the schema number first, so that the error
// for a record of a later build names its schema.
func parseTrial(line []byte) (Trial, error) {
	schema, err := schemaOf(line)
	switch {
	case err != nil:
		return Trial{}, fmt.Errorf("not a trial record: %w", err)
	case schema < 1 || schema > Schema:
		return Trial{}, fmt.Errorf("schema %d is not known to this build, which reads 1 to %d: use the build that wrote it", schema, Schema)
	}
	decode := decodeTrial
	if schema < 3 {
		decode = decodeOld
	}
	t, err := decode(line)
	if _, syntax := errors.AsType[*json.SyntaxError](err); syntax {
		return Trial{}, fmt.Errorf("not a trial record: %w", err)
	}
	if err != nil {
		return Trial{}, fmt.Errorf("trial record: %w", err)
	}
	t.Params.fill()
	for i := range t.Clients {
		t.Clients[i].fill(t.Params.Open())
	}
	return t, t.check()
}

// schemaOf returns the schema number of a record, which usually comes first.
func schemaOf(line []byte) (int, error) {
	if text, ok := bytes.CutPrefix(line, []byte(`{"schema":`)); ok {
		text, _, _ = bytes.Cut(text, []byte(","))
		if schema, err := strconv.Atoi(string(text)); err == nil {
			return schema, nil
		}
	}
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return 0, err
	}
	if head.Schema == nil {
		return 0, errors.New("no schema number")
	}
	return *head.Schema, nil
}

// fill replaces missing histograms of a client by empty ones, so that other code need
// not check for nil. The check of the record finds those that should not be empty.
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

// Open opens or creates the results file name, with its parent folders, and returns
// the trials that it holds. The file is locked until it is closed; another run that
// opens it gets an error. An incomplete last record, as a crash leaves, is removed and
// reported as torn. After any other error the file is unchanged.
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

// recoverTrials reads f, removes an incomplete last line, and leaves the offset at
// the end.
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
	if !isTorn(tail) {
		return nil, false, fmt.Errorf("%s: its last line is no trial record: not a results file, left as it is", name)
	}
	if last, err := parseTrial(tail); err == nil { // only the newline is missing
		_, err = f.Write([]byte("\n"))
		return append(trials, last), false, err
	}
	if err := f.Truncate(int64(whole)); err != nil {
		return nil, false, fmt.Errorf("cut the torn last line of %s: %w", name, err)
	}
	return trials, true, nil
}

// isTorn reports whether the end of a file can be what a crash leaves of a record:
// any part of its beginning, perhaps none, and then the zeros of a block that was
// never written.
func isTorn(tail []byte) bool {
	head := []byte(`{"schema":`)
	tail = bytes.TrimRight(tail, "\x00")
	n := min(len(head), len(tail))
	return bytes.Equal(tail[:n], head[:n])
}

// Append writes t as one line and syncs it to disk. After nil, t survives a crash.
// After an error, the file holds t completely or, once reopened, not at all. Append
// refuses a trial that [Read] would refuse.
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

// DropLast removes the last trial from the file, such as an interrupted one before it
// is measured again.
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

// Close closes the file. It removes a file without trials, which is left by a run that
// failed before its first trial.
func (f *File) Close() error {
	info, err := f.f.Stat()
	if err == nil && info.Size() == 0 {
		err = os.Remove(f.f.Name())
	}
	return errors.Join(err, f.f.Close())
}

// oldTrial is the fields of schemas 1 and 2 that differ from schema 3.
type oldTrial struct {
	Trial
	Params   oldParams   `json:"params"`
	Clients  []oldClient `json:"clients"`
	Baseline *Baseline   `json:"null"`
	Warnings []string    `json:"warnings"`
}

type oldParams struct {
	Params
	Breakdown bool `json:"anatomy"`
}

type oldClient struct {
	Client
	Queued    int64      `json:"held"`
	Breakdown *Breakdown `json:"anatomy"`
}

// decodeOld reads a record of schema 1 or 2 into the form of schema 3. Fields that are
// new there stay zero. The schema number stays, since it says how the timeline was
// counted. Schema 1 had no verdict: any warning made a trial suspect.
func decodeOld(line []byte) (Trial, error) {
	var old oldTrial
	if err := json.Unmarshal(line, &old); err != nil {
		return Trial{}, err
	}
	t := old.Trial
	t.Params = old.Params.Params
	t.Params.Breakdown = old.Params.Breakdown
	t.Baseline = old.Baseline
	for _, c := range old.Clients {
		c.Client.Queued, c.Client.Breakdown = c.Queued, c.Breakdown
		t.Clients = append(t.Clients, c.Client)
	}
	if t.Verdict == "" && t.Schema == 1 {
		t.Verdict = Valid
		if len(old.Warnings) > 0 {
			t.Verdict = Suspect
		}
	}
	for i, text := range old.Warnings {
		w := Warning{Code: Legacy, Level: Suspect, Text: text}
		if i == 0 && t.Verdict == Invalid { // the worst came first
			w.Level = Invalid
		}
		t.Warnings = append(t.Warnings, w)
	}
	return t, nil
}
