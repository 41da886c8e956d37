package policy

// Corrigendum is a correction of what was adopted, under a number with COR. A
// linguistic one leaves the decision as it is; a substantive one makes it stale
// until what it says is adopted anew, as an item that names it.
type Corrigendum struct {
	ID          string      `json:"id"`
	Document    DocumentRef `json:"document"`
	On          Date        `json:"on"`
	Substantive bool        `json:"substantive"`
	// AdoptedBy is the path of the item by which a substantive one was adopted;
	// empty while it waits.
	AdoptedBy string `json:"adopted_by,omitempty"`
	// Content is the digest of its text, where that is kept here; empty where it is not.
	Content string `json:"content,omitempty"`
	// Version is that of the whole text as corrected, where the corrigendum brings it;
	// left out where it says only what is to be read otherwise.
	Version int `json:"version,omitempty"`
}

// Stale says whether the corrigendum makes the decision stale.
func (c Corrigendum) Stale() bool { return c.Substantive && c.AdoptedBy == "" }

// CorrigendaOn gives the corrigenda among what is recorded on a subject. adopted gives
// how the items stand by which they were adopted: see Records.Adopting.
func CorrigendaOn(records []Recorded, adopted map[string]Standing) []Corrigendum {
	var all []Corrigendum
	for _, r := range records {
		if r.Kind != ActCorrect {
			continue
		}
		c := Corrigendum{ID: r.ID, Document: r.Document, On: r.Date, Substantive: r.Substantive, Content: r.Content}
		if item, settled := adopted[r.ID]; settled {
			c.AdoptedBy = item.Subject.Path()
		}
		if r.Whole() {
			c.Version = r.Version
		}
		all = append(all, c)
	}
	return all
}

// judgeCorrection says whether a corrigendum may be recorded: on what was settled
// with a positive outcome, and not before that.
func judgeCorrection(s Standing, a Act) error {
	switch {
	case !s.Positive():
		return Refuse(CodeNotOpen, "%s is not adopted: hand in a new version, or rectify the one that stands", s.Subject)
	case a.Date.Before(s.ClosedOn):
		return wrongDate("%s lies before the adoption of %s on %s", a.Date, s.Subject, s.ClosedOn)
	case a.Digest == s.Digest:
		return missing("digest", "the text is the one that was adopted: nothing is corrected")
	}
	return nil
}
