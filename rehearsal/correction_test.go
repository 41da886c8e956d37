package rehearsal_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// corrected is a theatre in which the COSI Support Group has referred the plan back, and
// somebody of the General Secretariat has corrected what was entered of that. The
// correction is the last of the acts, and waits for a second person.
type corrected struct {
	*theatre
	entry policy.Entry
	acts  []policy.Recorded
	who   policy.Actor // who acts
}

func corrects(submitters ...policy.Body) *corrected {
	on, anna, bert := policy.NewDate(2023, 10, 20), policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}
	version := policy.Act{
		Kind: policy.ActSubmit, Subject: plan, Date: policy.NewDate(2023, 10, 1), By: policy.Actor{Name: "Sven", Body: "se"}, Version: 1, Digest: "v1",
	}
	conclusion := policy.Act{
		Kind: policy.ActDecide, Subject: plan, Date: on, By: anna, Body: policy.COSISupportGroup, Outcome: policy.ReferredBack,
		Version: 1, Digest: "v1", Document: "EX 1/23", Comment: "No budget.",
	}
	correction := conclusion
	correction.Rectifies, correction.Document = "referred-back", "EX 2/23"
	return &corrected{
		theatre: opens(policy.NewDate(2023, 10, 25)),
		entry: policy.Entry{
			Subject: plan, Submitters: submitters, Opens: policy.NewDate(2023, 9, 1), SubmitBy: policy.NewDate(2023, 10, 15), Due: policy.NewDate(2023, 12, 10),
			Turns: []policy.Turn{{Body: policy.COSISupportGroup, Due: policy.NewDate(2023, 11, 20)}, {Body: policy.COSI, Due: policy.NewDate(2023, 12, 10)}},
		},
		acts: []policy.Recorded{
			{ID: "handed-in", Act: version},
			{ID: "referred-back", Stated: "stated", Act: conclusion},
			{ID: "confirmed", Act: policy.Act{Kind: policy.ActConfirm, Subject: plan, Date: on, By: bert, Confirms: "referred-back"}},
			{ID: "correction", Stated: "stated", Act: correction},
		},
	}
}

func (s *corrected) As(who policy.Principal) service.Service {
	s.who = who.Actor
	return s
}

func (s *corrected) Inbox(ctx context.Context, filter service.InboxFilter) ([]service.InboxItem, error) {
	items, err := s.theatre.Inbox(ctx, filter)
	stands := policy.StandingOf(s.entry, s.entry.Opens, s.acts)
	item := service.InboxItem{
		Subject: plan, Awaits: "submission", Pending: stands.Pending, Turn: stands.Turn, Version: stands.Version, Since: stands.Since, Due: stands.Due,
	}
	if stands.Pending != "" {
		item.Awaits = "confirmation"
	}
	items = slices.DeleteFunc(items, func(i service.InboxItem) bool { return i.Subject == plan })
	if !s.has("handed in") {
		items = append(items, item)
	}
	return items, err
}

func (s *corrected) FindSubject(context.Context, policy.Subject) (*service.Subject, error) {
	found := &service.Subject{Subject: plan}
	for _, act := range s.acts {
		if act.Kind == policy.ActDecide {
			found.Decisions = append(found.Decisions, service.Decision{ID: act.ID, Body: act.Body, Date: act.Date})
		}
	}
	return found, nil
}

func (s *corrected) Confirm(_ context.Context, in service.Second) (*service.Receipt, error) {
	act := policy.Act{Kind: policy.ActConfirm, Subject: plan, Date: in.Date, By: s.who, Confirms: in.Record, Digest: "stated"}
	if err := policy.Judge(s.entry, s.entry.Opens, s.acts, act, policy.Facts{Today: s.day()}); err != nil {
		return nil, err
	}
	s.acts = append(s.acts, policy.Recorded{ID: "confirmed-again", Act: act})
	s.tells("%s confirmed", in.Record)
	return &service.Receipt{}, nil
}

func (s *corrected) Submit(context.Context, service.Submit) (*service.Receipt, error) {
	s.tells("handed in by %s", s.who.Body)
	return &service.Receipt{}, nil
}

// What is to be confirmed is the outcome of the Support Group, whoever has the turn: the
// driver, or nobody in particular where the plan has none.
func TestPlay_ConfirmsCorrectionsWhileAPlanIsDraftedAnew(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		submitters []policy.Body
		handsIn    string
	}{
		"no driver": {nil, "support-team"},
		"a driver":  {[]policy.Body{"se", policy.SupportTeam}, "se"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := corrects(test.submitters...)
				s.rows = nil
				want := []string{"correction confirmed on 2023-11-17", "handed in by " + test.handsIn + " on 2023-11-17", "report on 2024-05-22"}
				ctx, end := context.WithTimeout(t.Context(), time.Hour)
				defer end()
				rehearsal.Play(ctx, s, zerolog.Nop())
				if !slices.Equal(s.told, want) {
					t.Errorf("it went %v, want %v", s.told, want)
				}
			})
		})
	}
}

// A mistake that is met in one rehearsal, in finding out what is to be done or in doing it,
// is told to the log, and the other rehearsals go on.
func TestPlay_EndsNoOtherForAMistakeInOne(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*mistaken{
		"in finding out": {finding: true}, "in doing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := m
				s.theatre = opens(policy.NewDate(2023, 1, 1))
				ctx, end := context.WithTimeout(t.Context(), time.Hour)
				defer end()
				var log bytes.Buffer
				rehearsal.Play(ctx, s, zerolog.New(zerolog.SyncWriter(&log)))
				if want := []string{"plan on 2023-10-31", "consent on 2023-11-10", "report on 2024-05-22"}; !slices.Equal(s.told, want) {
					t.Errorf("the other went %v, want %v", s.told, want)
				}
				said := log.String()
				if !strings.Contains(said, `"cycle":"autumn"`) || strings.Count(said, "a mistake") != 1 || !strings.Contains(said, "correction_test.go") {
					t.Errorf("the log says %s", said)
				}
			})
		})
	}
}

// mistaken is a theatre with a second cycle, "autumn", in which something panics.
type mistaken struct {
	*theatre
	finding bool // whether in finding the inbox; else in deciding
}

var autumn = policy.Subject{Cycle: "autumn", Kind: policy.KindOAP, Key: "2024/firearms"}

func (s *mistaken) As(policy.Principal) service.Service { return s }

func (s *mistaken) ListScripts(ctx context.Context) ([]string, error) {
	ids, err := s.theatre.ListScripts(ctx)
	return append(ids, "autumn"), err
}

func (s *mistaken) Inbox(ctx context.Context, filter service.InboxFilter) ([]service.InboxItem, error) {
	switch {
	case filter.Cycle != "autumn":
		return s.theatre.Inbox(ctx, filter)
	case s.finding:
		panic("a mistake")
	default:
		return []service.InboxItem{{Subject: autumn, Awaits: "decision", Turn: []policy.Body{policy.SupportTeam}, Version: 1}}, nil
	}
}

func (s *mistaken) Decide(ctx context.Context, in service.Decide) (*service.Receipt, error) {
	if in.Subject == autumn {
		panic("a mistake")
	}
	return s.theatre.Decide(ctx, in)
}

func (s *mistaken) Page(ctx context.Context, cycle string) (policy.Page, error) {
	if cycle == "autumn" {
		return policy.Page{Day: policy.NewDate(2024, 1, 1)}, nil
	}
	return s.theatre.Page(ctx, cycle)
}
