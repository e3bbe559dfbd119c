package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// testClient checks the operations of a client of an empty cluster.
func testClient(t *testing.T, c *Client) {
	ctx := testContext(t)
	for i := range 100 {
		key, value := fmt.Append(nil, "key ", i), fmt.Append(nil, "value ", i)
		if _, err := c.Get(ctx, key); err != ErrNotFound {
			t.Fatalf("get before put: %v, want ErrNotFound", err)
		}
		if err := c.Del(ctx, key); err != ErrNotFound {
			t.Fatalf("del before put: %v, want ErrNotFound", err)
		}
		for _, v := range [][]byte{[]byte("earlier"), value} {
			if err := c.Put(ctx, key, v); err != nil {
				t.Fatal(err)
			}
		}
		got, err := c.AppendGet(ctx, []byte("dst "), key)
		if err != nil || string(got) != "dst "+string(value) {
			t.Fatalf("get: %q, %v", got, err)
		}
		if err := c.Del(ctx, key); err != nil {
			t.Fatal(err)
		}
		if got, err := c.AppendGet(ctx, []byte("dst"), key); err != ErrNotFound || string(got) != "dst" {
			t.Fatalf("get after del: %q, %v, want dst as it was and ErrNotFound", got, err)
		}
	}
	for _, size := range []int{0, 1, startBuffer, keepBuffer, MaxValue} {
		key, value := bytes.Repeat([]byte{0xff}, 1+size*(MaxKey-1)/MaxValue), bytes.Repeat([]byte{'v'}, size)
		if err := c.Put(ctx, key, value); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Get(ctx, key); err != nil || !bytes.Equal(got, value) || got == nil {
			t.Fatalf("get of %d bytes: %d, %v", size, len(got), err)
		}
		if err := c.Del(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	for want, err := range map[string]error{
		"key is empty":                           c.Put(ctx, nil, nil),
		"key of 65536 bytes exceeds 65535":       c.Del(ctx, make([]byte, MaxKey+1)),
		"value of 1048577 bytes exceeds 1048576": c.Put(ctx, []byte("k"), make([]byte, MaxValue+1)),
	} {
		if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want ErrFailed with %q", err, want)
		}
	}
}

func TestClientInProcess(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	testClient(t, newClient(t, cluster, ClientOptions{}))
}

func TestClientThreeProcesses(t *testing.T) {
	cluster, _ := startCluster(t, 3)
	testClient(t, newClient(t, cluster, ClientOptions{}))
}

func TestClientConnect(t *testing.T) {
	cluster, _ := startCluster(t, 2)
	c := newClient(t, cluster, ClientOptions{})
	if err := c.Connect(testContext(t)); err != nil {
		t.Fatal(err)
	}
	cluster.Addrs = append(cluster.Addrs, "127.0.0.1:1")
	err := newClient(t, cluster, ClientOptions{}).Connect(testContext(t))
	if !errors.Is(err, syscall.ECONNREFUSED) || !strings.HasPrefix(err.Error(), "connect to node 2 (127.0.0.1:1): ") {
		t.Errorf("connect: %v, want it refused by node 2", err)
	}
}

// Concurrent callers of one client get their own replies, while some give up.
func TestClientConcurrently(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	c := newClient(t, cluster, ClientOptions{})
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 300 {
				ctx, cancel := context.WithCancel(context.Background())
				key, value := fmt.Append(nil, w), fmt.Append(nil, w, " ", i)
				if w%4 == 0 {
					go cancel()
				}
				err := c.Put(ctx, key, value)
				var got []byte
				if err == nil {
					got, err = c.Get(ctx, key)
				}
				cancel()
				if w%4 == 0 && errors.Is(err, context.Canceled) {
					continue
				}
				if err != nil || !bytes.Equal(got, value) {
					t.Errorf("caller %d got %q, %v; want %q", w, got, err, value)
					return
				}
			}
		})
	}
	wg.Wait()
}

// fakeNode accepts connections and passes them to serve, one after the other.
func fakeNode(t *testing.T, serve func(conn *net.TCPConn)) Cluster {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			serve(conn.(*net.TCPConn))
			conn.Close()
		}
	})
	t.Cleanup(func() {
		ln.Close()
		wg.Wait()
	})
	return Cluster{Addrs: []string{ln.Addr().String()}}
}

// wantKind fails the test unless err is of that kind and contains the node and
// text.
func wantKind(t *testing.T, err, kind error, text string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), " at node ") || !strings.Contains(err.Error(), text) {
		t.Errorf("error is %v, want %v with the node and %q", err, kind, text)
	}
	if errors.Is(err, ErrFailed) && errors.Is(err, ErrUnknown) {
		t.Errorf("error is both failed and unknown: %v", err)
	}
}
