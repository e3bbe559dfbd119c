package ec2

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dhtbench/provision/host"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// scale is how much faster than it should time passes for the timers of a
// simulated host: five minutes are six seconds.
const scale = 50

// datacentre boots a host for each instance that there is in moto: a network
// namespace with the instance's addresses, in which the boot commands of its
// user data are run and an sshd has the host key of its user data and lets in
// the imported key. A host that powers itself off is terminated in moto, and one
// that is terminated there is killed. Its addresses are reached from the tests'
// own namespace, over a bridge in it, and from nowhere else.
type datacentre struct {
	t     *testing.T
	cloud *cloud // moto itself
	dir   string
	// stranger gives hosts another host key than their user data says, as if
	// somebody else had got their addresses.
	stranger bool
	hosts    map[string]*booted // by instance id
}

// booted is a simulated host.
type booted struct {
	cmd *exec.Cmd
	dir string
}

// newDatacentre starts one, which ends with the test.
func newDatacentre(t *testing.T, m *moto, stranger bool) {
	t.Helper()
	if os.Getenv(rootVariable) == "" {
		skip(t, "simulated hosts need root: run the tests as root")
	}
	for _, program := range []string{"/usr/sbin/sshd", "ssh", "ssh-keygen", "unshare", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			skip(t, "simulated hosts need %s: install openssh-server, openssh-client, util-linux and iproute2", program)
		}
	}
	cl, err := judge(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	d := &datacentre{t: t, cloud: cl, dir: t.TempDir(), stranger: stranger, hosts: make(map[string]*booted)}
	d.command("ip", "link", "add", "cloud", "type", "bridge")
	d.command("ip", "addr", "add", "172.31.255.250/16", "dev", "cloud")
	d.command("ip", "link", "set", "cloud", "up")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-ended
		for _, h := range d.hosts {
			h.kill()
		}
		d.command("ip", "link", "del", "cloud")
	})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			if err := d.look(ctx); err != nil && ctx.Err() == nil {
				t.Errorf("boot simulator: %v", err)
				return
			}
			pause(ctx, 30*time.Millisecond)
		}
	}()
}

// command runs a command that must succeed.
func (d *datacentre) command(argv ...string) {
	d.t.Helper()
	if err := try(argv...); err != nil {
		d.t.Errorf("boot simulator: %v", err)
	}
}

func try(argv ...string) error {
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, out)
	}
	return nil
}

// look boots, ends and terminates what has come, gone or powered off.
func (d *datacentre) look(ctx context.Context) error {
	instances, err := d.cloud.instances(ctx)
	if err != nil {
		return err
	}
	for _, i := range instances {
		id := aws.ToString(i.InstanceId)
		h := d.hosts[id]
		switch alive := stateOf(i) == types.InstanceStateNameRunning; {
		case alive && h == nil:
			if d.hosts[id], err = d.boot(ctx, i, len(d.hosts)); err != nil {
				return fmt.Errorf("boot %s: %w", id, err)
			}
		case !alive && h != nil:
			h.kill()
		case alive:
			if _, err := os.Stat(filepath.Join(h.dir, "poweroff")); err == nil {
				if _, err := d.cloud.ec2.TerminateInstances(ctx, &api.TerminateInstancesInput{InstanceIds: []string{id}}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// kill ends a host and all its processes. A host that has ended stays so.
func (h *booted) kill() {
	if h.cmd.ProcessState == nil {
		h.cmd.Process.Kill()
		h.cmd.Wait()
	}
}

// boot starts a host for an instance; n is its number.
func (d *datacentre) boot(ctx context.Context, i types.Instance, n int) (*booted, error) {
	h := &booted{dir: filepath.Join(d.dir, fmt.Sprint(n))}
	if err := d.furnish(ctx, i, h.dir); err != nil {
		return nil, err
	}
	public := aws.ToString(i.PublicIpAddress)
	h.cmd = exec.Command("unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "testdata/boot.sh")
	h.cmd.Env = append(os.Environ(), "DIR="+h.dir, fmt.Sprintf("SCALE=%d", scale), "PUBLIC="+public, "PRIVATE="+aws.ToString(i.PrivateIpAddress))
	words, err := os.Create(filepath.Join(h.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer words.Close()
	h.cmd.Stderr = words
	stdin, err := h.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		text, _ := os.ReadFile(words.Name())
		return h, fmt.Errorf("it said %q and %s: %w", line, text, err)
	}
	wire := fmt.Sprintf("v%d", n)
	err = errors.Join(
		try("ip", "link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", fmt.Sprint(h.cmd.Process.Pid)),
		try("ip", "link", "set", wire, "master", "cloud", "up"),
		try("ip", "route", "replace", public+"/32", "dev", "cloud"),
	)
	_, fault := io.WriteString(stdin, "\n")
	return h, errors.Join(err, fault)
}

// furnish makes a host's folder: its boot commands and host key, from the user
// data that moto has, and the key that was imported.
func (d *datacentre) furnish(ctx context.Context, i types.Instance, dir string) error {
	attribute, err := d.cloud.ec2.DescribeInstanceAttribute(ctx, &api.DescribeInstanceAttributeInput{
		InstanceId: i.InstanceId, Attribute: types.InstanceAttributeNameUserData,
	})
	if err != nil {
		return err
	}
	data, err := base64.StdEncoding.DecodeString(aws.ToString(attribute.UserData.Value))
	if err != nil {
		return err
	}
	imported, err := d.cloud.ec2.DescribeKeyPairs(ctx, &api.DescribeKeyPairsInput{
		KeyNames: []string{aws.ToString(i.KeyName)}, IncludePublicKey: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	config := parseUserData(d.t, string(data))
	hostKey := config.Keys["ed25519_private"]
	if d.stranger {
		other, err := host.NewKey(d.dir, "stranger")
		if err != nil {
			return err
		}
		hostKey = other.Private
	}
	stub, err := os.ReadFile("testdata/systemctl.sh")
	if err != nil {
		return err
	}
	sshd := strings.ReplaceAll(`Port 22
HostKey DIR/host_key
AuthorizedKeysFile DIR/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
SetEnv PATH=DIR/bin:PATH_ HOME=/run/home
`, "DIR", dir)
	for name, text := range map[string]string{
		"bootcmd":         config.Bootcmd[0][2],
		"host_key":        hostKey,
		"authorized_keys": aws.ToString(imported.KeyPairs[0].PublicKey) + "\n",
		"sshd_config":     strings.ReplaceAll(sshd, "PATH_", os.Getenv("PATH")),
		"bin/systemctl":   strings.ReplaceAll(string(stub), "DIR", dir),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			return err
		}
		if err := os.Chmod(path, map[bool]os.FileMode{true: 0o700, false: 0o600}[strings.HasPrefix(name, "bin/")]); err != nil {
			return err
		}
	}
	return nil
}
