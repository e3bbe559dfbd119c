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

// TestDocExchange plays the exchange of the package comment against a server,
// byte for byte.
func TestDocExchange(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	conn := dialRaw(t, cluster.Addrs[0])
	lines := regexp.MustCompile(`(?m)^//\t([CS]): ((?:[0-9a-f]{2} +)+)`).FindAllStringSubmatch(readDoc(t), -1)
	if len(lines) != 8 {
		t.Fatalf("found %d lines of the exchange in doc.go, want 8", len(lines))
	}
	for _, line := range lines {
		want, err := hex.DecodeString(strings.ReplaceAll(line[2], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if line[1] == "C" {
			if _, err := conn.Write(want); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(conn, got); err != nil {
			t.Fatalf("read %x: %v", want, err)
		}
		if string(got) != string(want) {
			t.Errorf("server sent %x, doc.go says %x", got, want)
		}
	}
}

// TestDocOwner computes the examples of the package comment.
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

// TestDocLimits holds the numbers of the package comment to the constants.
func TestDocLimits(t *testing.T) {
	doc := readDoc(t)
	for _, want := range []string{
		fmt.Sprintf("1 to %d\n", MaxKey),
		fmt.Sprintf("0 to %d bytes\n", MaxValue),
		fmt.Sprintf("exceeds %d (4 + %d + %d)", MaxBody, MaxKey, MaxValue),
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

// dialRaw connects to addr without a Client. Reads and writes that would take
// longer than a test should fail.
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
