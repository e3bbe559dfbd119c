package host

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// Stage copies an executable, or this program if it is "", to hosts, except to those
// that have a copy with the same checksum, and returns its path on each. It copies to
// one host after another: they share this machine's uplink. A host without Via gets no
// copy, and the path there is that of this program. The error lists all hosts that
// cannot run the executable, for example because it was built for another system.
// Several processes may stage at the same time.
func Stage(ctx context.Context, hosts []Host, executable string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("stage: find the path of this program: %w", err)
	}
	executable = cmp.Or(executable, self)
	program, err := os.ReadFile(executable)
	if err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	}
	digest := sha256.Sum256(program)
	sum := hex.EncodeToString(digest[:])
	paths, present, errs := make([]string, len(hosts)), make([]bool, len(hosts)), make([]error, len(hosts))
	var each sync.WaitGroup
	for i, h := range hosts {
		if len(h.Via) == 0 {
			paths[i], present[i] = self, true
			continue
		}
		each.Go(func() { paths[i], present[i], errs[i] = h.find(ctx, executable, sum) })
	}
	each.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var packed []byte
	for i, h := range hosts {
		if !present[i] && packed != nil { // hosts may share a home directory
			_, present[i], errs[i] = h.find(ctx, executable, sum)
		}
		if present[i] || errs[i] != nil {
			continue
		}
		if packed == nil {
			if packed, err = pack(program); err != nil {
				return nil, err
			}
		}
		errs[i] = h.upload(ctx, packed, sum, paths[i])
		if errors.Is(errs[i], errDamaged) {
			errs[i] = h.upload(ctx, packed, sum, paths[i])
		}
	}
	return paths, errors.Join(errs...)
}

// pack compresses the executable.
func pack(program []byte) ([]byte, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(program)
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("pack the executable: %w", err)
	}
	return packed.Bytes(), nil
}

// findScript prints the kind of machine, the path of the executable, and whether
// it is present.
const findScript = `set -eu
path=${XDG_CACHE_HOME:-$HOME/.cache}/dhtbench/$1/dhtbench
mkdir -p "${path%/*}"
uname -sm
echo "$path"
echo "$1  $path" | sha256sum -c - >/dev/null 2>&1 && test -x "$path" && echo present || echo absent
`

// find looks for an executable by its checksum. It is the first connection to the
// host, in the terminal's foreground, so that ssh can ask for a password.
func (h Host) find(ctx context.Context, executable, sum string) (path string, present bool, err error) {
	lines, err := h.run(ctx, new(syscall.SysProcAttr), nil, "sh", "-c", findScript, "sh", sum)
	if err == nil && len(lines) != 3 {
		err = fmt.Errorf("the answer must have 3 lines, and is %q", lines)
	}
	if err != nil {
		return "", false, fmt.Errorf("look for the executable on %s: %w", h.Name, err)
	}
	if want := uname(executable); want != "" && lines[0] != want {
		return "", false, fmt.Errorf("host %s is %s and %s was built for %s: both must be the same; build one for the host and give it with --host-executable", h.Name, lines[0], executable, want)
	}
	return lines[1], lines[2] == "present", nil
}

// uname returns the output of `uname -sm` on machines that a Go program was built
// for, or "" if that is not known.
func uname(executable string) string {
	info, err := buildinfo.ReadFile(executable)
	if err != nil {
		return ""
	}
	built := make(map[string]string)
	for _, s := range info.Settings {
		built[s.Key] = s.Value
	}
	return map[string]string{
		"linux/amd64":  "Linux x86_64",
		"linux/arm64":  "Linux aarch64",
		"darwin/amd64": "Darwin x86_64",
		"darwin/arm64": "Darwin arm64",
	}[built["GOOS"]+"/"+built["GOARCH"]]
}

// uploadScript reads the packed executable, checks it and moves it to its path. It
// prints "damaged" if the checksum differs.
const uploadScript = `set -eu
umask 077
trap 'rm -f "$2.$3"' EXIT
gzip -dc >"$2.$3" || true
if echo "$1  $2.$3" | sha256sum -c - >/dev/null 2>&1; then
	chmod 755 "$2.$3"
	mv "$2.$3" "$2"
else
	echo damaged
fi
`

// errDamaged means that the uploaded executable has another checksum.
var errDamaged = errors.New("the checksum of the uploaded executable differs")

// upload copies the packed executable to path on the host.
func (h Host) upload(ctx context.Context, packed []byte, sum, path string) error {
	// The random suffix is for hosts that share a home directory.
	lines, err := h.run(ctx, &syscall.SysProcAttr{Setsid: true}, bytes.NewReader(packed), "sh", "-c", uploadScript, "sh", sum, path, rand.Text())
	if err == nil && len(lines) > 0 {
		err = errDamaged
	}
	if err != nil {
		return fmt.Errorf("upload the executable to %s: %w", h.Name, err)
	}
	return nil
}

// Run runs a command on the host and returns the lines that it prints. The error
// quotes the last lines of its standard error.
func (h Host) Run(ctx context.Context, label string, argv ...string) ([]string, error) {
	p, err := h.Start(label, argv...)
	if err != nil {
		return nil, err
	}
	return p.finish(ctx)
}

// finish closes the process's standard input and returns the lines that it prints
// until its end.
func (p *Process) finish(ctx context.Context) (lines []string, err error) {
	p.closeStdin.Do(func() { p.stdin.Close() })
	for {
		line, err := p.Receive(ctx)
		switch {
		case err == nil:
			lines = append(lines, string(line))
		case ctx.Err() != nil:
			p.Stop(0)
			return nil, err
		default: // it has ended
			return lines, p.exit()
		}
	}
}

// run runs one step of staging with the given standard input.
func (h Host) run(ctx context.Context, attr *syscall.SysProcAttr, stdin io.Reader, argv ...string) ([]string, error) {
	p, err := h.start("staging", argv, attr, h.patience())
	if err != nil {
		return nil, err
	}
	return p.feed(ctx, stdin)
}

// feed sends the standard input and returns what the process prints. It kills the
// process if it reads no input for as long as a start may take, or does not end within
// that time afterwards. The upload as a whole has no time limit.
func (p *Process) feed(ctx context.Context, stdin io.Reader) ([]string, error) {
	stop := context.AfterFunc(ctx, func() { p.giveUp(context.Cause(ctx)) })
	defer stop()
	limit := p.patience.start
	stalled := time.AfterFunc(limit, func() { p.giveUp(fmt.Errorf("no progress for %v", limit)) })
	defer stalled.Stop()
	for chunk := make([]byte, 16<<10); stdin != nil; {
		n, err := stdin.Read(chunk)
		if err != nil {
			break
		}
		if p.write(chunk[:n]) != nil {
			break // finish returns why the process ended
		}
		stalled.Reset(limit)
	}
	return p.finish(context.WithoutCancel(ctx))
}
