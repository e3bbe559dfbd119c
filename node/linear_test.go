package node

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// call and outcome are the input and output of an operation, for porcupine.
type call struct {
	op         Op
	key, value string
}

type outcome struct {
	value   string // of a get that found it
	found   bool   // put: true
	unknown bool
}

// keyState is the state of one key in the model.
type keyState struct {
	value string
	there bool
}

// tableModel models a table on one machine, each key separately.
func tableModel() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byKey := make(map[string][]porcupine.Operation)
			for _, o := range history {
				key := o.Input.(call).key
				byKey[key] = append(byKey[key], o)
			}
			var parts [][]porcupine.Operation
			for _, part := range byKey {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return keyState{} },
		Step: func(state, input, output any) (bool, any) {
			s, in, out := state.(keyState), input.(call), output.(outcome)
			switch in.op {
			case OpPut:
				return true, keyState{in.value, true}
			case OpDel:
				return out.unknown || out.found == s.there, keyState{}
			}
			return out.unknown || out == outcome{value: s.value, found: s.there}, s
		},
	}
}

// record does random operations on few keys by concurrent callers of one client,
// some of which give up, and returns the history. It leaves out failed operations.
// Unknown ones may happen at any time up to the end.
func record(t *testing.T, c *Client, callers, operations int, progress func()) []porcupine.Operation {
	var mu sync.Mutex
	var history []porcupine.Operation
	var wg sync.WaitGroup
	begin := time.Now()
	for w := range callers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(w)))
			for i := range operations {
				in := call{op: Op(1 + random.IntN(3)), key: fmt.Sprint("key", random.IntN(6)), value: fmt.Sprint(w, "/", i)}
				ctx, cancel := context.WithCancel(testContext(t))
				if random.IntN(20) == 0 {
					go cancel()
				}
				o := porcupine.Operation{ClientId: w, Input: in, Call: int64(time.Since(begin))}
				out, err := perform(ctx, c, in)
				o.Return, o.Output = int64(time.Since(begin)), out
				cancel()
				if out.unknown {
					o.Return = math.MaxInt64
				}
				if !errors.Is(err, ErrFailed) {
					mu.Lock()
					history = append(history, o)
					mu.Unlock()
				}
				progress()
			}
		})
	}
	wg.Wait()
	return history
}

// perform does one operation and returns its outcome.
func perform(ctx context.Context, c *Client, in call) (out outcome, err error) {
	switch in.op {
	case OpPut:
		err = c.Put(ctx, []byte(in.key), []byte(in.value))
	case OpGet:
		var value []byte
		value, err = c.Get(ctx, []byte(in.key))
		out.value = string(value)
	case OpDel:
		err = c.Del(ctx, []byte(in.key))
	}
	out.found = err == nil
	out.unknown = errors.Is(err, ErrUnknown)
	return out, err
}

func checkLinear(t *testing.T, history []porcupine.Operation) {
	t.Helper()
	result := porcupine.CheckOperationsTimeout(tableModel(), history, 10*time.Second)
	if result != porcupine.Ok {
		t.Errorf("history of %d operations: linearizable is %v", len(history), result)
	}
}

func TestLinearizable(t *testing.T) {
	cluster, _ := startCluster(t, 3)
	c := newClient(t, cluster, ClientOptions{})
	history := record(t, c, 6, 200, func() {})
	if len(history) < 900 {
		t.Errorf("only %d of 1200 operations did not fail", len(history))
	}
	checkLinear(t, history)
}

// The history stays linearizable when a node is killed: operations that reached it
// are done or unknown, later ones fail.
func TestLinearizableWhileNodeIsKilled(t *testing.T) {
	cluster, children := startCluster(t, 3)
	c := newClient(t, cluster, ClientOptions{Timeout: 2 * time.Second})
	var mu sync.Mutex
	done := 0
	history := record(t, c, 6, 200, func() {
		mu.Lock()
		defer mu.Unlock()
		if done++; done == 600 {
			children[1].cmd.Process.Kill()
		}
	})
	checkLinear(t, history)
}

// The checker finds violations: a get of an overwritten value, and one of a value
// that was never put.
func TestLinearizableCanFail(t *testing.T) {
	at := func(i int64, in call, out outcome) porcupine.Operation {
		return porcupine.Operation{Input: in, Output: out, Call: 10 * i, Return: 10*i + 5}
	}
	put := func(i int64, value string) porcupine.Operation {
		return at(i, call{OpPut, "key", value}, outcome{found: true})
	}
	get := func(i int64, value string) porcupine.Operation {
		return at(i, call{op: OpGet, key: "key"}, outcome{value: value, found: true})
	}
	for name, test := range map[string]struct {
		history []porcupine.Operation
		want    bool
	}{
		"fresh":   {[]porcupine.Operation{put(0, "a"), put(1, "b"), get(2, "b")}, true},
		"stale":   {[]porcupine.Operation{put(0, "a"), put(1, "b"), get(2, "a")}, false},
		"invents": {[]porcupine.Operation{put(0, "a"), get(1, "c")}, false},
		"del of nothing": {[]porcupine.Operation{
			at(0, call{op: OpDel, key: "key"}, outcome{found: true})}, false},
	} {
		if got := porcupine.CheckOperations(tableModel(), test.history); got != test.want {
			t.Errorf("%s: linearizable is %v, want %v", name, got, test.want)
		}
	}
}
