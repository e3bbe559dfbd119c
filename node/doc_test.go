package node

import (
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
)

// TestDocExchange does the exchanges of the package comment with a server. The
// replies must have the same bytes, except for the times.
func TestDocExchange(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	conn := dialRaw(t, cluster.Addrs[0])
	lines := docLines(t)
	if len(lines) != 12 {
		t.Fatalf("found %d lines of the exchanges in doc.go, want 12", len(lines))
	}
	for _, line := range lines {
		if line.from == "C" {
			if _, err := conn.Write(line.frame); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got := make([]byte, len(line.frame))
		if _, err := io.ReadFull(conn, got); err != nil {
			t.Fatalf("read %x: %v", line.frame, err)
		}
		if line.frame[5] == flagTimed {
			copy(got[6:22], line.frame[6:22])
		}
		if string(got) != string(line.frame) {
			t.Errorf("server sent %x, doc.go says %x", got, line.frame)
		}
	}
}

// TestDocTimes compares the times in the text of the package comment with those in
// its bytes.
func TestDocTimes(t *testing.T) {
	var queues, works []time.Duration
	for _, line := range docLines(t) {
		if line.from != "S" {
			continue
		}
		_, timed, _, err := parseReply(line.frame[lengthHead:])
		if err != nil {
			t.Fatal(err)
		}
		if timed {
			queue, work := takeTimes(line.frame[lengthHead:])
			queues, works = append(queues, queue), append(works, work)
		}
	}
	if len(queues) != 2 {
		t.Fatalf("found %d timed replies in doc.go, want 2", len(queues))
	}
	want := fmt.Sprintf("waited %d and %d ns in the queue\n// and took %d and %d ns of work",
		queues[0], queues[1], works[0], works[1])
	if !strings.Contains(readDoc(t), want) {
		t.Errorf("doc.go does not say %q", want)
	}
}

// docLine is one frame of an exchange in the package comment.
type docLine struct {
	from  string // C or S
	frame []byte
}

// docLines returns the exchanges of the package comment.
func docLines(t *testing.T) []docLine {
	t.Helper()
	var lines []docLine
	for _, match := range regexp.MustCompile(`(?m)^//\t([CS]): ((?:[0-9a-f]{2} +)+)`).FindAllStringSubmatch(readDoc(t), -1) {
		frame, err := hex.DecodeString(strings.ReplaceAll(match[2], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, docLine{match[1], frame})
	}
	return lines
}

// TestDocOwner checks the owners in the package comment.
func TestDocOwner(t *testing.T) {
	lines := regexp.MustCompile(`(?m)^//\tkey (\w+) +hash (\w+) +nodes (\d) +owner (\d)$`).FindAllStringSubmatch(readDoc(t), -1)
	if len(lines) != 3 {
		t.Fatalf("found %d examples of owners in doc.go, want 3", len(lines))
	}
	for _, line := range lines {
		key, n := line[1], int(line[3][0]-'0')
		if h := fmt.Sprintf("%016x", xxhash.Sum64String(key)); h != line[2] {
			t.Errorf("hash of %q is %s, doc.go says %s", key, h, line[2])
		}
		owner := Cluster{Addrs: make([]string, n)}.Owner([]byte(key))
		if fmt.Sprint(owner) != line[4] {
			t.Errorf("owner of %q of %d nodes is %d, doc.go says %s", key, n, owner, line[4])
		}
	}
}

// TestDocLimits compares the limits in the package comment with the constants.
func TestDocLimits(t *testing.T) {
	doc := readDoc(t)
	for _, want := range []string{
		fmt.Sprintf("1 to %d\n", MaxKey),
		fmt.Sprintf("0 to %d bytes\n", MaxValue),
		fmt.Sprintf("exceeds %d (4 + %d + %d)", maxBody, MaxKey, MaxValue),
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("doc.go does not say %q", want)
		}
	}
}

func readDoc(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// dialRaw connects to addr without a Conn. Reads and writes that hang fail.
func dialRaw(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn.(*net.TCPConn)
}
