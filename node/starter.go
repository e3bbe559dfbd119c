package node

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"
)

// heedStarter waits until whoever started the node ends r, the node's standard
// input, or ctx is done, and returns nil. Lines of r are heartbeats, each
// answered with the same line on w. If silence is more than 0 and no line comes
// for so long, the starter is gone without a word, as when a network is cut,
// and the error says so.
func heedStarter(ctx context.Context, r io.Reader, w io.Writer, silence time.Duration) error {
	ended := make(chan error, 2) // room for both, whoever is first
	var orphaned *time.Timer
	if silence > 0 {
		orphaned = time.AfterFunc(silence, func() {
			ended <- fmt.Errorf("wait for heartbeats: none from the starter for %v", silence)
		})
		defer orphaned.Stop()
	}
	go func() { // outlives the call if ctx ends first: a read of stdin cannot be ended
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			if orphaned != nil {
				orphaned.Reset(silence)
			}
			fmt.Fprintln(w, lines.Text())
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
