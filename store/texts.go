package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store/sqlc"
)

// texts are those of the subjects of a cycle that are kept here as data.
type texts struct {
	inForce map[policy.Subject]policy.Content
	all     map[string]policy.Content // that may be in force on some day, by digest
	unread  []rules.Unread            // that are in force and cannot be read
}

// texts gives the texts of subjects; no path is all subjects.
func (s *Store) texts(ctx context.Context, q *sqlc.Queries, r policy.Records, paths []string) (texts, error) {
	t := texts{inForce: map[policy.Subject]policy.Content{}, all: map[string]policy.Content{}}
	cycle := r.Definition.Key
	rows, err := textRows(ctx, q, cycle, paths)
	if err != nil {
		return t, fmt.Errorf("texts of %s: %w", cycle, err)
	}
	records, digests := s.textActs(cycle, rows)
	var held []sqlc.ListHeldRow
	if len(digests) > 0 {
		if held, err = q.ListHeld(ctx, digests); err != nil {
			return t, fmt.Errorf("contents of %s: %w", cycle, err)
		}
	}
	bodies := make(map[string][]byte, len(held))
	for _, row := range held {
		bodies[row.Digest] = row.Body
	}
	adopted := r.Adopting()
	byPath := func(a, b policy.Subject) int { return strings.Compare(a.Path(), b.Path()) }
	for _, subject := range slices.SortedFunc(maps.Keys(records), byPath) {
		s.readTexts(&t, subject, records[subject], policy.TextInForce(records[subject], adopted), bodies)
	}
	return t, nil
}

func textRows(ctx context.Context, q *sqlc.Queries, cycle string, paths []string) ([]sqlc.ListTextsRow, error) {
	if len(paths) == 0 {
		return q.ListTexts(ctx, cycle)
	}
	found, err := q.ListTextsOn(ctx, sqlc.ListTextsOnParams{Cycle: cycle, Paths: paths})
	rows := make([]sqlc.ListTextsRow, len(found))
	for i, row := range found {
		rows[i] = sqlc.ListTextsRow(row)
	}
	return rows, err
}

// textActs gives what says which text of each subject is in force, and the digests of all
// that may be.
func (s *Store) textActs(cycle string, rows []sqlc.ListTextsRow) (records map[policy.Subject][]policy.Recorded, digests []string) {
	records, digests = map[policy.Subject][]policy.Recorded{}, []string{}
	var subject policy.Subject
	known, path := false, ""
	for _, row := range rows {
		if row.Path != path {
			path = row.Path
			subject, known = s.subjectAt(cycle, path)
		}
		if known && policy.NewContent(subject.Kind) != nil {
			records[subject] = append(records[subject], textAct(subject, row))
		}
	}
	for _, acts := range records {
		for _, text := range policy.TextsOn(acts) {
			digests = append(digests, text.Content)
		}
	}
	return records, digests
}

func textAct(subject policy.Subject, row sqlc.ListTextsRow) policy.Recorded {
	return policy.Recorded{ID: row.ID, Act: policy.Act{
		Kind: policy.ActKind(row.Kind), Subject: subject, Date: fromDate(row.Date), Version: int(row.Version), Substantive: row.Substantive,
		Rectifies: valueOf(row.Rectifies), Confirms: valueOf(row.RestsOn), Content: valueOf(row.Held),
	}}
}

// readTexts reads the texts of a subject, of which one is in force.
func (s *Store) readTexts(t *texts, subject policy.Subject, records []policy.Recorded, inForce *policy.Recorded, bodies map[string][]byte) {
	for _, text := range policy.TextsOn(records) {
		body, kept := bodies[text.Content]
		if !kept {
			continue
		}
		content, err := contentOf(subject, body)
		stands := text.ID == inForce.ID
		switch {
		case err == nil && stands:
			t.inForce[subject], t.all[text.Content] = content, content
		case err == nil:
			t.all[text.Content] = content
		default:
			s.tell(err)
			if stands {
				t.unread = append(t.unread, rules.Unread{What: string(subject.Kind.Form()), Subject: subject.Path(), Record: subject.Path()})
			}
		}
	}
}

// TextInForce gives the act whose text of a subject is in force; nil where nothing was handed
// in. It wants the acts on the subject.
func (c *Cycle) TextInForce(subject policy.Subject) *policy.Recorded {
	return policy.TextInForce(c.ActsOn(subject), c.Records(policy.Date{}).Adopting())
}

// inForce gives the version of the text of a subject that is in force; 0 for none.
func (s *Store) inForce(ctx context.Context, subject policy.Subject) (int, error) {
	cycle, err := s.FindCycleOn(ctx, subject)
	if err != nil {
		return 0, err
	}
	if text := cycle.TextInForce(subject); text != nil {
		return text.Version, nil
	}
	return 0, nil
}
