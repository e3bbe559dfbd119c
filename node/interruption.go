package node

import (
	"context"
	"net"
	"time"
)

// interruption ends a read when a context does, by a deadline in the past. It
// is used by one goroutine at a time. Its zero value heeds no context.
//
// Note: it stays registered between operations, because most callers come
// again with the same context, and registering allocates. A read may thus be
// ended by the context of an earlier caller, and must then be tried again.
type interruption struct {
	done <-chan struct{} // of the context heeded; nil: none
	stop func() bool
	set  chan struct{} // closed once the deadline was set
}

// heed makes the end of ctx end reads of conn, in place of an earlier context.
func (i *interruption) heed(ctx context.Context, conn net.Conn) {
	done := ctx.Done()
	if done == nil || done == i.done {
		return
	}
	i.clear(conn)
	set := make(chan struct{})
	i.done, i.set = done, set
	i.stop = context.AfterFunc(ctx, func() {
		conn.SetReadDeadline(time.Unix(1, 0))
		close(set)
	})
}

// clear heeds no context any more, and lets reads of conn wait again.
func (i *interruption) clear(conn net.Conn) {
	if i.done == nil {
		return
	}
	if !i.stop() {
		<-i.set // or the deadline could come after it is taken back
		conn.SetReadDeadline(time.Time{})
	}
	*i = interruption{}
}
