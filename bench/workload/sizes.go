package workload

import (
	"fmt"
	"strconv"
	"strings"
)

// Sizes is the distribution of the lengths of values, in bytes, 0 to 1 MiB.
// Sizes with equal text are equal.
//
// The text form is one of
//
//	32                   all the same
//	uniform:10-100       10 to 100, with equal probability
//	bimodal:32,1024,0.9  32 with probability 0.9, else 1024
type Sizes struct {
	Kind      string  // fixed, uniform or bimodal; empty: not chosen, all values have Low bytes
	Low, High int     // both the same where fixed
	Share     float64 // of Low where bimodal, above 0 and below 1; else 0
}

const (
	// maxSize is the longest value of a workload. Stores may have lower limits.
	maxSize = 1 << 20

	sizesFixed   = "fixed"
	sizesUniform = "uniform"
	sizesBimodal = "bimodal"
)

// FixedSizes returns the distribution of values that all have the given length.
func FixedSizes(bytes int) Sizes { return Sizes{Kind: sizesFixed, Low: bytes, High: bytes} }

// UnmarshalText reads the text form. Empty text is the zero Sizes.
func (s *Sizes) UnmarshalText(text []byte) error {
	parsed, err := parseSizes(string(text))
	if err != nil {
		return fmt.Errorf("value sizes %q: %w", text, err)
	}
	*s = parsed
	return nil
}

func parseSizes(text string) (Sizes, error) {
	if text == "" {
		return Sizes{}, nil
	}
	word, rest, isKind := strings.Cut(text, ":")
	switch {
	case !isKind:
		bytes, err := parseSize(text)
		return FixedSizes(bytes), err
	case word == sizesUniform:
		low, high, isRange := strings.Cut(rest, "-")
		if !isRange {
			return Sizes{}, fmt.Errorf("want the smallest and the largest size, such as uniform:10-100")
		}
		return parsePair(sizesUniform, low, high)
	case word == sizesBimodal:
		parts := strings.Split(rest, ",")
		if len(parts) != 3 {
			return Sizes{}, fmt.Errorf("want two sizes and the share of the first, such as bimodal:32,1024,0.9")
		}
		share, err := parsePositive(parts[2])
		if err != nil || share >= 1 {
			return Sizes{}, fmt.Errorf("the share %q of the small values is not above 0 and below 1", parts[2])
		}
		s, err := parsePair(sizesBimodal, parts[0], parts[1])
		if s.Kind == sizesBimodal {
			s.Share = share
		}
		return s, err
	}
	return Sizes{}, fmt.Errorf("want a number of bytes, uniform:10-100 or bimodal:32,1024,0.9")
}

// parsePair parses two sizes, the smaller one first. Equal sizes give fixed sizes,
// so that these have only one text form.
func parsePair(kind, low, high string) (Sizes, error) {
	from, err := parseSize(low)
	if err != nil {
		return Sizes{}, err
	}
	to, err := parseSize(high)
	if err != nil {
		return Sizes{}, err
	}
	switch {
	case from > to:
		return Sizes{}, fmt.Errorf("%d is above %d: give the smaller size first", from, to)
	case from == to:
		return FixedSizes(from), nil
	}
	return Sizes{Kind: kind, Low: from, High: to}, nil
}

func parseSize(text string) (int, error) {
	bytes, err := strconv.ParseUint(text, 10, 32)
	if err != nil || bytes > maxSize {
		return 0, fmt.Errorf("size %q is not a number of bytes from 0 to %d", text, maxSize)
	}
	return int(bytes), nil
}

// MarshalText returns the text form, for UnmarshalText.
func (s Sizes) MarshalText() ([]byte, error) {
	if s == (Sizes{}) {
		return nil, nil
	}
	return []byte(s.String()), nil
}

// String returns the canonical text form of s.
func (s Sizes) String() string {
	switch s.Kind {
	case sizesUniform:
		return fmt.Sprintf("uniform:%d-%d", s.Low, s.High)
	case sizesBimodal:
		return fmt.Sprintf("bimodal:%d,%d,%s", s.Low, s.High, formatNumber(s.Share))
	}
	return strconv.Itoa(s.Low)
}

// Min returns the smallest size.
func (s Sizes) Min() int { return s.Low }

// Max returns the largest size.
func (s Sizes) Max() int { return max(s.Low, s.High) }

// Mean returns the mean size in bytes.
func (s Sizes) Mean() float64 {
	switch s.Kind {
	case sizesUniform:
		return float64(s.Low+s.High) / 2
	case sizesBimodal:
		return s.Share*float64(s.Low) + (1-s.Share)*float64(s.High)
	}
	return float64(s.Low)
}

// pick draws one size.
func (s *Sizes) pick(random *splitmix) int {
	switch s.Kind {
	case sizesUniform:
		return s.Low + int(random.uint64n(uint64(s.High-s.Low)+1))
	case sizesBimodal:
		if random.float64() >= s.Share {
			return s.High
		}
	}
	return s.Low
}

// Spread returns up to n sizes that approximate the distribution of s: its quantiles
// at equal steps.
func (s Sizes) Spread(n int) []int {
	if s.Low == s.Max() {
		return []int{s.Low}
	}
	sizes := make([]int, n)
	for i := range sizes {
		share := (float64(i) + 0.5) / float64(n)
		switch {
		case s.Kind == sizesUniform:
			sizes[i] = s.Low + int(share*float64(s.High-s.Low+1))
		case share < s.Share:
			sizes[i] = s.Low
		default:
			sizes[i] = s.High
		}
	}
	return sizes
}
