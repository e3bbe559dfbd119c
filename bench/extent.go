package bench

import (
	"fmt"
	"strconv"
	"time"
)

// Extent is how much of something to do: a number of operations, or for how
// long. It is written "1000" or "2s".
type Extent struct {
	Operations int
	Duration   time.Duration // 0: Operations count
}

// UnmarshalText reads such a text.
func (e *Extent) UnmarshalText(text []byte) error {
	if n, err := strconv.Atoi(string(text)); err == nil {
		*e = Extent{Operations: n}
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q: want a number of operations or a time, as 1000 or 2s", text)
	}
	*e = Extent{Duration: d}
	return nil
}
