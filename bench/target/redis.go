package target

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// redis is a server that speaks version 2 of the protocol of Redis, RESP2.
type redis struct{}

// Limits returns the limits of package node, whose Reader bounds a value. Redis itself
// allows 512 MB.
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

// appendBulk appends a bulk string: its length, then its bytes.
func appendBulk(dst, text []byte) []byte {
	dst = strconv.AppendInt(append(dst, '$'), int64(len(text)), 10)
	dst = append(append(dst, "\r\n"...), text...)
	return append(dst, "\r\n"...)
}

// ReadReply returns Failed for every error reply: Redis does all of a command or
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

// Dial also accepts a URL, which can have a password and the number of a database:
// redis://user:password@host:port/2.
func (redis) Dial(ctx context.Context, server string) (*node.Conn, error) {
	u, err := parseServer(server)
	if err != nil {
		return nil, err
	}
	conn, err := node.Dial(ctx, u.Host)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	for _, command := range redisGreeting(u) {
		if err := greet(conn, command); err != nil {
			conn.Close()
			return nil, fmt.Errorf("%s: %w", command[0], err)
		}
	}
	return conn, nil
}

// redisGreeting returns the commands to send on a new connection.
func redisGreeting(u *url.URL) (commands [][]string) {
	if password, has := u.User.Password(); has {
		auth := []string{"AUTH"}
		if u.User.Username() != "" {
			auth = append(auth, u.User.Username())
		}
		commands = append(commands, append(auth, password))
	}
	if database := strings.Trim(u.Path, "/"); database != "" {
		commands = append(commands, []string{"SELECT", database})
	}
	return commands
}

// greet sends a command to which the reply must be OK, within greetTimeout.
func greet(conn *node.Conn, command []string) error {
	request := fmt.Appendf(nil, "*%d\r\n", len(command))
	for _, word := range command {
		request = appendBulk(request, []byte(word))
	}
	if err := conn.Send(request); err != nil {
		return err
	}
	conn.SetReadDeadline(time.Now().Add(greetTimeout))
	defer conn.SetReadDeadline(time.Time{})
	line, err := conn.In.Line(longestLine)
	if err != nil {
		return err
	}
	if string(line) != "+OK" {
		if command[0] == "AUTH" { // the rest can repeat the password
			line, _, _ = bytes.Cut(line, []byte(" "))
		}
		return fmt.Errorf("the server answered: %.200q", line)
	}
	return nil
}

// greetTimeout is how long a server may take to answer the first requests on a
// connection.
const greetTimeout = 5 * time.Second

func (redis) ServerArgs(s Server) []string { return s.args("server", "redis") }
