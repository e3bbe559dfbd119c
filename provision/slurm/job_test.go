package slurm

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scontrol prints the nodes in $NODES, which are "NAME=ADDR" each, as Slurm does.
const scontrol = `#!/bin/sh
for node in $NODES; do
	case $1 in
	show) echo "${node%=*}" ;;
	--oneliner) echo "NodeName=${node%=*} Arch=x86_64 NodeAddr=${node#*=} NodeHostName=${node%=*} Version=22.05.8" ;;
	esac
done
`

// TestAddressesCanBeDialed: the address of each host is the one that getent gives for
// the address or name at which Slurm dials it.
func TestAddressesCanBeDialed(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for _, c := range []struct {
		name, nodes string
		getent      string // a script
		want        string // addresses, or part of the error
	}{
		{"name", "n1=n1.cluster n2=10.0.0.2", `case $2 in n1.cluster) echo "10.0.0.1  STREAM n1" ;; *) echo "$2  STREAM $2" ;; esac`, "10.0.0.1 10.0.0.2"},
		{"several", "n1=n1", `printf '%s\n' "127.0.1.1  STREAM n1" "fe80::1  STREAM" "fd00::1  STREAM" "10.0.0.1  STREAM"`, "fd00::1"},
		{"single", "n1=n1", `echo "127.0.1.1  STREAM n1"`, "127.0.1.1"},
		{"loopback", "n1=n1 n2=n2", `echo "127.0.1.1  STREAM $2"`, "hosts n1 and n2 have the addresses 127.0.1.1 and 127.0.1.1 on this machine, which other hosts cannot dial: correct /etc/hosts, or NodeAddr in slurm.conf"},
		{"link-local", "n1=n1", `echo "fe80::1  STREAM n1"`, "look up the address of host n1: getent ahosts n1: no address in"},
		{"unknown", "n1=n1", `exit 2`, "look up the address of host n1: getent ahosts n1: exit status 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NODES", c.nodes)
			for name, script := range map[string]string{"scontrol": scontrol, "getent": "#!/bin/sh\n" + c.getent + "\n"} {
				if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			hosts, err := job{id: "33", nodes: "n[1-2]"}.hosts(t.Context())
			got := fmt.Sprint(err)
			if err == nil {
				var addrs []string
				for _, h := range hosts {
					addrs = append(addrs, h.Addr)
				}
				got = strings.Join(addrs, " ")
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
