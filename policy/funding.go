package policy

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

// sources says which of them is Union money, and in which multi-annual
// financial framework (MFF) each exists. The Internal Security Fund that the
// conclusions of 2011 speak of came with the framework of 2014.
var sources = []struct {
	source FundingSource
	union  bool
	window Window // zero is always
}{
	{source: SourceOwn},
	{SourceISEC, true, Window{NewDate(2007, 1, 1), NewDate(2013, 12, 31)}},
	{SourceISFP, true, Window{NewDate(2014, 1, 1), NewDate(2020, 12, 31)}},
	{SourceISF, true, Window{NewDate(2021, 1, 1), NewDate(2027, 12, 31)}},
	{source: SourceEuropol, union: true},
	{source: SourceOther},
}

// Words lists the sources.
func (FundingSource) Words() []string {
	words := make([]string, len(sources))
	for i, s := range sources {
		words[i] = string(s.source)
	}
	return words
}

// UnmarshalText reads a source; empty text is none.
func (s *FundingSource) UnmarshalText(text []byte) error {
	known := make([]FundingSource, len(sources))
	for i, each := range sources {
		known[i] = each.source
	}
	return oneOf(s, text, "a source of funding", known)
}

// Union says whether the source is money of the Union.
func (s FundingSource) Union() bool {
	for _, each := range sources {
		if each.source == s {
			return each.union
		}
	}
	return false
}

// ValidOn says whether the source exists on a date: inside its financial
// framework, where it is bound to one.
func (s FundingSource) ValidOn(d Date) bool {
	for _, each := range sources {
		if each.source == s {
			return each.window == Window{} || each.window.Holds(d)
		}
	}
	return false
}

// Holds says whether a day lies in the window.
func (w Window) Holds(d Date) bool { return !d.Before(w.From) && !d.After(w.To) }

// Overlaps says whether two windows share a day.
func (w Window) Overlaps(other Window) bool {
	return !w.To.Before(other.From) && !other.To.Before(w.From)
}
