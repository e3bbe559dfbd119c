package ec2

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stubSSH is an ssh that dials nothing. It says what a host would, as the file
// behave tells it, and writes down what it was asked.
const stubSSH = `#!/bin/sh
config=$2 host=$3
read -r line # for the shell that is to run: echo MARKER; exec COMMAND
eval "set -- ${line#*; exec }"
echo "$host $*" >>"$STUB/log"
lifetime= fail=
. "$STUB/behave"
if [ -n "$fail" ]; then echo "$fail" >&2; exit 255; fi
eval "${line%%; exec *}"
case "$*" in
"/bin/sh /run/dhtbench/armed")
	first=$STUB/refused-$host
	if [ ! -e "$first" ]; then touch "$first"; echo "ssh: connect to host $host port 22: Connection refused" >&2; exit 255; fi
	run=$(sed -n 's/.*HostKeyAlias dhtbench-//p' "$config")
	lease="lease counts"
	. "$STUB/behave"
	echo "run $run"; echo "lifetime $lifetime"; echo "lease active"; echo "$lease"; echo "fires at some time" ;;
"touch /run/dhtbench/beat/heartbeat") ;;
*) echo "not expected: $*" >&2; exit 1 ;;
esac
`

// withSSH is the program under test with the stub for its ssh.
func (s *stage) withSSH(behave string, args ...string) (cmd *exec.Cmd, log func() string) {
	s.t.Helper()
	cmd = s.child(args...)
	return cmd, s.stubSSH(cmd, behave)
}

// stubSSH puts the stub for ssh on a program's PATH.
func (s *stage) stubSSH(cmd *exec.Cmd, behave string) (log func() string) {
	s.t.Helper()
	dir := s.t.TempDir()
	for name, text := range map[string]string{"ssh": stubSSH, "behave": behave, "log": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			s.t.Fatal(err)
		}
	}
	cmd.Env = append(cmd.Env, sshVariable+"=1", "STUB="+dir, "PATH="+dir+":"+os.Getenv("PATH"))
	return func() string {
		text, err := os.ReadFile(filepath.Join(dir, "log"))
		if err != nil {
			s.t.Fatal(err)
		}
		return string(text)
	}
}

// TestReadyOverSSH: ssh is tried again, the command runs after the timers were
// checked, and the leases are renewed meanwhile.
func TestReadyOverSSH(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "caller")
	defer s.tell()
	// The command waits until each host has got a heartbeat.
	wait := `until [ $(sort -u "$STUB/log" | grep -c heartbeat) = 8 ]; do :; done`
	cmd, log := s.withSSH("lifetime=active", s.launchFlags("sh", "-c", wait)...)
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	for n := range 8 {
		if got := strings.Count(log(), fmt.Sprintf("h%d /bin/sh /run/dhtbench/armed\n", n)); got != 2 {
			t.Errorf("host h%d was asked %d times for its timers, want 2", n, got)
		}
	}
	s.mustBeEmpty()
}

// TestHostWithoutTimersIsRefused: a host that would not end by itself is not used.
func TestHostWithoutTimersIsRefused(t *testing.T) {
	m := startMoto(t)
	for want, behave := range map[string]string{
		"lifetime active": `lifetime=active; [ $host = h3 ] && lifetime=inactive; :`,
		"lease counts":    `lifetime=active; [ $host = h3 ] && lease="lease does not"; :`,
	} {
		t.Run(want, func(t *testing.T) {
			s := newStage(t, m, swift, "careful")
			defer s.tell()
			ran := filepath.Join(t.TempDir(), "ran")
			cmd, _ := s.withSSH(behave, s.launchFlags("touch", ran)...)
			cmd.Env = append(cmd.Env, hasteVariable+"=2s")
			if err := cmd.Run(); exitCode(err) != 1 {
				t.Errorf("ended with %v", err)
			}
			if _, err := os.Stat(ran); err == nil {
				t.Error("the command ran")
			}
			if !strings.Contains(s.words.String(), fmt.Sprintf("host h3 did not report %q", want)) {
				t.Error("it is not said which host and why")
			}
			s.mustBeEmpty()
		})
	}
}

// TestHostsThatAreNotReady: the program says how many hosts are ready while it
// waits, and why the others are not; it keeps their console output.
func TestHostsThatAreNotReady(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "waiter")
	defer s.tell()
	behave := `lifetime=active
case $host in
h1) fail="ssh: connect to host 54.1.2.3 port 22: Connection timed out" ;;
h2) fail="ssh: connect to host 54.1.2.3 port 22: Connection refused" ;;
h3) fail="Host key verification failed." ;;
h4) fail="ec2-user@54.1.2.3: Permission denied (publickey)." ;;
esac`
	cmd, _ := s.withSSH(behave, append([]string{"--nodes", "5"}, s.launchFlags("true")...)...)
	cmd.Env = append(cmd.Env, hasteVariable+"=2s")
	if err := cmd.Run(); exitCode(err) != 1 {
		t.Errorf("ended with %v", err)
	}
	for _, want := range []string{
		"1 of 5 hosts are ready\n",
		"4 of 5 hosts: not ready within 2s:",
		"\th1: ssh timed out; most likely this machine's public address is not in --ssh-cidr 203.0.113.7",
		"\th2: the host refused ssh",
		"\th3: Host key verification failed; another machine has this address",
		"\th4: the host denied the login; --user ec2-user must be the user of the image",
	} {
		if !strings.Contains(s.words.String(), want) {
			t.Errorf("no %q in the messages", want)
		}
	}
	for n := range 5 {
		text, err := os.ReadFile(filepath.Join(s.dir, s.runs()[0], fmt.Sprintf("console-h%d.txt", n)))
		if n == 0 && err == nil || n > 0 && !strings.Contains(string(text), "Linux version") {
			t.Errorf("console output of h%d: %.40q, %v", n, text, err)
		}
	}
	s.mustBeEmpty()
}

// TestSSHReadsTheConfiguration: the real ssh reads the configuration. With -G it
// prints its settings and does not connect.
func TestSSHReadsTheConfiguration(t *testing.T) {
	path, err := exec.LookPath("ssh")
	if err != nil {
		skip(t, "ssh is not on PATH: install openssh-client")
	}
	f := folder(filepath.Join(t.TempDir(), "a run"))
	if err := os.Mkdir(string(f), 0o700); err != nil {
		t.Fatal(err)
	}
	r := run{ID: "20260131-235959-abcdefgh"}
	c := Command{User: "ec2-user", SSHAddress: "public"}
	hosts, err := c.writeSSH(f, r, []machine{{"i-0", "192.0.2.1", "10.0.0.1"}, {"i-1", "192.0.2.2", "10.0.0.2"}}, map[string]string{"zone": "a"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "-G", "-F", f.sshConfig(), hosts[1].Name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"hostname 192.0.2.2\n", "user ec2-user\n", "hostkeyalias dhtbench-" + r.ID + "\n", "stricthostkeychecking true\n",
		"hostkeyalgorithms ssh-ed25519\n", "batchmode yes\n", "identityfile " + f.key() + "\n", "serveralivecountmax 6\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("ssh does not take %q", want)
		}
	}
}

// TestSSHOptions: ssh reaches hosts without public addresses through a jump host,
// for which the run's settings do not hold.
func TestSSHOptions(t *testing.T) {
	path, err := exec.LookPath("ssh")
	if err != nil {
		skip(t, "ssh is not on PATH: install openssh-client")
	}
	f := folder(t.TempDir())
	c := Command{User: "ec2-user", SSHAddress: "private", SSHOption: []string{"ProxyJump bastion", "ConnectTimeout=30"}}
	if _, err := c.writeSSH(f, run{ID: "20260131-235959-abcdefgh"}, []machine{{"i-0", "", "10.0.0.1"}, {"i-1", "", "10.0.0.2"}}, map[string]string{"zone": "a"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"h1":      {"hostname 10.0.0.2\n", "proxyjump bastion\n", "connecttimeout 30\n", "hostkeyalias dhtbench-", "batchmode yes\n"},
		"bastion": {"hostname bastion\n", "batchmode no\n"},
	} {
		out, err := exec.Command(path, "-G", "-F", f.sshConfig(), name).CombinedOutput()
		for _, line := range want {
			if err != nil || !strings.Contains(string(out), line) {
				t.Errorf("ssh %s: no %q, %v", name, line, err)
			}
		}
		if name == "bastion" && strings.Contains(string(out), "hostkeyalias") {
			t.Errorf("ssh %s uses the hosts' key:\n%s", name, out)
		}
	}
}

// TestPrivateHosts: with --ssh-address private hosts get no public address, and
// ssh dials the private one.
func TestPrivateHosts(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "insider")
	defer s.tell()
	flags := s.flags("--yes", "--nodes", "1", "--ssh-address", "private", "--ssh-cidr", "172.31.0.0/16", "--ssh-option", "ProxyJump bastion", "--", "true")
	if err := s.run(flags...); err != nil {
		t.Fatal(err)
	}
	if got := s.proxy.form("RunInstances").Get("NetworkInterface.1.AssociatePublicIpAddress"); got != "false" {
		t.Errorf("public address: %q, want false", got)
	}
	config, err := os.ReadFile(filepath.Join(s.dir, s.runs()[0], "ssh_config"))
	if err != nil || !strings.HasPrefix(string(config), "Host h0\n  HostName 172.31.") || !strings.Contains(string(config), "\n  ProxyJump bastion\n") {
		t.Errorf("ssh configuration: %v\n%s", err, config)
	}
	s.mustBeEmpty()
}

// TestSSHReadsTheKeys: the real ssh-keygen reads the keys.
func TestSSHReadsTheKeys(t *testing.T) {
	path, err := exec.LookPath("ssh-keygen")
	if err != nil {
		skip(t, "ssh-keygen is not on PATH: install openssh-client")
	}
	f := folder(t.TempDir())
	k, err := makeKeys(f, run{ID: "20260131-235959-abcdefgh"})
	if err != nil {
		t.Fatal(err)
	}
	hosts := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(hosts, []byte(k.hosts.Private), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, public := range map[string]string{f.key(): k.user.Public, hosts: k.hosts.Public} {
		out, err := exec.Command(path, "-y", "-f", name).Output()
		if err != nil || strings.TrimSpace(string(out)) != public {
			t.Errorf("ssh-keygen reads %q, %v, want %q", out, err, public)
		}
	}
}
