package bench

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"

	"dhtbench/node"
	"dhtbench/results"
)

// maxFailures is how many operations in a row may end without a reply before a
// client gives up: a dead cluster would otherwise be asked for every key, with
// a timeout each.
const maxFailures = 100

// client is one sequence of operations over connections of its own.
type client struct {
	number int
	stream stream
	dht    *node.Client
	clock  clock
	value  []byte       // what the last get returned
	done   atomic.Int64 // operations done in this phase, for progress; written every progressEvery
}

// progressEvery is how many operations lie between two updates of client.done,
// so that watching costs nothing.
const progressEvery = 64

// operation returns the function that does operation i. Its time is what is
// measured, so it does nothing but that.
func (c *client) operation(kind string) (func(ctx context.Context, i int) error, error) {
	switch kind {
	case "put":
		return func(ctx context.Context, i int) error {
			return c.dht.Put(ctx, c.stream.key(i), c.stream.value(i))
		}, nil
	case "get":
		return func(ctx context.Context, i int) (err error) {
			c.value, err = c.dht.AppendGet(ctx, c.value[:0], c.stream.key(i))
			return err
		}, nil
	case "del":
		return func(ctx context.Context, i int) error {
			return c.dht.Del(ctx, c.stream.key(i))
		}, nil
	}
	return nil, fmt.Errorf("client %d: operation %q is none of %v", c.number, kind, results.Operations())
}

// warmUp does the operations that are not recorded: the last of the stream. Any
// error ends it, since what follows would measure the error.
func (c *client) warmUp(ctx context.Context, kind string) error {
	first := c.stream.workload.Operations
	rec := newRecorder(c.stream.len() - first)
	if err := c.loop(ctx, kind, first, c.stream.len(), rec); err != nil {
		return err
	}
	if rec.first != nil {
		return fmt.Errorf("client %d: warm-up: %w", c.number, rec.first)
	}
	return nil
}

// measure does the operations of one kind and returns what they took.
func (c *client) measure(ctx context.Context, kind string) (results.Client, error) {
	rec := newRecorder(c.stream.workload.Operations)
	start := c.clock.now()
	err := c.loop(ctx, kind, 0, c.stream.workload.Operations, rec)
	if err != nil {
		return results.Client{}, err
	}
	result := results.Client{
		Client:  c.number,
		StartNS: start,
		EndNS:   rec.marks[marks-1],
		Counts:  rec.counts,
		Service: rec.service,
	}
	for _, mark := range rec.marks {
		result.MarksNS = append(result.MarksNS, mark-start)
	}
	if rec.first != nil {
		result.FirstError = rec.first.Error()
	}
	return result, nil
}

// loop is the closed loop: operations first to end-1 of the stream, each sent
// when the one before has its reply. It ends early when ctx does.
func (c *client) loop(ctx context.Context, kind string, first, end int, rec *recorder) error {
	do, err := c.operation(kind)
	if err != nil {
		return err
	}
	// An operation that can be cancelled costs an allocation. The loop looks
	// between operations instead, and the client's timeout ends one that hangs.
	stop := ctx.Done()
	plain := context.WithoutCancel(ctx)
	failures := 0
	for i := first; i < end; i++ {
		send := c.clock.now()
		err := do(plain, i)
		completion := c.clock.now()

		rec.record(send, completion, err)
		switch {
		case err != nil:
			if failures++; failures == maxFailures {
				return fmt.Errorf("client %d gave up %s after %d operations in a row went wrong: %w", c.number, kind, failures, err)
			}
		case kind == "get" && !bytes.Equal(c.value, c.stream.value(i)):
			rec.wrong(fmt.Errorf("get %q: got the %d bytes %q, put %q", c.stream.key(i), len(c.value), clip(c.value), clip(c.stream.value(i))))
			failures = 0
		default:
			failures = 0
		}
		if i%progressEvery == 0 {
			c.done.Store(int64(i - first + 1))
			select {
			case <-stop:
				return context.Cause(ctx)
			default:
			}
		}
	}
	c.done.Store(int64(end - first))
	return nil
}
