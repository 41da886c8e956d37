package policy

import "time"

// Orders is what a run has to do now, with every date already turned into the
// instant on which the run is to wake. It is what a run learns when it looks
// at the record, and all it needs to know.
type Orders struct {
	// Epoch tells which records the orders come from. Records restored from a copy have
	// another one; orders of before it was carried have none.
	Epoch string `json:"epoch,omitempty"`
	// Renew is when all runs were asked last to continue as new, so that nothing at work
	// was encrypted before it; zero for never. A run that has done so since goes on.
	Renew time.Time `json:"renew,omitzero"`
	// Sequence numbers the state of the record the orders rest on: of orders of one
	// epoch, those with a lower number are older.
	Sequence int64 `json:"sequence"`
	// Definition is the version of the cycle's definition.
	Definition int   `json:"definition"`
	Stage      Stage `json:"stage"`
	Since      Date  `json:"since,omitzero"`
	// Start lists the runs that must have been started.
	Start []Run `json:"start,omitempty"`
	// Missing lists the runs that must be in motion and are not.
	Missing []Run `json:"missing,omitempty"`
	// Notices holds the next reminder of each open subject.
	Notices []DueNotice `json:"notices,omitempty"`
	// WakeAt is when the desired state changes by time alone; zero for never.
	WakeAt time.Time `json:"wake_at,omitzero"`
	// Listed says that Temporal's own list can be asked by where runs stand: the namespace has
	// what that takes.
	Listed bool `json:"listed,omitempty"`
	// Outlook is what people want to know of the run; nil in orders of before it was given,
	// and where nothing can be told.
	Outlook *Outlook `json:"outlook,omitempty"`
}

// UnmarshalJSON reads orders, which another version may have given: a run meets them again
// in its history, and no word in them stops it.
func (o *Orders) UnmarshalJSON(text []byte) error {
	type plain Orders
	return Read(text, (*plain)(o))
}

// DueNotice is the next reminder on a subject.
type DueNotice struct {
	Subject Subject   `json:"subject"`
	Notice  Notice    `json:"notice"`
	At      time.Time `json:"at"`
}

// Receipt says that an act is recorded, durably.
type Receipt struct {
	ID      string  `json:"id"` // ID of the record
	Subject Subject `json:"subject"`
	// Version is the version decided on, or the number that a submission got.
	Version  int       `json:"version,omitempty"`
	Digest   string    `json:"digest,omitempty"` // SHA-256 of that version
	Recorded time.Time `json:"recorded"`         // instant of the record
	// Standing is where the subject stood right after the act.
	Standing Standing `json:"standing"`
	// Words are those of the body that settled it, where they are its own.
	Words Wording `json:"words,omitempty"`
	// Remarks are what is to be known beside: that a date which it fixes is a day off.
	Remarks []string `json:"remarks,omitempty"`
	// Remarked are the same, and of what they were made.
	Remarked []Remark `json:"-"`
}

// With gives the receipt with remarks.
func (r *Receipt) With(remarks ...Remark) *Receipt {
	for _, remark := range remarks {
		r.Remarks, r.Remarked = append(r.Remarks, remark.Message), append(r.Remarked, remark)
	}
	return r
}

// UnmarshalJSON reads a receipt, which another version may have given.
func (r *Receipt) UnmarshalJSON(text []byte) error {
	type plain Receipt
	return Read(text, (*plain)(r))
}
