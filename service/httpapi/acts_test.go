package httpapi_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
)

var (
	anna = policy.Actor{Person: 7, Name: "Anna", Body: policy.GeneralSecretariat}
	bert = policy.Actor{Person: 8, Name: "Bert", Body: policy.GeneralSecretariat}
)

func TestActsBegin_BoundsOnePersonAndHoldsNobodyElseBack(t *testing.T) {
	t.Parallel()
	acts := &httpapi.Acts{AtOnce: 2, PerSecond: 1000, Burst: 1000}
	begin := func(who policy.Actor) func() {
		t.Helper()
		end, err := acts.Begin(who)
		if err != nil {
			t.Fatal(err)
		}
		return end
	}
	first := begin(anna)
	begin(anna)
	asTheCouncil := anna
	asTheCouncil.Body = policy.Council
	for _, who := range []policy.Actor{anna, asTheCouncil} {
		if _, err := acts.Begin(who); policy.CodeOf(err) != policy.CodeTooMany {
			t.Errorf("the third of two: %v", err)
		}
	}
	begin(bert)
	first()
	first() // ends once
	begin(anna)
	if _, err := acts.Begin(anna); policy.CodeOf(err) != policy.CodeTooMany {
		t.Errorf("the third of two, once one has ended: %v", err)
	}
}

func TestActsBegin_BoundsTheRequestsOfASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		acts := &httpapi.Acts{AtOnce: 1, PerSecond: 2, Burst: 3}
		taken := func() (n int) {
			for {
				end, err := acts.Begin(anna)
				if err != nil {
					return n
				}
				end()
				n++
			}
		}
		if n := taken(); n != 3 {
			t.Errorf("%d in one go", n)
		}
		<-time.After(time.Second)
		if n := taken(); n != 2 {
			t.Errorf("%d in the next second", n)
		}
		<-time.After(time.Hour)
		if n := taken(); n != 3 {
			t.Errorf("%d in one go after an hour", n)
		}
	})
}
