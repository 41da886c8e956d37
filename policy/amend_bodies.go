package policy

import "slices"

// JudgeBodies says whether the bodies of an amended definition may take the place of those in
// force: one that the cycle has stays what it is, and is left out only once nothing is before it
// and it holds no post. posts are the rows of that register. The error has CodeInvalid.
func (r Records) JudgeBodies(amended *Definition, posts []Row) error {
	for _, was := range r.Definition.Bodies.Added() {
		title := r.Definition.Bodies.Title(was.Body)
		now := amended.Bodies.own(was.Body)
		switch joins := given(now).Kind == KindMemberState && was.Kind == KindThirdCountry; {
		case now == nil:
			if err := r.judgeLeftOut(was.Body, title, posts); err != nil {
				return err
			}
		case now.Kind != was.Kind && !joins:
			return missing("bodies", "%s is of the kind %s in the cycle: it does not become one of the kind %s", title, was.Kind, now.Kind)
		case now.Collective != was.Collective:
			return missing("bodies", "whether %s concludes in meetings was said when the cycle took it up: that stays", title)
		}
	}
	return nil
}

// judgeLeftOut holds that nothing waits for a body, or will, and that it holds no post.
func (r Records) judgeLeftOut(body Body, title string, posts []Row) error {
	for _, e := range r.Agenda() {
		s := r.Standing(e)
		ahead := e.Subject.Kind.ByHand() && slices.ContainsFunc(e.Turns[min(s.Turns, len(e.Turns)):], func(t Turn) bool { return t.Body == body })
		if s.Open() && (ahead || slices.Contains(s.Turn, body)) {
			return missing("bodies", "%s cannot be left out: %s is before it, or will be", title, s.Subject)
		}
	}
	for _, row := range RowsOn(r.Today, posts) {
		if held, is := row.Body.(*Holding); is && (held.Holder == body || held.Acting == body) {
			return missing("bodies", "%s cannot be left out: it holds the post %s", title, row.Key)
		}
	}
	return nil
}
