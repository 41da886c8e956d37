package store

import (
	"context"
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

// SearchFilter is what is looked for, and how far whoever looks may see: everything, or
// the names of cycles, what is public, and what may have been released to the Body. Most is
// how much of each sort is given.
type SearchFilter struct {
	Text       string
	Everything bool
	Cycles     []string // of which subjects and decisions are given
	Plans      []string // of which actions may be given
	Body       policy.Body
	Most       int
}

// Search finds a text in cycles, subjects, decisions and the actions of plans.
func (s *Store) Search(ctx context.Context, f SearchFilter) ([]Hit, error) {
	q := sqlc.New(s.pool)
	pattern := likePattern(f.Text)
	rows, err := q.SearchRecords(ctx, sqlc.SearchRecordsParams{Pattern: pattern, Everything: f.Everything, Cycles: f.Cycles, Most: int32(f.Most)})
	if err != nil {
		return nil, translate(err)
	}
	var hits []Hit
	for _, row := range rows {
		subject := policy.Subject{Cycle: row.Cycle}
		if row.Path != "" {
			var known bool
			if subject, known = s.subjectAt(row.Cycle, row.Path); !known {
				continue
			}
		}
		hits = append(hits, Hit{What: row.What, Subject: subject, Title: row.Title, Said: row.Said})
	}
	actions, err := q.SearchActions(ctx, sqlc.SearchActionsParams{
		Pattern: pattern, Everything: f.Everything, Plans: f.Plans, Body: string(f.Body), Most: int32(f.Most),
	})
	if err != nil {
		return nil, translate(err)
	}
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
