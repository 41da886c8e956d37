package policy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// JudgeRow says whether what a row is about exists in the cycle, or did before an amendment.
// The error has CodeUnknown.
func (r Records) JudgeRow(row Row) error {
	parts := strings.Split(row.Key, "/")
	unknown := func(what, name string) error {
		return Refuse(CodeUnknown, "%s: the cycle has no %s %q", row.Key, what, name)
	}
	switch row.Register {
	case RegConsents, RegProgress:
		oap := Subject{Cycle: r.Definition.Key, Kind: KindOAP, Period: parts[0], Key: parts[1]}
		if _, opened := r.Standings[oap]; !opened && !r.ever(func(d *Definition) bool { return d.hasOAP(oap) }) {
			return unknown("OAP", parts[0]+"/"+parts[1])
		}
		report := Subject{Cycle: oap.Cycle, Kind: KindReport, Period: oap.Period, Key: oap.Key, Round: parts[2]}
		_, opened := r.Standings[report]
		if row.Register == RegProgress && !opened && !r.ever(func(d *Definition) bool { return d.hasRound(parts[0], parts[2]) }) {
			return unknown("reporting round", parts[0]+"/"+parts[2])
		}
	case RegAgenda, RegAttendance:
		if !r.ever(func(d *Definition) bool { return d.Meeting(parts[0]) != nil }) {
			return unknown("meeting", parts[0])
		}
	case RegDeliveries:
		due, err := ParseDate(parts[1])
		owed := func(o Obligation) bool {
			return o.Key == parts[0] && slices.Contains(o.Due, due) && slices.Contains(o.To, Body(parts[2]))
		}
		if err != nil || !r.ever(func(d *Definition) bool { return slices.ContainsFunc(d.Obligations, owed) }) {
			return unknown("report owed to", row.Key)
		}
	case RegElsewhere:
		if threats := r.Definition.MainThreats(); !slices.Contains(threats, MainThreat(parts[0])) {
			return Refuse(CodeUnknown, "%s: the strategy of the cycle names no such threat: expected one of %s", row.Key, strings.Join(Texts(threats), ", "))
		}
	default: // about the cycle as a whole
	}
	return nil
}

func (d *Definition) hasOAP(oap Subject) bool {
	_, o := d.oap(oap.Key)
	return o != nil && slices.ContainsFunc(d.Periods, func(p Period) bool { return p.Key == oap.Period })
}

func (d *Definition) hasRound(period, round string) bool {
	return slices.ContainsFunc(d.Periods, func(p Period) bool {
		return p.Key == period && slices.ContainsFunc(p.Reports, func(r Round) bool { return r.Key == round })
	})
}

// StoredBy says whether rows of the register are taken in a cycle that keeps so much:
// who stands in for whom, and what may be shown, every cycle keeps.
func (r Register) StoredBy(keeps []string) bool {
	return r == RegSubstitutions || r == RegReleases || slices.Contains(keeps, string(r))
}

// MaxRows is the most rows that are entered together, in one act that has seconds for it.
const MaxRows = 5000

// JudgeRows says whether rows may be entered together: no more than MaxRows, each sound, about
// something that exists, in a register that is kept here, not in the future,
// and by somebody who may. holds then says of each what else there is to hold it against; nil
// for nothing. The error has the code of the first thing that stands against one, and tells
// all of them: the field of a mistake names its row, as "rows[1]".
func JudgeRows(r Records, by Principal, rows []Row, holds func(Row) error) error {
	if len(rows) == 0 {
		return missing("rows", "there is nothing to enter")
	}
	if len(rows) > MaxRows {
		return missing("rows", "these are %d rows: at most %d are entered together", len(rows), MaxRows)
	}
	wrong := wrongRows{told: map[string]bool{}}
	for i, row := range rows {
		at := fmt.Sprintf("rows[%d]", i)
		if ps := r.Definition.ProblemsOf(row); len(ps) > 0 {
			for _, p := range ps {
				said := Say("%s: %s", row.Key, p.remark())
				wrong.add(&Error{Code: CodeInvalid, Field: p.Field}, said, Mistake{Field: at + "." + p.Field, Message: p.Message, Said: said.Said})
			}
			continue
		}
		switch {
		case row.Register != rows[0].Register:
			return missing("register", "rows of %s and of %s are entered apart", rows[0].Register, row.Register)
		case !row.Register.StoredBy(r.Definition.Stores):
			return missing("register", "the cycle %s does not keep the register of %s here", r.Definition.Key, row.Register)
		}
		err := r.judgeSound(by, row)
		if err == nil && holds != nil {
			row.By = by.Actor
			err = holds(row)
		}
		if refusal, is := errors.AsType[*Error](err); is {
			wrong.add(refusal, Remark{refusal.Message, refusal.Said}, Mistake{Field: at, Message: refusal.Message, Said: refusal.Said})
		} else if err != nil {
			return err
		}
	}
	return wrong.refusal()
}

// JudgeOnce holds that no row of an entry takes the place of another of it: of one key and
// day one row is entered.
func JudgeOnce(rows []Row) error {
	type placed struct {
		RowPlace
		on Date
	}
	seen, wrong := map[placed]bool{}, wrongRows{told: map[string]bool{}}
	for i, row := range rows {
		if at := (placed{row.Place(), row.Date}); seen[at] {
			refusal := missing("key", "%s stands twice in what is entered, both of %s: which row is to count?", row.Key, row.Date)
			wrong.add(refusal, Remark{refusal.Message, refusal.Said}, Mistake{Field: fmt.Sprintf("rows[%d].key", i), Message: refusal.Message, Said: refusal.Said})
		} else {
			seen[at] = true
		}
	}
	return wrong.refusal()
}

// Overtaken says of rows that are recorded which have no effect today, for a later one of
// their key counts. all are the rows of those keys, these among them.
func Overtaken(recorded, all []Row, today Date) []Remark {
	counts := map[RowPlace]Row{}
	for _, row := range RowsOn(today, all) {
		counts[row.Place()] = row
	}
	var remarks []Remark
	for _, row := range recorded {
		if now, is := counts[row.Place()]; is && now.Date.After(row.Date) {
			remarks = append(remarks, Say("%s of %s is recorded; the row of %s still counts", row.Key, row.Date, now.Date))
		}
	}
	return remarks
}

// ProblemsOf lists what is wrong with a row of the cycle: with the row itself, and with what it
// names: bodies, objectives, threats and funds.
func (d *Definition) ProblemsOf(row Row) []Problem {
	ps := problems(row.Problems())
	if len(ps) > 0 {
		return ps
	}
	last := Body(row.Key[strings.LastIndex(row.Key, "/")+1:])
	switch body := row.Body.(type) {
	case *Consent:
		if !d.Bodies.TakesPart(last) {
			ps.add("key", "ends with %q: expected who takes part, by its code: a Member State such as fr, an agency or a partner from outside", last)
		}
	case *Attendance:
		if !d.Bodies.MemberState(last) {
			ps.add("key", "ends with %q: expected the code of a Member State, such as fr", last)
		}
	case *Release:
		for _, b := range body.To {
			if !d.Bodies.released(b) {
				ps.add("to", "names %s, who reads LIMITE anyway or by no release: expected a third country, interpol, private-partners, a parliament, the evaluator or a State that left the Union", d.Bodies.Title(b))
			}
		}
	}
	d.terms(&ps, "", reflect.ValueOf(row.Body))
	return ps
}

// judgeSound judges a row that is sound in itself.
func (r Records) judgeSound(by Principal, row Row) error {
	if row.Date.After(r.Today) {
		return wrongDate("%s: %s lies in the future: the calendar of the cycle shows %s", row.Key, row.Date, r.Today)
	}
	if err := r.Definition.AuthoriseRowBy(by, row); err != nil {
		return err
	}
	if err := r.judgePost(by.Actor, row); err != nil {
		return err
	}
	if err := judgeOwn(by.Actor, row); err != nil {
		return err
	}
	return r.JudgeRow(row)
}

// wrongRows gathers what stands against rows. What is the same for many of them, such
// as who may enter them, is told once.
type wrongRows struct {
	first    *Error
	said     remarks
	mistakes []Mistake
	told     map[string]bool
}

func (w *wrongRows) add(refusal *Error, said Remark, m Mistake) {
	if w.told[said.Message] {
		return
	}
	w.told[said.Message] = true
	w.said = append(w.said, said)
	if w.first == nil {
		w.first = refusal
	}
	if len(w.mistakes) < mostMistakes {
		w.mistakes = append(w.mistakes, m)
	}
}

// refusal makes one of all of them; nil where there is none.
func (w *wrongRows) refusal() error {
	if w.first == nil {
		return nil
	}
	refusal := Refuse(w.first.Code, "%s", w.said.few())
	refusal.Field, refusal.Mistakes = w.first.Field, w.mistakes
	return refusal
}

// judgePost holds that a Member State speaks of its own posts alone: its national
// coordinator, and the plans that it drives.
func (r Records) judgePost(by Actor, row Row) error {
	if row.Register != RegPosts || !r.Definition.Bodies.MemberState(by.Body) {
		return nil
	}
	post, of, _ := strings.Cut(row.Key, "/")
	drives := slices.Contains(r.Drivers[of], by.Body) || r.Drivers[of] == nil && r.DriverOf(of) == by.Body
	if post == "nec" && of == string(by.Body) || (post == "driver" || post == "co-driver") && drives {
		return nil
	}
	return Refuse(CodeNotCompetent, "%s may not enter %s in the register of posts: who holds it does, or the General Secretariat, the Presidency or the EMPACT Support Team", r.Definition.Bodies.Title(by.Body), row.Key)
}

// Tabled gives the subject that a row puts on an agenda, and whether it puts
// one there.
func Tabled(cycle string, row Row) (Subject, bool) {
	item, is := row.Body.(*AgendaItem)
	_, path, found := strings.Cut(row.Key, "/")
	if !is || !found || item.Removed {
		return Subject{}, false
	}
	subject, err := ParseSubject(cycle + "/" + path)
	return subject, err == nil
}
