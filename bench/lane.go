package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"dhtbench/node"

	"golang.org/x/sync/errgroup"
)

const (
	// replyTimeout is how long a reply may take until its operation ends as
	// unknown, as in a closed loop; it is looked at every timeoutCheck.
	replyTimeout = 10 * time.Second
	timeoutCheck = time.Second
	// redialAfter is the pause before a connection that broke is made anew.
	redialAfter = 100 * time.Millisecond
)

// lane is a connection to each node, and carries one operation of an open loop
// at a time. The goroutine that keeps the schedule sends, and each connection has
// one of its own that receives: nobody has to be woken before a send.
type lane struct {
	*client
	pipes []atomic.Pointer[node.Pipe] // by node; nil while one is made anew

	// The operation under way. All is written before busy is set, and read after.
	run      *openRun
	op       operation
	ticket   ticket
	intended int64
	send     atomic.Int64 // read by who looks for late replies, too
	busy     atomic.Int32 // 1 + the node that was asked; 0: none
}

// dial makes the lanes of an open loop, connected to all nodes.
func (c *client) dial(ctx context.Context) error {
	var group errgroup.Group
	for range c.workload.Inflight {
		l := &lane{client: c, pipes: make([]atomic.Pointer[node.Pipe], len(c.cluster.Addrs))}
		c.lanes = append(c.lanes, l)
		for id := range l.pipes {
			group.Go(func() error { return l.connect(ctx, id) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	go c.watchReplies(ctx)
	return nil
}

// connect makes the connection to one node and receives on it from then on.
func (l *lane) connect(ctx context.Context, id int) error {
	pipe, err := node.DialPipe(ctx, l.cluster.Addrs[id], node.PipeOptions{Timing: l.workload.Breakdown})
	if err != nil {
		return fmt.Errorf("connect to node %d: %w", id, err)
	}
	l.pipes[id].Store(pipe)
	go l.receive(ctx, id, pipe)
	return nil
}

// receive takes the replies of one connection until it breaks, and then makes it
// anew until ctx ends.
func (l *lane) receive(ctx context.Context, id int, pipe *node.Pipe) {
	stop := context.AfterFunc(ctx, func() { pipe.Close() })
	for {
		reply, err := pipe.Receive()
		completion := l.clock.now()
		if err != nil {
			l.pipes[id].Store(nil)
			if completion-l.send.Load() >= int64(replyTimeout) {
				err = node.ErrTimeout
			}
			l.end(id, node.PipeReply{}, completion, fmt.Errorf("%w: %w", node.ErrUnknown, err))
			break
		}
		l.end(id, reply, completion, outcomeError(reply))
	}
	stop()
	pipe.Close()
	for ctx.Err() == nil {
		if l.connect(ctx, id) == nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(redialAfter):
		}
	}
}

// outcomeError is the error that a reply stands for.
func outcomeError(r node.PipeReply) error {
	switch r.Status {
	case node.StatusOK:
		return nil
	case node.StatusNotFound:
		return node.ErrNotFound
	}
	return fmt.Errorf("%w: node answered: %s", node.ErrFailed, r.Value)
}

// end ends the lane's operation if it waits for that node.
func (l *lane) end(id int, reply node.PipeReply, completion int64, err error) {
	if l.busy.CompareAndSwap(int32(id+1), 0) {
		l.run.finish(l, reply, completion, err)
	}
}

// prepare makes the next operation of the source the lane's.
func (l *lane) prepare(r *openRun) {
	var o operation
	l.source.next(&o)
	key := append(l.op.key[:0], o.key...) // the source goes on before the reply is there
	l.op = o
	l.op.key = key
	l.run = r
	if !l.blind {
		l.ticket = l.ledger.begin(o.record, o.op, o.version)
	}
}

// dispatch sends the lane's operation and returns when it began to. It blocks
// while the connection takes no more, as where a node does not read large values:
// what is due meanwhile is late.
func (l *lane) dispatch() int64 {
	id := l.cluster.Owner(l.op.key)
	pipe := l.pipes[id].Load()
	send := l.clock.now()
	l.send.Store(send)
	l.busy.Store(int32(id + 1))
	err := errNoConnection
	if pipe != nil {
		if err = pipe.Send(l.op.op, l.op.key, l.op.value); err != nil {
			pipe.Close() // a part of the request may have left
		}
	}
	if err == nil && l.pipes[id].Load() != pipe {
		err = errBroke // its receiver may have seen the end before busy was set
	}
	if err != nil {
		l.end(id, node.PipeReply{}, l.clock.now(), err)
	}
	return send
}

// errNoConnection is the fate of what is sent to a node that is being dialled.
var errNoConnection = fmt.Errorf("%w: not connected to the node", node.ErrFailed)

// errBroke is the fate of what was sent on a connection that broke meanwhile.
var errBroke = fmt.Errorf("%w: the connection broke", node.ErrUnknown)

// watchReplies breaks the connections on which a reply does not come, until ctx
// ends.
func (c *client) watchReplies(ctx context.Context) {
	tick := time.NewTicker(timeoutCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := c.clock.now()
		for _, l := range c.lanes {
			id := int(l.busy.Load()) - 1
			if id < 0 || now-l.send.Load() < int64(replyTimeout) {
				continue
			}
			if pipe := l.pipes[id].Load(); pipe != nil {
				pipe.Close() // its receiver ends the operation
			}
		}
	}
}
