package policy

import "slices"

// What is offered is what is taken: the pages, the service and the record ask here
// what somebody may do. Whether a rule of the field stands against it is judged with
// the act.

// MayDo lists what somebody may do now about the subject of an entry on which these
// acts are recorded.
func (r Records) MayDo(who Principal, e Entry, records []Recorded) []Deed {
	var deeds []Deed
	for _, a := range r.awaited(who, e, records) {
		if permits(who, a, e, records) == nil {
			deeds = append(deeds, a.Deed())
		}
	}
	s := r.Standing(e)
	if s.Open() && len(deeds) > 0 || s.AwaitsFinal() && slices.Contains(deeds, Deed(ActFinalise)) {
		deeds = append(deeds, DeedClaim)
	}
	gathers := e.Subject.Kind == KindReport && s.State == StateDrafting && slices.Contains(deeds, Deed(ActSubmit))
	if s.Awaited() && (gathers || AuthoriseDeed(who, DeedRemind, e.Subject.Cycle) == nil) {
		deeds = append(deeds, DeedRemind)
	}
	return deeds
}

// MayRectify says whether somebody may record anew, as it was, what a body concluded.
func (r Records) MayRectify(who Principal, e Entry, records []Recorded, id string) bool {
	acts := effective(records)
	at := slices.IndexFunc(acts, func(a Recorded) bool { return a.ID == id && a.Kind == ActDecide })
	if at < 0 || PendingIn(records) != nil {
		return false
	}
	return permits(who, who.on(e.Bodies, acts[at].Body, ActDecide, e.Subject), e, records) == nil
}

// permits says whether somebody may do an act on a subject by the role matrix and by
// four eyes.
func permits(who Principal, a Act, e Entry, records []Recorded) error {
	authorised := Authorise(who, a, e)
	if waiting := PendingIn(records); waiting != nil && (a.Kind == ActConfirm || a.Kind == ActSetAside) {
		authorised = AuthoriseSecond(who, a, waiting.Act, e)
	}
	if authorised != nil {
		return authorised
	}
	if err := e.Bodies.judgeForeign(a.By.Body, a.Date, false); err != nil {
		return err
	}
	return FourEyes(e.Bodies, records, a)
}

// awaited gives the acts for which it is time on a subject, as somebody would do them.
// A delegation may speak, and a plan be changed, while an outcome waits for a second
// person.
func (r Records) awaited(who Principal, e Entry, records []Recorded) []Act {
	s := r.Standing(e)
	var acts []Act
	add := func(a Act) {
		a.Date = r.Today
		acts = append(acts, a)
	}
	switch {
	case PendingIn(records) != nil:
		add(who.act(e.Bodies, ActConfirm, e.Subject))
		add(who.act(e.Bodies, ActSetAside, e.Subject))
	case s.State == StateDrafting:
		add(who.act(e.Bodies, ActSubmit, e.Subject))
	case s.State == StateDeciding:
		add(who.on(e.Bodies, s.Turn[0], ActDecide, e.Subject))
		if r.maySilence(e, s) {
			add(who.on(e.Bodies, s.Turn[0], ActLaunch, e.Subject))
		}
		if !s.Silence.Holds() {
			revision := who.act(e.Bodies, ActSubmit, e.Subject)
			revision.Revises = s.Version
			add(revision)
		}
	case s.Positive():
		add(who.act(e.Bodies, ActCorrect, e.Subject))
		if s.AwaitsFinal() {
			add(who.act(e.Bodies, ActFinalise, e.Subject))
		}
	}
	speaks := who.Body == GeneralSecretariat || r.Definition.Bodies.MemberOn(who.Body, r.Today)
	if s.State == StateDeciding && e.Bodies.Collective(s.Turn[0]) && speaks {
		add(who.on(e.Bodies, s.Turn[0], ActPosition, e.Subject))
	}
	if end := SilentEnd(records); s.Positive() && end != nil && speaks && len(r.restingOn(e.Subject)) == 0 {
		add(who.on(e.Bodies, end.Body, ActPosition, e.Subject)) // an objection that was made in time
	}
	change := who.act(e.Bodies, ActOpen, e.Subject.ChangedBy("1"))
	change.Date = r.Today // it is judged before it is offered
	if change.Subject != (Subject{}) && s.Positive() && JudgeOpening(r, change, false) == nil {
		add(change)
	}
	return acts
}

// maySilence says whether a silence procedure can be launched before the body whose
// turn it is.
func (r Records) maySilence(e Entry, s Standing) bool {
	return e.Bodies.Collective(s.Turn[0]) && !s.Silence.Open(r.Today) && (!e.Settles(s) || e.Subject.Kind.Adopted())
}

// on gives an act of a kind before a body.
func (c Principal) on(bodies BodyTable, body Body, kind ActKind, subject Subject) Act {
	a := c.act(bodies, kind, subject)
	a.Body = body
	return a
}

// act gives an act of a kind as somebody does it: a delegation speaks for itself.
func (c Principal) act(bodies BodyTable, kind ActKind, subject Subject) Act {
	a := Act{Kind: kind, Subject: subject, By: c.Actor}
	if c.OnBehalfOf != nil {
		a.For = &c.OnBehalfOf.Actor
	}
	if kind == ActPosition && bodies.MemberState(c.Body) {
		a.Delegation = c.Body
	}
	return a
}

// MayHere lists what somebody may do here altogether, in no cycle.
func MayHere(who Principal) []Deed { return authorised(who, "", DeedStart, DeedPeople, DeedAudit) }

// May lists what somebody may do in the cycle as a whole.
func (r Records) May(who Principal) []Deed {
	cycle := r.Definition.Key
	var deeds []Deed
	item := Act{Kind: ActOpen, Subject: Subject{Cycle: cycle, Kind: KindItem}, By: who.Actor, Date: r.Today}
	if Authorise(who, item, Entry{Subject: item.Subject, Bodies: r.Definition.Bodies}) == nil && JudgeOpening(r, item, false) == nil {
		deeds = append(deeds, Deed(ActOpen))
	}
	amendment := Act{Kind: ActAmend, Subject: r.Definition.SubjectOf(KindDefinition), By: who.Actor}
	if Authorise(who, amendment, Entry{Bodies: r.Definition.Bodies}) == nil {
		deeds = append(deeds, Deed(ActAmend))
	}
	if len(r.MayEnter(who)) > 0 {
		deeds = append(deeds, DeedEnter)
	}
	return append(deeds, authorised(who, cycle, DeedExport, DeedRemind, DeedAudit)...)
}

func authorised(who Principal, cycle string, deeds ...Deed) []Deed {
	return slices.DeleteFunc(deeds, func(d Deed) bool { return AuthoriseDeed(who, d, cycle) != nil })
}

// MayEnter lists the registers of the cycle into which somebody may enter rows; which
// ones, MayEnterRow says.
func (r Records) MayEnter(who Principal) []Register {
	return slices.DeleteFunc(Registers(), func(register Register) bool {
		known, holder := registers[register], who.holder()
		enters := slices.Contains(known.enter, who.Body) || known.states && r.Definition.Bodies.MemberOn(who.Body, r.Today)
		return !enters || !register.StoredBy(r.Definition.Stores) || !slices.ContainsFunc(holder.Grants, func(g Grant) bool {
			return g.Body == who.Body && g.within(r.Definition.Key) && (g.Role == RoleOfficial || slices.Contains(known.roles, g.Role))
		})
	})
}

// MayEnterRow says whether somebody may enter such a row.
func (r Records) MayEnterRow(who Principal, row Row) bool {
	d := r.Definition
	row.By = who.Actor
	return d.Bodies.JudgeActor(who.Actor, r.Today) == nil && row.Register.StoredBy(d.Stores) && d.AuthoriseRowBy(who, row) == nil
}

// MayAt lists what somebody may do about a meeting: put something on its agenda, and
// move it.
func (r Records) MayAt(who Principal, meeting string) []Deed {
	var deeds []Deed
	if r.MayEnterRow(who, Row{Register: RegAgenda, Key: meeting + "/item", Body: new(AgendaItem)}) {
		deeds = append(deeds, DeedEnter)
	}
	return append(deeds, authorised(who, r.Definition.Key, DeedMove)...)
}

// MayReport says whether somebody may enter how far an action is in the round of a
// report.
func (r Records) MayReport(who Principal, report Subject, action string) bool {
	return r.MayEnterRow(who, Row{Register: RegProgress, Key: report.Progress() + action, Body: new(Progress)})
}

// MayConsent says whether somebody may answer for a State on its actions.
func (r Records) MayConsent(who Principal, state Body) bool {
	return who.Body == state && slices.Contains(r.MayEnter(who), RegConsents)
}
