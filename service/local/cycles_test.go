package local

import (
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

func TestStoreRehearsal_StoresOnceUnderItsID(t *testing.T) {
	t.Parallel()
	s := New(storetest.New(t), nil, nil)
	day := func(month, day int) policy.Date { return policy.NewDate(2021, time.Month(month), day) }
	stores := func(id string, pace float64) (string, policy.Code) {
		c := store.NewCycle{By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Definition: policy.Definition{
			Format: policy.DefinitionFormat, Key: "empact", Title: "A cycle", PolicyWindow: policy.Window{From: day(1, 1), To: day(12, 31)},
			Assessment: policy.Assessment{Kind: policy.SOCTA, Title: "SOCTA", Due: day(4, 12)},
		}}
		err := s.storeRehearsal(t.Context(), &c, &service.Rehearsal{ID: id, Script: policy.DefaultScript, YearSeconds: pace})
		return c.ID, policy.CodeOf(err)
	}
	for _, tc := range []struct {
		what, id string
		pace     float64
		as       string
		code     policy.Code
	}{
		{"under the first ID that is free", "", 10, "empact-rehearsal-1", ""},
		{"once more", "", 10, "empact-rehearsal-2", ""},
		{"under an ID of its own", "empact-rehearsal-4", 10, "empact-rehearsal-4", ""},
		{"the same again", "empact-rehearsal-4", 10, "empact-rehearsal-4", ""},
		{"at another pace", "empact-rehearsal-4", 20, "empact-rehearsal-4", policy.CodeConflict},
		{"under the key of the cycle itself", "empact", 10, "", policy.CodeInvalid},
		{"under what is no number", "empact-rehearsal-04", 10, "", policy.CodeInvalid},
	} {
		if as, code := stores(tc.id, tc.pace); as != tc.as || code != tc.code {
			t.Errorf("%s: stored as %q (%s)", tc.what, as, code)
		}
	}
}
