package policy

import "slices"

// FundingSource is where money comes from: the key of a fund. Which there are, the reference
// says, and the cycle file.
type FundingSource string

// Fund is where money comes from, and when it exists.
type Fund struct {
	Key   FundingSource `json:"key"`
	Title string        `json:"title"`
	// National is of money of the States, or of one's own: an action that is paid from
	// anything else is assessed by itself (S6).
	National bool `json:"national,omitempty"`
	// From and To are the first and the last day of its multi-annual financial framework
	// (MFF); left out, it is bound to none.
	From Date `json:"from,omitzero"`
	To   Date `json:"to,omitzero"`
	// Source is the act or the document that says so.
	Source string `json:"source,omitempty"`
}

var shippedFunds = shipped[Fund]("funds.json")

// Words lists the funds that ship.
func (FundingSource) Words() []string {
	keys := make([]string, len(shippedFunds))
	for i, f := range shippedFunds {
		keys[i] = string(f.Key)
	}
	return keys
}

// Open says that a cycle may have other funds.
func (FundingSource) Open() {}

// UnmarshalText reads the key of a fund; whether there is one, the cycle says.
func (s *FundingSource) UnmarshalText(text []byte) error {
	return codeOf(s, text, "a source of funding")
}

// AllFunds lists the funds of a cycle: those of its file, and those that ship and that it does
// not put in other words.
func (d *Definition) AllFunds() []Fund {
	all := slices.Clone(d.Funds)
	for _, f := range shippedFunds {
		if !slices.ContainsFunc(all, func(own Fund) bool { return own.Key == f.Key }) {
			all = append(all, f)
		}
	}
	return all
}

// Fund finds a fund by its key, or nil.
func (d *Definition) Fund(key FundingSource) *Fund {
	all := d.AllFunds()
	at := slices.IndexFunc(all, func(f Fund) bool { return f.Key == key })
	if at < 0 {
		return nil
	}
	return &all[at]
}

// Spans says whether the fund exists through all of a time; one that is not known never does.
func (f *Fund) Spans(w Window) bool {
	if f == nil {
		return false
	}
	return (f.From.IsZero() || !w.From.Before(f.From)) && (f.To.IsZero() || !w.To.After(f.To))
}

// NeedsOwnImpact says whether an action needs an impact assessment of its own: it takes or asks
// for money beyond the national one, or does not say whose, burdens operators or citizens, or
// is external.
func (d *Definition) NeedsOwnImpact(a *OperationalAction) bool {
	f := a.Funding
	fund := d.Fund(f.Source)
	beyond := f.Need > 0 || f.Granted > 0
	if f.Source != "" && (fund == nil || !fund.National) {
		beyond = beyond || f.State != FundingNone && f.State != ""
	} else if f.Source != "" {
		beyond = false
	}
	return beyond || a.BurdensOthers || a.External.Does
}

// Holds says whether a day lies in the window.
func (w Window) Holds(d Date) bool { return !d.Before(w.From) && !d.After(w.To) }

// Overlaps says whether two windows share a day.
func (w Window) Overlaps(other Window) bool {
	return !w.To.Before(other.From) && !other.To.Before(w.From)
}
