package rules

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Snapshot is all that rules look at: where a cycle stands, what was done, what
// stands in the versions, and what the registers say.
type Snapshot struct {
	policy.Records
	// Acts holds what was recorded on each subject, oldest first.
	Acts map[policy.Subject][]policy.Recorded
	// Contents holds what stands in the text of each subject that is in force, where it is kept
	// here. A settled correction stands in the place of its report.
	Contents map[policy.Subject]policy.Content
	// Texts holds by its digest each text that was in force since a version was handed in last.
	Texts map[string]policy.Content
	// Before is where the cycle before stands, as far as its priorities go; nil where it is
	// not kept here.
	Before *policy.Records
	// Unread is what of this stands in the records and cannot be read.
	Unread []Unread

	handed  map[policy.Subject]policy.Content         // Contents as they were handed in, not corrected
	rows    map[policy.Register]map[string]policy.Row // the row that holds today, by key
	history map[policy.Register][]policy.Row
	agenda  []policy.Entry
	plans   []*plan // that are on the agenda
	unseen  []*plan // that are, and are skeletons which lack what is looked for: see seeing
	past    []*plan // that were, and were handed in
	// tabled is the subject that is to be put on an agenda; zero when the whole
	// cycle is looked at.
	tabled policy.Subject
}

// Unread is a document or a row that is in the records and cannot be read: the rules that
// rest on it could not look.
type Unread struct {
	What    string // its kind, or its register
	Subject string // the path of a document
	Record  string // which one
}

// NewSnapshot gathers a snapshot. Rows are given in the order in which they were
// entered; those of days to come do not hold yet.
func NewSnapshot(r policy.Records, acts map[policy.Subject][]policy.Recorded, contents map[policy.Subject]policy.Content, rows []policy.Row) *Snapshot {
	d := &Snapshot{
		Records: r, Acts: acts, Contents: corrected(r, contents), handed: contents,
		rows: map[policy.Register]map[string]policy.Row{}, history: map[policy.Register][]policy.Row{},
	}
	rows = slices.Clone(rows)
	policy.SortRows(rows)
	for _, row := range rows {
		if d.rows[row.Register] == nil {
			d.rows[row.Register] = map[string]policy.Row{}
		}
		d.history[row.Register] = append(d.history[row.Register], row)
		if !row.Date.After(r.Today) {
			d.rows[row.Register][row.Key] = row
		}
	}
	d.agenda = r.Agenda()
	d.plans, d.past = d.gatherPlans(d.agenda), d.gatherPlans(r.Past())
	return d
}

// corrected gives contents in which settled corrections stand in the place of their reports.
// What one says that is kept elsewhere is not known here, and what it corrects no longer stands.
func corrected(r policy.Records, contents map[policy.Subject]policy.Content) map[policy.Subject]policy.Content {
	stands := maps.Clone(contents)
	for report, settled := range r.Changes() {
		if report.Kind != policy.KindReport {
			continue
		}
		if content := contents[settled[len(settled)-1].Subject]; content != nil {
			stands[report] = content
		} else {
			delete(stands, report)
		}
	}
	return stands
}

// reports goes through the reports of which the content is kept here.
func (d *Snapshot) reports() iter.Seq2[policy.Subject, *policy.Report] {
	return func(yield func(policy.Subject, *policy.Report) bool) {
		for subject, content := range d.Contents {
			if report, is := content.(*policy.Report); is && subject.Kind == policy.KindReport && !yield(subject, report) {
				return
			}
		}
	}
}

// entry is a row that holds, with its body in its own type.
type entry[T policy.RowBody] struct {
	policy.Row
	body T
}

// rowsOf lists the rows of a register that hold today, by key.
func rowsOf[T policy.RowBody](d *Snapshot, register policy.Register) []entry[T] {
	list := make([]entry[T], 0, len(d.rows[register]))
	for _, row := range d.rows[register] {
		if body, is := row.Body.(T); is {
			list = append(list, entry[T]{row, body})
		}
	}
	slices.SortFunc(list, func(a, b entry[T]) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// rowOf finds the row that holds today under a key.
func rowOf[T policy.RowBody](d *Snapshot, register policy.Register, key string) (T, bool) {
	body, is := d.rows[register][key].Body.(T)
	return body, is
}

// contentOf gives the content of a subject in its own type.
func contentOf[T policy.Content](d *Snapshot, subject policy.Subject) (T, bool) {
	content, is := d.Contents[subject].(T)
	return content, is
}

// plan is one OAP with what stands in it today.
type plan struct {
	policy.Entry
	standing policy.Standing
	content  *policy.OperationalPlan
	// stood is what stood in it, first and with each change that was adopted.
	stood []*policy.OperationalPlan
	// adopted is when each action came into force, by its code: with the OAP or
	// with a change of it.
	adopted map[string]policy.Date
	// signed is when each impact assessment in force was signed, and late the
	// adoption that did not wait for it; both by the code of the action, the
	// plan's own by "".
	signed, late map[string]policy.Date
}

// called names an action as people do: by its code and title, and its plan.
func (p *plan) called(a *policy.OperationalAction) string {
	return a.Heading() + ", " + p.Title
}

// assessed names what an impact assessment is about, by its record.
func (p *plan) assessed(record string) string {
	for a := range p.actions() {
		if a.Path(p.Subject) == record {
			return p.called(a)
		}
	}
	return p.Title
}

// titled gives the title of a subject of the cycle; its path where it has none.
func (d *Snapshot) titled(subject policy.Subject) string {
	if at := slices.IndexFunc(d.agenda, func(e policy.Entry) bool { return e.Subject == subject }); at >= 0 {
		return d.agenda[at].Title
	}
	return subject.Path()
}

// postCalled names a post by its key: the driver of an OAP, the leader of an action.
func (d *Snapshot) postCalled(key string) string {
	post, of, _ := strings.Cut(key, "/")
	for _, p := range d.Definition.Priorities {
		for _, oap := range p.OAPs {
			if oap.Key == of {
				return post + " of " + oap.Title
			}
		}
	}
	for _, p := range d.allPlans() {
		for a := range p.actions() {
			if strings.ReplaceAll(a.Path(p.Subject), "/", "-") == of {
				return post + " of " + p.called(a)
			}
		}
	}
	if state := policy.Body(of); d.Definition.Bodies.MemberState(state) {
		return post + " of " + d.Definition.Bodies.Title(state)
	}
	return key
}

// actions goes through the actions of the plan.
func (p *plan) actions() iter.Seq[*policy.OperationalAction] {
	return func(yield func(*policy.OperationalAction) bool) {
		for i := range p.content.Actions {
			if !yield(&p.content.Actions[i]) {
				return
			}
		}
	}
}

// actions goes through the actions of all plans.
func (d *Snapshot) actions() iter.Seq2[*plan, *policy.OperationalAction] {
	return func(yield func(*plan, *policy.OperationalAction) bool) {
		for _, p := range d.plans {
			for a := range p.actions() {
				if !yield(p, a) {
					return
				}
			}
		}
	}
}

// gatherPlans finds the OAPs among entries whose content is kept here.
func (d *Snapshot) gatherPlans(agenda []policy.Entry) []*plan {
	changes := d.Changes()
	var plans []*plan
	for _, e := range agenda {
		content, kept := contentOf[*policy.OperationalPlan](d, e.Subject)
		if e.Subject.Kind != policy.KindOAP || !kept {
			continue
		}
		p := &plan{
			Entry: e, standing: d.Standing(e), content: content, stood: []*policy.OperationalPlan{content},
			adopted: map[string]policy.Date{}, signed: map[string]policy.Date{}, late: map[string]policy.Date{},
		}
		p.adopt(p.standing.ClosedOn)
		for _, change := range changes[e.Subject] {
			if changed, kept := contentOf[*policy.OperationalPlan](d, change.Subject); kept {
				p.content, p.stood = changed, append(p.stood, changed)
				p.adopt(change.ClosedOn)
			}
		}
		plans = append(plans, p)
	}
	return plans
}

func (p *plan) adopt(on policy.Date) {
	first := func(code string) {
		if p.adopted[code].IsZero() {
			p.adopted[code] = on
		}
	}
	first("")
	for _, a := range p.content.Actions {
		first(a.Code)
	}
	eachImpact(p, func(i *policy.ImpactAssessment, _, code string, _ bool) {
		before, assessed := p.signed[code]
		if assessed && before == i.On {
			return
		}
		// What was never assessed was adopted when it first came into force; what
		// is assessed anew, by the change that brings the new assessment.
		adopted := on
		if !assessed {
			adopted = p.adopted[code]
		}
		p.signed[code] = i.On
		delete(p.late, code)
		if i.On.After(adopted) {
			p.late[code] = adopted
		}
	})
}

// PlanInForce gives what stands in an OAP today, changes included, or stood in it when it
// was withdrawn; nil where it is not kept here.
func (d *Snapshot) PlanInForce(oap policy.Subject) *policy.OperationalPlan {
	for _, p := range slices.Concat(d.plans, d.past) {
		if p.Subject == oap {
			return p.content
		}
	}
	return nil
}

// Rows lists the rows of a register that hold today, by key; only those whose
// key begins with the prefix.
func (d *Snapshot) Rows(register policy.Register, prefix string) []policy.Row {
	var list []policy.Row
	for key, row := range d.rows[register] {
		if strings.HasPrefix(key, prefix) {
			list = append(list, row)
		}
	}
	slices.SortFunc(list, func(a, b policy.Row) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// irregular says whether somebody recorded that a fact went against a rule.
func (d *Snapshot) irregular(rule, key string) bool {
	row, there := rowOf[*policy.Irregularity](d, policy.RegIrregular, key)
	return there && row.Rule == rule
}
