package lab

import "time"

// Limits of the queue.
const (
	maxQueue = 16384 // frames; 32 MiB
	slotSize = 2048  // a frame has up to 1,518 bytes
)

// queue holds frames until they are due, in order of arrival. That is also the
// order of their due times, since all have the same delay. A queue is not safe for
// concurrent use.
type queue struct {
	slots   []byte   // slotSize bytes each
	free    []int32  // unused slots; the last one is taken first, as it may be in the cache
	waiting []parcel // a ring
	head, n int
}

// parcel is a frame in the queue.
type parcel struct {
	due  time.Duration // on the forwarder's clock
	slot int32
	size int32
	to   int32 // file descriptor
}

func newQueue() *queue {
	q := &queue{slots: make([]byte, maxQueue*slotSize), free: make([]int32, maxQueue), waiting: make([]parcel, maxQueue)}
	for i := range q.free {
		q.free[i] = int32(maxQueue - 1 - i)
	}
	return q
}

// space returns the buffer for the next frame. It is nil when the queue is full,
// and the same until push.
func (q *queue) space() []byte {
	if len(q.free) == 0 {
		return nil
	}
	return q.bytes(q.free[len(q.free)-1], slotSize)
}

// push adds the frame of the given size that was read into space.
func (q *queue) push(due time.Duration, to, size int) {
	slot := q.free[len(q.free)-1]
	q.free = q.free[:len(q.free)-1]
	q.waiting[(q.head+q.n)%maxQueue] = parcel{due: due, slot: slot, size: int32(size), to: int32(to)}
	q.n++
}

// first returns the frame that is due first. The queue must not be empty. The
// bytes are valid until pop.
func (q *queue) first() (parcel, []byte) {
	p := q.waiting[q.head]
	return p, q.bytes(p.slot, int(p.size))
}

// pop removes the first frame.
func (q *queue) pop() {
	q.free = append(q.free, q.waiting[q.head].slot)
	q.head = (q.head + 1) % maxQueue
	q.n--
}

func (q *queue) bytes(slot int32, size int) []byte {
	start := int(slot) * slotSize
	return q.slots[start : start+size]
}
