package bench

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// packAbove is the length in bytes from which a line is packed.
const packAbove = 4 << 10

// packed is a line that contains a longer one, compressed with flate.
type packed struct {
	Packed []byte `json:"packed"`
}

// pack compresses a long line, such as a result, because links may be slow.
func pack(line []byte) ([]byte, error) {
	if len(line) < packAbove {
		return line, nil
	}
	var short bytes.Buffer
	w, err := flate.NewWriter(&short, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	_, err = w.Write(line)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return json.Marshal(packed{short.Bytes()})
}

// unpack is the inverse of pack.
func unpack(line []byte) ([]byte, error) {
	if !bytes.HasPrefix(line, []byte(`{"packed":`)) {
		return line, nil
	}
	var p packed
	if err := json.Unmarshal(line, &p); err != nil {
		return nil, err
	}
	whole, err := io.ReadAll(flate.NewReader(bytes.NewReader(p.Packed)))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return whole, nil
}
