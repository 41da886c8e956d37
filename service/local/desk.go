package local

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Claim implements service.Desk. Whose turn it is may take it on.
func (s *Service) Claim(ctx context.Context, c service.Claim) error {
	who, err := s.store.CapacityOf(ctx, c.By)
	if err != nil {
		return err
	}
	may, err := s.mayDo(ctx, who, c.Subject)
	if err != nil {
		return err
	}
	if len(may) == 0 {
		return policy.Refuse(policy.CodeNotCompetent, "%s does not wait for %s", c.Subject, who.Actor)
	}
	if c.Release {
		return s.store.Release(ctx, c.Subject)
	}
	return s.store.Claim(ctx, c.Subject, who.Actor, s.now())
}

// mayDo lists what somebody may do about a subject.
func (s *Service) mayDo(ctx context.Context, who policy.Capacity, subject policy.Subject) ([]policy.Deed, error) {
	cycle, err := s.store.FindCycleOn(ctx, subject)
	if err != nil {
		return nil, err
	}
	return deedsOn(cycle, cycle.Records(cycle.Calendar.Today(s.now())), who, subject), nil
}

// deedsOn lists what somebody may do about a subject now, as policy.Authorise and
// four eyes have it; whether a rule stands against it is judged with the act.
func deedsOn(cycle *store.Cycle, r policy.Records, who policy.Capacity, subject policy.Subject) []policy.Deed {
	known, opened := cycle.Subjects[subject]
	at := slices.IndexFunc(r.Agenda(), func(e policy.Entry) bool { return e.Subject == subject })
	if !opened || at < 0 {
		return nil
	}
	entry := r.Agenda()[at]
	var deeds []policy.Deed
	offer := func(act policy.Act, err error) {
		if err == nil {
			deeds = append(deeds, policy.Deed(act.Kind))
		}
	}
	act := func(kind policy.ActKind) policy.Act { return actBy(who, kind, subject, known.Turn) }
	plain := func(kinds ...policy.ActKind) {
		for _, kind := range kinds {
			offer(act(kind), policy.Authorise(who, act(kind), entry))
		}
	}
	switch {
	case known.Pending != "":
		pending, found := actByID(cycle, known.Pending)
		if !found {
			return nil
		}
		offer(act(policy.ActSetAside), policy.AuthoriseSecond(who, act(policy.ActSetAside), pending.Act, entry))
		if !involved(cycle, subject, known.Version, who.Person, pending) {
			offer(act(policy.ActConfirm), policy.AuthoriseSecond(who, act(policy.ActConfirm), pending.Act, entry))
		}
	case known.State == policy.StateDrafting:
		plain(policy.ActSubmit)
	case known.State == policy.StateDeciding:
		if !involved(cycle, subject, known.Version, who.Person, store.Act{}) {
			plain(policy.ActDecide)
		}
		if act(policy.ActLaunch).Body.Collective() {
			plain(policy.ActLaunch)
			if who.Body.MemberState() || who.Body == policy.GeneralSecretariat {
				plain(policy.ActPosition)
			}
		}
	case known.Version > 0:
		plain(policy.ActCorrect)
		if subject.Kind == policy.KindOAP {
			change := act(policy.ActOpen)
			change.Subject.Kind = policy.KindChange
			offer(change, policy.Authorise(who, change, entry))
		}
	}
	return deeds
}

// actBy gives the act of a kind on a subject as somebody would do it on a turn.
func actBy(who policy.Capacity, kind policy.ActKind, subject policy.Subject, turn []policy.Body) policy.Act {
	a := policy.Act{Kind: kind, Subject: subject, By: who.Actor}
	if len(turn) == 1 {
		a.Body = turn[0]
	}
	if who.Body.MemberState() {
		a.Delegation = who.Body
	}
	return a
}

func actByID(cycle *store.Cycle, id string) (store.Act, bool) {
	at := slices.IndexFunc(cycle.Acts, func(a store.Act) bool { return a.ID == id })
	if at < 0 {
		return store.Act{}, false
	}
	return cycle.Acts[at], true
}

// involved says whether somebody handed in the version, or recorded what waits.
func involved(cycle *store.Cycle, subject policy.Subject, version int, person int64, pending store.Act) bool {
	if pending.By.Person == person && person != 0 {
		return true
	}
	return slices.ContainsFunc(cycle.Acts, func(a store.Act) bool {
		return a.Subject == subject && a.Kind == policy.ActSubmit && a.Version == version && a.By.Person == person
	})
}

// gathers says whether somebody gathers a report that is being drafted, and so sees
// who has not reported on it yet and may remind them: whoever may hand it in.
func (s *Service) gathers(ctx context.Context, who policy.Capacity, report policy.Subject) (bool, error) {
	if report.Kind != policy.KindReport {
		return false, nil
	}
	may, err := s.mayDo(ctx, who, report)
	return slices.Contains(may, policy.Deed(policy.ActSubmit)), err
}

// Remind implements service.Desk.
func (s *Service) Remind(ctx context.Context, r service.Remind) error {
	who, err := s.store.CapacityOf(ctx, r.By)
	if err != nil {
		return err
	}
	if err := s.may(ctx, r.By, policy.DeedRemind, r.Subject.Cycle); err != nil {
		if gathers, failed := s.gathers(ctx, who, r.Subject); failed != nil || !gathers {
			return cmp.Or(failed, err)
		}
	}
	if !r.To.Known() {
		return policy.Refuse(policy.CodeInvalid, "say whom to remind")
	}
	brief, err := s.store.FindBrief(ctx, r.Subject)
	if err != nil {
		return err
	}
	return s.store.RemindBy(ctx, store.Asked{
		Subject: r.Subject, To: r.To, On: s.dateOr(policy.Date{}, brief), By: who.Actor, At: s.now(),
	})
}

// mostFound is how much of each sort a search gives.
const mostFound = 50

// Search implements service.Desk.
func (s *Service) Search(ctx context.Context, text string) ([]service.Found, error) {
	const least = 2
	text = strings.TrimSpace(text)
	if len([]rune(text)) < least || strings.ContainsRune(text, 0) {
		return nil, policy.Refuse(policy.CodeInvalid, "write at least %d letters of what is looked for", least)
	}
	sight, err := s.sight(ctx, "")
	if err != nil {
		return nil, err
	}
	filter := store.SearchFilter{Text: text, Limite: sight.Limite(), Most: mostFound + 1}
	if s.reader != nil {
		filter.Body = s.reader.Body
	}
	hits, err := s.store.Search(ctx, filter)
	if err == nil && !filter.Limite {
		hits, err = s.released(ctx, hits)
	}
	if err != nil {
		return nil, err
	}
	found, of := []service.Found{}, map[string]int{}
	for _, hit := range hits {
		if of[hit.What]++; of[hit.What] > mostFound {
			found[len(found)-1].More = true
			continue
		}
		found = append(found, service.Found{What: hit.What, Subject: hit.Subject, Title: hit.Title, Said: hit.Said, Code: hit.Code})
	}
	return found, nil
}

// released leaves of what was found the actions of plans that the reader may see:
// what is public, and what was released.
func (s *Service) released(ctx context.Context, hits []store.Hit) ([]store.Hit, error) {
	var seen []store.Hit
	for _, hit := range hits {
		if hit.What == "action" {
			sight, err := s.sight(ctx, hit.Subject.Cycle)
			if err != nil {
				return nil, err
			}
			if !sight.Document(hit.Subject, hit.Version, hit.Marking) {
				continue
			}
		}
		seen = append(seen, hit)
	}
	return seen, nil
}

// Watch implements service.Desk.
func (s *Service) Watch(ctx context.Context, cycle string, each func(service.Change)) error {
	sight, err := s.sight(ctx, cycle)
	if err != nil {
		return err
	}
	return s.changes.follow(ctx, s.store, func(c store.Change) {
		if cycle != "" && c.Cycle != cycle {
			return
		}
		if !sight.Limite() {
			c.Path = ""
		}
		each(service.Change{Cycle: c.Cycle, Sequence: c.Sequence, Path: c.Path})
	})
}

// deskOf adds to a subject what waits for the reader there.
func (s *Service) deskOf(ctx context.Context, cycle *store.Cycle, r policy.Records, view *service.Subject) error {
	known, opened := cycle.Subjects[view.Subject]
	if !opened || s.reader == nil {
		return nil
	}
	view.Awaits, view.Pending = awaits(known.State, known.Pending), known.Pending
	view.May = deedsOn(cycle, r, *s.reader, view.Subject)
	holder, err := s.store.FindClaim(ctx, view.Subject)
	if err == nil && holder.Person != 0 {
		view.ClaimedBy = holder.String()
	}
	return err
}
