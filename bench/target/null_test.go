package target

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// A null server answers pipelined requests in order, with a value of the length that
// the key chooses. It closes the connection after an invalid request.
func TestNullServersAnswer(t *testing.T) {
	null := node.Null{0, 10, 70_000}
	for name, target := range textTargets() {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- serveNull(ctx, listener, null, nullAnswers()[name]) }()
			conn, err := target.Dial(ctx, listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			var requests []byte
			keys := []string{"a", "b", "c", "d", "e", "f"}
			for _, key := range keys {
				for _, op := range workload.Ops() {
					var value []byte
					if op == workload.Put {
						value = []byte("a\r\nvalue")
					}
					requests = target.AppendRequest(requests, op, []byte(key), value)
				}
			}
			if err := conn.Send(append(requests, "nonsense\r\n"...)); err != nil {
				t.Fatal(err)
			}
			for _, key := range keys {
				for _, op := range workload.Ops() {
					want, _ := null.AppendValue(nil, []byte(key))
					if op != workload.Get {
						want = nil
					}
					r, err := target.ReadReply(conn.In, op)
					if err != nil || r.Outcome != workload.OK || !bytes.Equal(r.Value, want) {
						t.Fatalf("%v %s: %v, %d bytes, %v; want %d bytes", op, key, r.Outcome, len(r.Value), err, len(want))
					}
				}
			}
			if err := conn.In.Wait(); err == nil {
				t.Error("the connection is open after nonsense")
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNullServersRefuse(t *testing.T) {
	for name, requests := range map[string][]string{
		"redis":     {"*1\r\n$4\r\nPING\r\n", "*2\r\n$4\r\nPING\r\n", "*4\r\n", "GET k\r\n", "*2\r\n+GET\r\n", "*2\r\n$3\r\nGET\r\n$1048577\r\n", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nvv\r\n"},
		"memcached": {"version\r\n", "ms k\r\n", "ms k 99999999\r\n", "ms k 1\r\nvv\r\n"},
	} {
		for _, request := range requests {
			if out, err := nullAnswers()[name](node.NewReader(strings.NewReader(request)), node.Null{1}, nil); err == nil {
				t.Errorf("%s %q is answered by %q", name, request, out)
			}
		}
	}
}

func TestNullServersAllocateNothing(t *testing.T) {
	for name, target := range textTargets() {
		for _, op := range workload.Ops() {
			request := target.AppendRequest(nil, op, []byte("key"), nil)
			var stream bytes.Reader
			in, null, answer := node.NewReader(&stream), node.Null{32}, nullAnswers()[name]
			var out []byte
			n := testing.AllocsPerRun(100, func() {
				stream.Reset(request)
				var err error
				if out, err = answer(in, null, out[:0]); err != nil {
					t.Fatal(err)
				}
			})
			if n != 0 {
				t.Errorf("%s %v: %v allocations", name, op, n)
			}
		}
	}
}

func FuzzNullRedis(f *testing.F)     { fuzzNull(f, "redis") }
func FuzzNullMemcached(f *testing.F) { fuzzNull(f, "memcached") }

// fuzzNull checks that no request makes a null server panic or run out of memory.
func fuzzNull(f *testing.F, name string) {
	for _, op := range workload.Ops() {
		target, _ := Named(name, false)
		f.Add(target.AppendRequest(nil, op, []byte("key"), nil))
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		in := node.NewReader(bytes.NewReader(request))
		var out []byte
		for err := error(nil); err == nil; {
			out, err = nullAnswers()[name](in, node.Null{3}, out[:0])
		}
	})
}
