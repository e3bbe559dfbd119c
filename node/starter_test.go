package node

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestHeedStarter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdin, starter := io.Pipe()
		answers, stdout := io.Pipe()
		ended := make(chan error)
		go func() { ended <- heedStarter(context.Background(), stdin, stdout, 25*time.Second) }()
		lines := bufio.NewReader(answers)
		began := time.Now()
		for range 10 { // heartbeats keep it for longer than it bears silence
			time.Sleep(20 * time.Second) // of synctest: takes no time
			io.WriteString(starter, "\n")
			if line, err := lines.ReadString('\n'); line != "\n" {
				t.Fatalf("answer %q, %v", line, err)
			}
		}
		err := <-ended
		if err == nil || !strings.Contains(err.Error(), "none from the starter for 25s") {
			t.Errorf("error %v", err)
		}
		if lived := time.Since(began); lived != 225*time.Second {
			t.Errorf("ended after %v, want 25 s after the last heartbeat at 200 s", lived)
		}
		starter.Close()
	})
}

func TestHeedStarterEndsWithItsInput(t *testing.T) {
	if err := heedStarter(context.Background(), strings.NewReader(""), io.Discard, 0); err != nil {
		t.Error(err)
	}
}
