package node

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestParentHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdin, beats := io.Pipe()
		answers, stdout := io.Pipe()
		ended := make(chan error)
		p := &Parent{In: stdin, Out: stdout, Silence: 25 * time.Second}
		go func() { ended <- p.serve(context.Background()) }()
		lines := bufio.NewReader(answers)
		began := time.Now()
		for range 10 { // longer than the limit for silence
			time.Sleep(20 * time.Second) // of synctest: takes no time
			io.WriteString(beats, "\n")
			if line, err := lines.ReadString('\n'); line != "\n" {
				t.Fatalf("answer %q, %v", line, err)
			}
		}
		err := <-ended
		if err == nil || !strings.Contains(err.Error(), "no heartbeat from the parent process for 25s") {
			t.Errorf("error %v", err)
		}
		if lived := time.Since(began); lived != 225*time.Second {
			t.Errorf("ended after %v, want 25 s after the last heartbeat at 200 s", lived)
		}
		beats.Close()
	})
}

func TestParentClosesInput(t *testing.T) {
	p := &Parent{In: strings.NewReader(""), Out: io.Discard}
	if err := p.serve(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestParentAnswers(t *testing.T) {
	const empty = `{"vitals":{"gcs":0,"gc_pause_ns":0,"sched_p99_ns":0,"run_delay_ns":0},"usage":{"cpu_ns":0}}` + "\n"
	for _, test := range []struct{ in, want, err string }{
		{"\n\n", "\n\n", ""},
		{`{"vitals":{}}` + "\n", empty, ""},
		{"\n" + `{"vitals":{}}` + "\n\n", "\n" + empty + "\n", ""},
		{`{"vitals":null}` + "\n\n", "", `line from the parent process: "{\"vitals\":null}": must be empty or {"vitals":{}}`},
		{"\nhello\n\n", "\n", `line from the parent process: "hello": must`},
		{strings.Repeat("x", 1000) + "\n", "", `line from the parent process: "` + strings.Repeat("x", 100) + `": must`},
	} {
		var out bytes.Buffer
		p := &Parent{In: strings.NewReader(test.in), Out: &out, vitals: func() VitalsMessage { return VitalsMessage{Vitals: new(Vitals)} }}
		got := ""
		if err := p.serve(context.Background()); err != nil {
			got = err.Error()
		}
		if out.String() != test.want || !strings.HasPrefix(got, test.err) || got != "" && test.err == "" {
			t.Errorf("%.40q: answered %q, %q; want %q, %q", test.in, out.String(), got, test.want, test.err)
		}
	}
}
