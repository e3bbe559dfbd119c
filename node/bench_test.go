package node

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// The key of the benchmarks, and the length of their value.
const (
	benchKey   = "key-000000001234"
	benchValue = 100
)

func BenchmarkAppendRequest(b *testing.B) {
	put := Request{Op: OpPut, Key: []byte(benchKey), Value: make([]byte, benchValue)}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendRequest(buf[:0], put)
	}
}

func BenchmarkParseRequest(b *testing.B) {
	body := AppendRequest(nil, Request{Op: OpPut, Key: []byte(benchKey), Value: make([]byte, benchValue)})[lengthHead:]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseRequest(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseReply(b *testing.B) {
	body := AppendReply(nil, StatusOK, make([]byte, benchValue))[lengthHead:]
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := parseReply(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadReply measures what BenchmarkReadFrame and BenchmarkParseReply do,
// and the checks.
func BenchmarkReadReply(b *testing.B) {
	for _, timed := range []bool{false, true} {
		b.Run(fmt.Sprintf("timed=%v", timed), func(b *testing.B) {
			reply := AppendReply(nil, StatusOK, make([]byte, benchValue))
			if timed {
				reply = timedReply(StatusOK, 1, 1, string(make([]byte, benchValue)))
			}
			r := bytes.NewReader(nil)
			in := NewReader(r)
			b.ReportAllocs()
			for b.Loop() {
				r.Reset(reply)
				if _, err := ReadReply(in, OpGet, timed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadFrame(b *testing.B) {
	frame := AppendRequest(nil, Request{Op: OpPut, Key: []byte(benchKey), Value: make([]byte, benchValue)})
	r := bytes.NewReader(nil)
	frames := NewReader(r)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(frame)
		if _, err := frames.Frame(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOwner(b *testing.B) {
	c := Cluster{Addrs: make([]string, 8)}
	key := []byte(benchKey)
	b.ReportAllocs()
	for b.Loop() {
		c.Owner(key)
	}
}

func BenchmarkStorePut(b *testing.B) {
	s, key, value := NewStore(), []byte(benchKey), make([]byte, benchValue)
	b.ReportAllocs()
	for b.Loop() {
		s.Put(key, value)
	}
}

func BenchmarkStoreGet(b *testing.B) {
	s, key, value := NewStore(), []byte(benchKey), make([]byte, benchValue)
	s.Put(key, value)
	b.ReportAllocs()
	for b.Loop() {
		value, _ = s.AppendValue(value[:0], key)
	}
}

// BenchmarkStore measures operations on keys in random order. Values have 32 bytes, or
// 1 to longest bytes.
func BenchmarkStore(b *testing.B) {
	for _, size := range []struct{ keys, longest int }{{1_000_000, 0}, {100_000, 1000}, {1000, 100_000}} {
		random := rand.New(rand.NewPCG(1, 2))
		values := make([][]byte, 8191)
		for i := range values {
			values[i] = make([]byte, 32)
			if size.longest > 0 {
				values[i] = make([]byte, 1+random.IntN(size.longest))
			}
		}
		keys := make([][]byte, size.keys)
		for i := range keys {
			keys[i] = fmt.Appendf(nil, "key-%012d", i)
		}
		random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		s, i := NewStore(), 0
		key := func() []byte { return keys[i%len(keys)] }
		run := func(name string, operation func()) {
			b.Run(fmt.Sprintf("keys=%d/longest=%d/%s", size.keys, size.longest, name), func(b *testing.B) {
				for b.Loop() {
					operation()
					i++
				}
			})
		}
		run("insert", func() {
			if i%len(keys) == 0 {
				s = NewStore()
			}
			s.Put(key(), values[i%len(values)])
		})
		for range keys {
			s.Put(key(), values[i%len(values)])
			i++
		}
		random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] }) // another order than in memory
		run("put", func() { s.Put(key(), values[i%len(values)]) })
		var value []byte
		run("get", func() { value, _ = s.AppendValue(value[:0], key()) })
		run("replace", func() {
			s.Del(key())
			s.Put(key(), values[i%len(values)])
		})
	}
}

// BenchmarkClientGet measures the round trip of a Client to a node in another
// process.
func BenchmarkClientGet(b *testing.B) {
	cluster, _ := startCluster(b, 1)
	client := newClient(b, cluster, ClientOptions{})
	ctx, key := context.Background(), []byte(benchKey)
	if err := client.Put(ctx, key, make([]byte, benchValue)); err != nil {
		b.Fatal(err)
	}
	var value []byte
	var err error
	b.ReportAllocs()
	for b.Loop() {
		if value, err = client.AppendGet(ctx, value[:0], key); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkConn measures the round trip of a Conn to a node in another process,
// without times and with them.
func BenchmarkConn(b *testing.B) {
	for _, timed := range []bool{false, true} {
		b.Run(fmt.Sprintf("timed=%v", timed), func(b *testing.B) {
			cluster, _ := startCluster(b, 1)
			conn := dialConn(b, cluster)
			send(b, conn, Request{Op: OpPut, Key: []byte(benchKey), Value: make([]byte, benchValue)})
			if _, err := ReadReply(conn.In, OpPut, false); err != nil {
				b.Fatal(err)
			}
			get := Request{Op: OpGet, Timed: timed, Key: []byte(benchKey)}
			var out []byte
			b.ReportAllocs()
			for b.Loop() {
				out = AppendRequest(out[:0], get)
				if err := conn.Send(out); err != nil {
					b.Fatal(err)
				}
				if _, err := ReadReply(conn.In, OpGet, timed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkConnSend measures a Send while another goroutine reads the replies.
func BenchmarkConnSend(b *testing.B) {
	cluster, _ := startCluster(b, 1)
	conn := dialConn(b, cluster)
	get := AppendRequest(nil, Request{Op: OpGet, Key: []byte(benchKey)})
	slots := make(chan struct{}, 64)
	go func() {
		for {
			if _, err := ReadReply(conn.In, OpGet, false); err != nil {
				return
			}
			<-slots
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		slots <- struct{}{}
		if err := conn.Send(get); err != nil {
			b.Fatal(err)
		}
	}
}
