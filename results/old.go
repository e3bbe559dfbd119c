package results

import "encoding/json"

// oldTrial is the fields of schemas 1 and 2 that differ from schema 3.
type oldTrial struct {
	Trial
	Params   oldParams   `json:"params"`
	Clients  []oldClient `json:"clients"`
	Baseline *Baseline   `json:"null"`
	Warnings []string    `json:"warnings"`
}

type oldParams struct {
	Params
	Breakdown bool `json:"anatomy"`
}

type oldClient struct {
	Client
	Queued    int64      `json:"held"`
	Breakdown *Breakdown `json:"anatomy"`
}

// decodeOld reads a record of schema 1 or 2 into the form of schema 3. Fields that are
// new there stay zero. The schema number stays, since it says how the timeline was
// counted. Schema 1 had no verdict: any warning made a trial suspect.
func decodeOld(line []byte) (Trial, error) {
	var old oldTrial
	if err := json.Unmarshal(line, &old); err != nil {
		return Trial{}, err
	}
	t := old.Trial
	t.Params = old.Params.Params
	t.Params.Breakdown = old.Params.Breakdown
	t.Baseline = old.Baseline
	for _, c := range old.Clients {
		c.Client.Queued, c.Client.Breakdown = c.Queued, c.Breakdown
		t.Clients = append(t.Clients, c.Client)
	}
	if t.Verdict == "" && t.Schema == 1 {
		t.Verdict = Valid
		if len(old.Warnings) > 0 {
			t.Verdict = Suspect
		}
	}
	for i, text := range old.Warnings {
		w := Warning{Code: Legacy, Level: Suspect, Text: text}
		if i == 0 && t.Verdict == Invalid { // the worst came first
			w.Level = Invalid
		}
		t.Warnings = append(t.Warnings, w)
	}
	return t, nil
}
