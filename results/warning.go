package results

// Warning is one reason not to trust a trial. [Warning.String] formats it as a sentence;
// [Group] combines those of several trials.
type Warning struct {
	Code  string  `json:"code"`           // of the detector, such as agent-cpu
	Level Verdict `json:"level"`          // Suspect or Invalid
	Host  string  `json:"host,omitempty"` // name of its host; empty for the whole trial
	Node  *int    `json:"node,omitempty"` // id of its node process; nil if none
	// Value is what exceeds Limit, in the unit of the code: a share (1 is all), a number
	// of operations, or seconds. A drift is signed; its absolute value exceeds Limit.
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	// Text is the sentence of a Legacy warning; it is empty in others.
	Text string `json:"text,omitempty"`
}

// Legacy is the code of warnings of schemas 1 and 2, which recorded only sentences.
const Legacy = "legacy"
