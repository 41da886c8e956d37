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

// Claim implements service.Worklist. Whose turn it is may take it on.
func (s *Service) Claim(ctx context.Context, c service.Claim) error {
	who, may, err := s.mayDo(ctx, c.Subject)
	if err != nil {
		return err
	}
	if !slices.Contains(may, policy.DeedClaim) {
		return policy.Refuse(policy.CodeNotCompetent, "%s does not wait for %s", c.Subject, who.Actor)
	}
	if c.Release {
		return s.store.Release(ctx, c.Subject)
	}
	return s.store.Claim(ctx, c.Subject, who.Actor, s.now())
}

// mayDo gives who acts, and lists what they may do about a subject.
func (s *Service) mayDo(ctx context.Context, subject policy.Subject) (policy.Principal, []policy.Deed, error) {
	who, err := s.me(ctx)
	if err != nil {
		return who, nil, err
	}
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return who, nil, err
	}
	return who, deedsIn(cycle.Records(cycle.Calendar.Today(s.now())), cycle.ActsOn(subject), who, subject), nil
}

// deedsIn lists what somebody may do now about a subject with these acts.
func deedsIn(r policy.Records, acts []policy.Recorded, who policy.Principal, subject policy.Subject) []policy.Deed {
	entry, planned := r.Entry(subject)
	if !planned {
		return nil
	}
	return r.MayDo(who, entry, acts)
}

// Remind implements service.Worklist.
func (s *Service) Remind(ctx context.Context, r service.Remind) error {
	who, may, err := s.mayDo(ctx, r.Subject)
	if err != nil {
		return err
	}
	circle, err := s.store.FindCircle(ctx, r.Subject.Cycle)
	if err != nil {
		return err
	}
	if !slices.Contains(may, policy.DeedRemind) { // else the records say why not
		if err := policy.AuthoriseDeed(who, policy.DeedRemind, r.Subject.Cycle); err != nil {
			return err
		}
	}
	if r.To == "" {
		return policy.Refuse(policy.CodeInvalid, "say whom to remind")
	}
	if unknown := circle.Bodies.JudgeKnown(r.To); unknown != nil {
		return unknown
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

// Search implements service.Worklist.
func (s *Service) Search(ctx context.Context, text string) ([]service.Found, error) {
	text = tidied(text)
	const least = 3 // of fewer, an index finds nothing
	text = strings.TrimSpace(text)
	if len([]rune(text)) < least || strings.ContainsRune(text, 0) {
		return nil, policy.Refuse(policy.CodeInvalid, "write at least %d letters of what is looked for", least)
	}
	if document, err := policy.ParseDocumentRef(text); err == nil { // as it is kept, with all that came after it
		text = strings.TrimSuffix(string(document), " INIT")
	}
	seen, err := s.everywhere(ctx)
	if err != nil {
		return nil, err
	}
	hits, err := s.store.Search(ctx, s.searched(seen, text))
	if err == nil {
		hits, err = s.released(ctx, seen, hits)
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
		found = append(found, service.Found{What: hit.What, Subject: hit.Subject, Title: hit.Title, Said: cmp.Or(hit.Said, hit.Code), Code: hit.Code})
	}
	return found, nil
}

// searched says how far the reader may search.
func (s *Service) searched(seen sights, text string) store.SearchFilter {
	filter := store.SearchFilter{
		Text: text, Cycles: seen.reach(policy.MatterProgress), Plans: seen.reach(policy.MatterDocuments), Most: mostFound + 1,
	}
	if s.reader != nil && len(s.reader.Grants) > 0 {
		filter.Body = s.reader.Body
	}
	return filter
}

// released leaves of what was found the actions of plans that the reader may see.
func (s *Service) released(ctx context.Context, seen sights, hits []store.Hit) ([]store.Hit, error) {
	var may []store.Hit
	for _, hit := range hits {
		visibility, err := seen.in(hit.Subject.Cycle), error(nil)
		if hit.What == "action" && !visibility.Some(policy.MatterProgress) {
			visibility, err = s.visibility(ctx, hit.Subject.Cycle)
		}
		if err != nil {
			return nil, err
		}
		if hit.What != "action" || visibility.Document(hit.Subject, hit.Version, hit.Marking, hit.HandedIn) {
			may = append(may, hit)
		}
	}
	return may, nil
}

// Watch implements service.Worklist.
func (s *Service) Watch(ctx context.Context, cycle string, each func(service.Change)) error {
	seen := map[string]policy.Visibility{}
	in := func(cycle string) (visibility policy.Visibility, err error) {
		visibility, known := seen[cycle]
		if !known {
			if visibility, err = s.visibility(ctx, cycle); err == nil {
				seen[cycle] = visibility
			}
		}
		return visibility, err
	}
	if cycle != "" {
		if _, err := in(cycle); err != nil {
			return err
		}
	}
	return s.changes.follow(ctx, s.store, func(c store.Change) {
		if cycle != "" && c.Cycle != cycle {
			return
		}
		if visibility, err := in(c.Cycle); err != nil || !visibility.Some(policy.MatterProgress) {
			c.Path = ""
		}
		each(service.Change{Cycle: c.Cycle, Sequence: c.Sequence, Path: c.Path})
	})
}

// addWork adds to a subject what waits for the reader there.
func (s *Service) addWork(ctx context.Context, cycle *store.Cycle, r policy.Records, entry policy.Entry, view *service.Subject) error {
	known, opened := cycle.Subjects[view.Subject]
	if !opened || s.reader == nil {
		return nil
	}
	view.Awaits, view.Pending = awaits(known.Standing, known.Pending), known.Pending
	acts := cycle.ActsOn(view.Subject)
	view.May = deedsIn(r, acts, *s.reader, view.Subject)
	stands := map[string]bool{} // of an outcome, by its first record, what stands was found
	for i := range slices.Backward(view.Decisions) {
		d := &view.Decisions[i]
		if first := cmp.Or(d.Rectifies, d.ID); inEffect(*d) && !stands[first] {
			stands[first] = true
			d.MayRectify = r.MayRectify(*s.reader, entry, acts, first)
		}
	}
	holder, err := s.store.FindClaim(ctx, view.Subject)
	if err == nil && holder.Person != 0 {
		view.ClaimedBy = holder.String()
	}
	return err
}
