package papers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// Minutes is what the pasted text of a provisional agenda, or of an outcome of proceedings, tells
// of a meeting. Reading it records nothing: a person looks at what was recognised, and a second
// one confirms what the first records.
type Minutes struct {
	Meeting  string             `json:"meeting"`            // its key
	Document policy.DocumentRef `json:"document,omitempty"` // number of the text itself, where its head has one
	Points   []MinutesPoint     `json:"points"`
	// Left are the paths of what the meeting is to deal with and the text does not name.
	Left []string `json:"left"`
}

// MinutesPoint is one point of the text.
type MinutesPoint struct {
	Number   string           `json:"number,omitempty"` // as the text has it
	Text     string           `json:"text"`             // its first line
	Subjects []MinutesSubject `json:"subjects,omitempty"`
	// Outcome is what the text says was concluded; left out where it says nothing, or two things.
	Outcome policy.Outcome `json:"outcome,omitempty"`
	// Said are the sentences that say so.
	Said []string `json:"said,omitempty"`
	// Doubts say why nothing is drafted of it, or not all.
	Doubts  []string        `json:"doubts,omitempty"`
	Remarks []policy.Remark `json:"-"` // the doubts, and of what they were made
}

// MinutesSubject is a subject that a point is about.
type MinutesSubject struct {
	Path   string `json:"subject"`
	Title  string `json:"title"`
	Tabled bool   `json:"tabled"` // it stands on the agenda already
	// By says how it was recognised: "document" by its register number, "title", or "kind" where
	// the point names all documents of a kind.
	By string `json:"by"`
	// Drafted says that the outcome of the point can be recorded of it.
	Drafted bool `json:"drafted"`
}

// Drafts gives the outcomes that the text tells and that can be recorded, by the paths of their subjects.
func (m *Minutes) Drafts() map[string]policy.Outcome {
	all := map[string]policy.Outcome{}
	for _, p := range m.Points {
		for _, s := range p.Subjects {
			if s.Drafted {
				all[s.Path] = p.Outcome
			}
		}
	}
	return all
}

// ReadMinutes holds a pasted text against a meeting. The error has CodeInvalid where the text
// cannot be read, and is else of whatever the reader may not see.
func ReadMinutes(ctx context.Context, svc service.Service, cycle, meeting, text string) (*Minutes, error) {
	p, err := readPasted(text)
	if err != nil {
		return nil, err
	}
	m, err := svc.FindMeeting(ctx, cycle, meeting)
	if err != nil {
		return nil, err
	}
	known, err := candidates(ctx, svc, cycle, m)
	if err != nil {
		return nil, err
	}
	found := &Minutes{Meeting: m.Key, Points: []MinutesPoint{}, Left: []string{}}
	if numbers := documentsIn(strings.Join(p.head, "\n")); len(numbers) > 0 && len(p.head) > 0 && p.points[0].title() != p.head[0] {
		found.Document = numbers[0]
	}
	named := map[string]bool{}
	for _, point := range p.points {
		read := readPoint(point, known, m)
		for _, s := range read.Subjects {
			named[s.Path] = true
		}
		found.Points = append(found.Points, read)
	}
	for _, i := range m.Items {
		if !named[i.Subject] {
			found.Left = append(found.Left, i.Subject)
		}
	}
	found.settle()
	return found, nil
}

// candidate is a subject that a point may be about.
type candidate struct {
	rules.Point
	subject   policy.Subject
	item      *rules.MeetingItem    // nil where the meeting has concluded on it
	concluded *rules.MeetingOutcome // nil where it has not
	documents []policy.DocumentRef  // of its versions, the last one first
	words     []string              // of its title, without those of its kind
}

func candidates(ctx context.Context, svc service.Service, cycle string, m *rules.MeetingView) ([]candidate, error) {
	var all []candidate
	for _, point := range m.Points() {
		if point.Subject == "" {
			continue
		}
		subject, err := policy.ParseSubject(cycle + "/" + point.Subject)
		if err != nil {
			return nil, err
		}
		found, err := svc.FindSubject(ctx, subject)
		if err != nil {
			return nil, err
		}
		c := candidate{Point: point, subject: subject, words: ownWords(point.Title)}
		for _, v := range slices.Backward(found.Versions) {
			c.documents = append(c.documents, v.Document)
		}
		for _, corrigendum := range found.Corrigenda {
			c.documents = append(c.documents, corrigendum.Document)
		}
		if at := slices.IndexFunc(m.Items, func(i rules.MeetingItem) bool { return i.Subject == point.Subject }); at >= 0 {
			c.item = &m.Items[at]
		}
		if at := slices.IndexFunc(m.Outcomes, func(o rules.MeetingOutcome) bool {
			return o.Subject == point.Subject && (o.State == rules.OutcomeInEffect || o.State == rules.OutcomeWaiting)
		}); at >= 0 {
			c.concluded = &m.Outcomes[at]
		}
		all = append(all, c)
	}
	return all, nil
}

// year finds a year in a text.
var year = regexp.MustCompile(`(?:^|[^\d/.])((?:19|20)\d\d)(?:[^\d/]|$)`)

// ownWords gives the words of a title that tell it from others of its kind.
func ownWords(title string) []string {
	for _, k := range kindWords {
		title = k.word.ReplaceAllString(title, " ")
	}
	return words(year.ReplaceAllString(title, " "))
}

// readPoint recognises what a point is about and what was concluded.
func readPoint(point pastedPoint, known []candidate, m *rules.MeetingView) MinutesPoint {
	whole := point.whole()
	read := MinutesPoint{Number: point.number, Text: point.title()}
	about, by := recognise(whole, known)
	told := outcomesIn(whole)
	for _, t := range told {
		read.Said = append(read.Said, t.sentence)
	}
	switch {
	case len(told) == 1:
		read.Outcome = told[0].outcome
	case len(told) > 1:
		read.doubt(policy.Say("it tells of more than one outcome: choose by hand"))
	}
	for _, c := range about {
		s := MinutesSubject{Path: c.Subject, Title: c.Title, By: by, Tabled: c.item == nil || c.item.Tabled}
		read.judge(&s, c, m)
		read.Subjects = append(read.Subjects, s)
	}
	if len(about) == 0 && read.Outcome != "" {
		read.doubt(policy.Say("no subject of the meeting is recognised in it"))
	}
	return read
}

// judge says whether the outcome of a point can be recorded of a subject, and else why not.
func (p *MinutesPoint) judge(s *MinutesSubject, c candidate, m *rules.MeetingView) {
	switch {
	case p.Outcome == "":
	case c.concluded != nil && c.concluded.Outcome == p.Outcome:
		p.doubt(policy.Say("%s: this outcome is recorded already", c.Title))
	case c.concluded != nil:
		p.doubt(policy.Say("%s: recorded is %s, the text says %s", c.Title, c.concluded.Outcome.Title(), p.Outcome.Title()))
	case len(c.item.Outcomes) == 0:
		p.doubt(policy.Say("%s: it is not before %s now", c.Title, m.Body.Title()))
	case c.item.Ripeness == rules.RipeBlocked:
		p.doubt(policy.Say("%s: a rule stands against it; record it by itself, with the reason", c.Title))
	case !slices.Contains(c.item.Outcomes, p.Outcome):
		p.doubt(policy.Say("%s: %s cannot conclude %s on it now", c.Title, m.Body.Title(), p.Outcome.Title()))
	default:
		s.Drafted = true
	}
}

func (p *MinutesPoint) doubt(r policy.Remark) {
	p.Remarks = append(p.Remarks, r)
	p.Doubts = append(p.Doubts, r.String())
}

// recognise finds the subjects that a point is about: by their register numbers, else by their
// titles beside their kind, else all of a kind.
func recognise(text string, known []candidate) (about []candidate, by string) {
	for _, ref := range documentsIn(text) {
		for _, c := range known {
			if slices.ContainsFunc(c.documents, func(d policy.DocumentRef) bool { return sameNumber(d, ref) }) {
				about = append(about, c)
			}
		}
	}
	if len(about) > 0 {
		return distinct(about), "document"
	}
	plain := numbers.ReplaceAllString(text, " ")
	kinds, years, said := kindsNamed(plain), yearsIn(plain), words(plain)
	var ofKind []candidate
	for _, c := range known {
		free := c.subject.Kind == policy.KindItem || c.subject.Kind == policy.KindObligation // named by their titles alone
		if !free && !slices.Contains(kinds, c.subject.Kind.Form()) && !slices.Contains(kinds, c.subject.Kind) || !within(c.subject.Period, years) {
			continue
		}
		switch n := hold(said, c.words); {
		case len(c.words) > 0 && n == len(c.words):
			about = append(about, c)
		case !free:
			ofKind = append(ofKind, c)
		}
	}
	if about = mostNamed(about); len(about) > 0 {
		return about, "title"
	}
	return ofKind, "kind"
}

// mostNamed leaves out whose words are all in another title that is named, too: "Fraud" beside "Online fraud".
func mostNamed(about []candidate) []candidate {
	return slices.DeleteFunc(slices.Clone(about), func(c candidate) bool {
		return slices.ContainsFunc(about, func(o candidate) bool {
			return len(o.words) > len(c.words) && hold(o.words, c.words) == len(c.words)
		})
	})
}

func distinct(about []candidate) (once []candidate) {
	for _, c := range about {
		if !slices.ContainsFunc(once, func(o candidate) bool { return o.Subject == c.Subject }) {
			once = append(once, c)
		}
	}
	return once
}

func yearsIn(text string) (years []string) {
	for _, m := range year.FindAllStringSubmatch(text, -1) {
		years = append(years, m[1])
	}
	return years
}

// within says whether a period is of one of some years; all are where none is named.
func within(period string, years []string) bool {
	return period == "" || len(years) == 0 || slices.ContainsFunc(years, func(y string) bool { return strings.Contains(period, y) })
}

// settle leaves a subject to the point that names it most plainly: one that all of a kind are named
// in is drafted from there only where no other point is about it. Two points that tell different
// outcomes of one draft none.
func (m *Minutes) settle() {
	plain, told := map[string]bool{}, map[string][]policy.Outcome{}
	for _, p := range m.Points {
		for _, s := range p.Subjects {
			plain[s.Path] = plain[s.Path] || s.By != "kind"
		}
	}
	for i := range m.Points {
		p := &m.Points[i]
		p.Subjects = slices.DeleteFunc(p.Subjects, func(s MinutesSubject) bool { return s.By == "kind" && plain[s.Path] })
		for _, s := range p.Subjects {
			if s.Drafted && !slices.Contains(told[s.Path], p.Outcome) {
				told[s.Path] = append(told[s.Path], p.Outcome)
			}
		}
	}
	for i := range m.Points {
		p := &m.Points[i]
		for at := range p.Subjects {
			if s := &p.Subjects[at]; s.Drafted && len(told[s.Path]) > 1 {
				s.Drafted = false
				p.doubt(policy.Say("%s: another point tells of another outcome: choose by hand", s.Title))
			}
		}
	}
}
