package host

import (
	"bytes"
	"strings"
	"sync"
)

// tailBytes is how much of a process's standard error is kept to be quoted.
const tailBytes = 2 << 10

// tail is a writer that keeps the last lines written to it. The zero value is
// ready to use, and safe for concurrent use.
type tail struct {
	mu  sync.Mutex
	buf []byte
	cut bool // something was thrown away, perhaps in mid-line
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

// String returns the last whole lines, indented for quotation.
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
