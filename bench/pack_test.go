package bench

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"dhtbench/results"
)

// timelineLasting is the timeline of an agent with 1,000 operations a second, of which
// one in 200 is slow.
func timelineLasting(d time.Duration) []results.Interval {
	random := rand.New(rand.NewPCG(1, 2))
	var points []point
	for at := time.Duration(0); at < d; at += time.Millisecond {
		latency := 120e3 * math.Exp(0.5*random.NormFloat64())
		if random.IntN(200) == 0 {
			latency *= 10
		}
		points = append(points, point{int64(at), int64(latency)})
	}
	line := newTimeline(0, 1)
	return line.end([]*recorder{{points: points}})
}

// TestTimelinesStaySmall: the timeline of an hour is at most 4 times as large as that of
// a minute, and the results of 8 agents and 10 minutes are below 2 MB.
func TestTimelinesStaySmall(t *testing.T) {
	size := func(d time.Duration) (recorded, sent int) {
		text, err := json.Marshal(reply{Result: &result{Timeline: timelineLasting(d)}})
		if err != nil {
			t.Fatal(err)
		}
		line, err := pack(text)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := unpack(line)
		if err != nil || !bytes.Equal(whole, text) {
			t.Errorf("a line of %d bytes was not unpacked: %v", len(line), err)
		}
		t.Logf("%v: %d kB recorded, %d kB sent", d, len(text)/1000, len(line)/1000)
		return len(text), len(line)
	}
	minute, _ := size(time.Minute)
	_, sent := size(10 * time.Minute)
	hour, _ := size(time.Hour)
	if hour > 4*minute {
		t.Errorf("the timeline of an hour takes %d bytes, that of a minute %d", hour, minute)
	}
	if 8*sent > 2e6 {
		t.Errorf("8 agents send %d bytes each after 10 minutes", sent)
	}
}

func TestParseUnpacks(t *testing.T) {
	for name, line := range map[string]string{"no base64": `{"packed":"?"}`, "no flate": `{"packed":"AAAA"}`, "no JSON": `{"packed":`} {
		if _, err := parse[reply]([]byte(line)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	long, err := json.Marshal(reply{Result: &result{Agent: results.Agent{Clients: make([]int, packAbove)}}})
	if err != nil {
		t.Fatal(err)
	}
	line, err := pack(long)
	if err != nil || len(line) > len(long)/10 {
		t.Fatalf("%d of %d bytes, %v", len(line), len(long), err)
	}
	if r, err := parse[reply](line); err != nil || r.Result == nil || len(r.Result.Agent.Clients) != packAbove {
		t.Errorf("%+v, %v", r, err)
	}
}
