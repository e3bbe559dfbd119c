package target

import (
	"errors"
	"fmt"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// longestLine bounds a line of a reply in bytes: it is a status or an error.
const longestLine = 1024

// readValue reads a value of the length that digits announce, and the CRLF after it.
// A length above most is an error at once.
func readValue(in *node.Reader, digits []byte, most int) ([]byte, error) {
	n, ok := length(digits, most)
	if !ok {
		return nil, fmt.Errorf("length of value %.100q: must be 0 to %d", digits, most)
	}
	value, err := in.Take(n + 2)
	if err != nil {
		return nil, fmt.Errorf("read value: %w", err)
	}
	if value[n] != '\r' || value[n+1] != '\n' {
		return nil, errors.New("value: no CRLF after its announced length")
	}
	return value[:n:n], nil
}

// length returns the decimal number, and whether it is one of at most most.
func length(digits []byte, most int) (n int, ok bool) {
	for _, digit := range digits {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = 10*n + int(digit-'0')
		if n > most {
			return 0, false
		}
	}
	return n, len(digits) > 0
}

// unexpected is the error of a line that is no reply to op.
func unexpected(line []byte, op workload.Op) error {
	return fmt.Errorf("unexpected reply to %v: %.100q", op, line)
}
