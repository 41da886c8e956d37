package policy

import (
	"slices"
	"strconv"
	"strings"
)

// Substitution says who stands in for a person, on what and from when to when.
// The key is the number of the person who is away; that person alone enters it.
// It never cascades: a substitute's own substitute gains nothing by it. Both
// names stand in the trail, and four eyes hold for both.
type Substitution struct {
	// Substitute is the number of the person who stands in, of the same body.
	Substitute int64 `json:"substitute"`
	// On limits it to what lies under a path in the cycle, such as
	// "oap/2023/firearms"; empty is the whole cycle.
	On    string `json:"on,omitempty"`
	From  Date   `json:"from"`
	Until Date   `json:"until"` // the last day
	// Ended takes the substitution back before its end.
	Ended bool `json:"ended,omitempty"`
}

func (s *Substitution) check(ps *problems, key []string) {
	person, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil || person < 1 {
		ps.add("key", "is %q: expected the number of the person who is away (policycycle people list)", key[0])
	}
	if s.Substitute < 1 || s.Substitute == person {
		ps.add("substitute", "is %d: expected the number of another person", s.Substitute)
	}
	ps.date("from", s.From)
	ps.date("until", s.Until)
	if s.Until.Before(s.From) {
		ps.add("until", "is %s, before it begins on %s", s.Until, s.From)
	}
}

// bodiesOfPeople are the bodies whose officials may name a substitute; Member
// States may, too.
var bodiesOfPeople = []Body{
	GeneralSecretariat, Presidency, Commission, SupportTeam, Europol, Eurojust, Frontex, CEPOL, EUDA, EULISA, EUIPO, OLAF, EPPO, EEAS, Evaluator,
}

// JudgeSubstitution says whether somebody may stand in for another on a subject,
// on a day of the calendar of the cycle. rows are those of the register of
// substitutions. The error has CodeNotCompetent.
func JudgeSubstitution(rows []Row, who Principal, subject Subject, today Date) error {
	if who.OnBehalfOf == nil {
		return nil
	}
	if who.OnBehalfOf.Same(who.Actor) {
		return missing("for", "nobody stands in for themselves")
	}
	key := strconv.FormatInt(who.OnBehalfOf.Person, 10)
	named := slices.ContainsFunc(RowsOn(today, rows), func(r Row) bool {
		s, is := r.Body.(*Substitution)
		return is && r.Key == key && r.By.Same(who.OnBehalfOf.Actor) && !s.Ended && s.Substitute == who.Person &&
			!today.Before(s.From) && !today.After(s.Until) && under(subject.Path(), s.On)
	})
	if !named {
		return Refuse(CodeNotCompetent, "%s does not stand in for %s on %s today: a substitution says on what, and from when to when", who.Actor, who.OnBehalfOf.Actor, subject)
	}
	return nil
}

// Named is a person whom rows name by number, with the name by which other records know who
// that is: the numbers are those of one database alone.
type Named struct {
	Number int64  `json:"number"`
	Name   string `json:"name"`
}

// Problems lists what is wrong with the name.
func (n Named) Problems() []Problem {
	var ps problems
	ps.text("name", n.Name)
	ps.plain("name", n.Name, false)
	return ps
}

// PersonsIn lists the numbers of the persons whom a row names, by its fields.
func PersonsIn(row Row) map[string]int64 {
	s, is := row.Body.(*Substitution)
	away, err := strconv.ParseInt(row.Key, 10, 64)
	if !is || err != nil {
		return nil
	}
	return map[string]int64{"key": away, "substitute": s.Substitute}
}

// Renumber gives rows with other numbers of the persons whom they name.
func Renumber(rows []Row, number func(row Row, person int64) (int64, error)) ([]Row, error) {
	rows = slices.Clone(rows)
	for i, row := range rows {
		named := PersonsIn(row)
		if named == nil {
			continue
		}
		away, err := number(row, named["key"])
		if err != nil {
			return nil, err
		}
		other := *row.Body.(*Substitution) //nolint:forcetypeassert // nothing else names persons
		if other.Substitute, err = number(row, named["substitute"]); err != nil {
			return nil, err
		}
		rows[i].Key, rows[i].Body = strconv.FormatInt(away, 10), &other
	}
	return rows, nil
}

// under says whether a path is another or lies under it.
func under(path, top string) bool {
	return top == "" || path == top || strings.HasPrefix(path, top+"/")
}

// judgeOwn holds that a person names a substitute for nobody else.
func judgeOwn(by Actor, row Row) error {
	if row.Register == RegSubstitutions && row.Key != strconv.FormatInt(by.Person, 10) {
		return Refuse(CodeNotCompetent, "%s names a substitute for nobody else: person %s does", by, row.Key)
	}
	return nil
}
