package rehearsal

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// An invented number is in a series of its own, and none that a real year would not have.
func TestInvented_StaysInItsSeriesAndBelowTheSizeOfAYear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		subject := policy.Subject{Cycle: "spring", Kind: policy.KindOAP, Period: "2026", Key: rapid.StringMatching("[a-z]{1,20}").Draw(t, "key")}
		series := (&company{told: rapid.SampledFrom([]*Told{nil, {}}).Draw(t, "told")}).series()
		document := invented(series, subject, policy.COSI, rapid.IntRange(1, 9).Draw(t, "version"), policy.NewDate(2026, 2, 24))
		if again, err := policy.ParseDocumentRef(string(document)); err != nil || again != document {
			t.Fatalf("%s reads as %s: %v", document, again, err)
		}
		if series != policy.RehearsalSeries && series != policy.ExampleSeries {
			t.Fatalf("the series is %s", series)
		}
		var n int
		if _, err := fmt.Sscanf(string(document), series+" %d/26 INIT", &n); err != nil || n < 1 || n > policy.MostInvented {
			t.Fatalf("%s has the number %d: %v", document, n, err)
		}
	})
}
