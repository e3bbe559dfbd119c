package node

import (
	"fmt"
	"strings"
	"time"
)

// Stall is a fault that a node can be told to have: again and again it answers
// nothing for a while. Its windows are fixed to the host's CLOCK_MONOTONIC: at
// reading t the node stalls if t mod Every < For. So what it does to a schedule
// of requests is known without measuring: one that arrives x into a window is
// answered For - x later than it would have been.
//
// The zero value is no fault; otherwise 0 < For < Every.
type Stall struct {
	For   time.Duration
	Every time.Duration
}

// UnmarshalText reads a stall as String writes it: 600ms/1s, and empty for none.
func (s *Stall) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Stall{}
		return nil
	}
	length, every, _ := strings.Cut(string(text), "/")
	d, err1 := time.ParseDuration(length)
	p, err2 := time.ParseDuration(every)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("read stall %q: want two durations, how long and how often, as 600ms/1s", text)
	}
	if d <= 0 || d >= p {
		return fmt.Errorf("read stall %q: want more than 0, and less than the %v from one to the next", text, p)
	}
	*s = Stall{For: d, Every: p}
	return nil
}

// String is the stall as UnmarshalText reads it, and empty for none.
func (s Stall) String() string {
	if s == (Stall{}) {
		return ""
	}
	return s.For.String() + "/" + s.Every.String()
}

// MarshalText is String.
func (s Stall) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// left is how long the window goes on at that reading of the clock, in
// nanoseconds; 0: there is none.
func (s Stall) left(now int64) int64 {
	return max(0, int64(s.For)-now%int64(s.Every))
}
