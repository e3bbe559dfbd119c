package target

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// serve serves a table on loopback until the test ends and returns a connection to
// it.
func serve(t *testing.T, table node.Table) *node.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- (&node.Server{Table: table}).Serve(ctx, listener) }()
	conn, err := node.Dial(ctx, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return conn
}

func TestDHTAgainstNode(t *testing.T) {
	for _, breakdown := range []bool{false, true} {
		d, err := Named("dht", breakdown)
		if err != nil {
			t.Fatal(err)
		}
		conn := serve(t, nil)
		for _, step := range []struct {
			op         workload.Op
			key, value string
			outcome    workload.Outcome
			found      string
		}{
			{workload.Get, "cat", "", workload.NotFound, ""},
			{workload.Put, "cat", "meow", workload.OK, ""},
			{workload.Get, "cat", "", workload.OK, "meow"},
			{workload.Del, "cat", "", workload.OK, ""},
			{workload.Del, "cat", "", workload.NotFound, ""},
			{workload.Get, "", "", workload.Failed, "key is empty"},
		} {
			if err := conn.Send(d.AppendRequest(nil, step.op, []byte(step.key), []byte(step.value))); err != nil {
				t.Fatal(err)
			}
			r, err := d.ReadReply(conn.In, step.op)
			if err != nil || r.Outcome != step.outcome || !strings.Contains(string(r.Value), step.found) {
				t.Errorf("%v %q: %v %q, %v; want %v %q", step.op, step.key, r.Outcome, r.Value, err, step.outcome, step.found)
			}
			if timed := r.Timed && r.Queue+r.Work > 0; timed != (breakdown && r.Outcome != workload.Failed) {
				t.Errorf("%v %q: timed %v, queue %v, work %v", step.op, step.key, r.Timed, r.Queue, r.Work)
			}
		}
	}
}

func TestDHTAllocatesNothing(t *testing.T) {
	d, _ := Named("dht", false)
	conn := serve(t, node.Null{32})
	key := []byte("key")
	var request []byte
	exchange := func() {
		request = d.AppendRequest(request[:0], workload.Get, key, nil)
		if err := conn.Send(request); err != nil {
			t.Fatal(err)
		}
		if r, err := d.ReadReply(conn.In, workload.Get); err != nil || len(r.Value) != 32 {
			t.Fatalf("%d bytes, %v", len(r.Value), err)
		}
	}
	exchange()
	if n := testing.AllocsPerRun(100, exchange); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestReplyOfAnotherOperationIsAnError(t *testing.T) {
	d, _ := Named("dht", false)
	conn := serve(t, nil)
	// A get finds a value, which is no reply to a put.
	for _, op := range []workload.Op{workload.Put, workload.Get} {
		if err := conn.Send(d.AppendRequest(nil, op, []byte("k"), []byte("v")[:2-int(op)])); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.ReadReply(conn.In, workload.Put); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ReadReply(conn.In, workload.Put); err == nil {
		t.Errorf("a value is accepted as the reply to a put: %+v", r)
	}
}

func TestLocal(t *testing.T) {
	l := Local{Table: node.NewStore()}
	for _, step := range []struct {
		op      workload.Op
		outcome workload.Outcome
		found   string
	}{
		{workload.Get, workload.NotFound, ""}, {workload.Put, workload.OK, ""}, {workload.Get, workload.OK, "v"},
		{workload.Del, workload.OK, ""}, {workload.Del, workload.NotFound, ""},
	} {
		if r := l.Do(nil, step.op, []byte("k"), []byte("v")); r.Outcome != step.outcome || string(r.Value) != step.found {
			t.Errorf("%v: %v %q, want %v %q", step.op, r.Outcome, r.Value, step.outcome, step.found)
		}
	}
}

func TestServerArgs(t *testing.T) {
	d, _ := Named("dht", false)
	s := Server{Listen: "127.0.0.1:0", Share: 4, OrphanAfter: time.Minute, Null: []int{1, 2}}
	if got, want := strings.Join(d.ServerArgs(s), " "), "node --until-eof --listen 127.0.0.1:0 --orphan-after 1m0s --share 4 --null 1,2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.Null, s.Stall = nil, "20ms/1s"
	if args := d.ServerArgs(s); !slices.Contains(args, "--stall") || slices.Contains(args, "--null") {
		t.Errorf("%q", args)
	}
	s.Stall, s.ServiceTime = "", time.Millisecond
	if args := strings.Join(d.ServerArgs(s), " "); !strings.HasSuffix(args, " --service-time 1ms") {
		t.Errorf("%q", args)
	}
	if _, err := Named("etcd", false); err == nil || !strings.Contains(err.Error(), `target "etcd"`) {
		t.Errorf("error %v", err)
	}
}
