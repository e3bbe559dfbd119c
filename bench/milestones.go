package bench

// marks is the number of recorded points of a client's progress. The number of
// operations in any window is computed from them.
const marks = 100

// milestones keeps the completion of every stride-th operation of one client. When
// it is full it drops every other one and doubles the stride, so that the number of
// operations need not be known. The zero value is ready to use.
type milestones struct {
	kept  [2 * marks]int64 // kept[i] is the completion of operation (i+1) << shift
	n     int              // kept
	shift uint             // the stride is 1 << shift
	done  int64
	last  int64 // the latest completion
}

// add counts one operation.
func (p *milestones) add(completion int64) {
	p.done++
	p.last = max(p.last, completion)
	if p.done&(1<<p.shift-1) != 0 {
		return
	}
	if p.n == len(p.kept) {
		p.n /= 2
		for i := range p.n {
			p.kept[i] = p.kept[2*i+1]
		}
		p.shift++
		if p.done&(1<<p.shift-1) != 0 {
			return
		}
	}
	p.kept[p.n] = p.last // completions are out of order by up to one reading of the clock
	p.n++
}

// marks returns when equal shares of the operations were complete: 1/n of them,
// 2/n and so on, n being marks or the number of operations if that is less.
func (p *milestones) marks() []int64 {
	n := min(p.done, marks)
	all := make([]int64, n)
	for i := range all {
		all[i] = p.at(float64(i+1) / float64(n) * float64(p.done))
	}
	return all
}

// at returns when so many operations were complete, interpolated between kept
// completions.
func (p *milestones) at(operations float64) int64 {
	stride := float64(int64(1) << p.shift)
	i := int(operations / stride) // of kept, that many end no later
	switch {
	case operations >= float64(p.done):
		return p.last
	case i == 0:
		return p.kept[0]
	}
	before, after, span := p.kept[i-1], p.last, float64(p.done)-float64(i)*stride
	if i < p.n {
		after, span = p.kept[i], stride
	}
	return before + int64(float64(after-before)*(operations-float64(i)*stride)/span)
}
