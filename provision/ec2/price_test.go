package ec2

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

// TestPlanRefusesUnknownPrice: the default price is not that of another type or
// region.
func TestPlanRefusesUnknownPrice(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string // part of the error or, with "$", of the plan
	}{
		{[]string{"--type", "p5.48xlarge"}, "--type p5.48xlarge in us-east-1: its price is not known; give it in USD an hour with --price"},
		{[]string{"--region", "eu-west-1"}, "--type c3.large in eu-west-1: its price is not known"},
		{[]string{"--type", "p5.48xlarge", "--price", "55.04"}, "$440.37 an hour"},
		{[]string{"--type", "c7i.large"}, "$0.76 an hour"},
		{[]string{"--type", "c7g.large"}, "$0.63 an hour"},
		{nil, "$0.89 an hour"},
	} {
		s := &stage{t: t}
		err := s.run(append([]string{"--plan"}, c.args...)...)
		got := s.words.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%q: %s, want %q", c.args, got, c.want)
		}
	}
}

// TestLaunchIsBoundByMaxUSD: nothing is sent for a run that may cost too much.
func TestLaunchIsBoundByMaxUSD(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "frugal")
	defer s.tell()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--type", "p5.48xlarge"}, "its price is not known"},
		{[]string{"--type", "p5.48xlarge", "--price", "55.04"}, "8 p5.48xlarge cost $660.55 in --lifetime 1h30m: must be at most --max-usd 5"},
		{[]string{"--nodes", "64"}, "64 c3.large cost $10.64 in --lifetime 1h30m: must be at most --max-usd 5"},
		{[]string{"--max-usd", "1"}, "must be at most --max-usd 1"},
	} {
		err := s.run(append(c.args, s.launchFlags("true")...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.args, err, c.want)
		}
	}
	if n := s.proxy.number(); n != 0 {
		t.Errorf("%d calls, want none", n)
	}
}

// TestProgramMustFitTheType: a program of another architecture is refused before
// anything is made, unless the command names one for the hosts.
func TestProgramMustFitTheType(t *testing.T) {
	self, err := os.Executable()
	if err != nil || runtime.GOARCH != "amd64" {
		t.Skipf("needs a program for amd64: %v", err)
	}
	for _, c := range []struct {
		kind string
		argv []string
		want string // part of the error; "" for none
	}{
		{"c3.large", []string{self}, ""},
		{"c7g.large", []string{self}, "was built for amd64 and c7g.large is arm64; build dhtbench for linux/arm64 and add --host-executable PATH"},
		{"c7g.large", []string{self, "bench", "--host-executable", "/no/such/file"}, ""},
		{"c7g.large", []string{"true", "--host-executable=" + self}, "was built for amd64 and c7g.large is arm64"},
	} {
		err := (&Command{Type: c.kind, Argv: c.argv}).checkProgram()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, %q: error %v, want %q", c.kind, c.argv, err, c.want)
		}
	}
}
