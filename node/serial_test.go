package node

import (
	"context"
	"sync"
	"testing"
	"time"
)

// Operations of several goroutines are done one at a time, and each takes its time.
func TestSerialTable(t *testing.T) {
	const goroutines, operations = 4, 3
	for _, each := range []time.Duration{early / 2, 10 * early} {
		table, err := newSerialTable(t.Context(), NewStore(), each)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var wg sync.WaitGroup
		for i := range goroutines {
			wg.Go(func() {
				key := []byte{byte(i)}
				table.Put(key, key)
				if value, ok := table.AppendValue(nil, key); !ok || string(value) != string(key) {
					t.Errorf("got %q, %v", value, ok)
				}
				if !table.Del(key) {
					t.Errorf("key %d was not there", i)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took < goroutines*operations*each {
			t.Errorf("%d operations of %v took %v", goroutines*operations, each, took)
		}
	}
}

// The end of the context ends all waits at once.
func TestSerialTableEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	table, err := newSerialTable(ctx, Null{}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { table.Put(nil, nil) })
	}
	cancel()
	wg.Wait()
	table.Del(nil) // a later operation does not wait
}
