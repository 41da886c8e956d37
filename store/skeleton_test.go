package store_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// bareBones is a past whose OAP is classified: a skeleton of it stands here, with some fields.
func bareBones(fields ...policy.PlanField) store.Past {
	past := smallPast()
	past.Documents = maps.Clone(past.Documents)
	whole := past.Documents["oap/2022/firearms/v1"].(*policy.OperationalPlan)
	past.Documents["oap/2022/firearms/v1"] = policy.SkeletonOf(whole, fields)
	for i, act := range past.Acts {
		if act.Kind == policy.ActSubmit && act.Subject.Kind == policy.KindOAP {
			past.Acts[i].Marking, past.Acts[i].Holder, past.Acts[i].Document = policy.Restricted, "the registry", "EX 12/21 INIT"
			past.Acts[i].TextDigest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
		}
		past.Acts[i].Irregular = "" // what is not to be seen stands against nothing
	}
	return past
}

// What an installation may hold of a classified OAP its settings say, whoever brings it.
func TestImport_TakesTheSkeletonThatItMayHold(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	opened := func(fields ...policy.PlanField) *store.Store {
		s, err := store.Open(t.Context(), url, store.Options{Asserted: true, Limits: policy.Limits{Skeleton: fields}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	past := bareBones(policy.FieldLeader, policy.FieldFrom)
	err := opened().Import(t.Context(), past)
	if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "actions[0].leader may not be kept here: a skeleton holds code, by the setting skeleton.fields") {
		t.Fatalf("it takes what it may not hold: %v", err)
	}
	named := bareBones(policy.FieldLeader, policy.FieldFrom)
	named.Documents["oap/2022/firearms/v1"].(*policy.OperationalPlan).Actions[1].Title = "Tell"
	s := opened(policy.FieldLeader, policy.FieldFrom)
	if err := s.Import(t.Context(), named); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "actions[1].title") {
		t.Fatalf("it takes a title: %v", err)
	}
	comesIn(t, s, past, date("2022-05-01"))
	stands := func(s *store.Store) *policy.OperationalPlan {
		versions, err := s.ListVersions(t.Context(), key, "oap/2022/firearms")
		if err != nil || len(versions) != 1 {
			t.Fatalf("it has %d versions, %v", len(versions), err)
		}
		return policy.SkeletonIn(versions[0].Content)
	}
	if plan := stands(s); plan == nil || plan.Actions[1].Leader != "it" || plan.Actions[1].Title != "" {
		t.Errorf("the skeleton stands as %+v", plan)
	}
	for i, act := range goesOut(t, s, key).Acts {
		if given := past.Acts[i]; act.TextDigest != given.TextDigest || act.Holder != given.Holder {
			t.Errorf("of a text held by %q, %s, leaves %q, %s", given.Holder, given.TextDigest, act.Holder, act.TextDigest)
		}
	}
	if stands(opened()) == nil { // the setting became narrower since: what is recorded stays readable
		t.Error("the skeleton cannot be read any more")
	}
	if report, err := storetest.Verify(t.Context(), s, key); err != nil || !report.OK() {
		t.Errorf("the record is not sound: %+v, %v", report, err)
	}
}
