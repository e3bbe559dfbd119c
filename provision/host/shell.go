package host

import (
	"bytes"
	"errors"
	"strings"
	"time"
)

// marker is the line that precedes the output of a command on a host. Everything
// before it comes from the prefix or from startup files of a shell.
const marker = "dhtbench: the output of the command follows"

// shellLine returns the line that makes a shell print the marker and execute argv
// in its place. It is the only place where arguments are quoted for a shell, so
// it does not matter whether the prefix passes arguments to a shell, as ssh does.
//
// Note: a shell may read more than the line, so nothing else may be sent to it
// before the marker came.
func shellLine(argv []string) string {
	words := make([]string, 0, len(argv))
	for _, arg := range argv {
		words = append(words, quote(arg))
	}
	return "echo " + quote(marker) + "; exec " + strings.Join(words, " ") + "\n"
}

// quote quotes a word for a POSIX shell.
func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// awaitStart kills the process if the marker does not come.
func (p *Process) awaitStart() {
	timer := time.NewTimer(p.patience.start)
	defer timer.Stop()
	select {
	case <-p.started:
	case <-p.done:
	case <-timer.C:
		p.giveUp(p.notStarted())
	}
}

// Errors of a prefix that does not connect the streams of one command.
var (
	errTerminal = errors.New("the prefix allocates a terminal; use -i instead of -it, and ssh without -t")
	errLabels   = errors.New("the prefix labels the lines of the output; unset SLURM_LABELIO")
	errRepeated = errors.New("the prefix runs the command several times; with srun, add -N1 -n1")
	errNoInput  = errors.New("the prefix does not connect standard input; podman exec and kubectl exec need -i")
)

// isStart reports whether a line before the output is the marker. The error is
// about a marker that the prefix has changed.
func isStart(line []byte) (bool, error) {
	switch text := string(line); {
	case text == marker:
		return true, nil
	case text == marker+"\r":
		return false, errTerminal
	case bytes.HasSuffix(line, []byte(": "+marker)):
		return false, errLabels
	}
	return false, nil
}

// advice returns what to do about the last lines of a process that ended, or "".
func advice(text string) string {
	has := func(part string) bool { return strings.Contains(text, part) }
	switch {
	case has("Permission denied ("), has("Host key verification failed"), has("passphrase"):
		return "ssh needs an answer, and only the first connection to a host can ask for it: add the key to ssh-agent, set ControlMaster and ControlPersist in ssh_config, or accept the host key; `ssh -o BatchMode=yes HOST true` must succeed"
	case has("ermission denied"), has("ead-only file system"):
		return "the directory for the executable is not writable; add `env XDG_CACHE_HOME=DIRECTORY` to via"
	}
	return ""
}
