package results

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// packed is buckets in the V2 compressed encoding of HdrHistogram, the same bytes that a
// record has in base64. It takes about 3 kB, and buckets 221 kB. Its buckets are read
// without the library, which would allocate all of them: a record has up to hundreds of
// histograms.
type packed []byte

// Parts of the encoding. A cookie is followed by the length of the compressed payload,
// a header of 40 bytes and the counts; see hdr_encoding.go in the library.
const (
	compressedCookie = 0x1c849304
	payloadCookie    = 0x1c849303
	cookieMask       = ^uint32(0xf0)
	headerBytes      = 40
	// halfBuckets is the number of buckets of equal width that 3 digits need. The width
	// doubles after each group of so many; the first group has twice as many.
	halfBuckets = 1024
	maxBuckets  = 27 * halfBuckets // up to 2^36 ns, the first power of 2 above Highest
)

// each calls visit with the lowest value and the count of each non-empty bucket, in
// ascending order.
func (p packed) each(visit func(value, count int64)) error {
	counts, err := p.inflate()
	if err != nil {
		return err
	}
	for i := int64(0); len(counts) > 0; {
		count, n := binary.Varint(counts)
		if n <= 0 || count < -maxBuckets {
			return errors.New("a damaged count")
		}
		counts = counts[n:]
		if count <= 0 { // a run of empty buckets
			i += max(-count, 1)
			continue
		}
		if i >= maxBuckets {
			return fmt.Errorf("%d values out of range", count)
		}
		value := i
		if half := i / halfBuckets; half > 1 {
			value = (i - (half-1)*halfBuckets) << (half - 1)
		}
		visit(value, count)
		i++
	}
	return nil
}

// inflate returns the encoded counts. It refuses buckets with other bounds.
func (p packed) inflate() ([]byte, error) {
	if len(p) < 8 || binary.BigEndian.Uint32(p)&cookieMask != compressedCookie {
		return nil, errors.New("not the V2 compressed encoding")
	}
	z, err := inflater(p[8:])
	if err != nil {
		return nil, err
	}
	defer inflaters.Put(z)
	var header [headerBytes]byte
	if _, err := io.ReadFull(z, header[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(header[4:])
	if binary.BigEndian.Uint32(header[:])&cookieMask != payloadCookie || length > maxBuckets*binary.MaxVarintLen64 {
		return nil, errors.New("not the V2 encoding")
	}
	precision, low, high := binary.BigEndian.Uint32(header[12:]), binary.BigEndian.Uint64(header[16:]), binary.BigEndian.Uint64(header[24:])
	if precision != digits || low != uint64(Lowest) || high != uint64(Highest) {
		return nil, fmt.Errorf("%d digits from %d to %d ns, want %d from %d to %d", precision, low, high, digits, Lowest, Highest)
	}
	counts := make([]byte, length)
	if _, err := io.ReadFull(z, counts); err != nil {
		return nil, err
	}
	// The checksum is verified at the end.
	if _, err := z.Read(header[:1]); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("bytes after the last count: %v", err)
	}
	return counts, nil
}

// inflaters keeps readers of compressed bytes for the next histogram. Each takes 40 kB.
var inflaters sync.Pool

// inflater returns a reader of compressed bytes.
func inflater(data []byte) (io.ReadCloser, error) {
	z, ok := inflaters.Get().(io.ReadCloser)
	if !ok {
		return zlib.NewReader(bytes.NewReader(data))
	}
	return z, z.(zlib.Resetter).Reset(bytes.NewReader(data), nil)
}

// parsePacked decodes base64, checks the encoding and counts the values in the buckets.
func parsePacked(text []byte) (p packed, values int64, err error) {
	p = make(packed, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(p, text)
	if err != nil {
		return nil, 0, err
	}
	p = p[:n:n]
	overflow := false
	err = p.each(func(_, count int64) {
		values += count
		overflow = overflow || values < 0
	})
	if overflow {
		err = errors.New("too many values")
	}
	return p, values, err
}

// addTo adds the buckets to others.
func (p packed) addTo(buckets *hdr.Histogram) {
	err := p.each(func(value, count int64) { buckets.RecordValues(value, count) }) // cannot fail inside the bounds
	if err != nil {                                                                // cannot happen: it was decoded when it was read
		panic("results: a histogram that was read cannot be unpacked: " + err.Error())
	}
}
