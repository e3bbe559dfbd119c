package results

// Warning is one reason not to trust a trial. Its sentence is made from Code and
// the numbers, see [Warning.String].
type Warning struct {
	Code  string  `json:"code"`           // of the detector, such as agent-cpu
	Level Verdict `json:"level"`          // Suspect or Invalid
	Host  string  `json:"host,omitempty"` // that it is about; empty: the whole trial
	Node  *int    `json:"node,omitempty"` // id of the node process that it is about; nil: none
	Value float64 `json:"value"`          // what was measured, in the unit of the code
	Limit float64 `json:"limit"`          // what Value exceeds, or falls short of
	// Text is the sentence of a Legacy warning; empty in all others.
	Text string `json:"text,omitempty"`
}

// Legacy is the code of warnings of schemas 1 and 2, which recorded sentences.
const Legacy = "legacy"

// String is the warning as a sentence.
func (w Warning) String() string { return w.Text }
