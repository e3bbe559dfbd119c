package node

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Parent is the process that started a server and is connected to its standard
// input and output.
type Parent struct {
	In  io.Reader
	Out io.Writer

	// Silence, if above 0, is the longest time without a line. After it, Attend fails:
	// the parent process is lost, or the network to it is cut.
	Silence time.Duration

	// Child, if not 0, is the id of a process that serves instead of this one. Its
	// usage is reported, and no vitals.
	Child int

	// vitals returns the answer to a request for vitals.
	vitals func() VitalsMessage
}

// Attend reports that the server is ready, and answers the lines of the parent process
// until In ends or ctx is done. Then it returns nil. An empty line is a heartbeat and
// is answered by an empty line; the line {"vitals":{}} is answered by a VitalsMessage.
// Any other line and a silence that is too long are errors.
func (p *Parent) Attend(ctx context.Context, ready ReadyNode) (err error) {
	if p.Child != 0 {
		p.vitals = childVitals(p.Child)
	} else if p.vitals, err = ownVitals(ctx); err != nil {
		return err
	}
	if err := writeReady(p.Out, ready); err != nil {
		return err
	}
	return p.serve(ctx)
}

// writeReady reports that a server accepts connections.
func writeReady(out io.Writer, ready ReadyNode) error {
	if err := json.NewEncoder(out).Encode(Ready{Ready: ready}); err != nil {
		return fmt.Errorf("write ready line: %w", err)
	}
	return nil
}

// serve answers lines.
func (p *Parent) serve(ctx context.Context) error {
	ended := make(chan error, 2) // the timer and the reader never block
	var orphaned *time.Timer
	if p.Silence > 0 {
		orphaned = time.AfterFunc(p.Silence, func() {
			ended <- fmt.Errorf("no heartbeat from the parent process for %v", p.Silence)
		})
		defer orphaned.Stop()
	}
	go func() { // may outlive the call: a read of standard input cannot be interrupted
		lines := bufio.NewScanner(p.In)
		for lines.Scan() {
			if orphaned != nil {
				orphaned.Reset(p.Silence)
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
func (p *Parent) answer(line []byte) error {
	if len(line) == 0 {
		fmt.Fprintln(p.Out)
		return nil
	}
	var request struct {
		Vitals *struct{} `json:"vitals"`
	}
	if err := json.Unmarshal(line, &request); err != nil || request.Vitals == nil {
		return fmt.Errorf(`line from the parent process: %.100q: must be empty or {"vitals":{}}`, line)
	}
	json.NewEncoder(p.Out).Encode(p.vitals())
	return nil
}
