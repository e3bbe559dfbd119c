package node

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// starter is whoever started the node and has its standard input and output.
type starter struct {
	in  io.Reader
	out io.Writer

	// silence, if more than 0, is how long no line may come: then the starter is
	// gone without a word, as when a network is cut.
	silence time.Duration

	// vitals returns what an order for vitals is answered with.
	vitals func() Vitals
}

// heed waits until the starter ends the node's standard input, or ctx is done,
// and returns nil. Empty lines are heartbeats, each answered with another; the
// line {"vitals":{}} is answered with a VitalsMessage. It returns an error if
// no line came for too long, or one that is none of these.
func (s *starter) heed(ctx context.Context) error {
	ended := make(chan error, 2) // room for both, whoever is first
	var orphaned *time.Timer
	if s.silence > 0 {
		orphaned = time.AfterFunc(s.silence, func() {
			ended <- fmt.Errorf("wait for heartbeats: none from the starter for %v", s.silence)
		})
		defer orphaned.Stop()
	}
	go func() { // outlives the call if ctx ends first: a read of stdin cannot be ended
		lines := bufio.NewScanner(s.in)
		for lines.Scan() {
			if orphaned != nil {
				orphaned.Reset(s.silence)
			}
			if err := s.answer(lines.Bytes()); err != nil {
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

// answer answers one line. That the starter no longer reads is no error: the
// end of standard input follows.
func (s *starter) answer(line []byte) error {
	if len(line) == 0 {
		fmt.Fprintln(s.out)
		return nil
	}
	var order struct {
		Vitals *struct{} `json:"vitals"`
	}
	if err := json.Unmarshal(line, &order); err != nil || order.Vitals == nil {
		return fmt.Errorf(`read order from the starter: %.100q is neither an empty line nor {"vitals":{}}`, line)
	}
	answer, err := json.Marshal(VitalsMessage{Vitals: s.vitals()})
	if err != nil {
		return fmt.Errorf("tell the starter the vitals: %w", err)
	}
	s.out.Write(append(answer, '\n'))
	return nil
}

// vitalsReader returns a function that returns the vitals of this process since
// its last call, at first since now, until ctx ends. It is not safe for
// concurrent use.
func vitalsReader(ctx context.Context) (func() Vitals, error) {
	meter := new(HiccupMeter)
	if err := meter.Start(ctx); err != nil {
		return nil, err
	}
	then, before := meter.clock.Now(), ReadVitals()
	return func() Vitals {
		now, all := meter.clock.Now(), ReadVitals()
		v := all.Since(before)
		v.Hiccups = meter.Between(then, now)
		then, before = now, all
		return v
	}, nil
}
