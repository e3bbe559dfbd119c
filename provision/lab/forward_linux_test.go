package lab

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cable makes a port whose other end the test holds: a pair of sockets carries
// frames as a TAP device does, whole and in order, and needs no root.
func cable(t testing.TB) (fd, end int) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(pair[0], true); err != nil {
		t.Fatal(err)
	}
	for _, fd := range pair {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 4<<20); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { unix.Close(pair[1]) })
	return pair[0], pair[1]
}

// newBench makes a forwarder that runs until the test's end, and returns its
// ports' other ends.
func newBench(t testing.TB, delay time.Duration, all ...port) (*forwarder, map[port]int) {
	t.Helper()
	fds, ends := make(map[port]int), make(map[port]int)
	for _, p := range all {
		fds[p], ends[p] = cable(t)
	}
	f, err := newForwarder(fds, false)
	if err != nil {
		t.Fatal(err)
	}
	f.delay.Store(int64(delay))
	ended := make(chan error, 1)
	go func() { ended <- f.run() }()
	t.Cleanup(func() {
		unix.Shutdown(ends[all[0]], unix.SHUT_RDWR)
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "the port was closed") {
			t.Errorf("forwarder ended with %v", err)
		}
		for _, fd := range fds {
			unix.Close(fd)
		}
	})
	return f, ends
}

// frame is one for a port, with a number and the time on f's clock.
func frame(f *forwarder, to port, number uint64) []byte {
	b := append(append([]byte{}, to.mac()...), port(1).mac()...)
	b = append(b, 8, 0)
	b = binary.BigEndian.AppendUint64(b, number)
	return binary.BigEndian.AppendUint64(b, uint64(f.now()))
}

// read takes the next frame from a port and returns its number and its age.
func read(t testing.TB, f *forwarder, end int) (number uint64, age time.Duration) {
	t.Helper()
	b := make([]byte, slotSize)
	n, err := unix.Read(end, b)
	if err != nil || n != 30 {
		t.Fatalf("read %d bytes: %v", n, err)
	}
	return binary.BigEndian.Uint64(b[14:]), f.now() - time.Duration(binary.BigEndian.Uint64(b[22:]))
}

func TestFramesStayAndKeepTheirOrder(t *testing.T) {
	const delay = 3 * time.Millisecond
	f, ends := newBench(t, delay, 1, 2, coordinator)
	const frames = 2000
	go func() {
		for i := range uint64(frames) {
			for _, to := range []port{2, coordinator} {
				if _, err := unix.Write(ends[1], frame(f, to, i)); err != nil {
					t.Errorf("send: %v", err)
				}
			}
		}
	}()
	var ages []time.Duration
	for i := range uint64(frames) {
		for _, at := range []port{2, coordinator} {
			number, age := read(t, f, ends[at])
			if number != i || age < delay {
				t.Fatalf("%s got frame %d, %v old, want %d, at least %v old", at.name(), number, age, i, delay)
			}
			ages = append(ages, age)
		}
	}
	if sum := f.frames(); sum.Forwarded != 2*frames || sum.Dropped != 0 {
		t.Errorf("%+v", sum)
	}
	t.Logf("age %s; %+v", describe(ages), f.frames())
}

func TestFramesForNobodyGoNowhere(t *testing.T) {
	f, ends := newBench(t, 0, 1, 2)
	for _, to := range [][]byte{
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {0x33, 0x33, 0, 0, 0, 2}, port(3).mac(), {},
	} {
		stray := append(append([]byte{}, to...), frame(f, 2, 1)[6:]...)
		if len(to) == 0 {
			stray = stray[:5]
		}
		if _, err := unix.Write(ends[1], stray); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := unix.Write(ends[1], frame(f, 2, 7)); err != nil {
		t.Fatal(err)
	}
	if number, _ := read(t, f, ends[2]); number != 7 {
		t.Errorf("got frame %d, want 7, the only one for anybody", number)
	}
}

func TestFullQueueDropsAndGoesOn(t *testing.T) {
	f, ends := newBench(t, 2*time.Second, 1, 2)
	const frames = maxQueue + 100
	for i := range uint64(frames) {
		if _, err := unix.Write(ends[1], frame(f, 2, i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint64(maxQueue) {
		if number, _ := read(t, f, ends[2]); number != i {
			t.Fatalf("got frame %d, want %d", number, i)
		}
	}
	if got := f.frames(); got.Forwarded != maxQueue || got.Dropped != frames-maxQueue {
		t.Errorf("%+v, want %d forwarded and %d dropped", got, maxQueue, frames-maxQueue)
	}
}

// BenchmarkForward sends as many frames as one port takes. frames/s is the
// switch's ceiling less what the two test ends take of the same processors.
func BenchmarkForward(b *testing.B) {
	f, ends := newBench(b, 250*time.Microsecond, 1, 2)
	message := frame(f, 2, 0)
	b.ReportAllocs()
	b.ResetTimer()
	go func() {
		for range b.N {
			unix.Write(ends[1], message)
		}
	}()
	for range b.N {
		read(b, f, ends[2])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}

// BenchmarkPacing sends one frame at a time, as one client does: lag is how
// late each was sent, by p50 and p99.
func BenchmarkPacing(b *testing.B) {
	f, ends := newBench(b, 250*time.Microsecond, 1, 2)
	message := frame(f, 2, 0)
	for b.Loop() {
		unix.Write(ends[1], message)
		read(b, f, ends[2])
	}
	got := f.frames()
	b.ReportMetric(float64(got.LagP50), "lag-p50-ns")
	b.ReportMetric(float64(got.LagP99), "lag-p99-ns")
}
