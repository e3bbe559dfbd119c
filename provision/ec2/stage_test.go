package ec2

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// stage is where the program under test runs: a proxy, a folder of runs and an
// owner of its own.
type stage struct {
	t     testing.TB
	proxy *proxy
	dir   string
	owner string
	words lockedBuffer // all that was said, for when a test fails
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// swift shows a little of each of EC2's delays.
var swift = settings{blind: 1, partial: 1, pending: 1, stopping: 1, held: 1}

func newStage(t testing.TB, m *moto, s settings, owner string) *stage {
	return &stage{t: t, proxy: newProxy(t, m, s), dir: t.TempDir(), owner: owner}
}

// flags are those of every command on the stage.
func (s *stage) flags(more ...string) []string {
	return append([]string{"--region", "us-east-1"}, s.anywhere(more...)...)
}

// anywhere are flags without a region: --list and --destroy search all of them.
func (s *stage) anywhere(more ...string) []string {
	return append([]string{"--endpoint", s.proxy.server.URL, "--dir", s.dir, "--owner", s.owner}, more...)
}

// launchFlags are those of a run with that command.
func (s *stage) launchFlags(argv ...string) []string {
	return append(s.flags("--yes", "--ssh-cidr", "203.0.113.7", "--"), argv...)
}

// command parses a command line, in this process.
func (s *stage) command(args ...string) *Command {
	s.t.Helper()
	c, err := parse(args...)
	if err != nil {
		s.t.Fatal(err)
	}
	c.seams.out, c.seams.err = &s.words, &s.words
	return c
}

// run runs a command line, in this process.
func (s *stage) run(args ...string) error {
	s.t.Helper()
	return s.command(args...).Run(s.t.Context())
}

// child is the program under test, as a process.
func (s *stage) child(args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+roleProvision)
	cmd.Stdout, cmd.Stderr = &s.words, &s.words
	return cmd
}

// runs are the ids of the runs that have a folder on the stage.
func (s *stage) runs() []string {
	s.t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "*", "journal.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	var ids []string
	for _, name := range names {
		ids = append(ids, filepath.Base(filepath.Dir(name)))
	}
	return ids
}

// left is what moto, asked without the proxy, and the proxy, for placement
// groups, have of the stage's owner. Volumes and interfaces go with instances.
func (s *stage) left() (string, error) {
	cl, err := judge(s.t.Context(), s.proxy.moto)
	if err != nil {
		return "", err
	}
	var left []item
	for _, list := range []func(context.Context, []types.Filter) ([]found, error){cl.foundInstances, cl.keyPairs, cl.groups} {
		part, err := list(s.t.Context(), []types.Filter{where(tagOwner, s.owner)})
		if err != nil {
			return "", err
		}
		for _, f := range part {
			if !f.ended() {
				left = append(left, f.item)
			}
		}
	}
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	for name := range s.proxy.places {
		left = append(left, item{placement, name})
	}
	return describe(left), nil
}

// mustBeEmpty fails the test if anything of the owner is left.
func (s *stage) mustBeEmpty() {
	s.t.Helper()
	left, err := s.left()
	if err != nil || left != "" {
		s.t.Errorf("left behind: %q, %v", left, err)
	}
}

// tell shows what was said, if the test has failed.
func (s *stage) tell() {
	if s.t.Failed() {
		s.t.Logf("what was said:\n%s", indent(s.words.String()))
	}
}

func indent(text string) string { return "\t" + strings.ReplaceAll(text, "\n", "\n\t") }

// judge is moto itself, without a proxy.
func judge(ctx context.Context, m *moto) (*cloud, error) {
	c, err := parse("--endpoint", m.url, "--list")
	if err != nil {
		return nil, err
	}
	cl, err := c.connect(ctx, "us-east-1")
	if err != nil {
		return nil, fmt.Errorf("open moto: %w", err)
	}
	return cl, nil
}

// all instances in moto that are not terminated, and its key pairs and groups,
// whoever made them and with whatever tags.
func (m *moto) anything(ctx context.Context) (string, error) {
	cl, err := judge(ctx, m)
	if err != nil {
		return "", err
	}
	instances, err := cl.foundInstances(ctx, nil)
	if err != nil {
		return "", err
	}
	keys, err := cl.keyPairs(ctx, nil)
	if err != nil {
		return "", err
	}
	groups, err := cl.ec2.DescribeSecurityGroups(ctx, nil)
	if err != nil {
		return "", err
	}
	var left []item
	for _, f := range append(instances, keys...) {
		if !f.ended() {
			left = append(left, f.item)
		}
	}
	for _, g := range groups.SecurityGroups {
		if name := aws.ToString(g.GroupName); name != "default" { // every VPC has one
			left = append(left, item{group, name})
		}
	}
	return describe(left), nil
}
