package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dhtbench/bench/target"
	"dhtbench/node"
	"dhtbench/provision/host"
	"dhtbench/results"
)

// tryBench runs `dhtbench bench` without progress and returns its standard error.
func tryBench(file string, args ...string) (message string, err error) {
	cmd := exec.Command("dhtbench", append([]string{"bench", "--results", file}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err = cmd.Run()
	return stderr.String(), err
}

// mustBench runs a benchmark that must succeed and returns its trials.
func mustBench(t testing.TB, file string, args ...string) []results.Trial {
	t.Helper()
	if message, err := tryBench(file, args...); err != nil {
		t.Fatalf("bench %s: %v\n%s", strings.Join(args, " "), err, message)
	}
	return trialsOf(t, file)
}

func trialsOf(t testing.TB, file string) []results.Trial {
	t.Helper()
	trials, err := results.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// store is a server that runs on loopback until the test ends.
type store struct {
	cmd  *exec.Cmd
	addr string
}

// startStore starts a store and returns when it accepts connections. args are its
// arguments up to the port.
func startStore(t testing.TB, name string, args ...string) store {
	t.Helper()
	path := tool(t, name, name)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := store{addr: free.Addr().String()}
	_, port, _ := net.SplitHostPort(s.addr)
	free.Close()
	s.cmd = exec.Command(path, append(args, port)...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	})
	awaitServer(t, name, s.addr)
	return s
}

// startRedis starts a redis-server with further arguments.
func startRedis(t testing.TB, args ...string) store {
	return startStore(t, "redis-server", slices.Concat([]string{"--bind", "127.0.0.1", "--save", "", "--appendonly", "no"}, args, []string{"--port"})...)
}

// keys returns the number of keys at a server of redis, after it has set one more.
func keys(t *testing.T, server string) int {
	t.Helper()
	redis, err := target.Named("redis", false)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := redis.Dial(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Send([]byte("SET user data\r\nDBSIZE\r\n")); err != nil {
		t.Fatal(err)
	}
	if line, err := conn.In.Line(100); err != nil || string(line) != "+OK" {
		t.Fatalf("%q, %v", line, err)
	}
	line, err := conn.In.Line(100)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimPrefix(string(line), ":"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// cutLines keeps the first n lines of a file.
func cutLines(t *testing.T, file string, n int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	if err := os.WriteFile(file, []byte(strings.Join(lines[:n], "")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkTarget checks what a trial recorded of its servers.
func checkTarget(t *testing.T, trial results.Trial) {
	t.Helper()
	name := trial.Params.Store()
	program := map[string]string{"redis": "redis-server ", "memcached": "memcached 1."}[name]
	if len(trial.Nodes) != trial.Params.Nodes || trial.Baseline == nil || trial.KeySalt != 0 {
		t.Errorf("%s: %d of %d servers, baseline %v, salt %d", name, len(trial.Nodes), trial.Params.Nodes, trial.Baseline, trial.KeySalt)
	}
	for _, n := range trial.Nodes {
		if !strings.HasPrefix(n.Program, program) || (n.Program == "") != (program == "") || (n.Runtime == nil) != (program != "") ||
			n.CPUNS <= 0 || n.RSSBytes < 1<<20 {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

// The servers run behind a prefix, as on another host.
func TestTargetsInOneSweep(t *testing.T) {
	tool(t, "redis-server", "redis-server")
	tool(t, "memcached", "memcached")
	targets := []string{"dht", "redis", "memcached", "null:redis", "null:memcached", "null:dht"}
	common := []string{"--target", strings.Join(targets, ","), "--nodes", "2", "--clients", "2",
		"--share-hosts", "--hosts", inventory(t, host.Host{Name: "h", Addr: "127.0.0.1", Via: []string{"env", "XDG_CACHE_HOME=" + t.TempDir()}})}

	file := filepath.Join(t.TempDir(), "closed.jsonl")
	closed := append(slices.Clone(common), "--ops", "300", "--warmup", "20", "--pipeline", "3", "--value-bytes", "uniform:0-100")
	counts := make(map[string]int)
	for _, trial := range mustBench(t, file, closed...) {
		counts[trial.Params.Store()]++
		checkTarget(t, trial)
		if c := trial.Counts(); c.OK != 600 || c.Bad() != 0 {
			t.Errorf("%s, %s: %+v", trial.Params.Store(), trial.Params.Operation, c)
		}
	}
	for _, name := range targets {
		if counts[name] != 3 {
			t.Errorf("%d trials of %s", counts[name], name)
		}
	}
	cutLines(t, file, 14)
	message, err := tryBench(file, append(closed, "--resume")...)
	if trials := trialsOf(t, file); err != nil || len(trials) != 18 {
		t.Errorf("resume: %d trials, %v: %s", len(trials), err, message)
	}
	out, err := exec.Command("dhtbench", "show", file).Output()
	for _, want := range []string{"2 nodes,", "2 redis servers,", "2 null:memcached servers,"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("show: no %q, %v in\n%s", want, err, out)
		}
	}

	file = filepath.Join(t.TempDir(), "open.jsonl")
	for _, trial := range mustBench(t, file, append(common, "--workload", "get=3,put=2,del=1,insert=1", "--records", "200", "--rate", "1500", "--duration", "300ms", "--warmup", "20")...) {
		checkTarget(t, trial)
		c := trial.Counts()
		null := results.IsNull(trial.Params.Target)
		if c.Bad() != 0 || c.Replied() < 300 || (c.Absent > 0) == null || len(trial.Timeline) == 0 || trial.Response().Count() != c.Replied() {
			t.Errorf("%s: %+v", trial.Params.Store(), c)
		}
	}
	out, err = exec.Command("dhtbench", "plot", file).CombinedOutput()
	if want := "open/peers.svg"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("plot: no %q, %v in\n%s", want, err, out)
	}
}

func TestRunningServers(t *testing.T) {
	t.Parallel()
	s := startRedis(t, "--requirepass", "s3cret,@/")
	server := func(database int) string { return fmt.Sprintf("redis://:s3cret%%2C%%40%%2F@%s/%d", s.addr, database) }
	keys(t, server(2))
	file := filepath.Join(t.TempDir(), "x.jsonl")
	args := []string{"--target", "redis", "--servers", server(2) + "," + server(3), "--clients", "2",
		"--workload", "get=1,put=1", "--records", "1000", "--ops", "500"}
	mustBench(t, file, args...)
	trials := mustBench(t, file, append(args, "--resume", "--trials", "2")...)
	if len(trials) != 2 || trials[0].KeySalt == trials[1].KeySalt || trials[0].KeySalt == 0 {
		t.Fatalf("%d trials: the salts of keys must differ", len(trials))
	}
	for _, trial := range trials {
		want := fmt.Sprintf("redis://%s/2,redis://%s/3", s.addr, s.addr)
		if c := trial.Counts(); c.OK != 1000 || c.Bad() != 0 || trial.Params.Servers != want || trial.Params.Nodes != 2 ||
			len(trial.Nodes) != 0 || trial.Baseline == nil || !slices.Contains(trial.Command, want) {
			t.Errorf("%+v, %+v, command %q", c, trial.Params, trial.Command)
		}
	}
	if two, three := keys(t, server(2))-1, keys(t, server(3))-1; two+three != 2000 || two < 800 || three < 800 {
		t.Errorf("%d and %d keys, want 1000 of each of two runs, about half of them at each server", two, three)
	}
	if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "s3cret") {
		t.Errorf("the results file has the password, %v", err)
	}
	if message, err := tryBench(file, append(args, "--resume", "--servers", server(4))...); err == nil || !strings.Contains(message, "another sweep") {
		t.Errorf("resume at other servers: %v, %s", err, message)
	}
}

func TestRunningNodes(t *testing.T) {
	t.Parallel()
	cluster := filepath.Join(t.TempDir(), "cluster")
	var addrs []string
	for range 2 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go (&node.Server{}).Serve(t.Context(), listener)
		addrs = append(addrs, listener.Addr().String())
	}
	if err := os.WriteFile(cluster, []byte(strings.Join(addrs, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	trials := mustBench(t, filepath.Join(t.TempDir(), "x.jsonl"), "--cluster", cluster, "--clients", "1", "--rate", "1000", "--duration", "200ms", "--warmup", "20", "--breakdown")
	for _, trial := range trials {
		if c := trial.Counts(); c.Bad() != 0 || trial.Params.Servers != strings.Join(addrs, ",") || trial.Clients[0].Breakdown.Work.Count() != c.Replied() {
			t.Errorf("%+v, %+v", c, trial.Params)
		}
	}
}

func TestUnusableServersAreReportedFirst(t *testing.T) {
	t.Parallel()
	s := startRedis(t, "--requirepass", "right")
	other := startStore(t, "memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-p")
	closed := startRedis(t)
	closed.cmd.Process.Kill()
	closed.cmd.Wait()
	for _, test := range []struct{ server, at, want string }{
		{closed.addr, closed.addr, "connection refused"},
		{"redis://:wr0ng@" + s.addr, s.addr, "WRONGPASS"},
		{s.addr, s.addr, "NOAUTH"},
		{"redis://:right@" + s.addr + "/77", s.addr + "/77", "DB index is out of range"},
		{other.addr, other.addr, `unexpected reply to get: "ERROR"`},
		{"redis://:wr0ng%zz@h:1", "--servers: address 1", "must be host:port or, for redis, redis://"},
	} {
		file := filepath.Join(t.TempDir(), "x.jsonl")
		message, err := tryBench(file, "--target", "redis", "--servers", test.server, "--clients", "1")
		if err == nil || !strings.Contains(message, test.at) || !strings.Contains(message, test.want) || strings.Contains(message, "wr0ng") {
			t.Errorf("%s: %v\n%s", test.server, err, message)
		}
		if text, _ := os.ReadFile(file); len(text) > 0 {
			t.Errorf("%s: there are trials", test.server)
		}
	}
}

func TestMissingProgramIsReportedFirst(t *testing.T) {
	dir := t.TempDir()
	path, err := exec.LookPath("dhtbench")
	if err == nil {
		err = os.Symlink(path, filepath.Join(dir, "dhtbench"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	file := filepath.Join(dir, "x.jsonl")
	message, err := tryBench(file, "--target", "dht,memcached", "--nodes", "2", "--clients", "1")
	if err == nil || !strings.Contains(message, "on local") ||
		!strings.Contains(message, "memcached: not found; install it, on Debian with apt install memcached") {
		t.Errorf("%v: %s", err, message)
	}
	if text, _ := os.ReadFile(file); len(text) > 0 {
		t.Error("there are trials")
	}
}

// No process is left after the coordinator, a store or the server of one was killed.
func TestKilledBenchLeavesNoStores(t *testing.T) {
	for _, name := range []string{"redis", "memcached"} {
		for _, victim := range []string{"coordinator", "store", "server"} {
			t.Run(name+" without "+victim, func(t *testing.T) {
				t.Parallel()
				program := map[string]string{"redis": "redis-server", "memcached": "memcached"}[name]
				tool(t, program, program)
				b := startBench(t, filepath.Join(t.TempDir(), "x.jsonl"), "--target", name)
				b.awaitTrial()
				all := b.children()
				for _, server := range all["server"] {
					for _, stores := range childrenOf(t, server) {
						all["store"] = append(all["store"], stores...)
					}
				}
				if len(all["store"]) == 0 {
					t.Fatalf("no stores among %v", all)
				}
				watched := b.watch(all)
				all["coordinator"] = []int{b.cmd.Process.Pid}
				process, err := os.FindProcess(all[victim][0])
				if err == nil {
					err = process.Kill()
				}
				if err != nil {
					t.Fatal(err)
				}
				message, _ := b.end()
				b.awaitGone(watched, goneWithin)
				if victim == "store" && !strings.Contains(message, "ended: signal: killed") {
					t.Errorf("message: %s", message)
				}
			})
		}
	}
}

func TestRedisWithoutMemory(t *testing.T) {
	t.Parallel()
	s := startRedis(t, "--maxmemory", "1")
	file := filepath.Join(t.TempDir(), "x.jsonl")
	message, err := tryBench(file, "--target", "redis", "--servers", s.addr, "--clients", "1", "--ops", "100", "--warmup", "0", "--no-baseline")
	if err == nil || !strings.Contains(message, "OOM command not allowed") {
		t.Errorf("%v: %s", err, message)
	}
	put := trialsOf(t, file)[0]
	if c := put.Counts(); c.Failed != 100 || c.Wrong != 0 || !strings.Contains(put.Clients[0].FirstError, "OOM command not allowed") {
		t.Errorf("%+v: %s", c, put.Clients[0].FirstError)
	}
}

// In memcached a put without memory removes the earlier value. That is not a lost
// update.
func TestMemcachedWithoutMemory(t *testing.T) {
	t.Parallel()
	s := startStore(t, "memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-M", "-m", "8", "-p")
	file := filepath.Join(t.TempDir(), "x.jsonl")
	message, err := tryBench(file, "--target", "memcached", "--servers", s.addr, "--clients", "1", "--workload", "insert=1,put=2,get=2",
		"--keys", "uniform", "--records", "20", "--value-bytes", "100000", "--ops", "400", "--warmup", "0", "--no-baseline")
	if err == nil || !strings.Contains(message, "SERVER_ERROR out of memory") {
		t.Errorf("%v: %s", err, message)
	}
	if c := trialsOf(t, file)[0].Counts(); c.Failed == 0 || c.Absent == 0 || c.Wrong != 0 {
		t.Errorf("%+v, want failed puts, absent records and no wrong ones", c)
	}
}
