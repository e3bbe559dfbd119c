package bench

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dhtbench/provision/host"
)

func TestExitsAreReportedOnce(t *testing.T) {
	p, err := host.Local().Start("node 1", "sh", "-c", "echo broken >&2; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop(0)
	<-p.Done()
	g := &processGroup{servers: []*host.Process{p}}
	for _, reason := range []error{p.Err(), fmt.Errorf("warm up: %w", p.Err()), errors.New("client 0 gave up")} {
		if text := g.withExits(reason).Error(); strings.Count(text, "node 1 on local ended: exit status 3") != 1 {
			t.Errorf("after %q: %s", reason, text)
		}
	}
}
