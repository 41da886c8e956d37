package e2e_test

import (
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
)

// A scan is soon larger than what is kept: who hands it in is told, and finds what they typed.
func TestAScanThatIsTooLargeTakesNothingTypedWithIt(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "pages-scan"
	r.starts(past(cycle))
	r.awaits(at(cycle, "assessment"), policy.StateDrafting)
	eva := r.signsIn(t, "Eva", "Europol", browser.Options{})
	eva.goes("/cycles/" + cycle + "/on/assessment")
	eva.Fill("Comment", "The annex follows on paper.")
	if !eva.Holds(`(() => {
		const input = document.querySelector('form[action*="/submit/"] input[type=file]'), chosen = new DataTransfer()
		chosen.items.add(new File([new Uint8Array(40 << 20)], 'scan.pdf', {type: 'application/pdf'}))
		input.files = chosen.files
		return input.files.length === 1
	})()`) {
		t.Fatal("no file can be chosen")
	}
	eva.Click("Hand in")
	eva.See("larger than 8 MiB")
	eva.See("The file scan.pdf has to be chosen again.")
	if eva.Status() != 422 || !eva.Holds(`[...document.querySelectorAll('textarea')].some(t => t.value === 'The annex follows on paper.')`) {
		t.Errorf("status %d:\n%s", eva.Status(), eva.Text())
	}
}
