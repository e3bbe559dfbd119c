package workload

import (
	"fmt"
	"strconv"
	"strings"
)

// Keys is the distribution by which a mix chooses the record of each operation.
// Records are numbered from 0 in the order of their creation. Keys with equal text
// are equal.
//
// The text form is one of
//
//	uniform       all records with equal probability
//	zipfian:0.99  record i with a probability proportional to 1/(i+1)^0.99
//	latest:0.99   the same, counted from the newest record back
//	sequential    one after the other, starting over after the last
//
// The exponent can be any number above 0. The default is YCSB's 0.99.
type Keys struct {
	Kind  string  // uniform, zipfian, latest or sequential; empty: not chosen, which means uniform
	Theta float64 // exponent of zipfian and latest; 0 means 0.99
}

const (
	keysUniform    = "uniform"
	keysZipfian    = "zipfian"
	keysLatest     = "latest"
	keysSequential = "sequential"

	// defaultTheta is the exponent of YCSB (Cooper et al., SoCC 2010).
	defaultTheta = 0.99
)

// UnmarshalText reads the text form. Empty text is the zero Keys.
func (k *Keys) UnmarshalText(text []byte) error {
	kind, theta, given := strings.Cut(string(text), ":")
	parsed := Keys{Kind: kind}
	switch {
	case kind == keysZipfian || kind == keysLatest:
		parsed.Theta = defaultTheta
		if given {
			var err error
			if parsed.Theta, err = parsePositive(theta); err != nil {
				return fmt.Errorf("keys %q: the exponent after %s: %w, such as %s:0.99", text, kind, err, kind)
			}
		}
	case kind == keysUniform || kind == keysSequential:
		if given {
			return fmt.Errorf("keys %q: %s takes no number: write %s", text, kind, kind)
		}
	case kind != "" || given:
		return fmt.Errorf("keys %q: want uniform, zipfian:0.99, latest or sequential", text)
	}
	*k = parsed
	return nil
}

// maxNumber bounds numbers in text, so that sums of them stay finite.
const maxNumber = 1e9

// parsePositive reads a number above 0 and at most maxNumber.
func parsePositive(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x > 0 && x <= maxNumber) {
		return 0, fmt.Errorf("%q is not a number above 0 and at most %g", text, float64(maxNumber))
	}
	return x, nil
}

// formatNumber returns the shortest text that parses as x.
func formatNumber(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// MarshalText returns the text form, for UnmarshalText.
func (k Keys) MarshalText() ([]byte, error) {
	if k == (Keys{}) {
		return nil, nil
	}
	return []byte(k.String()), nil
}

// String returns the canonical text form of k.
func (k Keys) String() string {
	switch {
	case k.Kind == "":
		return keysUniform
	case k.Kind == keysZipfian, k.Kind == keysLatest && k.theta() != defaultTheta:
		return k.Kind + ":" + formatNumber(k.theta())
	}
	return k.Kind
}

func (k Keys) theta() float64 {
	if k.Theta == 0 {
		return defaultTheta
	}
	return k.Theta
}

// picker chooses records for one client. It is not safe for concurrent use.
type picker interface {
	// pick returns a number in [0, population). The population must not be 0 and
	// may differ from call to call: it grows as records are inserted.
	pick(random *splitmix, population uint64) uint64
}

// picker returns a new picker for about the given number of records, in constant
// time.
func (k Keys) picker(records uint64) picker {
	switch k.Kind {
	case "", keysUniform:
		return uniformPicker{}
	case keysZipfian:
		return newZipf(k.theta(), records)
	case keysLatest:
		return latestPicker{newZipf(k.theta(), records)}
	case keysSequential:
		return new(sequentialPicker)
	}
	panic(fmt.Sprintf("bench: keys of kind %q, which UnmarshalText does not read", k.Kind))
}

type uniformPicker struct{}

func (uniformPicker) pick(random *splitmix, population uint64) uint64 {
	return random.uint64n(population)
}

type latestPicker struct{ back *zipf }

func (p latestPicker) pick(random *splitmix, population uint64) uint64 {
	return population - 1 - p.back.pick(random, population)
}

// sequentialPicker is the number to pick next.
type sequentialPicker uint64

func (p *sequentialPicker) pick(_ *splitmix, population uint64) uint64 {
	i := uint64(*p)
	if i >= population {
		i = 0
	}
	*p = sequentialPicker(i + 1)
	return i
}
