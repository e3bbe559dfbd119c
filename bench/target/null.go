package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"

	"dhtbench/node"
)

// answerer reads one request of a protocol and appends the reply of a null server to
// dst.
type answerer func(in *node.Reader, null node.Null, dst []byte) ([]byte, error)

// nullAnswers returns the answerers by protocol.
func nullAnswers() map[string]answerer {
	return map[string]answerer{"redis": answerRedis, "memcached": answerMemcached}
}

// nullFlushAt is how many bytes of replies a null server gathers, while requests are
// buffered, before it writes them.
const nullFlushAt = 64 << 10

// runNull runs a null server until ctx is done or standard input ends.
func (c *ServerCommand) runNull(ctx context.Context) error {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("start null server: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() {
		defer cancel()
		served <- serveNull(ctx, listener, node.Null(c.Null), nullAnswers()[c.Protocol])
	}()
	err = c.parent().Attend(ctx, node.ReadyNode{Addr: listener.Addr().String(), PID: os.Getpid(), GOMAXPROCS: runtime.GOMAXPROCS(0)})
	cancel()
	return errors.Join(err, <-served)
}

// serveNull answers requests until ctx is done, and then returns nil.
func serveNull(ctx context.Context, listener net.Listener, null node.Null, answer answerer) error {
	context.AfterFunc(ctx, func() { listener.Close() })
	var serving sync.WaitGroup
	defer serving.Wait()
	for {
		raw, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("null server: %w", err)
		}
		conn := node.NewConn(raw, raw.RemoteAddr().String())
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		serving.Go(func() {
			defer stop()
			defer conn.Close()
			var replies []byte
			for err := error(nil); err == nil; replies = replies[:0] {
				for more := true; more && err == nil; more = conn.In.Len() > 0 && len(replies) < nullFlushAt {
					replies, err = answer(conn.In, null, replies)
				}
				if conn.Send(replies) != nil {
					return
				}
			}
		})
	}
}

// answerRedis answers SET, GET and DEL.
func answerRedis(in *node.Reader, null node.Null, dst []byte) ([]byte, error) {
	line, err := in.Line(longestLine)
	if err != nil {
		return dst, err
	}
	words, ok := length(bytes.TrimPrefix(line, []byte("*")), 3)
	if !ok || words < 2 {
		return dst, fmt.Errorf("request %.100q: must be an array of 2 or 3 strings", line)
	}
	command, err := readBulk(in)
	if err != nil {
		return dst, err
	}
	var reply string
	get := string(command) == "GET"
	switch string(command) {
	case "SET":
		reply = "+OK\r\n"
	case "DEL":
		reply = ":1\r\n"
	case "GET":
	default:
		return dst, fmt.Errorf("command %.100q: must be SET, GET or DEL", command)
	}
	for range words - 1 {
		word, err := readBulk(in)
		if err != nil {
			return dst, err
		}
		if get {
			dst = appendNull(append(dst, '$'), null, word)
		}
	}
	return append(dst, reply...), nil
}

// readBulk reads a bulk string: its length, then its bytes.
func readBulk(in *node.Reader) ([]byte, error) {
	line, err := in.Line(longestLine)
	if err != nil {
		return nil, err
	}
	if len(line) == 0 || line[0] != '$' {
		return nil, fmt.Errorf("%.100q: must be $ and a length", line)
	}
	return readValue(in, line[1:], node.MaxValue)
}

// answerMemcached answers ms, mg and md.
func answerMemcached(in *node.Reader, null node.Null, dst []byte) ([]byte, error) {
	line, err := in.Line(longestLine)
	if err != nil {
		return dst, err
	}
	command, rest, _ := bytes.Cut(line, []byte(" "))
	key, rest, _ := bytes.Cut(rest, []byte(" "))
	switch string(command) {
	case "mg":
		return appendNull(append(dst, "VA "...), null, key), nil
	case "ms":
		if _, err := readValue(in, rest, node.MaxValue); err != nil {
			return dst, err
		}
	case "md":
	default:
		return dst, fmt.Errorf("command %.100q: must be mg, ms or md", line)
	}
	return append(dst, "HD\r\n"...), nil
}

// appendNull appends the length of a key's value, then the value.
func appendNull(dst []byte, null node.Null, key []byte) []byte {
	from := len(dst)
	dst, _ = null.AppendValue(dst, key)
	n := len(dst) - from
	dst = append(strconv.AppendInt(dst[:from], int64(n), 10), "\r\n"...)
	dst, _ = null.AppendValue(dst, key)
	return append(dst, "\r\n"...)
}
