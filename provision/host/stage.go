package host

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// scriptTime bounds each step of staging.
const scriptTime = 2 * time.Minute

// Stage makes the executable of this machine runnable on the host and returns
// its path there. A copy with the same checksum that is there already is used;
// otherwise it is uploaded and put in its place at once, so that two stagings
// may meet. On a host without Via nothing is done. The error names a host of
// another operating system or architecture as such.
func (h Host) Stage(ctx context.Context, executable string) (string, error) {
	if len(h.Via) == 0 {
		return executable, nil
	}
	program, err := os.ReadFile(executable)
	if err != nil {
		return "", fmt.Errorf("stage on %s: %w", h.Name, err)
	}
	digest := sha256.Sum256(program)
	sum := hex.EncodeToString(digest[:])
	path, present, err := h.find(ctx, sum)
	if err != nil || present {
		return path, err
	}
	if err := h.upload(ctx, program, sum, path); err != nil {
		return "", err
	}
	return path, nil
}

// findScript says what the host is and where the executable is or will be.
const findScript = `set -eu
path=${XDG_CACHE_HOME:-$HOME/.cache}/dhtbench/SUM/dhtbench
mkdir -p "${path%/*}"
uname -sm
echo "$path"
echo "SUM  $path" | sha256sum -c - >/dev/null 2>&1 && test -x "$path" && echo present || echo absent
`

// find looks for the executable with that checksum.
func (h Host) find(ctx context.Context, sum string) (path string, present bool, err error) {
	out, err := h.script(ctx, strings.ReplaceAll(findScript, "SUM", sum))
	if err != nil {
		return "", false, fmt.Errorf("look for the executable on %s: %w", h.Name, err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		return "", false, fmt.Errorf("look for the executable on %s: want 3 lines, got %q", h.Name, out)
	}
	if here := unameHere(); lines[0] != here {
		return "", false, fmt.Errorf("host %s is %s and this program was built for %s: use hosts like this machine, or run it on one like them", h.Name, lines[0], here)
	}
	// ssh joins its arguments and has a shell take them apart again.
	if path = lines[1]; strings.ContainsAny(path, " \t\"'\\$`&|;<>()*?[]{}#~!") {
		return "", false, fmt.Errorf("host %s: the folder of %q has a character that a shell would take for its own: set XDG_CACHE_HOME there", h.Name, path)
	}
	return path, lines[2] == "present", nil
}

// unameHere is what `uname -sm` says on a machine that this program was built
// for.
func unameHere() string {
	system := map[string]string{"linux": "Linux", "darwin": "Darwin"}[runtime.GOOS]
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		machine = "arm64"
	}
	return system + " " + machine
}

// placeScript unpacks what was uploaded, checks it and puts it in its place.
const placeScript = `set -eu
gzip -dc PART >PART.new
echo "SUM  PART.new" | sha256sum -c - >/dev/null
chmod 755 PART.new
mv PART.new PATH_
rm PART
`

// upload copies the program to path on the host. No step needs an argument that
// a shell could misread, so that any prefix will do.
func (h Host) upload(ctx context.Context, program []byte, sum, path string) error {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(program); err != nil {
		return fmt.Errorf("pack the executable: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("pack the executable: %w", err)
	}
	part := path + "." + rand.Text() // hosts may share a home folder
	if _, err := h.run(ctx, &packed, "dd", "of="+part); err != nil {
		return fmt.Errorf("upload the executable to %s: %w", h.Name, err)
	}
	script := strings.NewReplacer("PART", part, "SUM", sum, "PATH_", path).Replace(placeScript)
	if _, err := h.script(ctx, script); err != nil {
		return fmt.Errorf("put the executable in its place on %s: %w", h.Name, err)
	}
	return nil
}

// script runs a shell script on the host and returns what it prints.
func (h Host) script(ctx context.Context, text string) (string, error) {
	return h.run(ctx, strings.NewReader(text), "sh")
}

// run runs a command on the host with that standard input and returns what it
// prints. The error quotes the last lines of its standard error.
func (h Host) run(ctx context.Context, stdin io.Reader, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, scriptTime, fmt.Errorf("not done within %v", scriptTime))
	defer cancel()
	argv = append(append([]string(nil), h.Via...), argv...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var stdout bytes.Buffer
	var stderr tail
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, stderr.String())
	}
	return stdout.String(), nil
}
