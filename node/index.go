package node

// slot is the place of an entry and 32 bits of its key's hash.
type slot struct {
	tag uint32
	at  ref // 0: the slot is empty
}

// index is a hash table of slots, with linear probing. It has no pointers, and
// needs no keys to grow.
type index struct {
	slots []slot // a power of two; at least an eighth is empty
	used  int
}

// next returns the number of the slot after slot i.
func (x *index) next(i int) int { return (i + 1) & (len(x.slots) - 1) }

// home returns the number of the slot where the search for a tag begins.
func (x *index) home(tag uint32) int { return int(tag) & (len(x.slots) - 1) }

// add puts s into slot i, the empty one where the search for it ended. It doubles
// an index that has become too full.
func (x *index) add(i int, s slot) {
	x.slots[i] = s
	x.used++
	if x.used <= len(x.slots)/8*7 {
		return
	}
	old := x.slots
	x.slots = make([]slot, 2*len(old))
	for _, s := range old {
		if s.at != 0 {
			i := x.home(s.tag)
			for x.slots[i].at != 0 {
				i = x.next(i)
			}
			x.slots[i] = s
		}
	}
}

// remove empties slot i, and moves slots after it so that every search still finds
// its slot before an empty one.
func (x *index) remove(i int) {
	x.used--
	mask := len(x.slots) - 1
	for j := x.next(i); x.slots[j].at != 0; j = x.next(j) {
		if (j-x.home(x.slots[j].tag))&mask >= (j-i)&mask {
			x.slots[i] = x.slots[j]
			i = j
		}
	}
	x.slots[i] = slot{}
}
