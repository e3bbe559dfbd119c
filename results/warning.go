package results

// Warning is one reason not to trust a trial. [Warning.String] makes a sentence of
// it, [Group] one of those of several trials.
type Warning struct {
	Code  string  `json:"code"`           // of the detector, such as agent-cpu
	Level Verdict `json:"level"`          // Suspect or Invalid
	Host  string  `json:"host,omitempty"` // that it is about; empty: the whole trial
	Node  *int    `json:"node,omitempty"` // id of the node process that it is about; nil: none
	// Value is what exceeds Limit, in the unit of the code: a share (1 is all), a
	// number of operations, or seconds. A drift is signed; it is its size that exceeds
	// Limit.
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	// Text is the sentence of a Legacy warning; empty in all others.
	Text string `json:"text,omitempty"`
}

// Legacy is the code of warnings of schemas 1 and 2, which recorded sentences.
const Legacy = "legacy"
