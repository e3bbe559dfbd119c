package node

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

// The load of BenchmarkMemory: entries of 16 + 32 bytes, put in batches.
const (
	memoryEntries = 1_000_000
	memoryBatch   = 1000
)

// BenchmarkMemory measures the resident memory of an entry in a node, memcached and
// redis: the growth of the process from its start, divided by the number of entries.
func BenchmarkMemory(b *testing.B) {
	value := bytes.Repeat([]byte("v"), 32)
	for _, server := range []struct {
		name  string
		start func(b *testing.B) (addr string, pid int)
		put   func(dst []byte, key string) []byte
		reply string
	}{
		{"node", func(b *testing.B) (string, int) {
			ready := startChild(b, "127.0.0.1:0").ready
			return ready.Addr, ready.PID
		}, func(dst []byte, key string) []byte {
			return AppendRequest(dst, Request{Op: OpPut, Key: []byte(key), Value: value})
		}, "\x00\x00\x00\x02\x00\x00"},
		{"memcached", func(b *testing.B) (string, int) {
			return startPeer(b, "memcached", "-u", "root", "-m", "1024", "-l", "127.0.0.1", "-U", "0", "-p")
		}, func(dst []byte, key string) []byte {
			return fmt.Appendf(dst, "set %s 0 0 %d\r\n%s\r\n", key, len(value), value)
		}, "STORED\r\n"},
		{"redis", func(b *testing.B) (string, int) {
			return startPeer(b, "redis-server", "--save", "", "--bind", "127.0.0.1", "--port")
		}, func(dst []byte, key string) []byte {
			return fmt.Appendf(dst, "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(key), key, len(value), value)
		}, "+OK\r\n"},
	} {
		b.Run(server.name, func(b *testing.B) {
			for b.Loop() {
				addr, pid := server.start(b)
				conn := dialRaw(b, addr)
				before := resident(b, pid)
				var out []byte
				want := bytes.Repeat([]byte(server.reply), memoryBatch)
				got := make([]byte, len(want))
				for first := 0; first < memoryEntries; first += memoryBatch {
					out = out[:0]
					for i := range memoryBatch {
						out = server.put(out, fmt.Sprintf("key-%012d", first+i))
					}
					if _, err := conn.Write(out); err != nil {
						b.Fatal(err)
					}
					if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, want) {
						b.Fatalf("replies %q, %v; want %d times %q", got, err, memoryBatch, server.reply)
					}
				}
				b.ReportMetric(float64(resident(b, pid)-before)/memoryEntries, "B/entry")
			}
		})
	}
}
