package evidence

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// This file holds each line against those before it: whether what it tells could come
// about. What cannot is a fault, and counts for nothing in what follows.

// deed is an act as a line records it, with what it is judged by.
type deed struct {
	line   Line
	record ActRecord
	kept   policy.Recorded
	act    policy.Act   // as it is kept, with the names that are known
	entry  policy.Entry // of its subject; empty where the definition cannot be read
	held   policy.Date  // the day whose posts count
	// who did it, and for whom.
	who    policy.Principal
	before []policy.Recorded // on the same subject
}

// derives takes a line with what is recorded with it; nil is nothing.
func (v *verifier) derives(line Line, record json.RawMessage) {
	c := v.course
	if v.Shown != nil && !v.Shown.Cycle.Rehearsal && (policy.Calendar{}).Today(line.Recorded) != line.On {
		v.unfounded(line, "line %d bears the day %s and was recorded on another one, at %s", line.Sequence, line.On, line.Recorded.Format(time.RFC3339))
	}
	if line.Sequence == 1 && (line.Act == LineStart || line.Act == LineImport) {
		v.begins(line, record)
		return
	}
	if line.Act == LineImport && line.Accepted {
		v.adds(line, record)
		return
	}
	c.importing = c.importing && line.Recorded.Equal(c.began)
	kind := policy.ActKind(line.Act)
	switch {
	case !line.Accepted:
	case slices.Contains(policy.ActKinds, kind) && record != nil:
		if r, stated, read := v.act(line, record); read {
			v.derivesAct(line, r, stated)
		}
	case strings.HasPrefix(line.Act, LineEnter) && record != nil:
		v.derivesRows(line, record)
	case record != nil || line.ActID != "":
		v.unfounded(line, "line %d says %q, which nothing writes there", line.Sequence, line.Act)
	case !c.known():
	case line.Act == LineDiscontinued || line.Act == LineLapsed:
		v.derivesEnd(line)
	case strings.HasPrefix(line.Act, LineStage):
		if !c.entersStage(line) {
			v.unfounded(line, "line %d says that the cycle came to the stage %s: what was recorded before leaves it at %s",
				line.Sequence, strings.TrimPrefix(line.Act, LineStage), c.look(line, c.run()).Stage)
		}
	case line.Act != LineOverdue:
		v.unfounded(line, "line %d says %q, which nothing writes there", line.Sequence, line.Act)
	}
}

func (v *verifier) unfounded(line Line, format string, args ...any) {
	v.report.add(fault(line.Sequence, FaultUnfounded, format, args...))
}

// begins takes the first line: with which definition the cycle began, and what an import
// brings beside acts.
func (v *verifier) begins(line Line, record json.RawMessage) {
	var start StartRecord
	if policy.Read(record, &start) != nil {
		return
	}
	c := v.course
	c.began, c.importing, c.tookOver = line.Recorded, line.Act == LineImport, line.Act == LineImport
	if v.Shown == nil {
		c.defines(nil, line.On, line.On) // an earlier version made the dossier: it brings no definition, either
		return
	}
	c.opened = v.Shown.Subjects
	v.defines(start.Definition, line.On, line.On)
	if !c.known() {
		return
	}
	c.since = []policy.Date{c.Definition.PolicyWindow.From}
	if !c.importing {
		return
	}
	c.posts = v.postsOf(line)
}

// adds takes the line of an import that adds to what was taken over. It needs no second
// person, so that nothing else may have been recorded before.
func (v *verifier) adds(line Line, record json.RawMessage) {
	c, adds := v.course, new(AdditionRecord)
	c.importing = false
	switch {
	case policy.Read(record, adds) != nil:
		v.report.add(fault(line.Sequence, FaultEdited, "line %d does not tell what an import adds", line.Sequence))
	case !c.tookOver || c.lived:
		v.unfounded(line, "line %d says that an import added what was forgotten: the cycle was started here, or something had been recorded since it was taken over", line.Sequence)
	case adds.Line != line.Sequence || !adds.Recorded.Equal(line.Recorded):
		v.otherThanRecorded(line)
	default:
		v.office(line, adds.Signature, func() error { return v.keys.VerifyAddition(v.Cycle, *adds) })
		c.began, c.importing, c.adds = line.Recorded, true, adds
		c.posts, c.held, c.looks = append(c.posts, v.postsOf(line)...), nil, nil
	}
}

// postsOf gives the rows of the register of posts that came with the import that begins with
// a line: who held them is known before its acts.
func (v *verifier) postsOf(first Line) (posts []policy.Row) {
	for _, l := range v.Trail {
		if l.Sequence <= first.Sequence {
			continue
		}
		if l.Act == LineImport || !l.Recorded.Equal(first.Recorded) {
			break
		}
		var entry EntryRecord
		if record, there := v.record(l.Sequence); there && l.Act == LineEnter+string(policy.RegPosts) && policy.Read(record, &entry) == nil {
			posts = append(posts, entry.Rows...)
		}
	}
	return posts
}

// came says whether so many acts and rows may have come with the import to which a line
// belongs.
func (c *course) came(acts, rows int) bool {
	if c.adds == nil {
		return true
	}
	c.adds.Acts, c.adds.Rows = c.adds.Acts-acts, c.adds.Rows-rows
	return c.adds.Acts >= 0 && c.adds.Rows >= 0
}

// defines puts a definition in force, on a day, that is kept under a digest.
func (v *verifier) defines(digest string, on, held policy.Date) {
	c, before := v.course, v.course.known() || len(v.course.definitions) == 0
	c.defines(definitionOf(v.content(digest)), on, held)
	if before && !c.known() {
		v.unchecked("version %d of the definition cannot be read here: what followed was not derived", len(c.definitions))
	}
}

// derivesRows takes rows that were entered into a register.
func (v *verifier) derivesRows(line Line, record json.RawMessage) {
	var entry EntryRecord
	if policy.Read(record, &entry) != nil {
		v.report.add(fault(line.Sequence, FaultEdited, "the rows of %s cannot be read", line.ActID))
		return
	}
	register := strings.TrimPrefix(line.Act, LineEnter)
	other := func(r policy.Row) bool { return string(r.Register) != register || r.By.Person != line.Person }
	v.sealsRows(line, entry)
	if entry.ID != line.ActID || !entry.Recorded.Equal(line.Recorded) || slices.ContainsFunc(entry.Rows, other) {
		v.otherThanRecorded(line)
	}
	switch c := v.course; {
	case !c.importing:
		c.lived = true
		if register == string(policy.RegPosts) {
			c.enters(entry.Rows, line.On)
		}
	case !c.came(0, len(entry.Rows)):
		v.unfounded(line, "%s came by an import that says that it adds less", line.ActID)
	}
}

func (v *verifier) otherThanRecorded(line Line) {
	v.report.add(fault(line.Sequence, FaultEdited, "line %d tells of something else than what is recorded with it, %s", line.Sequence, line.ActID))
}

// derivesEnd takes a line by which the calendar or an amendment closed a subject.
func (v *verifier) derivesEnd(line Line) {
	subject, err := policy.ParseSubject(v.Cycle + "/" + line.Path)
	switch {
	case err == nil && v.course.closes(line, subject):
	case line.Act == LineLapsed:
		v.unfounded(line, "line %d says that %s lapsed: no later one was met in its place", line.Sequence, line.Path)
	default:
		v.unfounded(line, "line %d says that %s was discontinued: the definition in force plans it still, or none ever did", line.Sequence, line.Path)
	}
}

// derivesAct takes an act.
func (v *verifier) derivesAct(line Line, r ActRecord, stated policy.Act) {
	d := v.deed(line, r)
	v.course.lived = v.course.lived || r.Channel != ChannelImport
	if !d.told() || v.course.known() && !v.course.settlesItems(d, stated) {
		v.otherThanRecorded(line)
	}
	if !v.founded(d) {
		return
	}
	switch {
	case d.act.Kind == policy.ActAmend:
		v.defines(d.act.Digest, d.act.Date, d.held)
	case len(d.before) >= mostActs:
		if p := v.course.subjects[d.act.Subject]; !p.cut {
			v.unchecked("%s has more than %d acts: where it stands was not compared", d.act.Subject.Path(), mostActs)
			p.cut = true
		}
	default:
		v.course.acts(d)
		v.rewords(d.entry)
	}
}

// rewords takes up the words of a text that an act on the subject of an entry brought into
// force, or took out of it.
func (v *verifier) rewords(e policy.Entry) {
	c := v.course
	if !c.known() || !c.Definition.TakesWordsFrom(e.Subject) && e.Adopts == "" {
		return
	}
	c.settle()
	c.plans()
	of := func(subject policy.Subject) string {
		if p := c.subjects[subject]; p != nil {
			return c.AdoptedContent(subject, p.acts)
		}
		return ""
	}
	now := ShownWording{of(c.Definition.SubjectOf(policy.KindPriorities)), of(c.Definition.GeneralMASP())}
	if now == c.wording {
		return
	}
	c.wording, c.texts = now, policy.AdoptedTexts{}
	c.texts.Conclusions = adoptedText[*policy.Conclusions](v, policy.KindPriorities, now.Conclusions)
	c.texts.GeneralMASP = adoptedText[*policy.StrategicPlan](v, policy.KindMASP, now.GeneralMASP)
	c.reword()
}

// adoptedText reads a text that is kept as data; nil for none.
func adoptedText[T policy.Content](v *verifier, kind policy.Kind, digest string) (none T) {
	content, err := policy.ReadContent(kind, v.content(digest))
	if err != nil {
		return none
	}
	text, _ := content.(T)
	return text
}

// deed gathers what an act is judged by.
func (v *verifier) deed(line Line, r ActRecord) deed {
	c := v.course
	d := deed{line: line, record: r, kept: r.Kept, act: r.Kept.Act, held: line.On}
	named := func(a policy.Actor) policy.Actor {
		a.Name = v.People[a.Person]
		return a
	}
	d.act.By = named(d.act.By)
	d.who.Actor = d.act.By
	if d.act.For != nil {
		absent := named(*d.act.For)
		d.act.For, d.who.OnBehalfOf = &absent, &policy.Principal{Actor: absent}
	}
	if p := c.subjects[d.act.Subject]; p != nil {
		d.before = p.acts
	}
	if d.act.Kind == policy.ActSubmit || c.importing {
		d.held = d.act.Date
	}
	if !c.known() {
		return d
	}
	c.on(line.On, d.held)
	c.Held = policy.Date{} // whether a State had left was judged when it was taken
	switch {
	case d.act.Kind == policy.ActAmend:
	case d.act.Kind == policy.ActOpen && d.act.Opening != nil:
		d.entry = c.Opened(*d.act.Opening, d.act.Subject, d.act.Date)
	default:
		d.entry, _ = c.entry(d.act.Subject)
		if d.act.Confirms != "" && d.entry.Subject != d.act.Subject { // what an amendment took away was concluded on before
			d.entry = c.entryThen(d.act.Subject)
		}
	}
	return d
}

// settlesItems says whether the items that are kept of a decision are those that follow
// from what was stated.
func (c *course) settlesItems(d deed, stated policy.Act) bool {
	if d.act.Kind != policy.ActDecide || d.act.Subject.Kind != policy.KindPriorities && len(d.kept.Items) == 0 {
		return true
	}
	c.settle()
	c.plans()
	items := policy.Expand(d.entry, stated, c.FactsFor(d.entry).Items).Items
	return slices.Equal(policy.SortItems(items), policy.SortItems(d.kept.Items))
}

// told says whether the line tells what is recorded with it.
func (d *deed) told() bool {
	l, a, absent := d.line, d.act, int64(0)
	if a.For != nil {
		absent = a.For.Person
	}
	return l.Act == string(a.Kind) && l.Path == a.Subject.Path() && l.Cycle == a.Subject.Cycle && l.Person == a.By.Person && l.Body == a.By.Body &&
		l.OnBehalfOf == absent && l.On == d.kept.ArrivedOn && l.Recorded.Equal(d.record.Recorded)
}

// founded says whether the act could come about after what was recorded before it, and
// adds a fault where it could not.
func (v *verifier) founded(d deed) bool {
	c := v.course
	amends := d.act.Kind == policy.ActAmend
	silent := d.act.Kind == policy.ActDecide && d.act.Procedure == policy.SilenceProcedure || d.record.Channel == ChannelCalendar
	switch {
	case d.record.Channel == ChannelImport && !c.importing:
		v.unfounded(d.line, "%s came by import, and so without a seal: it belongs to no import of this cycle", d.line.ActID)
	case d.record.Channel == ChannelImport && !c.came(1, 0):
		v.unfounded(d.line, "%s came by an import that says that it adds less", d.line.ActID)
	case c.known() && !amends && d.entry.Subject != d.act.Subject:
		v.unfounded(d.line, "%s is about %s, which was not planned in the cycle then", d.line.ActID, d.act.Subject.Path())
	case amends && len(c.definitions) > 0 && (d.act.Version != len(c.definitions)+1 || d.record.Definition != d.act.Digest):
		v.unfounded(d.line, "%s does not put the definition in force that it states, as version %d", d.line.ActID, len(c.definitions)+1)
	case silent && c.known() && !v.endsSilence(d):
		v.unfounded(d.line, "%s says that a silence procedure had ended: none on %s that two people launched had ended so, without an objection",
			d.line.ActID, d.act.Subject.Path())
	case d.record.Channel == ChannelCalendar:
		return true
	default:
		if err := policy.FourEyes(d.entry.Bodies, d.before, d.act); err != nil {
			v.unfounded(d.line, "%s was recorded by too few people: %s", d.line.ActID, err)
			return false
		}
		return d.record.Channel == ChannelImport || v.allowed(d)
	}
	return false
}

// endsSilence says whether an act is what a silence procedure had ended in. Before a person
// recorded that, the calendar did, without a seal, in the name of who launched it.
func (v *verifier) endsSilence(d deed) bool {
	c := v.course
	c.settle()
	c.plans()
	facts := c.FactsFor(d.entry)
	facts.Voting, facts.Today, facts.Past = c.Definition.VotingOf(d.act.Body), d.kept.ArrivedOn, d.record.Channel == ChannelImport
	if policy.JudgeSilence(d.entry, d.before, d.act, facts) != nil {
		return false
	}
	if d.record.Channel != ChannelCalendar {
		return true
	}
	launch := policy.SilenceIn(d.before, d.act.Version)
	at := slices.IndexFunc(d.before, func(r policy.Recorded) bool { return r.ID == launch.ID })
	by := d.before[at]
	return d.record.RestsOn == launch.ID && d.act.By.Person == by.By.Person && d.act.Document == by.Document &&
		!d.record.Recorded.After(v.Made.Add(skew))
}

// unchecked notes what could not be checked.
func (v *verifier) unchecked(format string, args ...any) {
	remark := policy.Say(format, args...)
	v.report.Unchecked = append(v.report.Unchecked, Unchecked{remark.Message, remark.Said})
}
