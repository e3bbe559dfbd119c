package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// defaultTimeout is the Timeout of ClientOptions if none is given.
const defaultTimeout = 10 * time.Second

// ClientOptions change how a Client works. The zero value is valid.
type ClientOptions struct {
	// Timeout bounds each operation, from the call to the return. 0: 10 s.
	Timeout time.Duration
}

// Client does operations on the keys of a cluster, each at the owner of the key.
// It keeps one connection to each node, which it makes at first use, and again
// at the first use after the connection broke. It never repeats an operation.
//
// A Client is safe for concurrent use, but not fast: the operations at one node
// wait for each other, and each allocates. To measure, use Conn.
//
// An operation ends with its context: as failed if its request was not sent yet,
// else as unknown.
type Client struct {
	cluster Cluster
	timeout time.Duration
	links   []link          // by node id
	closed  context.Context // done after Close
	cancel  context.CancelFunc
}

// link is a client's connection to one node.
type link struct {
	taken chan struct{} // a mutex: it has room for the element of one operation
	conn  *Conn         // nil: not connected
	out   []byte        // buffer of the request
}

// NewClient returns a client of cluster c, which has at least one node. It does
// not connect yet. The caller must Close the client.
func NewClient(c Cluster, o ClientOptions) *Client {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	closed, cancel := context.WithCancel(context.Background())
	cl := &Client{cluster: c, timeout: o.Timeout, closed: closed, cancel: cancel}
	cl.links = make([]link, len(c.Addrs))
	for id := range cl.links {
		cl.links[id].taken = make(chan struct{}, 1)
	}
	return cl
}

// Put stores value under key and replaces any earlier value. It keeps neither
// slice. Its errors wrap ErrFailed or ErrUnknown.
func (c *Client) Put(ctx context.Context, key, value []byte) error {
	_, err := c.do(ctx, nil, Request{Op: OpPut, Key: key, Value: value})
	return err
}

// Get returns the value of key in a new slice, which is empty after an error. The
// error is ErrNotFound or wraps ErrFailed or ErrUnknown.
func (c *Client) Get(ctx context.Context, key []byte) ([]byte, error) {
	return c.AppendGet(ctx, []byte{}, key)
}

// AppendGet appends the value of key to dst and returns the extended slice. It
// returns dst unchanged with the errors of Get.
func (c *Client) AppendGet(ctx context.Context, dst, key []byte) ([]byte, error) {
	return c.do(ctx, dst, Request{Op: OpGet, Key: key})
}

// Del removes key. Its error is ErrNotFound if there is no such key, or wraps
// ErrFailed or ErrUnknown.
func (c *Client) Del(ctx context.Context, key []byte) error {
	_, err := c.do(ctx, nil, Request{Op: OpDel, Key: key})
	return err
}

// do does r at the owner of its key and appends the value of the reply to dst.
func (c *Client) do(ctx context.Context, dst []byte, r Request) ([]byte, error) {
	id := c.cluster.Owner(r.Key)
	fail := func(err error) ([]byte, error) {
		return dst, fmt.Errorf("%v at node %d (%s): %w", r.Op, id, c.cluster.Addrs[id], err)
	}
	if err := checkLimits(r.Key, r.Value); err != nil {
		return fail(fmt.Errorf("%w: %w", ErrFailed, err))
	}
	ctx, end := c.bound(ctx)
	defer end()
	l, err := c.take(ctx, id)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", ErrFailed, err))
	}
	defer l.release()
	reply, err := l.exchange(ctx, r)
	switch {
	case err != nil:
		return fail(err)
	case reply.Status == StatusNotFound:
		return dst, ErrNotFound
	case reply.Status == StatusError:
		return fail(fmt.Errorf("%w: node answered: %s", ErrFailed, reply.Value))
	}
	return append(dst, reply.Value...), nil
}

// bound returns a context that also ends after the client's timeout and when
// the client is closed. Its cause says why it ended. The caller must call end.
func (c *Client) bound(ctx context.Context) (bound context.Context, end func()) {
	late := fmt.Errorf("%w: none within %v", ErrTimeout, c.timeout)
	ctx, endTimeout := context.WithTimeoutCause(ctx, c.timeout, late)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.closed, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		endTimeout()
	}
}

// take waits for the link to node id and connects it. Without an error the caller
// must release the link.
func (c *Client) take(ctx context.Context, id int) (*link, error) {
	l := &c.links[id]
	select {
	case l.taken <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	err := context.Cause(ctx)
	if c.closed.Err() != nil {
		err = ErrClosed
	}
	if err == nil && l.conn == nil {
		l.conn, err = Dial(ctx, c.cluster.Addrs[id])
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("dial: %w", context.Cause(ctx))
		}
	}
	if err != nil {
		l.release()
		return nil, err
	}
	return l, nil
}

// Connect connects to all nodes at the same time, so that no operation has to
// wait for a connection. It returns the first error, with the node's id and
// address; the other connections are kept.
func (c *Client) Connect(ctx context.Context) error {
	ctx, end := c.bound(ctx)
	defer end()
	var group errgroup.Group
	for id, addr := range c.cluster.Addrs {
		group.Go(func() error {
			l, err := c.take(ctx, id)
			if err != nil {
				return fmt.Errorf("connect to node %d (%s): %w", id, addr, err)
			}
			l.release()
			return nil
		})
	}
	return group.Wait()
}

// Close closes all connections. Operations in progress end as unknown or
// failed, later ones as failed, all with ErrClosed. Further calls do nothing.
func (c *Client) Close() error {
	c.cancel()
	var errs []error
	for id := range c.links {
		l := &c.links[id]
		l.taken <- struct{}{} // the operation that has it ends at once
		errs = append(errs, l.drop())
		l.release()
	}
	return errors.Join(errs...)
}

// exchange sends r and reads the reply, whose value is valid until release. Its
// errors wrap ErrFailed or ErrUnknown. An error and the end of ctx close the
// connection.
func (l *link) exchange(ctx context.Context, r Request) (reply Reply, err error) {
	conn := l.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	l.out = AppendRequest(l.out[:0], r)
	if err = conn.Send(l.out); err == nil {
		if reply, err = ReadReply(conn.In, r.Op, r.Timed); err != nil {
			err = fmt.Errorf("%w: %w", ErrUnknown, err)
		}
	}
	ended := !stop()
	if ended || err != nil {
		l.drop()
	}
	if ended && err != nil {
		kind := ErrUnknown
		if errors.Is(err, ErrFailed) {
			kind = ErrFailed
		}
		err = fmt.Errorf("%w: %w", kind, context.Cause(ctx))
	}
	return reply, err
}

// drop closes the connection, if there is one.
func (l *link) drop() error {
	if l.conn == nil {
		return nil
	}
	err := l.conn.Close()
	l.conn = nil
	return err
}

// release lets the next operation use the link.
func (l *link) release() { <-l.taken }
