package policy_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// Who may do it, and nobody else. ms are all Member States.
var whoMay = map[string]string{
	"hand in assessment":                          "europol",
	"hand in advisory-document":                   "presidency commission",
	"hand in priorities":                          "presidency",
	"hand in masp/general":                        "commission presidency",
	"hand in oap/2022/firearms":                   "se support-team", // driven by Sweden
	"hand in oap/2022/drugs":                      "ms support-team", // without driver
	"hand in report/2022/firearms/may":            "se support-team",
	"hand in report/2022/drugs/may":               "ms support-team",
	"hand in review":                              "europol",
	"hand in evaluation":                          "evaluator commission",
	"hand in obligation/annual-report/2021-12-31": "commission",
	"hand in item/ukraine":                        "presidency commission general-secretariat",
	"record what council concluded":               "general-secretariat",
	"record what coreper concluded":               "general-secretariat",
	"record what cosi concluded":                  "general-secretariat",
	"record what cosi-support-group concluded":    "general-secretariat",
	"record what support-team concluded":          "support-team",
	"record what commission concluded":            "commission",
	"record what presidency concluded":            "presidency",
	"record what se concluded":                    "se",
	"open":                                        "general-secretariat presidency", "amend": "general-secretariat presidency", "start": "general-secretariat presidency",
}

func TestAuthorise_AllowsNobodyElse(t *testing.T) {
	t.Parallel()
	for what, who := range whoMay {
		allowed := strings.Fields(who)
		for _, body := range append(slices.Clone(everybody), policy.MemberStates...) {
			by, words := policy.Actor{Name: "Anna", Body: body}, strings.Fields(what)
			var err error
			switch words[0] {
			case "hand":
				err = policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActSubmit}, fileOn(words[2]).Entry)
			case "record":
				err = policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActDecide, Body: policy.Body(words[2])}, policy.Entry{})
			case "open", "amend":
				err = policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActKind(what)}, policy.Entry{})
			default:
				err = policy.AuthoriseDeed(policy.Asserted(by), policy.DeedStart, "empact")
			}
			may := slices.Contains(allowed, string(body)) || body.MemberState() && slices.Contains(allowed, "ms")
			if may != (err == nil) || err != nil && policy.CodeOf(err) != policy.CodeNotCompetent {
				t.Errorf("%s, %s: %v", body, what, err)
			}
		}
	}
}

func TestParse_RefusesRubbishWithASentence(t *testing.T) {
	t.Parallel()
	parsers := map[string]func(string) (string, error){
		"date":     func(s string) (string, error) { d, err := policy.ParseDate(s); return d.String(), err },
		"body":     func(s string) (string, error) { b, err := policy.ParseBody(s); return string(b), err },
		"outcome":  func(s string) (string, error) { o, err := policy.ParseOutcome(s); return string(o), err },
		"document": func(s string) (string, error) { d, err := policy.ParseDocumentRef(s); return string(d), err },
		"subject":  func(s string) (string, error) { x, err := policy.ParseSubject(s); return x.String(), err },
		"actor":    func(s string) (string, error) { a, err := policy.ParseActor(s); return a.Name, err },
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9 /()@:-]{0,40}`)).Draw(t, "text")
		for what, parse := range parsers {
			read, err := parse(text)
			switch {
			case err == nil && read == "":
				t.Fatalf("%q is read as no %s at all", text, what)
			case err != nil && (policy.CodeOf(err) != policy.CodeInvalid || read != "" || err.Error() == ""):
				t.Fatalf("%q as a %s: %q, %v", text, what, read, err)
			}
		}
	})
}

func TestDateAddMonths_EndsMonthsAsPeopleExpect(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from   string
		months int
		days   int
		want   string
	}{
		{"2023-12-31", 0, 1, "2024-01-01"}, {"2024-02-29", 0, 1, "2024-03-01"}, {"2023-02-28", 0, 1, "2023-03-01"},
		{"2024-03-01", 0, -1, "2024-02-29"}, {"2022-01-01", 12, -1, "2022-12-31"}, {"2024-01-01", 24, -1, "2025-12-31"},
		{"2024-02-29", 12, 0, "2025-03-01"}, {"2021-01-31", 1, 0, "2021-03-03"}, // a day that the month lacks runs over
		{"2021-03-31", -1, 0, "2021-03-03"}, {"2021-05-15", -6, 0, "2020-11-15"},
	} {
		if got := date(test.from).AddMonths(test.months).AddDays(test.days); got != date(test.want) {
			t.Errorf("%s and %d months and %d days make %s, want %s", test.from, test.months, test.days, got, test.want)
		}
	}
	for _, text := range []string{"2023-02-29", "2100-02-29", "2021-04-31", "2021-13-01", "2021-00-10", "0000-01-01", "21-05-26", "2021-5-26", "26.05.2021", "2021-05-26T00:00:00Z"} {
		if _, err := policy.ParseDate(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	first, last := date("2021-05-26"), date("2025-12-31")
	if policy.Latest(policy.Date{}, last, first) != last || policy.Earliest(policy.Date{}, last, first) != first || !policy.Latest().IsZero() || !policy.Earliest(policy.Date{}).IsZero() {
		t.Error("a date that is not given counts")
	}
}

func TestNextNotice_ClimbsTheLadderOfReminders(t *testing.T) {
	t.Parallel()
	ladder := policy.Reminders{BeforeDays: []int{7, 30}, EscalateDays: 14}
	ahead30, ahead7 := policy.Notice{Kind: policy.NoticeAhead, On: date("2021-11-10")}, policy.Notice{Kind: policy.NoticeAhead, On: date("2021-12-03")}
	due, overdue := policy.Notice{Kind: policy.NoticeDue, On: date("2021-12-10")}, policy.Notice{Kind: policy.NoticeOverdue, On: date("2021-12-11")}
	escalation := policy.Notice{Kind: policy.NoticeEscalation, On: date("2021-12-24")}
	s := policy.Standing{State: policy.StateDeciding, Due: date("2021-12-10")}
	for name, test := range map[string]struct {
		today string
		given []policy.Notice
		want  policy.Notice
	}{
		"long before":             {"2021-09-01", nil, ahead30},
		"on the first day":        {"2021-11-10", nil, ahead30},
		"once it is given":        {"2021-11-10", []policy.Notice{ahead30}, ahead7},
		"a start between two":     {"2021-11-20", nil, ahead30},
		"a start after two":       {"2021-12-05", nil, ahead7},
		"a start on the due date": {"2021-12-10", nil, due},
		"a missed day":            {"2021-12-13", []policy.Notice{ahead30, ahead7}, overdue},
		"the last step":           {"2021-12-13", []policy.Notice{ahead30, ahead7, overdue}, escalation},
		"a start long after":      {"2022-05-01", nil, escalation},
		"given out of order":      {"2021-12-13", []policy.Notice{overdue, ahead30}, escalation},
	} {
		if next, more := policy.NextNotice(s, ladder, test.given, date(test.today)); !more || next != test.want {
			t.Errorf("%s: %+v, %v, want %+v", name, next, more, test.want)
		}
	}
	for name, test := range map[string]struct {
		standing policy.Standing
		given    []policy.Notice
	}{
		"after the last step": {s, []policy.Notice{escalation}},
		"once settled":        {policy.Standing{State: policy.StateClosed}, nil},
		"before it is open":   {policy.Standing{State: policy.StateUpcoming, Due: date("2021-12-10")}, nil},
	} {
		if next, more := policy.NextNotice(test.standing, ladder, test.given, date("2022-05-01")); more {
			t.Errorf("%s: %+v", name, next)
		}
	}
	if next, more := policy.NextNotice(s, policy.Reminders{}, []policy.Notice{due, overdue}, date("2022-05-01")); more {
		t.Errorf("without escalation: %+v", next)
	}
}

func TestDefinitionAmend_ChangesNothingByNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJourney(t)
		before := *j.Definition
		j.amend(policy.Amendment{Reason: rapid.String().Draw(t, "reason")}, anyDate.Draw(t, "on").String())
		if err := policy.JudgeAmendment(&before, j.Definition, anyDate.Draw(t, "judged")); err != nil {
			t.Fatal(err)
		}
		if again := before.Amend(policy.Amendment{Priorities: before.Priorities, Periods: before.Periods}, anyDate.Draw(t, "again")); !slices.EqualFunc(again.Agenda(), j.Definition.Agenda(), sameEntry) {
			t.Fatal("the agenda changed")
		}
	})
}

func sameEntry(a, b policy.Entry) bool {
	return a.Subject == b.Subject && a.Opens == b.Opens && a.SubmitBy == b.SubmitBy && a.Due == b.Due &&
		slices.Equal(a.Turns, b.Turns) && slices.Equal(a.Requires, b.Requires) && slices.Equal(a.Submitters, b.Submitters)
}
