package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dhtbench/node"
	"dhtbench/provision/host"
	"dhtbench/results"

	"github.com/alecthomas/kong"
)

// TestMain makes this test binary the executable of a fleet: with the arguments of an
// agent or a node it runs one.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "agent" && os.Args[1] != "node" {
		os.Exit(m.Run())
	}
	var program struct {
		Agent AgentCommand `cmd:""`
		Node  node.Command `cmd:""`
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	command := kong.Parse(&program)
	command.BindTo(ctx, (*context.Context)(nil))
	command.FatalIfErrorf(command.Run())
}

// localFleet is this machine, whose executable is the test binary.
func localFleet(t *testing.T) *fleet {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFleet(t.Context(), []host.Host{host.Local()}, executable)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// usedBy is the resources that processes use.
type usedBy struct {
	files, threads int   // files of the process with most
	memory         int64 // peaks of all processes together, in bytes
}

// used returns the resources that child processes running a subcommand use.
func used(t *testing.T, subcommand string) (sum usedBy) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, process := range all {
		status, _ := os.ReadFile(filepath.Join(process, "status"))
		line, _ := os.ReadFile(filepath.Join(process, "cmdline"))
		number := func(name string) int {
			_, after, _ := strings.Cut(string(status), name+":")
			n, _ := strconv.Atoi(strings.Fields(after + " ?")[0])
			return n
		}
		if number("PPid") != os.Getpid() || !strings.Contains(string(line), "\x00"+subcommand+"\x00") {
			continue
		}
		files, err := os.ReadDir(filepath.Join(process, "fd"))
		if err != nil {
			t.Fatal(err)
		}
		sum.files = max(sum.files, len(files))
		sum.threads += number("Threads")
		sum.memory += int64(number("VmHWM")) << 10
	}
	return sum
}

// measuresMemory reports whether the memory of processes is that of a usual build.
func measuresMemory() bool {
	info, _ := debug.ReadBuildInfo()
	return info == nil || !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestEstimatesFitProcesses compares the estimates of open files, threads and memory
// with processes that run.
func TestEstimatesFitProcesses(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("processes are measured in /proc, which only Linux has")
	}
	f := localFleet(t)
	closed := phases()
	closed.Nodes, closed.Operations, closed.Warmup = 2, 4000, 500
	shared := mixed("ycsb-b")
	shared.Loop, shared.Arrivals, shared.Pacing, shared.Inflight = results.OpenLoop, results.PoissonArrivals, results.PrecisePacing, 16
	shared.Clients, shared.Nodes, shared.Records, shared.Operations = 32, 1, 60_000, 0
	values := shared
	values.Workload, values.Clients, values.Records, values.ValueBytes = "ycsb-a", 4, 20_000, 2000
	long := shared
	long.Clients, long.Nodes, long.Records = 8, 2, 1000
	for name, c := range map[string]struct {
		params results.Params
		rate   float64
		length int64 // ns
	}{
		"phases": {closed, 0, 0}, "records of many clients": {shared, 2000, 1e9},
		"large values": {values, 1000, 1e9}, "many slices": {long, 5000, 3e9},
	} {
		t.Run(name, func(t *testing.T) {
			s := sweep{params: c.params}
			s.params.DurationNS = c.length
			p := s.at(c.params.Clients, c.rate, c.params.Pacing)
			w := planOf(t, p)
			n := f.need(&w, 0)
			co := &coordinator{fleet: f, progress: newProgress(io.Discard, nil, nil), clock: node.NewClock()}
			var agents, servers usedBy
			err := co.run(t.Context(), sweepRun{params: p, missing: operationsOf(p)}, func(results.Trial) error {
				agents, servers = used(t, "agent"), used(t, "node")
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, estimate, measured, most float64) {
				t.Logf("%s: %.4g estimated, %.4g measured", what, estimate, measured)
				if measured <= 0 || estimate < measured || estimate > most {
					t.Errorf("%s: %.4g estimated, %.4g measured; want at most %.4g", what, estimate, measured, most)
				}
			}
			files := float64(max(agents.files, servers.files))
			check("files", float64(n.files), files, files+agentFiles)
			threads := float64(agents.threads + servers.threads)
			check("threads", float64(n.threads), threads, 5*threads)
			if measuresMemory() {
				agent, server := w.agentBytes(w.Clients), float64(w.Nodes)*w.serverBytes()
				check("MB of the agent", agent/1e6, float64(agents.memory)/1e6, 2.2*float64(agents.memory)/1e6)
				check("MB of servers", server/1e6, float64(servers.memory)/1e6, 2.2*float64(servers.memory)/1e6)
			}
		})
	}
}

// TestLimitsOfControlGroups reads the limits of both versions of control groups.
func TestLimitsOfControlGroups(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check := func(name string, memory, threads uint64) {
		t.Helper()
		l, err := readLimits(root)
		if err != nil || l.MemoryBytes != memory || l.Threads != threads || l.Files == 0 {
			t.Errorf("%s: %+v, %v; want %d bytes and %d threads", name, l, err, memory, threads)
		}
	}
	write("proc/self/cgroup", "0::/a/b")
	write("sys/fs/cgroup/a/memory.max", "100000")
	write("sys/fs/cgroup/a/memory.current", "70000")
	write("sys/fs/cgroup/a/memory.stat", "anon 60000\ninactive_file 10000")
	write("sys/fs/cgroup/a/b/memory.max", "max")
	write("sys/fs/cgroup/a/b/pids.max", "50")
	write("sys/fs/cgroup/a/b/pids.current", "20")
	check("version 2", 40000, 30)
	write("proc/self/cgroup", "5:pids:/\n4:memory:/c\n0::/")
	write("sys/fs/cgroup/memory/c/memory.limit_in_bytes", "5000")
	write("sys/fs/cgroup/memory/c/memory.usage_in_bytes", "6000")
	write("sys/fs/cgroup/memory/c/memory.stat", "inactive_file 1\ntotal_inactive_file 1500")
	write("sys/fs/cgroup/pids/pids.max", "9")
	write("sys/fs/cgroup/pids/pids.current", "9")
	check("version 1", 500, 1)
}

// TestSettingsThatDoNotFit names the number needed and the limit.
func TestSettingsThatDoNotFit(t *testing.T) {
	rich := limits{Files: 1 << 20, MemoryBytes: 64 << 30, Threads: 10000}
	for name, c := range map[string]struct {
		change func(*results.Params)
		own    limits
		host   limits
		want   string // "": it fits
	}{
		"fits":        {func(*results.Params) {}, rich, rich, ""},
		"unknown":     {func(*results.Params) {}, limits{}, limits{}, ""},
		"coordinator": {func(p *results.Params) { p.Nodes = 256 }, limits{Files: 1024}, rich, "the coordinator needs 1566 open files and may have 1024"},
		"agent":       {func(p *results.Params) { p.Nodes = 8; p.Connections = 4 }, rich, limits{Files: 200}, "agent on h needs 272 open files and may have 200"},
		"server":      {func(p *results.Params) { p.Nodes = 1; p.Clients, p.Connections = 200, 2 }, rich, limits{Files: 415}, "open files and may have 415"},
		"memory":      {func(p *results.Params) { p.Operations = 100_000_000 }, rich, rich, "GB of memory and has 68.7 GB available"},
		"values":      {func(p *results.Params) { p.Operations, p.ValueBytes = 10_000, 1<<20 }, rich, rich, "h needs about"},
		"threads":     {func(p *results.Params) { p.Nodes = 8 }, rich, limits{Threads: 100}, "h needs about 162 threads and can start 100"},
	} {
		p := phases()
		c.change(&p)
		f := &fleet{own: c.own, members: []member{{Host: host.Host{Name: "h"}, limits: c.host, facts: results.Host{Cores: 2}}}}
		if err := f.fit(p); fmt.Sprint(err) != "<nil>" && c.want == "" || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
