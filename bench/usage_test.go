package bench

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestThrottledReadsControlGroup(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"proc/self/cgroup":            "1:cpu:/elsewhere\n0::/mine\n",
		"sys/fs/cgroup/mine/cpu.stat": "usage_usec 5\nnr_throttled 3\nthrottled_usec 1234\nnr_bursts 0\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := throttled(root); got != int64(1234*time.Microsecond) {
		t.Errorf("throttled for %v, want 1.234ms", time.Duration(got))
	}
	if got := throttled(t.TempDir()); got != 0 {
		t.Errorf("throttled for %v where nothing says so", time.Duration(got))
	}
}
