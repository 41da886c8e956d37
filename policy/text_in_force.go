package policy

import "slices"

// TextInForce gives the act whose text of a subject is in force, by what is recorded on it:
// the version handed in last, and after it what takes its place, in the order in which that
// takes effect: the final text of what was adopted with amendments, and each corrigendum that
// brings the whole text, a linguistic one on its day, a substantive one on the day on which it
// is adopted. adopted gives, by the ID of a corrigendum, how the item stands
// by which it was: see Records.Adopting. nil where nothing was handed in.
//
// Whoever asks for a day that has passed gives what had happened by then.
func TextInForce(records []Recorded, adopted map[string]Standing) *Recorded {
	type text struct {
		Recorded
		from Date
	}
	var texts []text
	for _, r := range TextsOn(records) {
		from := r.Date
		if r.Substantive {
			item, settled := adopted[r.ID]
			if !settled {
				continue
			}
			from = Latest(from, item.ClosedOn)
		}
		texts = append(texts, text{r, from})
	}
	if len(texts) == 0 {
		return nil
	}
	if len(texts) > 1 {
		slices.SortStableFunc(texts[1:], func(a, b text) int { return a.from.Compare(b.from) })
	}
	return &texts[len(texts)-1].Recorded
}

// TextsOn lists the texts of a subject that may be in force one after the other: the version
// that was handed in last, as its last rectification has it, and what has taken its place
// since, or may.
func TextsOn(records []Recorded) []Recorded {
	var texts []Recorded
	for _, r := range InEffect(records) {
		switch {
		case r.Kind == ActSubmit && r.Rectifies != "" && len(texts) > 0 && texts[0].ID == r.Rectifies:
			r.ID, r.Version = texts[0].ID, texts[0].Version // it stands in the place of the first
			texts[0] = r
		case r.Kind == ActSubmit && r.Rectifies == "":
			texts = []Recorded{r}
		case r.Kind == ActFinalise && r.Rectifies != "":
			at := slices.IndexFunc(texts, func(first Recorded) bool { return first.ID == r.Rectifies })
			if at >= 0 {
				r.ID = r.Rectifies
				texts[at] = r
			}
		case (r.Kind == ActFinalise || r.Whole()) && len(texts) > 0:
			texts = append(texts, r)
		}
	}
	return texts
}

// Whole says whether a corrigendum brings the whole text as corrected, as a version of its
// own. Another one tells people what is to be read otherwise, and no rule can read it.
func (r Recorded) Whole() bool { return r.Kind == ActCorrect && r.Version > 0 && r.Content != "" }

// NextText gives the number of the next text of a subject: no number is given twice, also
// where what bore it has no effect.
func NextText(records []Recorded) int {
	last := 0
	for _, r := range records {
		last = max(last, r.Version)
	}
	return last + 1
}

// Adopting gives the items by which substantive corrigenda were adopted, by the IDs of these.
func (r Records) Adopting() map[string]Standing {
	adopted := map[string]Standing{}
	for _, e := range r.Items {
		if s := r.Standing(e); e.Adopts != "" && s.Positive() {
			adopted[e.Adopts] = s
		}
	}
	return adopted
}
