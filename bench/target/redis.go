package target

import (
	"strconv"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// redis is a server that speaks version 2 of the protocol of Redis, RESP2.
type redis struct{}

// Limits returns those of package node, which bound a message. Redis itself allows
// 512 MB.
func (redis) Limits() Limits { return Limits{MaxKey: node.MaxKey, MaxValue: node.MaxValue} }

func (redis) AppendRequest(dst []byte, op workload.Op, key, value []byte) []byte {
	switch op {
	case workload.Put:
		dst = append(dst, "*3\r\n$3\r\nSET\r\n"...)
		return appendBulk(appendBulk(dst, key), value)
	case workload.Del:
		return appendBulk(append(dst, "*2\r\n$3\r\nDEL\r\n"...), key)
	}
	return appendBulk(append(dst, "*2\r\n$3\r\nGET\r\n"...), key)
}

// appendBulk appends a string with its length.
func appendBulk(dst, text []byte) []byte {
	dst = strconv.AppendInt(append(dst, '$'), int64(len(text)), 10)
	dst = append(append(dst, "\r\n"...), text...)
	return append(dst, "\r\n"...)
}

// ReadReply takes every error reply as Failed: Redis does all of a command or
// nothing.
func (r redis) ReadReply(in *node.Reader, op workload.Op) (Reply, error) {
	line, err := in.Line(longestLine)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case len(line) > 0 && line[0] == '-':
		return Reply{Outcome: workload.Failed, Value: line[1:]}, nil
	case op == workload.Put && string(line) == "+OK", op == workload.Del && string(line) == ":1":
		return Reply{Outcome: workload.OK}, nil
	case op == workload.Get && string(line) == "$-1", op == workload.Del && string(line) == ":0":
		return Reply{Outcome: workload.NotFound}, nil
	case op == workload.Get && len(line) > 0 && line[0] == '$':
		value, err := readValue(in, line[1:], r.Limits().MaxValue)
		if err != nil {
			return Reply{}, err
		}
		return Reply{Outcome: workload.OK, Value: value}, nil
	}
	return Reply{}, unexpected(line, op)
}

func (redis) ServerArgs(Server) []string { return nil }
