package node

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// parent is the process that started the node and is connected to its standard
// input and output.
type parent struct {
	in  io.Reader
	out io.Writer

	// silence, if above 0, is the longest time without a line. After it the
	// parent process is taken for lost, as when the network is cut.
	silence time.Duration

	// vitals returns the answer to a request for vitals.
	vitals func() Vitals
}

// serve answers the lines of the parent process until it closes the node's
// standard input or ctx is done, and returns nil. An empty line is a heartbeat
// and is answered by another; the line {"vitals":{}} is answered by a
// VitalsMessage. Any other line and a silence that is too long are errors.
func (p *parent) serve(ctx context.Context) error {
	ended := make(chan error, 2) // the timer and the reader never block
	var orphaned *time.Timer
	if p.silence > 0 {
		orphaned = time.AfterFunc(p.silence, func() {
			ended <- fmt.Errorf("no heartbeat from the parent process for %v", p.silence)
		})
		defer orphaned.Stop()
	}
	go func() { // may outlive the call: a read of standard input cannot be interrupted
		lines := bufio.NewScanner(p.in)
		for lines.Scan() {
			if orphaned != nil {
				orphaned.Reset(p.silence)
			}
			if err := p.answer(lines.Bytes()); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return err
	}
}

// answer answers one line. A failed write is no error, because the end of
// standard input follows.
func (p *parent) answer(line []byte) error {
	if len(line) == 0 {
		fmt.Fprintln(p.out)
		return nil
	}
	var request struct {
		Vitals *struct{} `json:"vitals"`
	}
	if err := json.Unmarshal(line, &request); err != nil || request.Vitals == nil {
		return fmt.Errorf(`line from the parent process: %.100q: must be empty or {"vitals":{}}`, line)
	}
	json.NewEncoder(p.out).Encode(VitalsMessage{Vitals: p.vitals()})
	return nil
}
