package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dhtbench/provision/host"
	"dhtbench/results"
)

// need skips the test if something is missing, or fails it in CI.
func need(t testing.TB, have bool, what, how string) {
	t.Helper()
	if have {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is needed: %s", what, how)
	}
	t.Skipf("%s is needed: %s", what, how)
}

// tool returns the path of a program that a test needs.
func tool(t testing.TB, name, debianPackage string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		if path := filepath.Join(dir, name); isExecutable(path) {
			return path
		}
	}
	need(t, false, name, "apt-get install "+debianPackage)
	return ""
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// run runs a command that must succeed.
func run(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
}

// sshd is an SSH server on loopback.
type sshd struct {
	cmd    *exec.Cmd
	config string // for ssh -F
	cache  string // XDG_CACHE_HOME of its sessions
}

// startSSHD starts an sshd with new keys, which accepts only the test.
func startSSHD(t *testing.T) *sshd {
	t.Helper()
	server := tool(t, "sshd", "openssh-server")
	tool(t, "ssh", "openssh-client")
	if os.Geteuid() == 0 {
		_, err := os.Stat("/run/sshd")
		need(t, err == nil, "the folder /run/sshd", "mkdir /run/sshd, which sshd needs when it runs as root")
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, key := range []string{"host", "user"} {
		run(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at(key))
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	free.Close()
	hostKey, err := os.ReadFile(at("host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	s := &sshd{config: at("ssh_config"), cache: at("cache")}
	for name, text := range map[string]string{
		"sshd_config": "ListenAddress 127.0.0.1:" + port + "\nHostKey " + at("host") + "\nAuthorizedKeysFile " + at("user.pub") +
			"\nStrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin prohibit-password\nMaxStartups 100\nMaxSessions 100\nSetEnv XDG_CACHE_HOME=" + s.cache + "\n",
		"known_hosts": "[127.0.0.1]:" + port + " " + string(hostKey),
		"ssh_config": "Host *\nHostName 127.0.0.1\nPort " + port + "\nUser " + me.Username + "\nIdentityFile " + at("user") +
			"\nIdentitiesOnly yes\nUserKnownHostsFile " + at("known_hosts") + "\nStrictHostKeyChecking yes\nHostKeyAlgorithms ssh-ed25519\nBatchMode yes\nLogLevel ERROR\n",
	} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.cmd = exec.Command(server, "-D", "-e", "-f", at("sshd_config"))
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	})
	awaitServer(t, "sshd", "127.0.0.1:"+port)
	return s
}

// awaitServer waits until a server accepts connections.
func awaitServer(t testing.TB, name, addr string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for tick := time.Tick(10 * time.Millisecond); ; {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-tick:
		case <-deadline:
			t.Fatalf("%s does not accept connections: %v", name, err)
		}
	}
}

// inventory writes an inventory for `dhtbench bench --hosts`.
func inventory(t *testing.T, hosts ...host.Host) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "hosts")
	if err := host.WriteInventory(name, hosts); err != nil {
		t.Fatal(err)
	}
	return name
}

// hosts returns n hosts that are all this machine, reached over SSH.
func (s *sshd) hosts(n int) (hosts []host.Host) {
	for i := range n {
		name := fmt.Sprintf("h%d", i)
		hosts = append(hosts, host.Host{Name: name, Addr: fmt.Sprintf("127.0.0.%d", i+1), Via: []string{"ssh", "-F", s.config, name}})
	}
	return hosts
}

// checkSpread checks that node and client i of 3 ran on host i.
func checkSpread(t *testing.T, name string, hosts []host.Host) {
	t.Helper()
	trials, err := results.ReadFile(name)
	if err != nil || len(trials) != 3 {
		t.Fatalf("%d trials, %v, want 3", len(trials), err)
	}
	for _, trial := range trials {
		if c := trial.Counts(); c.OK != int64(len(hosts))*500 || c.Bad() != 0 {
			t.Errorf("%s: %+v", trial.Params.Operation, c)
		}
		if len(trial.Hosts) != len(hosts) || len(trial.Agents) != len(hosts) {
			t.Fatalf("%d hosts and %d agents, want %d", len(trial.Hosts), len(trial.Agents), len(hosts))
		}
		for i, h := range trial.Hosts {
			if h.Name != hosts[i].Name || len(h.Nodes) != 1 || h.Nodes[0] != i || len(h.RoundTripNS) != len(hosts) || h.ClockErrorNS <= 0 {
				t.Errorf("host %d: %+v", i, h)
			}
			if trial.Clients[i].Host != hosts[i].Name {
				t.Errorf("client %d ran on %s", i, trial.Clients[i].Host)
			}
		}
	}
}

func TestBenchOverSSH(t *testing.T) {
	t.Parallel()
	s := startSSHD(t)
	hosts := s.hosts(3)
	file := filepath.Join(t.TempDir(), "x.jsonl")
	args := []string{"dhtbench", "bench", "--hosts", inventory(t, hosts...), "--nodes", "3", "--clients", "3", "--ops", "500", "--results", file}
	run(t, args...)
	checkSpread(t, file, hosts)

	// On the second run the executable is already staged.
	staged, err := filepath.Glob(filepath.Join(s.cache, "dhtbench", "*", "*"))
	if err != nil || len(staged) != 1 {
		t.Fatalf("staged %v, %v, want one file", staged, err)
	}
	before, err := os.Stat(staged[0])
	if err != nil {
		t.Fatal(err)
	}
	run(t, append(args, "--resume")...)
	run(t, append(args[:len(args)-1], file+"2")...)
	if after, err := os.Stat(staged[0]); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the executable was uploaded again: %v, %v, %v", before.ModTime(), after.ModTime(), err)
	}
}

func TestPreflightNamesUnreachableHosts(t *testing.T) {
	t.Parallel()
	s := startSSHD(t)
	hosts := s.hosts(3)
	hosts[1].Via = []string{"ssh", "-F", s.config, "-p", "1", "h1"}
	hosts[2].Via = []string{"/no/such/way"}
	out, err := exec.Command("dhtbench", "bench", "--hosts", inventory(t, hosts...), "--results", filepath.Join(t.TempDir(), "x.jsonl")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "look for the executable on h1:") || !strings.Contains(string(out), "look for the executable on h2:") ||
		strings.Contains(string(out), "on h0:") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestFrozenConnection stops the processes of the connection to one host, so that
// it is silent without being closed.
func TestFrozenConnection(t *testing.T) {
	t.Parallel()
	s := startSSHD(t)
	file := filepath.Join(t.TempDir(), "x.jsonl")
	hosts := s.hosts(3)
	for i := range hosts {
		hosts[i].SilenceNS = int64(6 * time.Second)
	}
	b := startBench(t, file, "--hosts", inventory(t, hosts...))
	b.awaitTrial()
	var frozen []int
	for _, pid := range b.children()["-F"] { // ssh -F ...
		args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(args), "\x00h1\x00") {
			frozen = append(frozen, pid)
		}
	}
	if len(frozen) == 0 {
		t.Fatal("no connection to h1")
	}
	remote := b.watch(map[string][]int{"remote": processesUnder(t, s.cache)})
	for _, pid := range frozen {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	message, status := b.end()
	silence := regexp.MustCompile(`on h1: no sign of life for (6|7|8|9)s`) // 6 s, and 1 s between checks
	if status != 1 || !silence.MatchString(message) || !strings.Contains(message, "--resume") {
		t.Errorf("exit status %d, message:\n%s", status, message)
	}
	b.awaitGone(remote, 30*time.Second)
}

// slowLink copies standard input to standard output at 5 kB/s.
func slowLink() {
	for chunk := make([]byte, 250); ; {
		n, err := os.Stdin.Read(chunk)
		if err != nil {
			return
		}
		os.Stdout.Write(chunk[:n])
		time.Sleep(time.Duration(n) * time.Second / 5000)
	}
}

// TestSlowLink: a result is recorded although it takes longer to arrive than a host may
// be silent.
func TestSlowLink(t *testing.T) {
	t.Parallel()
	slow := host.Host{Name: "slow", Addr: "127.0.0.1", Via: []string{"env", "XDG_CACHE_HOME=" + t.TempDir(), "sh", "-c", `"$@" | slowlink`, "prefix"}}
	file := filepath.Join(t.TempDir(), "x.jsonl")
	run(t, "dhtbench", "bench", "--hosts", inventory(t, slow), "--nodes", "1", "--clients", "8", "--rate", "4000", "--duration", "10s",
		"--workload", "ycsb-a", "--records", "1000", "--warmup", "0", "--no-baseline", "--results", file)
	trials, err := results.ReadFile(file)
	if err != nil || len(trials) != 1 {
		t.Fatalf("%d trials, %v", len(trials), err)
	}
	if c, at := trials[0].Counts(), trials[0].Hosts[0]; c.Due() < 30_000 || at.SilenceNS <= 0 || at.SilenceNS > int64(12*time.Second) {
		t.Errorf("%+v after a silence of %v", c, time.Duration(at.SilenceNS))
	}
}

// processesUnder returns the processes whose executable is in a folder.
func processesUnder(t *testing.T, dir string) (pids []int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		target, err := os.Readlink(link)
		if err == nil && strings.HasPrefix(target, dir) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestBenchInNamespaces uses `ip netns exec` as the prefix, with two hosts that reach
// only each other.
func TestBenchInNamespaces(t *testing.T) {
	t.Parallel()
	need(t, os.Geteuid() == 0, "root", "run the tests as root")
	ip := tool(t, "ip", "iproute2")
	var hosts []host.Host
	for i := range 2 {
		name := fmt.Sprintf("dhtbench-test-%d-%d", os.Getpid(), i)
		run(t, ip, "netns", "add", name)
		t.Cleanup(func() { run(t, ip, "netns", "del", name) })
		cache := t.TempDir()
		hosts = append(hosts, host.Host{Name: name, Addr: fmt.Sprintf("10.78.0.%d", i+1), Via: []string{ip, "netns", "exec", name, "env", "XDG_CACHE_HOME=" + cache}})
	}
	a, b := hosts[0].Name, hosts[1].Name
	run(t, ip, "-n", a, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", b)
	for _, h := range hosts {
		run(t, ip, "-n", h.Name, "addr", "add", h.Addr+"/24", "dev", "v0")
		run(t, ip, "-n", h.Name, "link", "set", "v0", "up")
		run(t, ip, "-n", h.Name, "link", "set", "lo", "up")
	}
	file := filepath.Join(t.TempDir(), "x.jsonl")
	run(t, "dhtbench", "bench", "--hosts", inventory(t, hosts...), "--nodes", "2", "--clients", "2", "--ops", "500", "--results", file)
	checkSpread(t, file, hosts)
}
