package node_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"

	"dhtbench/node"
)

// mapTable is a store to measure: a map with a lock.
type mapTable struct {
	mu sync.RWMutex
	m  map[string][]byte
}

func (t *mapTable) Put(key, value []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[string(key)] = bytes.Clone(value) // the server overwrites value
}

func (t *mapTable) AppendValue(dst, key []byte) ([]byte, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	value, found := t.m[string(key)]
	return append(dst, value...), found
}

func (t *mapTable) Del(key []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, found := t.m[string(key)]
	delete(t.m, string(key))
	return found
}

// A server of a store written in Go. dhtbench bench --servers ADDR measures it.
func ExampleServer() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := &node.Server{Table: &mapTable{m: make(map[string][]byte)}}
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx, listener) }()

	client := node.NewClient(node.Cluster{Addrs: []string{listener.Addr().String()}}, node.ClientOptions{})
	defer client.Close()
	fmt.Println(client.Put(ctx, []byte("color"), []byte("blue")))
	value, err := client.Get(ctx, []byte("color"))
	cancel()
	fmt.Println(string(value), err, <-ended)
	// Output:
	// <nil>
	// blue <nil> <nil>
}
