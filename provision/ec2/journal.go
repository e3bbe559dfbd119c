package ec2

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// state is how far a call has come.
type state string

const (
	started state = "started" // the first line; Header is set
	intent  state = "intent"  // about to be sent
	done    state = "done"    // AWS carried it out
	refused state = "refused" // AWS answered that it did not carry it out
	unknown state = "unknown" // the outcome is not known
	noted   state = "noted"   // not a call; see Text
	clean   state = "clean"   // the last line: nothing of the run is left
)

// entry is a line of a journal.
type entry struct {
	Time   time.Time `json:"time"`
	State  state     `json:"state"`
	Call   string    `json:"call,omitempty"`  // action of the EC2 API
	Makes  []item    `json:"makes,omitempty"` // resources that the call has made
	Token  string    `json:"token,omitempty"` // client token: AWS carries out repeated calls once
	Zone   string    `json:"zone,omitempty"`
	Text   string    `json:"text,omitempty"` // error or remark
	Header *header   `json:"header,omitempty"`
}

// header describes a run.
type header struct {
	Run        run      `json:"run"`
	Account    string   `json:"account"`
	Region     string   `json:"region"`
	Type       string   `json:"type"`
	Image      string   `json:"image"`
	ImageName  string   `json:"image_name"`
	Nodes      int      `json:"nodes"`
	Argv       []string `json:"argv"`
	USDPerHour float64  `json:"estimate_usd_per_hour"`
}

// journal records the calls of a run that make resources. Each call is on disk
// before it is sent, so that --destroy can remove the resources of a run that was
// killed at any moment. A journal is safe for concurrent use.
type journal struct {
	mu      sync.Mutex
	file    *os.File // nil for a run without a folder: the journal is in memory only
	entries []entry
}

// errLocked means that the process of the run is alive.
var errLocked = errors.New("the run is still active; interrupt its provision process, which removes everything")

// openJournal opens a journal, reads it and locks it until it is closed or the
// process ends. It ignores an incomplete last line: that call was not sent.
func openJournal(name string, create bool) (*journal, error) {
	flags := os.O_RDWR | os.O_APPEND
	if create {
		flags |= os.O_CREATE | os.O_EXCL
	}
	f, err := os.OpenFile(name, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errLocked
		}
		return nil, fmt.Errorf("lock journal %s: %w", name, err)
	}
	entries, whole, err := readEntries(f)
	if err == nil && create {
		err = syncFolder(filepath.Dir(name)) // a power failure may remove the file otherwise
	}
	if err == nil && !whole {
		_, err = f.WriteString("\n")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read journal %s: %w", name, err)
	}
	return &journal{file: f, entries: entries}, nil
}

// readEntries reads all complete lines. whole reports whether the text ends with
// a newline.
func readEntries(r io.Reader) (entries []entry, whole bool, err error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, false, err
	}
	for line := range bytes.Lines(text) {
		var e entry
		if json.Unmarshal(line, &e) == nil && e.State != "" {
			entries = append(entries, e)
		}
	}
	return entries, len(text) == 0 || text[len(text)-1] == '\n', nil
}

// close unlocks the journal.
func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// write appends an entry and waits until it is on disk. The entry is kept in
// memory even if that fails.
func (j *journal) write(e entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Time = time.Now().UTC()
	j.entries = append(j.entries, e)
	if j.file == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// making writes an entry before and after do sends a call that makes resources.
// e has the call, and its token if it has one. do returns what was made and
// counts its tries. Nothing is sent unless the first entry is on disk.
func (j *journal) making(e entry, do func(tries *int) ([]item, error)) error {
	e.State = intent
	if err := j.write(e); err != nil {
		return err
	}
	tries := 0
	made, err := do(&tries)
	if err == nil {
		return j.write(entry{State: done, Call: e.Call, Makes: made, Token: e.Token})
	}
	outcome := unknown
	if isRefusal(err, tries) {
		outcome = refused
	}
	return errors.Join(err, j.write(entry{State: outcome, Call: e.Call, Token: e.Token, Text: err.Error()}))
}

// header returns the run's header, or nil if its process was killed before it
// made anything.
func (j *journal) header() *header {
	for _, e := range j.entries {
		if e.Header != nil {
			return e.Header
		}
	}
	return nil
}

// made returns the resources that the run has certainly made, with the time of
// each. open is the time of the last call whose outcome is unknown, or zero.
func (j *journal) made() (made map[item]time.Time, open time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	made = make(map[item]time.Time)
	pending := make(map[string]time.Time) // by call and token
	for _, e := range j.entries {
		call := e.Call + " " + e.Token
		switch {
		case e.Call == "":
		case e.State == done || e.State == refused:
			delete(pending, call)
		default:
			pending[call] = e.Time
		}
		for _, i := range e.Makes {
			made[i] = e.Time
		}
	}
	for _, t := range pending {
		if t.After(open) {
			open = t
		}
	}
	return made, open
}
