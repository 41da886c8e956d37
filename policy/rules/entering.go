package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// JudgeRows says whether rows may be entered together, held against the cycle as of the day
// of each: what a key and a body name has to be there, and a row of progress or of joint
// action days is entered by those whose it is. Rows of the past are held against all that the
// cycle ever had: who entered them, and on what they rested, was judged when they were.
func (d *Snapshot) JudgeRows(by policy.Principal, rows []policy.Row, past bool) error {
	e := entering{Snapshot: d, past: past, rows: rows, entries: map[policy.Subject]policy.Entry{}}
	planned := d.Agenda()
	if past {
		planned = d.EverPlanned()
	}
	for _, entry := range planned {
		e.entries[entry.Subject] = entry
	}
	return policy.JudgeRows(d.Records, by, rows, e.judge)
}

// RowsLookAt names the subjects in whose contents, and the registers in whose rows, JudgeRows
// looks for what rows name.
func RowsLookAt(r policy.Records, rows []policy.Row) (contents []policy.Subject, registers []policy.Register) {
	plans := map[policy.Subject]bool{}
	for _, row := range rows {
		for _, action := range actionsNamed(row) {
			plans[planNamed(r.Definition.Key, action)] = true
		}
	}
	for plan := range plans {
		contents = append(contents, plan)
	}
	for _, item := range r.Items {
		if item.Subject.Kind == policy.KindChange && plans[item.Subject.Plan()] {
			contents = append(contents, item.Subject)
		}
	}
	if len(rows) == 0 {
		return contents, nil
	}
	switch rows[0].Register {
	case policy.RegProgress, policy.RegDays:
		registers = []policy.Register{policy.RegIndicators, policy.RegPosts, rows[0].Register}
	case policy.RegIndicators:
		registers = []policy.Register{policy.RegIndicators}
	case policy.RegRecommendations:
		contents = append(contents, r.Definition.SubjectOf(policy.KindEvaluation))
	default:
	}
	return contents, registers
}

// actionsNamed lists the actions that a row names, PERIOD/OAP/CODE.
func actionsNamed(row policy.Row) []string {
	parts := strings.Split(row.Key, "/")
	switch body := row.Body.(type) {
	case *policy.Consent:
		return []string{strings.Join(parts[:3], "/")}
	case *policy.Progress:
		return []string{strings.Join([]string{parts[0], parts[1], parts[3]}, "/")}
	case *policy.JointActionDay:
		return body.Actions
	case *policy.Allocation:
		if body.Action != "" {
			return []string{body.Action}
		}
	case *policy.Irregularity:
		if _, err := policy.ParseSubject("c/" + row.Key); err != nil && len(parts) == 3 {
			return []string{row.Key}
		}
	}
	return nil
}

// planNamed gives the OAP that a path begins with, PERIOD/OAP.
func planNamed(cycle, path string) policy.Subject {
	period, rest, _ := strings.Cut(path, "/")
	key, _, _ := strings.Cut(rest, "/")
	return policy.Subject{Cycle: cycle, Kind: policy.KindOAP, Period: period, Key: key}
}

// entering holds rows against a cycle.
type entering struct {
	*Snapshot
	past    bool
	rows    []policy.Row // that are entered together
	entries map[policy.Subject]policy.Entry
}

func unknown(row policy.Row, what, name string) error {
	return policy.Refuse(policy.CodeUnknown, "%s: the cycle has no %s %q", row.Key, what, name)
}

func (e *entering) judge(row policy.Row) error {
	if err := e.Definition.Bodies.JudgeEnterer(row, e.past); err != nil {
		return err
	}
	for _, action := range actionsNamed(row) {
		if err := e.judgeAction(row, action); err != nil {
			return err
		}
	}
	parts := strings.Split(row.Key, "/")
	switch body := row.Body.(type) {
	case *policy.Consent:
		return e.Definition.Bodies.JudgeMember(row, policy.Body(parts[3]), row.Date)
	case *policy.Progress:
		return e.judgeProgress(row, body)
	case *policy.JointActionDay:
		return e.judgeDay(row, body)
	case *policy.Indicator:
		return e.judgeIndicator(row, body)
	case *policy.Holding:
		return e.judgeHolding(row, body)
	case *policy.Attendance:
		return e.judgeAttendance(row)
	case *policy.AgendaItem:
		return e.judgeItem(row, body)
	case *policy.DeliveryProof:
		return e.judgeDelivery(row, body)
	case *policy.FollowUp:
		return e.judgeFollowUp(row)
	case *policy.Release:
		return e.judgeSubject(row)
	case *policy.Irregularity:
		if len(actionsNamed(row)) == 0 {
			return e.judgeSubject(row)
		}
	}
	return nil
}

// judgePlan holds that an OAP is there on the day of a row.
func (e *entering) judgePlan(row policy.Row, oap policy.Subject) error {
	s, opened := e.Standings[oap]
	if _, planned := e.entries[oap]; !planned && !opened {
		return unknown(row, "OAP", oap.Period+"/"+oap.Key)
	}
	if s.Outcome == policy.Discontinued && row.Date.After(s.ClosedOn) {
		return policy.Refuse(policy.CodeNotOpen, "%s: %s was discontinued on %s", row.Key, oap.Path(), s.ClosedOn)
	}
	return nil
}

// judgeAction holds that an action is in its OAP on the day of a row. Before the OAP is
// adopted, and while a change of it is open, a row may be early: then findings tell of it.
func (e *entering) judgeAction(row policy.Row, path string) error {
	plan := planNamed(e.Definition.Key, path)
	code := path[strings.LastIndex(path, "/")+1:]
	if strings.Count(path, "/") != 2 || code == "" {
		return unknown(row, "action", path)
	}
	if err := e.judgePlan(row, plan); err != nil {
		return err
	}
	_, reports := row.Body.(*policy.Progress)
	if !reports && e.changing(plan, row.Date) || e.past && e.ever(plan, code) {
		return nil
	}
	if content := e.planOn(plan, row.Date); content == nil || content.Action(code) != nil {
		return nil
	}
	return unknown(row, "action", path)
}

// ever says whether an action was in an OAP, or in a change of it, at any time.
func (d *Snapshot) ever(plan policy.Subject, code string) bool {
	for subject, content := range d.Contents {
		is := subject == plan || subject.Kind == policy.KindChange && subject.Plan() == plan
		if p, kept := content.(*policy.OperationalPlan); is && kept && p.Action(code) != nil {
			return true
		}
	}
	return false
}

// changing says whether an OAP was not adopted on a day, or a change of it was open.
func (d *Snapshot) changing(plan policy.Subject, on policy.Date) bool {
	open := func(s policy.Standing) bool { return s.ClosedOn.IsZero() || s.ClosedOn.After(on) }
	if open(d.Standings[plan]) {
		return true
	}
	return slices.ContainsFunc(d.Items, func(item policy.Entry) bool {
		return item.Subject.Kind == policy.KindChange && item.Subject.Plan() == plan && !item.Opens.After(on) && open(d.Standings[item.Subject])
	})
}

// planOn gives what stood in an OAP on a day, with the changes adopted by then; nil where it
// is not kept here or was not adopted.
func (d *Snapshot) planOn(plan policy.Subject, on policy.Date) *policy.OperationalPlan {
	var content *policy.OperationalPlan
	var since policy.Date
	take := func(subject policy.Subject) {
		s := d.Standings[subject]
		if c, kept := contentOf[*policy.OperationalPlan](d, subject); kept && s.Positive() && !s.ClosedOn.After(on) && !s.ClosedOn.Before(since) {
			content, since = c, s.ClosedOn
		}
	}
	take(plan)
	if content == nil {
		return nil
	}
	for _, change := range d.Changes()[plan] {
		take(change.Subject)
	}
	return content
}

func (e *entering) judgeProgress(row policy.Row, body *policy.Progress) error {
	parts := strings.Split(row.Key, "/")
	report := policy.Subject{Cycle: e.Definition.Key, Kind: policy.KindReport, Period: parts[0], Key: parts[1], Round: parts[2]}
	entry, planned := e.entries[report]
	if _, opened := e.Standings[report]; !planned && !opened {
		return unknown(row, "reporting round", parts[0]+"/"+parts[2])
	}
	if plan := e.Standings[report.Plan()]; !e.past && (!plan.Positive() || plan.ClosedOn.After(row.Date)) {
		return policy.Refuse(policy.CodeNotOpen, "%s: %s was not adopted by %s, and nothing is reported on it before", row.Key, report.Plan().Path(), row.Date)
	}
	if planned && row.Date.Before(entry.Opens) {
		return policy.Refuse(policy.CodeNotOpen, "%s: the round opens on %s, and the row is of %s", row.Key, entry.Opens, row.Date)
	}
	if err := e.judgeFigures(row, body.Figures); err != nil {
		return err
	}
	return e.judgeReporter(row, parts[0]+"/"+parts[1]+"/"+parts[3])
}

func (e *entering) judgeDay(row policy.Row, body *policy.JointActionDay) error {
	for _, path := range body.Plans {
		if strings.Count(path, "/") != 1 {
			return unknown(row, "OAP", path)
		}
		if err := e.judgePlan(row, planNamed(e.Definition.Key, path)); err != nil {
			return err
		}
	}
	for _, path := range body.Actions {
		plan := planNamed(e.Definition.Key, path)
		if !slices.Contains(body.Plans, plan.Period+"/"+plan.Key) {
			return policy.Refuse(policy.CodeInvalid, "%s: the action %s is of none of the OAPs that the joint action day names", row.Key, path)
		}
	}
	if len(body.Figures)+len(body.Published) > 0 && row.Date.Before(body.From) {
		return policy.Refuse(policy.CodeWrongDate, "%s: it begins on %s, and the row of %s has figures of it already", row.Key, body.From, row.Date)
	}
	if err := e.judgeFigures(row, append(slices.Clone(body.Figures), body.Published...)); err != nil {
		return err
	}
	return e.judgeOrganiser(row, body)
}

func (e *entering) judgeHolding(row policy.Row, body *policy.Holding) error {
	post, of, _ := strings.Cut(row.Key, "/")
	switch post {
	case "nec":
		if !e.Definition.Bodies.MemberState(policy.Body(of)) {
			return unknown(row, "Member State", of)
		}
		if err := e.Definition.Bodies.JudgeMember(row, policy.Body(of), row.Date); err != nil {
			return err
		}
	case "driver", "co-driver":
		if !e.hasPlan(func(oap policy.Subject) bool { return oap.Key == of }) {
			return unknown(row, "OAP", of)
		}
	default:
		if !e.hasPlan(func(oap policy.Subject) bool { return strings.HasPrefix(of, oap.Period+"-"+oap.Key+"-") }) {
			return unknown(row, "action", of)
		}
	}
	for _, holder := range []policy.Body{body.Holder, body.Acting} {
		if err := e.Definition.Bodies.JudgeMember(row, holder, row.Date); err != nil {
			return err
		}
	}
	return nil
}

func (e *entering) hasPlan(is func(oap policy.Subject) bool) bool {
	for subject := range e.entries {
		if subject.Kind == policy.KindOAP && is(subject) {
			return true
		}
	}
	for subject := range e.Standings {
		if subject.Kind == policy.KindOAP && is(subject) {
			return true
		}
	}
	return false
}

func (e *entering) judgeAttendance(row policy.Row) error {
	key, state, _ := strings.Cut(row.Key, "/")
	meeting := e.Definition.Meeting(key)
	switch {
	case meeting == nil:
		return nil // a definition before had it: policy.JudgeRows refuses any other
	case row.Date.Before(meeting.On):
		return policy.Refuse(policy.CodeWrongDate, "%s: the meeting is on %s, and the row is of %s", row.Key, meeting.On, row.Date)
	}
	return e.Definition.Bodies.JudgeMember(row, policy.Body(state), meeting.On)
}

// judgeItem holds that an item on monitoring of a meeting that is over is marked as entered late.
func (e *entering) judgeItem(row policy.Row, body *policy.AgendaItem) error {
	key, _, _ := strings.Cut(row.Key, "/")
	meeting := e.Definition.Meeting(key)
	if e.past || meeting == nil || !body.Monitoring || body.EnteredLate || body.Removed || !meeting.On.Before(e.Today) {
		return nil
	}
	return policy.Refuse(policy.CodeWrongDate, "%s: the meeting was on %s: what is entered after it is marked so, with entered_late", row.Key, meeting.On)
}

func (e *entering) judgeDelivery(row policy.Row, body *policy.DeliveryProof) error {
	parts := strings.Split(row.Key, "/")
	subject := policy.Subject{Cycle: e.Definition.Key, Kind: policy.KindObligation, Key: parts[0], Round: parts[1]}
	s := e.Standings[subject]
	switch {
	case !s.Positive() && e.past: // findings tell of a report that is not there
		return nil
	case !s.Positive():
		return policy.Refuse(policy.CodeNotReady, "%s: the report itself, %s, is not there: hand it in first", row.Key, subject.Path())
	case body.On.Before(s.ClosedOn):
		return policy.Refuse(policy.CodeWrongDate, "%s: it was delivered on %s, and the report is of %s", row.Key, body.On, s.ClosedOn)
	case body.On.After(row.Date):
		return policy.Refuse(policy.CodeWrongDate, "%s: it was delivered on %s, and the row is of %s", row.Key, body.On, row.Date)
	}
	return nil
}

func (e *entering) judgeFollowUp(row policy.Row) error {
	subject := e.Definition.SubjectOf(policy.KindEvaluation)
	content, kept := contentOf[*policy.EvaluationReport](e.Snapshot, subject)
	s := e.Standings[subject]
	if !kept || !s.Positive() || s.ClosedOn.After(row.Date) || e.Definition.Predecessor != "" {
		return nil // it may be of the cycle before, or come early
	}
	if !slices.ContainsFunc(content.Recommendations, func(r policy.Recommended) bool { return r.Key == row.Key }) {
		return policy.Refuse(policy.CodeUnknown, "%s: the evaluation has no such recommendation", row.Key)
	}
	return nil
}

// judgeSubject holds that a key names a subject of the cycle, or a record of it.
func (e *entering) judgeSubject(row policy.Row) error {
	first, _, _ := strings.Cut(row.Key, "/")
	if _, irregular := row.Body.(*policy.Irregularity); irregular && (policy.Register(first).NewRow() != nil || first == "meetings" || first == "periods") {
		return nil
	}
	subject, err := policy.ParseSubject(e.Definition.Key + "/" + row.Key)
	_, planned := e.entries[subject]
	if _, opened := e.Standings[subject]; err != nil || !planned && !opened {
		return unknown(row, "subject", row.Key)
	}
	return nil
}
