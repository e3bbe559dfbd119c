package target

import (
	"bytes"
	"context"
	"strconv"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// memcached is a server that speaks the meta commands of memcached 1.6. Keys must
// not have spaces or control characters; those of package workload have neither.
type memcached struct{}

// itemOverhead is more than the bytes of an item beside its value: a header of 56, a
// key of up to 250, and terminators.
const itemOverhead = 512

// Limits returns the default limits of memcached: an item, with its overhead, has at
// most 1 MiB.
func (memcached) Limits() Limits {
	return Limits{MaxKey: 250, MaxValue: 1<<20 - itemOverhead, FailedPutRemoves: true}
}

func (memcached) AppendRequest(dst []byte, op workload.Op, key, value []byte) []byte {
	switch op {
	case workload.Put:
		dst = append(append(append(dst, "ms "...), key...), ' ')
		dst = append(strconv.AppendInt(dst, int64(len(value)), 10), "\r\n"...)
		return append(append(dst, value...), "\r\n"...)
	case workload.Del:
		return append(append(append(dst, "md "...), key...), "\r\n"...)
	}
	return append(append(append(dst, "mg "...), key...), " v\r\n"...)
}

// ReadReply returns Failed for error replies, except that ERROR in reply to a put is
// an error: the server then reads the value as commands.
func (m memcached) ReadReply(in *node.Reader, op workload.Op) (Reply, error) {
	line, err := in.Line(longestLine)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case op != workload.Get && string(line) == "HD":
		return Reply{Outcome: workload.OK}, nil
	case op == workload.Get && string(line) == "EN", op == workload.Del && string(line) == "NF":
		return Reply{Outcome: workload.NotFound}, nil
	case op == workload.Get && bytes.HasPrefix(line, []byte("VA ")):
		value, err := readValue(in, line[len("VA "):], m.Limits().MaxValue)
		if err != nil {
			return Reply{}, err
		}
		return Reply{Outcome: workload.OK, Value: value}, nil
	case bytes.HasPrefix(line, []byte("SERVER_ERROR ")), bytes.HasPrefix(line, []byte("CLIENT_ERROR ")),
		op != workload.Put && string(line) == "ERROR":
		return Reply{Outcome: workload.Failed, Value: line}, nil
	}
	return Reply{}, unexpected(line, op)
}

func (memcached) Dial(ctx context.Context, server string) (*node.Conn, error) {
	return node.Dial(ctx, server)
}

func (memcached) ServerArgs(s Server) []string { return s.args("server", "memcached") }
