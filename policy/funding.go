package policy

import "slices"

// FundingSource is where money comes from.
type FundingSource string

// The sources. Money of one's own is a source too.
const (
	SourceOwn     FundingSource = "own-resources"
	SourceISEC    FundingSource = "isec"
	SourceISFP    FundingSource = "isf-police"
	SourceISF     FundingSource = "isf"
	SourceEuropol FundingSource = "europol-grant"
	SourceOther   FundingSource = "other"
)

var sources = []FundingSource{SourceOwn, SourceISEC, SourceISFP, SourceISF, SourceEuropol, SourceOther}

// union holds the sources that are Union money, with the multi-annual financial
// framework (MFF) in which each exists; zero is always. The Internal Security Fund that
// the conclusions of 2011 speak of came with the framework of 2014.
//
//exhaustive:ignore
var union = map[FundingSource]Window{
	SourceISEC:    {NewDate(2007, 1, 1), NewDate(2013, 12, 31)},
	SourceISFP:    {NewDate(2014, 1, 1), NewDate(2020, 12, 31)},
	SourceISF:     {NewDate(2021, 1, 1), NewDate(2027, 12, 31)},
	SourceEuropol: {},
}

// Words lists the sources.
func (FundingSource) Words() []string { return Texts(sources) }

// UnmarshalText reads a source; empty text is none.
func (s *FundingSource) UnmarshalText(text []byte) error {
	return oneOf(s, text, "a source of funding")
}

// Union says whether the source is money of the Union.
func (s FundingSource) Union() bool {
	_, is := union[s]
	return is
}

// ValidOn says whether the source exists on a date: inside its financial
// framework, where it is bound to one.
func (s FundingSource) ValidOn(d Date) bool {
	framework := union[s]
	return slices.Contains(sources, s) && (framework == Window{} || framework.Holds(d))
}

// Holds says whether a day lies in the window.
func (w Window) Holds(d Date) bool { return !d.Before(w.From) && !d.After(w.To) }

// Overlaps says whether two windows share a day.
func (w Window) Overlaps(other Window) bool {
	return !w.To.Before(other.From) && !other.To.Before(w.From)
}
