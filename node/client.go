package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// ClientOptions change what a Client does. The zero value is a good one.
type ClientOptions struct {
	// Local, if not nil, is the store of the node with id Self, in this
	// process: operations on its keys take no network.
	Local *Store
	Self  int

	// Timeout bounds the wait for a reply: between it and 5/4 of it after a
	// request was sent, the operation ends as unknown and its connection is
	// dropped, with all that waits on it. 0: 10 s.
	Timeout time.Duration

	// DialTimeout bounds the making of a connection. 0: 5 s.
	DialTimeout time.Duration
}

// The defaults of ClientOptions.
const (
	defaultTimeout     = 10 * time.Second
	defaultDialTimeout = 5 * time.Second
)

// Client does operations on the keys of a cluster, each at the key's owner.
// It keeps one connection to each node, dialled at first use, and again at
// the first use after it broke. It is safe for concurrent use; concurrent
// operations at one node share its connection, in order. An operation is sent
// once and never tried again.
//
// An operation whose context ends returns: as failed before its request is
// sent, as unknown after. Only a write is not ended, which blocks if a node
// does not read; Timeout bounds it. Contexts that cannot end cost nothing, and
// neither does one that is used again and again; each new one allocates.
type Client struct {
	cluster Cluster
	local   *Store
	self    int
	links   []link // by node id
	cancel  context.CancelFunc
}

// NewClient returns a client of cluster c, which has at least one node. It
// connects to nothing yet. The caller ends it with Close.
func NewClient(c Cluster, o ClientOptions) *Client {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.DialTimeout == 0 {
		o.DialTimeout = defaultDialTimeout
	}
	ctx, cancel := context.WithCancel(context.Background())
	cl := &Client{cluster: c, local: o.Local, self: o.Self, cancel: cancel}
	if cl.local == nil {
		cl.self = -1
	}
	cl.links = make([]link, len(c.Addrs))
	for id, addr := range c.Addrs {
		cl.links[id] = link{client: ctx, addr: addr, timeout: o.Timeout, dialTimeout: o.DialTimeout}
	}
	return cl
}

// Put stores value under key, over any earlier value. It copies neither
// beyond its return. Its errors wrap ErrFailed or ErrUnknown.
func (c *Client) Put(ctx context.Context, key, value []byte) error {
	id := c.cluster.Owner(key)
	if id == c.self {
		if err := CheckRequest(key, value); err != nil {
			return c.fault(OpPut, id, ErrFailed, err)
		}
		c.local.Put(key, value)
		return nil
	}
	_, err := c.do(ctx, id, OpPut, nil, key, value)
	return err
}

// AppendGet appends the value of key to dst and returns the longer slice. It
// allocates only if dst lacks the room. Its error is ErrNotFound or wraps
// ErrFailed or ErrUnknown; dst is then returned as it was.
func (c *Client) AppendGet(ctx context.Context, dst, key []byte) ([]byte, error) {
	id := c.cluster.Owner(key)
	if id == c.self {
		if err := CheckRequest(key, nil); err != nil {
			return dst, c.fault(OpGet, id, ErrFailed, err)
		}
		value, ok := c.local.AppendValue(dst, key)
		if !ok {
			return dst, ErrNotFound
		}
		return value, nil
	}
	return c.do(ctx, id, OpGet, dst, key, nil)
}

// Get returns the value of key, in a new slice. Its errors are AppendGet's.
func (c *Client) Get(ctx context.Context, key []byte) ([]byte, error) {
	value, err := c.AppendGet(ctx, []byte{}, key)
	if err != nil {
		return nil, err
	}
	return value, nil
}

// Del removes key. Its error is ErrNotFound if it was not there, or wraps
// ErrFailed or ErrUnknown.
func (c *Client) Del(ctx context.Context, key []byte) error {
	id := c.cluster.Owner(key)
	if id == c.self {
		if err := CheckRequest(key, nil); err != nil {
			return c.fault(OpDel, id, ErrFailed, err)
		}
		if !c.local.Del(key) {
			return ErrNotFound
		}
		return nil
	}
	_, err := c.do(ctx, id, OpDel, nil, key, nil)
	return err
}

// do does one operation at node id. It appends to dst what the reply carries.
func (c *Client) do(ctx context.Context, id int, op Op, dst, key, value []byte) ([]byte, error) {
	if err := CheckRequest(key, value); err != nil {
		return dst, c.fault(op, id, ErrFailed, err)
	}
	if err := ctx.Err(); err != nil {
		return dst, c.fault(op, id, ErrFailed, err)
	}
	conn, err := c.links[id].connection(ctx)
	if err != nil {
		return dst, c.fault(op, id, ErrFailed, err)
	}
	status, out, kind, err := conn.do(ctx, op, dst, key, value)
	if err != nil {
		return dst, c.fault(op, id, kind, err)
	}
	switch status {
	case StatusNotFound:
		return dst, ErrNotFound
	case StatusError:
		return dst, c.fault(op, id, ErrFailed, fmt.Errorf("node answered: %s", out[len(dst):]))
	}
	return out, nil
}

// fault makes the error of an operation at node id.
func (c *Client) fault(op Op, id int, kind, err error) error {
	return &OpError{Op: op, Node: id, Addr: c.cluster.Addrs[id], Kind: kind, Err: err}
}

// Connect makes the connections to all nodes now, at the same time, so that
// no operation has to wait for one. It returns the first error, with the
// node's id and address; connections already made are kept.
func (c *Client) Connect(ctx context.Context) error {
	var group errgroup.Group
	for id := range c.links {
		if id == c.self {
			continue
		}
		group.Go(func() error {
			if _, err := c.links[id].connection(ctx); err != nil {
				return fmt.Errorf("connect to node %d (%s): %w", id, c.cluster.Addrs[id], err)
			}
			return nil
		})
	}
	return group.Wait()
}

// Close closes all connections. Operations in hand end as unknown or failed,
// later ones as failed, all with ErrClosed. A second Close does nothing.
func (c *Client) Close() error {
	c.cancel()
	var errs []error
	for id := range c.links {
		errs = append(errs, c.links[id].close())
	}
	return errors.Join(errs...)
}
