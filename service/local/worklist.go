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
	if !slices.Contains(may, policy.DeedRemind) { // else the records say why not
		if err := policy.AuthoriseDeed(who, policy.DeedRemind, r.Subject.Cycle); err != nil {
			return err
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

// Search implements service.Worklist.
func (s *Service) Search(ctx context.Context, text string) ([]service.Found, error) {
	text = tidied(text)
	const least = 2
	text = strings.TrimSpace(text)
	if len([]rune(text)) < least || strings.ContainsRune(text, 0) {
		return nil, policy.Refuse(policy.CodeInvalid, "write at least %d letters of what is looked for", least)
	}
	if document, err := policy.ParseDocumentRef(text); err == nil { // as it is kept, with all that came after it
		text = strings.TrimSuffix(string(document), " INIT")
	}
	visibility, err := s.visibility(ctx, "")
	if err != nil {
		return nil, err
	}
	filter := store.SearchFilter{Text: text, Limite: visibility.Limite(), Most: mostFound + 1}
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
			visibility, err := s.visibility(ctx, hit.Subject.Cycle)
			if err != nil {
				return nil, err
			}
			if !visibility.Document(hit.Subject, hit.Version, hit.Marking) {
				continue
			}
		}
		seen = append(seen, hit)
	}
	return seen, nil
}

// Watch implements service.Worklist.
func (s *Service) Watch(ctx context.Context, cycle string, each func(service.Change)) error {
	visibility, err := s.visibility(ctx, cycle)
	if err != nil {
		return err
	}
	return s.changes.follow(ctx, s.store, func(c store.Change) {
		if cycle != "" && c.Cycle != cycle {
			return
		}
		if !visibility.Limite() {
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
	view.Awaits, view.Pending = awaits(known.State, known.Pending), known.Pending
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
