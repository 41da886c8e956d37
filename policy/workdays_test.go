package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestDateDayOff_KnowsTheHolidaysOfTheInstitutions(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2026-03-15": "a Sunday", "2026-10-31": "a Saturday", "2026-12-25": "Christmas Day", "2027-05-09": "Europe Day", "2026-07-21": "the Belgian national holiday",
		"2026-04-02": "Maundy Thursday", "2026-04-03": "Good Friday", "2026-04-06": "Easter Monday", "2024-03-31": "Easter Sunday", "2011-04-25": "Easter Monday", "2038-04-25": "Easter Sunday",
		"2026-05-14": "Ascension Day", "2026-05-15": "the day after Ascension Day", "2026-05-25": "Whit Monday", "2025-06-09": "Whit Monday",
		"2026-05-26": "", "2026-04-07": "", "2026-12-23": "", "2027-01-04": "", "": "",
	} {
		var d policy.Date
		if err := d.UnmarshalText([]byte(day)); err != nil {
			t.Fatal(err)
		}
		if got := d.DayOff(); got != want {
			t.Errorf("%s is %q, want %q", day, got, want)
		}
	}
}

func TestRemarkDaysOff_TellsOfADateThatIsFixed(t *testing.T) {
	t.Parallel()
	told := policy.RemarkDaysOff(date("2026-12-25"), date("2026-12-23"), date("2026-10-31"), policy.Date{})
	if len(told) != 2 || told[0].Message != "2026-12-25 is a day off, which may be meant: Christmas Day" || told[1].Message != "2026-10-31 is a day off, which may be meant: a Saturday" {
		t.Errorf("%+v", told)
	}
	receipt := new(policy.Receipt).With(told...)
	if len(receipt.Remarks) != 2 || receipt.Remarks[0] != told[0].Message || len(receipt.Remarked) != 2 {
		t.Errorf("%+v", receipt)
	}
}

// Of what was off before, nothing is said again.
func TestRemarkAmended_TellsOfDatesThatAnAmendmentBrings(t *testing.T) {
	t.Parallel()
	before := sound()
	before.Meetings = []policy.PlannedMeeting{{Key: "cosi-1", Title: "COSI", Body: policy.COSI, On: date("2022-06-06")}}
	after := before
	after.Meetings = append([]policy.PlannedMeeting{{Key: "cosi-0", Title: "COSI", Body: policy.COSI, On: date("2022-05-07")}}, before.Meetings...)
	if told := policy.RemarkAmended(&before, &after); len(told) != 1 || told[0].Message != "2022-05-07 is a day off, which may be meant: a Saturday" {
		t.Errorf("%+v", told)
	}
	if told := policy.RemarkAmended(&after, &before); len(told) > 0 {
		t.Errorf("what is taken away is remarked: %+v", told)
	}
}

func TestDefinitionDaysOff_RemarksDueDatesAndMeetings(t *testing.T) {
	t.Parallel()
	d := sound()
	d.Obligations = []policy.Obligation{{Key: "annual", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{date("2022-05-24"), date("2022-12-25")}}}
	d.Meetings = []policy.PlannedMeeting{{Key: "cosi-1", Title: "COSI", Body: policy.COSI, On: date("2022-06-06")}}
	d.Assessment.Due, d.Periods[0].From = date("2021-04-11"), date("2022-01-01")
	told := map[string]string{}
	for _, p := range d.DaysOff() {
		told[p.Field] = p.Message
	}
	for field, want := range map[string]string{
		"assessment.due": "is 2021-04-11, a Sunday", "obligations[0].due[1]": "is 2022-12-25, Christmas Day", "meetings[0].on": "is 2022-06-06, Whit Monday",
		"obligations[0].due[0]": "", "periods[0].from": "",
	} {
		if told[field] != want {
			t.Errorf("%s %q, want %q", field, told[field], want)
		}
	}
	if ps := d.Validate(); len(ps) > 0 {
		t.Errorf("what is remarked is not sound: %+v", ps)
	}
}
