package node

import (
	"context"
	"testing"
	"time"
)

func TestHiccupMeterKeepsLatest(t *testing.T) {
	m := new(HiccupMeter)
	if got := m.Between(0, 1<<62); got != nil {
		t.Errorf("hiccups of a new meter: %v", got)
	}
	const ms = int64(time.Millisecond)
	at := func(now int64) func() int64 { return func() int64 { return now } }
	m.record(0, at(ms-1)) // too short
	for i := range int64(keptHiccups + 5) {
		m.record(i*100*ms, at(i*100*ms+2*ms))
	}
	all := m.Between(0, 1<<62)
	if len(all) != keptHiccups {
		t.Fatalf("%d hiccups are kept, want %d", len(all), keptHiccups)
	}
	for i, h := range all {
		if want := (Hiccup{AtNS: int64(i+5)*100*ms + 2*ms, NS: 2 * ms}); h != want {
			t.Fatalf("hiccup %d is %+v, want %+v", i, h, want)
		}
	}
	got := m.Between(all[3].AtNS, all[5].AtNS)
	if len(got) != 2 || got[0] != all[4] || got[1] != all[5] {
		t.Errorf("between the 4th, exclusive, and the 6th: %v", got)
	}
}

// A meter runs until its context ends.
func TestHiccupMeterRuns(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	alarm, err := newAlarm(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m := &HiccupMeter{clock: NewClock()}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.watch(alarm, 0)
	}()
	cancel()
	<-ended
	if err := new(HiccupMeter).Start(t.Context()); err != nil {
		t.Error(err)
	}
}

// An alarm rings at its instants, never early, and counts the ones missed.
func TestAlarm(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a, err := newAlarm(ctx)
	if err != nil {
		t.Fatal(err)
	}
	clock := NewClock()
	const every = 3 * time.Millisecond
	due := clock.Now() + int64(10*time.Millisecond)
	if err := a.set(due, every); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		rings, err := a.wait()
		if now := clock.Now(); err != nil || rings < 1 || now < due+(rings-1)*int64(every) {
			t.Fatalf("%d rings, %v, %v early", rings, err, time.Duration(due-now))
		}
		due += rings * int64(every)
	}
	waiting := make(chan error)
	if err := a.set(clock.Now()+int64(time.Hour), 0); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := a.wait()
		waiting <- err
	}()
	cancel()
	if err := <-waiting; err == nil {
		t.Error("the alarm rang after the end of its context")
	}
}
