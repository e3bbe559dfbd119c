package ec2

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// moto is a process of moto_server: somebody else's idea of what EC2 does, and
// the judge of ours. It belongs to one test at a time.
type moto struct {
	url       string
	cmd       *exec.Cmd
	catalogue sync.Map // answers about what never changes, by request
}

// motos are those started so far; idle ones are handed out again.
var motos struct {
	sync.Mutex
	all  []*moto
	idle []*moto
}

// startMoto lends an empty moto to the test. It has its three validations on,
// without which it takes any key, image and type.
func startMoto(t testing.TB) *moto {
	t.Helper()
	m := lendMoto(t)
	t.Cleanup(func() {
		motos.Lock()
		defer motos.Unlock()
		motos.idle = append(motos.idle, m)
	})
	m.reset(t)
	return m
}

func lendMoto(t testing.TB) *moto {
	t.Helper()
	motos.Lock()
	defer motos.Unlock()
	if n := len(motos.idle); n > 0 {
		m := motos.idle[n-1]
		motos.idle = motos.idle[:n-1]
		return m
	}
	if notIsolated != nil {
		skip(t.(*testing.T), "no network namespace for the tests: %v: run them as root, or where users may make namespaces", notIsolated)
	}
	path, err := exec.LookPath("moto_server")
	if err != nil {
		skip(t.(*testing.T), "moto_server is not on PATH: `pip install 'moto[server]'` installs it")
	}
	m := &moto{cmd: exec.Command(path, "-H", "127.0.0.1", "-p", "0")}
	m.cmd.Env = append(os.Environ(),
		"MOTO_ENABLE_AMI_VALIDATION=true",
		"MOTO_ENABLE_KEYPAIR_VALIDATION=true",
		"MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION=true",
	)
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stderr, err := m.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	motos.all = append(motos.all, m)
	m.url = readyLine(t, stderr)
	return m
}

// readyLine reads moto's words until it says where it listens.
func readyLine(t testing.TB, stderr io.Reader) string {
	t.Helper()
	found := make(chan string, 1)
	go func() {
		running := regexp.MustCompile(`Running on (http://127\.0\.0\.1:[0-9]+)`)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if m := running.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
				break
			}
		}
		close(found)
		io.Copy(io.Discard, stderr) // its log of requests
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	select {
	case url, ok := <-found:
		if !ok {
			t.Fatal("moto_server ended before it listened")
		}
		return url
	case <-ctx.Done():
		t.Fatal("moto_server does not listen after three minutes")
	}
	return ""
}

// reset empties moto.
func (m *moto) reset(t testing.TB) {
	t.Helper()
	answer, err := http.Post(m.url+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatalf("reset moto: %v", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("reset moto: %s", answer.Status)
	}
}

// stopMotos ends every moto that was started.
func stopMotos() {
	for _, m := range motos.all {
		syscall.Kill(-m.cmd.Process.Pid, syscall.SIGKILL)
		m.cmd.Wait()
	}
}
