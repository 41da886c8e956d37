package local_test

import (
	"fmt"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
)

// A decision that is too long goes to nobody: who states it is told to shorten it.
func TestDecide_RefusesWhatIsTooLongBeforeSending(t *testing.T) {
	t.Parallel()
	// Nobody is there to whom it could be sent.
	svc, err := service.As(t.Context(), local.New(starts(t, "empact"), nil, nil), policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat})
	if err != nil {
		t.Fatal(err)
	}
	decide := service.Decide{Act: policy.Act{
		Subject: policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}, Date: policy.NewDate(2021, 5, 26),
		Body: policy.Council, Outcome: policy.Adopted, Document: "ST 1/21 INIT",
	}}
	for items, want := range map[int]policy.Code{1: policy.CodeUnavailable, 2000: policy.CodeInvalid, 15_000: policy.CodeInvalid} {
		decide.Items = nil
		for i := range items {
			decide.Items = append(decide.Items, policy.ItemOutcome{Item: fmt.Sprint("item-", i), Outcome: policy.Adopted})
		}
		if _, err := svc.Decide(t.Context(), decide); policy.CodeOf(err) != want {
			t.Errorf("on %d items: %v, want %s", items, err, want)
		}
	}
}
