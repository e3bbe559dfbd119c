package bench

import (
	"slices"
	"strings"
	"testing"
)

func TestClientCounts(t *testing.T) {
	for text, want := range map[string][]int{
		"1-8":        {1, 2, 3, 4, 5, 6, 7, 8},
		"4":          {4},
		"8,1,2-3, 2": {1, 2, 3, 8},
	} {
		var got ClientCounts
		if err := got.UnmarshalText([]byte(text)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "3-1", "-2", "1-", "a", "1,,2", "1-99999999", "1.5"} {
		var got ClientCounts
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "number of clients") {
			t.Errorf("%q: %v, error %v, want one that says what is expected", text, got, err)
		}
	}
}
