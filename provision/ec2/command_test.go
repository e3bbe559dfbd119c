package ec2

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestValidate(t *testing.T) {
	launch := func(args ...string) []string { return append(args, "--", "true") }
	for _, c := range []struct {
		args []string
		want string // part of the error; "" for none
	}{
		{launch("--ssh-cidr", "203.0.113.7"), ""},
		{launch("--ssh-cidr", "203.0.113.0/24"), ""},
		{[]string{"--plan"}, ""},
		{[]string{"--plan", "--", "true"}, ""},
		{[]string{"--list"}, ""},
		{[]string{"--destroy", "expired"}, ""},
		{nil, "no command: give one after --"},
		{launch(), "--ssh-cidr is missing"},
		{launch("--ssh-cidr", "0.0.0.0/0"), "must not be wider than /16"},
		{launch("--ssh-cidr", "::1"), "must be an IPv4 address"},
		{launch("--ssh-cidr", "here"), "must be an IPv4 address"},
		{launch("--ssh-cidr", "10.0.0.5/32"), "--ssh-cidr 10.0.0.5/32: must be a public address"},
		{launch("--ssh-cidr", "127.0.0.1"), "--ssh-cidr 127.0.0.1: must be a public address"},
		{launch("--ssh-cidr", "100.64.1.1"), "--ssh-cidr 100.64.1.1: must be a public address"},
		{launch("--ssh-cidr", "10.0.0.5", "--ssh-address", "private"), ""},
		{launch("--ssh-cidr", "127.0.0.1", "--ssh-address", "private"), "must be a public address"},
		{launch("--ssh-address", "instance"), ""},
		{launch("--ssh-cidr", "203.0.113.7", "--ssh-option", "ProxyJump"), "--ssh-option \"ProxyJump\": must be a setting and its value"},
		{launch("--ssh-cidr", "169.254.0.1"), "must be a public address"},
		{launch("--ssh-cidr", "203.0.113.7", "--nodes", "0"), "--nodes 0: must be 1 to 64"},
		{launch("--ssh-cidr", "203.0.113.7", "--lifetime", "24h"), "--lifetime 24h0m0s: must be"},
		{launch("--ssh-cidr", "203.0.113.7", "--lease", "1m"), "--lease 1m0s: must be"},
		{launch("--ssh-cidr", "203.0.113.7", "--lease", "11m"), "--lease 11m0s: must be 12m0s to --lifetime"},
		{launch("--ssh-cidr", "203.0.113.7", "--lease", "12m"), ""},
		{launch("--ssh-cidr", "203.0.113.7", "--disk-gb", "1"), "--disk-gb 1: must be"},
		{[]string{"--list", "--", "true"}, "--list, --destroy and --policy run no command"},
	} {
		_, err := parse(c.args...)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: error %v, want %q", c.args, err, c.want)
		}
	}
}

// TestReadmeCommandLinesParse: the program accepts the command lines of the
// README.
func TestReadmeCommandLinesParse(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^    (?:provision/)?provision ec2 ([^#\n]+)`)
	found := line.FindAllStringSubmatch(string(text), -1)
	if len(found) < 6 {
		t.Errorf("%d command lines: are they written in another way?", len(found))
	}
	given := strings.NewReplacer("YOURS", "203.0.113.7", "RUN", "20260131-235959-abcdefgh")
	for _, m := range found {
		if _, err := parse(strings.Fields(given.Replace(m[1]))...); err != nil {
			t.Errorf("%q: %v", m[0], err)
		}
	}
}

// TestLeaseOutlastsTheStart: the lease of a host that boots at once does not end
// before the first heartbeat, even if the others take as long as they may.
func TestLeaseOutlastsTheStart(t *testing.T) {
	p := pace{}.withDefaults(minLease)
	if start := p.Boot + p.SSH; start >= minLease {
		t.Errorf("the first heartbeat may come %v after boot, and a lease may be as short as %v", start, minLease)
	}
}

// TestPlan: --plan needs no account, sends nothing, and prints costs and calls in
// 80 columns.
func TestPlan(t *testing.T) {
	for kind, wants := range map[string][]string{
		"c3.large":  {"kernel-6.1-x86_64", "= $0.89 an hour, at most $1.33 in all", "the lease, 16m $0.24 more", "the lifetime, 1h30m $1.33 in all", "removed after 11m $0.16"},
		"c7i.large": {"kernel-6.1-x86_64", "= $0.76 an hour, at most $1.14 in all"},
		"c7g.large": {"kernel-6.1-arm64", "= $0.63 an hour, at most $0.94 in all"},
	} {
		s := &stage{t: t}
		c := s.command("--plan", "--type", kind, "--ssh-cidr", "203.0.113.7", "--", "dhtbench", "bench")
		c.seams.pace = pace{} // the real one
		if err := c.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(s.words.String()) {
			if n := utf8.RuneCountInString(line) - 1; n > 80 {
				t.Errorf("%d columns: must be at most 80: %s", n, line)
			}
		}
		text := strings.Join(strings.Fields(s.words.String()), " ")
		for _, want := range append(wants,
			"8 hosts", kind, "us-east-1", "dhtbench bench", "RunInstances all 8 or none", "ssh from 203.0.113.7",
			"every 3m renews its lease", "NOTHING ends it") {
			if !strings.Contains(text, want) {
				t.Errorf("the plan for %s lacks %q:\n%s", kind, want, s.words.String())
			}
		}
	}
}

// TestPlanNamesAllCalls: a run makes only calls that the plan lists, in that
// order, and that the policy allows.
func TestPlanNamesAllCalls(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "planner")
	defer s.tell()
	if err := s.run(s.launchFlags("true")...); err != nil {
		t.Fatal(err)
	}
	calls := s.proxy.log()
	if err := s.run("--plan"); err != nil {
		t.Fatal(err)
	}
	allowed := allowedActions(readPolicy(t))
	planned, _ := plannedCalls(s.words.String())
	at := 0
	for n, name := range calls {
		action := strings.TrimSuffix(name, "(dry)")
		if !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasSuffix(a, ":"+action) }) {
			t.Errorf("the policy does not allow %s", action)
		}
		if slices.Contains(calls[:n], name) {
			continue // again
		}
		next := slices.Index(planned[at:], name)
		if next < 0 {
			t.Fatalf("after %q the run makes %s: the plan has %q", calls[:n], name, planned)
		}
		at += next
	}
}

// plannedCalls are the calls that a plan names, in its order, named as the proxy
// does; asked are those before the question.
func plannedCalls(plan string) (calls, asked []string) {
	line := regexp.MustCompile(`^  (?:sts|ssm|ec2) (\w+(?:, (?:dry run|[A-Z]\w+))*)`)
	for text := range strings.Lines(plan) {
		if strings.HasPrefix(text, "  (the question") {
			asked = slices.Clone(calls)
		}
		if m := line.FindStringSubmatch(text); m != nil {
			calls = append(calls, strings.Split(strings.Replace(m[1], ", dry run", "(dry)", 1), ", ")...)
		}
	}
	return calls, asked
}

// TestPipeIsRefused: without a terminal, a launch needs --yes.
func TestPipeIsRefused(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "pipe")
	cmd := s.child(s.flags("--ssh-cidr", "203.0.113.7", "--", "true")...)
	cmd.Stdin = strings.NewReader("yes\n")
	if err := cmd.Run(); exitCode(err) != 1 || !strings.Contains(s.words.String(), "standard input is not a terminal") {
		t.Errorf("%v: %s", err, s.words.String())
	}
	if n := s.proxy.number(); n != 0 {
		t.Errorf("%d calls before anybody said yes", n)
	}
}
