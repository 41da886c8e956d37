package local

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// page is all that the page of a subject asks.
type page struct {
	Cycle      *service.Cycle
	Subject    *service.Subject
	Document   *service.Document
	Comparison *service.Comparison
	Findings   []policy.Finding
}

func asksFor(ctx context.Context, t *testing.T, s service.Service, subject policy.Subject) (p page) {
	t.Helper()
	var errs [5]error
	p.Cycle, errs[0] = s.FindCycle(ctx, subject.Cycle)
	p.Subject, errs[1] = s.FindSubject(ctx, subject)
	p.Document, errs[2] = s.FindContent(ctx, subject, 0)
	p.Comparison, errs[3] = s.CompareVersions(ctx, subject, 0, 0)
	p.Findings, errs[4] = s.Findings(ctx, subject.Cycle, service.FindingFilter{Subject: subject.Path()})
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestOnce_APageReadsTheCycleOnce(t *testing.T) {
	t.Parallel()
	anna := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	asked := &storetest.Questions{}
	records, err := store.Open(t.Context(), storetest.URL(t), store.Options{Asserted: true, Trace: asked})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(records.Close)
	definition := policytest.Cycle("small")
	definition.Stores = []string{"oap", "indicators", "consents"}
	oap := policytest.Subject("small", "oap/2022/firearms")
	past := store.Past{
		NewCycle: store.NewCycle{ID: "small", Definition: definition, By: anna, Now: time.Now()}, Documents: map[string]policy.Content{},
	}
	for version, title := range []string{"Trace", "Trace them all"} {
		past.Documents[oap.Path()+"/v"+string(rune('1'+version))] = &policy.OperationalPlan{Actions: []policy.OperationalAction{{
			Code: "1.1", Title: title, Kind: policy.Prevention, Area: "Tracing", Goals: []string{"1"}, Leader: "se", Participants: []policy.Body{"se"}, From: policytest.Date("2022-01-01"), To: policytest.Date("2022-12-31"),
		}}}
		past.Acts = append(past.Acts,
			policy.Recorded{Act: policy.Act{Kind: policy.ActSubmit, Subject: oap, Date: policytest.Date("2021-11-02"), By: policy.Actor{Name: "Eva", Body: "se"}}},
			policy.Recorded{Act: policy.Act{
				Kind: policy.ActDecide, Subject: oap, Date: policytest.Date("2021-11-02"), By: policy.Actor{Name: "Tom", Body: policy.SupportTeam}, Body: policy.SupportTeam,
				Version: version + 1, Outcome: []policy.Outcome{policy.ReferredBack, policy.TookNote}[version], Comment: "say more", Document: "ST 1/21 INIT", Procedure: policy.Meeting,
			}})
	}
	if err := records.Import(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	s, err := service.As(t.Context(), New(records, nil, nil).RecordingReads(), anna)
	if err != nil {
		t.Fatal(err)
	}
	each := asksFor(t.Context(), t, s, oap)
	if s, err = service.As(t.Context(), New(records, nil, nil).RecordingReads(), anna); err != nil { // which remembers nothing
		t.Fatal(err)
	}
	asked.Take()
	once := asksFor(service.Once(t.Context()), t, s, oap)
	got := asked.Take()
	if len(once.Findings) == 0 || len(once.Comparison.Differences) != 1 {
		t.Fatalf("the page shows %+v, %+v", once.Findings, once.Comparison)
	}
	if diff := cmp.Diff(each, once, cmpopts.EquateComparable(policy.Date{}), cmpopts.IgnoreFields(policy.Finding{}, "Said")); diff != "" {
		t.Error("asked once, the page shows something else: " + diff)
	}
	for question, want := range map[string]int{
		"FindCycle": 1, "ListSubjects": 1, "ListActs": 1, "FindCircle": 1, "ListVersionsHeld": 1, "ListTextsOn": 1, "ListHeld": 1, "ListRowsIn": 1,
		"InsertRead": 2, // one of each version
	} {
		if got[question] != want {
			t.Errorf("the records were asked %d times for %s, want %d: %v", got[question], question, want, got)
		}
	}
}
