package host

import (
	"bytes"
	"strings"
	"sync"
)

// tailBytes is how much of a process's standard error is kept for errors.
const tailBytes = 2 << 10

// tail is a writer that keeps the last lines written to it. Its zero value is
// empty. It is safe for concurrent use.
type tail struct {
	mu  sync.Mutex
	buf []byte
	cut bool // the beginning was dropped, perhaps within a line
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - tailBytes; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
		t.cut = true
	}
	return len(b), nil
}

// String returns the last complete lines, indented.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.buf
	if i := bytes.IndexByte(text, '\n'); t.cut && i >= 0 {
		text = text[i+1:]
	}
	lines := strings.TrimSpace(string(text))
	if lines == "" {
		return ""
	}
	return "\t" + strings.ReplaceAll(lines, "\n", "\n\t")
}
