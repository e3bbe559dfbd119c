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
	started state = "started" // first line of a journal; Header is set
	intent  state = "intent"  // about to be sent
	done    state = "done"    // AWS has done it
	refused state = "refused" // AWS has said that it does not do it
	unknown state = "unknown" // nobody knows: the answer was lost, or made no sense
	noted   state = "noted"   // no call; Text says what
	clean   state = "clean"   // last line: nothing of the run is left
)

// entry is a line of a journal.
type entry struct {
	Time    time.Time `json:"time"`
	State   state     `json:"state"`
	Call    string    `json:"call,omitempty"`    // action of the EC2 API
	Makes   []item    `json:"makes,omitempty"`   // what the call has made
	Removes []item    `json:"removes,omitempty"` // what the call removes
	Token   string    `json:"token,omitempty"`   // client token: sent twice, done once
	Zone    string    `json:"zone,omitempty"`
	Text    string    `json:"text,omitempty"` // error or remark
	Header  *header   `json:"header,omitempty"`
}

// header is what a run is and where.
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

// journal is the memory of a run: each call that makes or removes something is
// on disk before it is sent, so that a run that was killed at any moment can be
// cleaned up. It is safe for concurrent use.
type journal struct {
	mu      sync.Mutex
	file    *os.File // nil for a run whose folder is not here: then it is in memory alone
	entries []entry
}

// errLocked: the run's own process lives.
var errLocked = errors.New("the run is still going on: interrupt the provision that runs it (it removes everything itself)")

// openJournal opens a journal for appending, with what is in it, and locks it
// until it is closed or the process ends. A last line that was cut short is
// passed over: what it was about to say had not been done.
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
		err = syncFolder(filepath.Dir(name)) // or a loss of power takes the file
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

// readEntries reads all lines that are whole. whole says that the text ends with
// the end of a line.
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

// close ends the lock.
func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// write appends an entry and waits until it is on disk. The entry is remembered
// in memory even if that fails.
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

// making journals a call that makes something, before and after do sends it. e
// has the call, and its token if it has one; do returns what was made and counts
// its tries. Without the intent on disk nothing is sent.
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

// removing journals a call that removes things. It is sent even if the journal
// cannot be written: it is better to remove what is not written down.
func (j *journal) removing(call string, list []item, do func() error) error {
	fault := j.write(entry{State: intent, Call: call, Removes: list})
	err := do()
	e := entry{State: done, Call: call, Removes: list}
	if err != nil {
		e.State, e.Text = unknown, err.Error()
	}
	return errors.Join(err, fault, j.write(e))
}

// header of the run, or nil when the journal has none: its process was killed
// before it had made anything.
func (j *journal) header() *header {
	for _, e := range j.entries {
		if e.Header != nil {
			return e.Header
		}
	}
	return nil
}

// made is what the run has made for certain, with the time of each. doubt is the
// time of the last call that may have made something nobody knows the name of;
// zero if there is none.
func (j *journal) made() (made map[item]time.Time, doubt time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	made = make(map[item]time.Time)
	pending := make(map[string]time.Time) // by call and token
	for _, e := range j.entries {
		call := e.Call + " " + e.Token
		switch {
		case len(e.Removes) > 0 || e.Call == "":
			// makes nothing
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
		if t.After(doubt) {
			doubt = t
		}
	}
	return made, doubt
}
