package target

import (
	"context"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// dht is the node of package node.
type dht struct {
	timed bool // replies have Queue and Work
}

func (dht) Limits() Limits { return Limits{MaxKey: node.MaxKey, MaxValue: node.MaxValue} }

func (d dht) AppendRequest(dst []byte, op workload.Op, key, value []byte) []byte {
	return node.AppendRequest(dst, node.Request{Op: node.Op(op), Timed: d.timed, Key: key, Value: value})
}

func (d dht) ReadReply(in *node.Reader, op workload.Op) (Reply, error) {
	r, err := node.ReadReply(in, node.Op(op), d.timed)
	if err != nil {
		return Reply{}, err
	}
	outcome := workload.OK
	switch r.Status {
	case node.StatusNotFound:
		outcome = workload.NotFound
	case node.StatusError:
		outcome = workload.Failed
	}
	return Reply{Outcome: outcome, Value: r.Value, Queue: r.Queue, Work: r.Work, Timed: d.timed && outcome != workload.Failed}, nil
}

func (dht) Dial(ctx context.Context, server string) (*node.Conn, error) {
	return node.Dial(ctx, server)
}

func (dht) ServerArgs(s Server) []string {
	args := s.args("node", "--until-eof")
	switch {
	case s.Stall != "":
		args = append(args, "--stall", s.Stall)
	case s.ServiceTime > 0:
		args = append(args, "--service-time", s.ServiceTime.String())
	}
	return args
}
