package target

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// textTarget is a target with a text protocol.
type textTarget struct {
	Target
	argv    []string // the command of a server, which the port follows
	replies map[workload.Op]string
}

// textTargets returns these targets by name.
func textTargets() map[string]textTarget {
	return map[string]textTarget{
		"redis": {
			redis{},
			[]string{"redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"},
			map[workload.Op]string{workload.Put: "+OK\r\n", workload.Get: "$3\r\nabc\r\n", workload.Del: ":1\r\n"},
		},
		"memcached": {
			memcached{},
			[]string{"memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-p"},
			map[workload.Op]string{workload.Put: "HD\r\n", workload.Get: "VA 3\r\nabc\r\n", workload.Del: "HD\r\n"},
		},
	}
}

// start starts a server and returns a connection to it. Both end with the test.
func (target textTarget) start(t *testing.T) *node.Conn {
	t.Helper()
	argv := target.argv
	if _, err := exec.LookPath(argv[0]); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed: install Debian's package of that name", argv[0])
		}
		t.Skipf("%s is needed: install Debian's package of that name", argv[0])
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().(*net.TCPAddr)
	free.Close()
	cmd := exec.Command(argv[0], append(argv[1:], strconv.Itoa(addr.Port))...)
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for tick := time.Tick(10 * time.Millisecond); ; {
		conn, err := node.Dial(ctx, addr.String())
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			return conn
		}
		select {
		case <-tick:
		case <-ctx.Done():
			t.Fatalf("%s does not accept connections: %v", argv[0], err)
		}
	}
}

func TestTextTargetsAgainstServers(t *testing.T) {
	for name, target := range textTargets() {
		t.Run(name, func(t *testing.T) {
			conn := target.start(t)
			limits := target.Limits()
			long := strings.Repeat("k", limits.MaxKey)
			large := strings.Repeat("v", limits.MaxValue)
			for _, step := range []struct {
				op         workload.Op
				key, value string
				outcome    workload.Outcome
				found      string
			}{
				{workload.Get, "cat", "", workload.NotFound, ""},
				{workload.Del, "cat", "", workload.NotFound, ""},
				{workload.Put, "cat", "me\r\now\x00", workload.OK, ""},
				{workload.Get, "cat", "", workload.OK, "me\r\now\x00"},
				{workload.Put, "cat", "", workload.OK, ""},
				{workload.Get, "cat", "", workload.OK, ""},
				{workload.Del, "cat", "", workload.OK, ""},
				{workload.Get, "cat", "", workload.NotFound, ""},
				{workload.Put, long, large, workload.OK, ""},
				{workload.Get, long, "", workload.OK, large},
				{workload.Del, long, "", workload.OK, ""},
			} {
				if err := conn.Send(target.AppendRequest(nil, step.op, []byte(step.key), []byte(step.value))); err != nil {
					t.Fatal(err)
				}
				r, err := target.ReadReply(conn.In, step.op)
				if err != nil || r.Outcome != step.outcome || string(r.Value) != step.found {
					t.Fatalf("%v %.20q: %v %.60q, %v; want %v %.60q", step.op, step.key, r.Outcome, r.Value, err, step.outcome, step.found)
				}
			}
		})
	}
}

// An error of the server is Failed, and the next reply is that of the next request.
func TestServerErrorsAreFailed(t *testing.T) {
	for name, test := range map[string]struct{ request, want string }{
		"redis":     {"GET\r\n", "wrong number of arguments"},
		"memcached": {"mg " + strings.Repeat("k", 251) + " v\r\n", "CLIENT_ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			target := textTargets()[name]
			conn := target.start(t)
			if err := conn.Send(target.AppendRequest([]byte(test.request), workload.Get, []byte("cat"), nil)); err != nil {
				t.Fatal(err)
			}
			if r, err := target.ReadReply(conn.In, workload.Get); err != nil || r.Outcome != workload.Failed || !strings.Contains(string(r.Value), test.want) {
				t.Errorf("%v %q, %v; want failed with %s", r.Outcome, r.Value, err, test.want)
			}
			if r, err := target.ReadReply(conn.In, workload.Get); err != nil || r.Outcome != workload.NotFound {
				t.Errorf("next: %v %q, %v", r.Outcome, r.Value, err)
			}
		})
	}
}

func TestTextReplies(t *testing.T) {
	for _, test := range []struct {
		target  Target
		op      workload.Op
		in      string
		outcome workload.Outcome // Unknown: an error
		value   string
	}{
		{redis{}, workload.Put, "-OOM no memory\r\n", workload.Failed, "OOM no memory"},
		{redis{}, workload.Get, "-MOVED 1 127.0.0.1:1\r\n", workload.Failed, "MOVED 1 127.0.0.1:1"},
		{redis{}, workload.Put, ":1\r\n", workload.Unknown, ""},
		{redis{}, workload.Put, "+QUEUED\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "+OK\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$-2\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$\r\n\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$+1\r\nv\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$1\r\nvv\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$3\r\nv\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$1048577\r\n", workload.Unknown, ""},
		{redis{}, workload.Get, "$99999999999999999999999999\r\n", workload.Unknown, ""},
		{redis{}, workload.Del, ":2\r\n", workload.Unknown, ""},
		{redis{}, workload.Del, "\r\n", workload.Unknown, ""},
		{memcached{}, workload.Put, "SERVER_ERROR out of memory\r\n", workload.Failed, "SERVER_ERROR out of memory"},
		{memcached{}, workload.Get, "ERROR\r\n", workload.Failed, "ERROR"},
		{memcached{}, workload.Put, "ERROR\r\n", workload.Unknown, ""},
		{memcached{}, workload.Put, "NS\r\n", workload.Unknown, ""},
		{memcached{}, workload.Get, "HD\r\n", workload.Unknown, ""},
		{memcached{}, workload.Get, "VA 1 f0\r\nv\r\n", workload.Unknown, ""},
		{memcached{}, workload.Get, "VA 1048576\r\n", workload.Unknown, ""},
		{memcached{}, workload.Del, "EN\r\n", workload.Unknown, ""},
	} {
		r, err := test.target.ReadReply(node.NewReader(strings.NewReader(test.in)), test.op)
		if (err == nil) != (test.outcome != workload.Unknown) || r.Outcome != test.outcome || string(r.Value) != test.value {
			t.Errorf("%T %v %q: %v %q, %v; want %v %q", test.target, test.op, test.in, r.Outcome, r.Value, err, test.outcome, test.value)
		}
	}
}

func TestTextTargetsAllocateNothing(t *testing.T) {
	for name, target := range textTargets() {
		for op, text := range target.replies {
			key, value, reply := []byte("key"), []byte("value"), []byte(text)
			var stream bytes.Reader
			in := node.NewReader(&stream)
			var request []byte
			exchange := func() {
				request = target.AppendRequest(request[:0], op, key, value)
				stream.Reset(reply)
				if r, err := target.ReadReply(in, op); err != nil || r.Outcome != workload.OK {
					t.Fatalf("%v, %v", r.Outcome, err)
				}
			}
			exchange()
			if n := testing.AllocsPerRun(100, exchange); n != 0 {
				t.Errorf("%s %v: %v allocations", name, op, n)
			}
		}
	}
}

func TestBreakdownNeedsDHT(t *testing.T) {
	for name := range textTargets() {
		if _, err := Named(name, false); err != nil {
			t.Error(err)
		}
		if _, err := Named(name, true); err == nil || !strings.Contains(err.Error(), "--breakdown needs --target dht") {
			t.Errorf("%s with breakdown: error %v", name, err)
		}
	}
}

func FuzzRedisReply(f *testing.F)     { fuzzReply(f, redis{}) }
func FuzzMemcachedReply(f *testing.F) { fuzzReply(f, memcached{}) }

// fuzzReply checks that a stream has the same replies, and ends with the same error,
// whether it arrives whole or byte by byte.
func fuzzReply(f *testing.F, target Target) {
	for _, seed := range []string{"+OK\r\n:1\r\n$-1\r\n", "$3\r\nabc\r\n-ERR no\r\n", "HD\r\nEN\r\nNF\r\n", "VA 3\r\nabc\r\nERROR\r\n", "$1048577\r\n"} {
		for _, op := range workload.Ops() {
			f.Add([]byte(seed), uint8(op))
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte, op uint8) {
		read := func(r io.Reader) (replies []string, err error) {
			in := node.NewReader(r)
			for {
				reply, err := target.ReadReply(in, workload.Op(op))
				if err != nil {
					return replies, err
				}
				replies = append(replies, reply.Outcome.String()+string(reply.Value))
			}
		}
		whole, err1 := read(bytes.NewReader(stream))
		split, err2 := read(iotest.OneByteReader(bytes.NewReader(stream)))
		if strings.Join(whole, "|") != strings.Join(split, "|") || err1.Error() != err2.Error() {
			t.Errorf("whole %q, %v; byte by byte %q, %v", whole, err1, split, err2)
		}
	})
}

// TestGreetingHidesThePassword has a server that repeats the arguments of a command that
// it does not know.
func TestGreetingHidesThePassword(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "-ERR unknown command 'AUTH', with args beginning with: 'hunter2'\r\n")
		io.Copy(io.Discard, conn)
	}()
	_, err = redis{}.Dial(t.Context(), "redis://:hunter2@"+listener.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "-ERR") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}
