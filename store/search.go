package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Hit is something that a search found.
type Hit struct {
	What    string // "cycle", "subject", "decision" or "action"
	Subject policy.Subject
	Title   string
	Said    string // what is told of it beside the title
	// Version, Marking and HandedIn are those of the plan in which an action stands.
	Version  int
	Marking  policy.Marking
	HandedIn policy.Date
	Code     string // of an action
}

// SearchFilter is what is looked for, and how far whoever looks may see beside the names of
// cycles, what is public, and what may have been released to the Body. Most is how much of
// each sort is given.
type SearchFilter struct {
	Text   string
	Cycles Reach // of which subjects and decisions are given
	Plans  Reach // of which actions may be given
	Body   policy.Body
	Most   int
}

// Reach is the cycles that somebody reads: all, or those Among, but none of those Without.
type Reach struct {
	All            bool
	Among, Without []string
}

// among gives the cycles as a question takes them, nil for all.
func (r Reach) among() []string {
	if r.All {
		return nil
	}
	return append([]string{}, r.Among...)
}

func (r Reach) without() []string { return append([]string{}, r.Without...) }

// Search finds a text in cycles, subjects, decisions and the actions of plans.
func (s *Store) Search(ctx context.Context, f SearchFilter) ([]Hit, error) {
	q := sqlc.New(asked{s.pool})
	pattern, most := likePattern(f.Text), int32(f.Most)
	cycles, err := q.SearchCycles(ctx, sqlc.SearchCyclesParams{Pattern: pattern, Most: most})
	if err != nil {
		return nil, translate(err)
	}
	var hits []Hit
	for _, row := range cycles {
		hits = append(hits, Hit{What: "cycle", Subject: policy.Subject{Cycle: row.ID}, Title: row.Title})
	}
	if !f.Cycles.All && len(f.Cycles.Among) == 0 {
		return s.searchActions(ctx, q, f, hits)
	}
	subjects, err := q.SearchSubjects(ctx, sqlc.SearchSubjectsParams{
		Pattern: pattern, Among: f.Cycles.among(), Without: f.Cycles.without(), Most: most,
	})
	if err != nil {
		return nil, translate(err)
	}
	for _, row := range subjects {
		if subject, known := s.subjectAt(row.Cycle, row.Path); known {
			hits = append(hits, Hit{What: "subject", Subject: subject, Title: row.Title, Said: row.State})
		}
	}
	decisions, err := q.SearchDecisions(ctx, sqlc.SearchDecisionsParams{
		Pattern: pattern, Among: f.Cycles.among(), Without: f.Cycles.without(), Most: most,
	})
	if err != nil {
		return nil, translate(err)
	}
	for _, row := range decisions {
		if subject, known := s.subjectAt(row.Cycle, row.Path); known {
			hits = append(hits, Hit{What: "decision", Subject: subject, Title: row.Document, Said: row.Said})
		}
	}
	return s.searchActions(ctx, q, f, hits)
}

// searchActions adds to hits those in the actions of plans.
func (s *Store) searchActions(ctx context.Context, q *sqlc.Queries, f SearchFilter, hits []Hit) ([]Hit, error) {
	actions, err := q.SearchActions(ctx, sqlc.SearchActionsParams{
		Pattern: likePattern(f.Text), Among: f.Plans.among(), Without: f.Plans.without(), Body: string(f.Body), Most: int32(f.Most),
	})
	if err != nil {
		return nil, translate(err)
	}
	slices.SortStableFunc(actions, func(a, b sqlc.SearchActionsRow) int {
		return cmp.Or(cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(a.Path, b.Path))
	})
	for _, row := range actions {
		subject, known := s.subjectAt(row.Cycle, row.Path)
		if !known {
			continue
		}
		if row.Others {
			if inForce, err := s.inForce(ctx, subject); err != nil {
				return nil, err
			} else if inForce != int(row.Version) {
				continue
			}
		}
		hits = append(hits, Hit{
			What: "action", Subject: subject, Title: row.Title, Said: row.Said, Code: row.Code,
			Version: int(row.Version), Marking: policy.Marking(row.Marking), HandedIn: fromDate(row.HandedIn),
		})
	}
	return hits, nil
}

// likePattern finds a text as it stands, wherever it stands; empty is everything.
func likePattern(text string) string {
	if text == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}
