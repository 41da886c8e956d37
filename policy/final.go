package policy

// What is adopted with amendments is adopted as a text that nobody has handed in yet. The
// General Secretariat enters it under its own number, and a second person confirms it: the
// final text then stands in the place of the one that was handed in.

// judgeFinal says whether a final text may be entered: once, of what was adopted with
// amendments.
func judgeFinal(s Standing, a Act, facts Facts) error {
	switch {
	case s.State != StateClosed:
		return Refuse(CodeNotOpen, "%s is not settled: its final text is entered once it is adopted with amendments", s.Subject)
	case s.Outcome != AdoptedWithAmendments && s.Positive():
		return Refuse(CodeNotOpen, "%s was settled on %s: %s, as it was handed in; what is to be put right in it is recorded as a corrigendum", s.Subject, s.ClosedOn, s.Outcome.Title())
	case s.Outcome != AdoptedWithAmendments:
		return Refuse(CodeNotOpen, "%s was settled on %s: %s; it has no final text", s.Subject, s.ClosedOn, s.Outcome.Title())
	case !s.AwaitsFinal():
		return Refuse(CodeAlreadyDecided, "the final text of %s was entered: rectify that, or record a corrigendum", s.Subject)
	case a.Date.Before(s.ClosedOn):
		return wrongDate("%s lies before the adoption of %s on %s", a.Date, s.Subject, s.ClosedOn)
	case a.Digest == s.Digest:
		return missing("document", "the text is the one that was handed in: the final text has a number of its own")
	case facts.Stored && a.Content == "" && !a.Marking.Above(facts.Limits.Ceiling):
		return missing("content", "the cycle keeps what stands in %s: enter the content of its final text, too", s.Subject)
	}
	return nil
}

// FinalText is the final text of what was adopted with amendments, as it was entered.
type FinalText struct {
	ID       string      `json:"id"`
	Document DocumentRef `json:"document"`
	On       Date        `json:"on"`
	// Version is that of the text: it comes after the one that was adopted.
	Version int     `json:"version"`
	Marking Marking `json:"marking,omitempty"`
	Holder  string  `json:"holder,omitempty"`
	// Content is the digest of it, where that is kept here; empty where it is not.
	Content string `json:"content,omitempty"`
	By      string `json:"by,omitempty"` // NAME@BODY
	// Pending says that it waits for a second person, and has no effect.
	Pending bool `json:"pending,omitempty"`
}

// FinalTextIn gives the final text among what is recorded on a subject: the one that waits for
// a second person, or else the one in effect; nil for none.
func FinalTextIn(records []Recorded) *FinalText {
	found := PendingIn(records)
	pending := found != nil && found.Kind == ActFinalise
	if !pending {
		found = nil
		for _, r := range TextsOn(records) {
			if r.Kind == ActFinalise {
				found = &r
			}
		}
	}
	if found == nil {
		return nil
	}
	return &FinalText{
		ID: found.ID, Document: found.Document, On: found.Date, Version: found.Version, Marking: found.Marking, Holder: found.Holder,
		Content: found.Content, By: found.By.String(), Pending: pending,
	}
}
