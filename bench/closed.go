package bench

import (
	"context"

	"dhtbench/node"
)

// closedLoop sends each operation when the one before has its reply. It ends
// early when ctx does.
func (c *client) closedLoop(ctx context.Context, e Extent, rec *recorder) error {
	// An operation that can be cancelled costs an allocation. The loop looks
	// between operations instead, and the client's timeout ends one that hangs.
	plain := context.WithoutCancel(ctx)
	var o operation
	var value []byte // what the last get returned
	failures := 0
	rec.start = c.clock.now()
	end := rec.start + int64(e.Duration)
	for i := 0; ; i++ {
		c.source.next(&o)
		var t ticket
		if !c.blind {
			t = c.ledger.begin(o.record, o.op, o.version)
		}
		var err error
		send := c.clock.now()
		switch o.op {
		case node.OpPut:
			err = c.dht.Put(plain, o.key, o.value)
		case node.OpGet:
			value, err = c.dht.AppendGet(plain, value[:0], o.key)
		case node.OpDel:
			err = c.dht.Del(plain, o.key)
		}
		completion := c.clock.now()

		rec.record(o.op, timing{send, send, completion}, err)
		c.judge(rec, &o, t, value, err)
		if failures = c.failed(failures, err); failures == maxFailures {
			return c.gaveUp(o.op, err)
		}
		if i&(progressEvery-1) == 0 {
			c.done.Store(int64(i + 1))
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
		}
		if e.Duration > 0 && completion >= end || e.Duration == 0 && i+1 >= e.Operations {
			c.done.Store(int64(i + 1))
			return nil
		}
	}
}

// progressEvery is how many operations lie between two updates of client.done,
// so that watching costs nothing.
const progressEvery = 64
