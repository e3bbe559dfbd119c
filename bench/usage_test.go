package bench

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestThrottledReadsControlGroups: limits of control groups of both versions, of their
// parents, and of the group of a container, which is the root of its own files.
func TestThrottledReadsControlGroups(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  time.Duration
	}{
		"no files": {nil, 0},
		"no limit": {map[string]string{"proc/self/cgroup": "0::/mine\n", "sys/fs/cgroup/mine/cpu.stat": "usage_usec 5\n"}, 0},
		"version 2, and a parent": {map[string]string{
			"proc/self/cgroup":                "9:pids:/elsewhere\n0::/pod/mine\n",
			"sys/fs/cgroup/pod/mine/cpu.stat": "usage_usec 5\nnr_throttled 3\nthrottled_usec 1234\nnr_bursts 0\n",
			"sys/fs/cgroup/pod/cpu.stat":      "usage_usec 5\nthrottled_usec 2000\n",
		}, 3234 * time.Microsecond},
		"version 1": {map[string]string{
			"proc/self/cgroup":                        "4:cpu,cpuacct:/mine\n3:cpuset:/mine\n",
			"sys/fs/cgroup/cpu,cpuacct/mine/cpu.stat": "nr_periods 9\nnr_throttled 1\nthrottled_time 1234000\n",
		}, 1234 * time.Microsecond},
		"a container": {map[string]string{
			"proc/self/cgroup":       "0::/\n",
			"sys/fs/cgroup/cpu.stat": "throttled_usec 1234\n",
		}, 1234 * time.Microsecond},
	} {
		root := t.TempDir()
		for file, text := range test.files {
			path := filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Duration(throttled(root)); got != test.want {
			t.Errorf("%s: throttled for %v, want %v", name, got, test.want)
		}
	}
}
