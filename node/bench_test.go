package node

import (
	"bytes"
	"context"
	"fmt"
	"testing"
)

// The key and value of the benchmarks, of usual sizes.
const (
	benchKey   = "key-000000001234"
	benchValue = 100
)

func BenchmarkAppendRequest(b *testing.B) {
	key, value := []byte(benchKey), make([]byte, benchValue)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendRequest(buf[:0], OpPut, key, value)
	}
}

func BenchmarkParseRequest(b *testing.B) {
	body := AppendRequest(nil, OpPut, []byte(benchKey), make([]byte, benchValue))[lengthHead:]
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
		if _, err := ParseReply(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadFrame(b *testing.B) {
	frame := AppendRequest(nil, OpPut, []byte(benchKey), make([]byte, benchValue))
	r := bytes.NewReader(nil)
	frames := NewFrameReader(r)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(frame)
		if _, err := frames.Next(); err != nil {
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

// BenchmarkClientGet is the round trip of a lone caller to a node in another
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

// BenchmarkClientGetParallel is many callers on one connection. Its time is
// that between completions.
func BenchmarkClientGetParallel(b *testing.B) {
	cluster, _ := startCluster(b, 1)
	client := newClient(b, cluster, ClientOptions{})
	ctx, key := context.Background(), []byte(benchKey)
	if err := client.Put(ctx, key, make([]byte, benchValue)); err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(8)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var value []byte
		var err error
		for pb.Next() {
			if value, err = client.AppendGet(ctx, value[:0], key); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkPipe is the round trip of a Pipe to a node in another process, and
// of one that asks how long it takes.
func BenchmarkPipe(b *testing.B) {
	for _, timing := range []bool{false, true} {
		b.Run(fmt.Sprintf("timing=%v", timing), func(b *testing.B) {
			cluster, _ := startCluster(b, 1)
			p := dialPipe(b, cluster, PipeOptions{Timing: timing})
			key := []byte(benchKey)
			if err := p.Send(OpPut, key, make([]byte, benchValue)); err != nil {
				b.Fatal(err)
			}
			if _, err := p.Receive(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Send(OpGet, key, nil); err != nil {
					b.Fatal(err)
				}
				if _, err := p.Receive(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPipeSend is what a send costs its caller while another goroutine
// receives.
func BenchmarkPipeSend(b *testing.B) {
	cluster, _ := startCluster(b, 1)
	p := dialPipe(b, cluster, PipeOptions{})
	key := []byte(benchKey)
	slots := make(chan struct{}, 64)
	go func() {
		for {
			if _, err := p.Receive(); err != nil {
				return
			}
			<-slots
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		slots <- struct{}{}
		if err := p.Send(OpGet, key, nil); err != nil {
			b.Fatal(err)
		}
	}
}
