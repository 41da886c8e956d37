package papers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// december is a meeting of COSI with OAPs of two years, a report on one, a MASP and an
// extraordinary item.
func december() *secretariat {
	all := []policy.Outcome{policy.Adopted, policy.AdoptedWithAmendments, policy.ReferredBack, policy.Postponed, policy.WithdrawnFromAgenda, policy.NotAgreed}
	m := &rules.MeetingView{PlannedMeeting: policy.PlannedMeeting{Key: "cosi-2021-12", Title: "COSI, December 2021", Body: policy.COSI, On: policytest.Date("2021-12-10")}}
	for i, item := range []struct{ path, title string }{
		{"masp/firearms", "MASP Firearms trafficking"},
		{"oap/2022/firearms", "OAP 2022 Firearms trafficking"},
		{"oap/2022/fraud", "OAP 2022 Fraud"},
		{"oap/2022/online-fraud", "OAP 2022 Online fraud schemes"},
		{"report/2021/firearms/may", "Annual report on OAP 2021 Firearms trafficking"},
		{"item/ukraine", "Criminal networks and the war in Ukraine"},
	} {
		m.Items = append(m.Items, rules.MeetingItem{Number: i + 1, Subject: item.path, Title: item.title, Ripeness: rules.Ripe, Outcomes: all})
	}
	m.Items[4].Outcomes = []policy.Outcome{policy.TookNote, policy.ReferredBack}
	return &secretariat{meeting: m}
}

func minutes(t *testing.T, svc service.Service, text string) *papers.Minutes {
	t.Helper()
	m, err := papers.ReadMinutes(t.Context(), svc, "small", "cosi-2021-12", text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadMinutes_RecognisesTheSubjectsOfAnAgenda(t *testing.T) {
	t.Parallel()
	for language, text := range map[string]string{
		"English": `CM 5432/1/21 REV 1
PROVISIONAL AGENDA
Standing Committee on operational cooperation on internal security (COSI)
10 December 2021 (09.30)

1.	Adoption of the agenda
2.	EMPACT: Multi-Annual Strategic Plan on firearms trafficking
	= Adoption
3.	Operational Action Plans 2022
	(poss.)
4.	Annual report on the implementation of the OAP 2021 on firearms trafficking
	= Information
5.	Criminal networks and the war in Ukraine
6.	Any other business`,
		"French": `CM 5432/1/21 REV 1
ORDRE DU JOUR PROVISOIRE

1. Adoption de l'ordre du jour
2. EMPACT: MASP Firearms trafficking
3. Plans d'action opérationnels 2022
4. Rapport sur la mise en œuvre du OAP 2021 Firearms trafficking
5. Criminal networks and the war in Ukraine`,
		"German": `CM 5432/1/21 REV 1
VORLÄUFIGE TAGESORDNUNG

1. Annahme der Tagesordnung
2. EMPACT: MASP Firearms trafficking
3. Operative Aktionspläne 2022
4. Bericht über die Umsetzung des OAP 2021 Firearms trafficking
5. Criminal networks and the war in Ukraine`,
	} {
		m := minutes(t, december(), text)
		if m.Document != "CM 5432/21 REV 1" {
			t.Errorf("%s: the agenda is %q", language, m.Document)
		}
		want := []string{"", "masp/firearms", "oap/2022/firearms oap/2022/fraud oap/2022/online-fraud", "report/2021/firearms/may", "item/ukraine"}
		for i, p := range m.Points {
			if i < len(want) && subjects(p) != want[i] {
				t.Errorf("%s: point %s, %q, is about %q, want %q", language, p.Number, p.Text, subjects(p), want[i])
			}
		}
		if len(m.Left) > 0 || len(m.Drafts()) > 0 {
			t.Errorf("%s: an agenda leaves %v and drafts %v", language, m.Left, m.Drafts())
		}
	}
}

func subjects(p papers.MinutesPoint) string {
	var paths []string
	for _, s := range p.Subjects {
		paths = append(paths, s.Path)
	}
	return strings.Join(paths, " ")
}

// What a text says was concluded is drafted, and nothing else: not what is still to be concluded,
// what another body did, or what the body cannot conclude.
func TestReadMinutes_DraftsWhatWasConcluded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.Outcome{
		"The Committee approved the OAP 2022 on online fraud schemes.":                            policy.Adopted,
		"OAP 2022 Online fraud schemes\n= Adopted":                                                policy.Adopted,
		"OAP 2022 Online fraud schemes: the Committee\nunanimously adopted the plan.":             policy.Adopted,
		"COSI adopted the OAP 2022 Online fraud schemes, subject to minor amendments.":            policy.AdoptedWithAmendments,
		"The OAP 2022 Online fraud schemes was endorsed as amended.":                              policy.AdoptedWithAmendments,
		"The Committee did not adopt the OAP 2022 Online fraud schemes.":                          policy.NotAgreed,
		"The OAP 2022 Online fraud schemes was referred back to the driver.":                      policy.ReferredBack,
		"The OAP 2022 Online fraud schemes was postponed to February.":                            policy.Postponed,
		"OAP 2022 Online fraud schemes: withdrawn from the agenda":                                policy.WithdrawnFromAgenda,
		"Le comité a approuvé le PAO 2022 Online fraud schemes.":                                  policy.Adopted,
		"Le comité a adopté le PAO 2022 Online fraud schemes avec des modifications.":             policy.AdoptedWithAmendments,
		"Le comité n'a pas adopté le PAO 2022 Online fraud schemes.":                              policy.NotAgreed,
		"Le PAO 2022 Online fraud schemes est retiré de l'ordre du jour.":                         policy.WithdrawnFromAgenda,
		"Der Ausschuss hat den OAP 2022 Online fraud schemes gebilligt.":                          policy.Adopted,
		"Der Ausschuss hat den OAP 2022 Online fraud schemes in geänderter Fassung angenommen.":   policy.AdoptedWithAmendments,
		"Der OAP 2022 Online fraud schemes wurde vertagt.":                                        policy.Postponed,
		"Der OAP 2022 Online fraud schemes wurde nicht angenommen.":                               policy.NotAgreed,
		"The Committee is invited to adopt the OAP 2022 Online fraud schemes.":                    "",
		"OAP 2022 Online fraud schemes\n= Adoption":                                               "",
		"The OAP 2022 Online fraud schemes will be adopted with a view to January.":               "",
		"The Committee discussed the OAP 2022 Online fraud schemes adopted by its support group.": "",
		"The Committee took note of the OAP 2022 Online fraud schemes.":                           "", // it cannot conclude that
		"COSI adopted the OAP 2022 Online fraud schemes. It postponed the discussion.":            "", // two things
	} {
		drafts := minutes(t, december(), "1. "+text).Drafts()
		if drafts["oap/2022/online-fraud"] != want || want != "" && len(drafts) > 1 {
			t.Errorf("%q drafts %v, want %q of the OAP", text, drafts, want)
		}
	}
}

func TestReadMinutes_SaysWhyItDraftsNothing(t *testing.T) {
	t.Parallel()
	d := december()
	d.meeting.Items[1].Ripeness, d.meeting.Items[2].Outcomes = rules.RipeBlocked, nil
	d.meeting.Items = slices.Delete(d.meeting.Items, 3, 4)
	d.meeting.Outcomes = []rules.MeetingOutcome{{Number: 9, Subject: "oap/2022/online-fraud", Title: "OAP 2022 Online fraud schemes", Outcome: policy.ReferredBack, State: rules.OutcomeWaiting}}
	m := minutes(t, d, `OUTCOME OF PROCEEDINGS

1. OAPs 2022: the Committee adopted the plans.
2. The Committee adopted the MASP on firearms trafficking.
3. MASP Firearms trafficking: the Committee postponed it.
4. The Committee adopted its rules of conduct.`)
	told := ""
	for _, p := range m.Points {
		told += strings.Join(p.Doubts, "\n") + "\n"
	}
	for _, want := range []string{
		"OAP 2022 Firearms trafficking: a rule stands against it", "OAP 2022 Fraud: it is not before", "OAP 2022 Online fraud schemes: recorded is referred back, the text says adopted",
		"MASP Firearms trafficking: another point tells of another outcome", "no subject of the meeting is recognised",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("nobody is told that %q:\n%s", want, told)
		}
	}
	if len(m.Drafts()) > 0 {
		t.Errorf("drafted are %v", m.Drafts())
	}
}

// A register number says more than a title, and holds through revisions.
func TestReadMinutes_GoesByTheRegisterNumber(t *testing.T) {
	t.Parallel()
	m := minutes(t, december(), "1. The plan against weapons (2/1/21 REV 1): the Committee adopted it.\n2. Document WK 2/21: noted.")
	if got := m.Drafts()["oap/2022/firearms"]; got != policy.Adopted || subjects(m.Points[1]) != "" {
		t.Errorf("drafted are %v, and the second point is about %q", m.Drafts(), subjects(m.Points[1]))
	}
}

// The papers that leave the house are read again as what they were made of.
func TestReadMinutes_ReadsThePapersThatAreMadeHere(t *testing.T) {
	t.Parallel()
	const cycle = "empact-2022-2025"
	press, svc, read := press(t), reads(t, recorded(t, cycle), policy.GeneralSecretariat), 0
	for _, of := range []struct {
		meeting  string
		language policy.Language
	}{{"council-2021-05", "en"}, {"council-2021-05", "fr"}, {"council-2021-05", "de"}, {"cosi-2021-12", "en"}, {"cosi-2021-12", "fr"}, {"cosi-2021-12", "de"}, {"cosi-2022-12", "fr"}} {
		m, err := svc.FindMeeting(t.Context(), cycle, of.meeting)
		if err != nil {
			t.Fatal(err)
		}
		read += readsAgain(t, press, svc, cycle, m, of.language)
	}
	const fewest = 40
	if read < fewest {
		t.Errorf("only %d outcomes were read again", read)
	}
}

// readsAgain reads the outcome of a meeting as it is printed, and says how many were recognised.
func readsAgain(t *testing.T, p *papers.Press, svc service.Service, cycle string, m *rules.MeetingView, language policy.Language) (read int) {
	t.Helper()
	paper, err := p.Make(t.Context(), svc, papers.Order{Cycle: cycle, Kind: papers.KindOutcome, Key: m.Key, Languages: []string{string(language)}})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, block := range paper.Body {
		if item, is := block.(papers.Item); is {
			fmt.Fprintf(&text, "\n%d. %s\n", item.Number, item.Text.Plain())
			for _, line := range item.Lines {
				text.WriteString("= " + line.Plain() + "\n")
			}
		}
	}
	if text.Len() == 0 {
		return 0
	}
	found, err := papers.ReadMinutes(t.Context(), svc, cycle, m.Key, text.String())
	if err != nil {
		t.Fatal(err)
	}
	for i, point := range m.Points() {
		if point.Subject == "" {
			continue
		}
		p := found.Points[i]
		if !slices.ContainsFunc(p.Subjects, func(s papers.MinutesSubject) bool { return s.Path == point.Subject }) {
			t.Errorf("%s, %s, %s: %q is about %q, want %s", cycle, m.Key, language, p.Text, subjects(p), point.Subject)
		}
		for _, o := range m.Outcomes {
			if o.Subject == point.Subject && o.State == rules.OutcomeInEffect {
				if read++; p.Outcome != o.Outcome {
					t.Errorf("%s, %s, %s: of %q the text tells %q, recorded is %s", cycle, m.Key, language, p.Text, p.Outcome, o.Outcome)
				}
			}
		}
	}
	return read
}

func TestReadMinutes_RefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n\t\u00a0", strings.Repeat("a", papers.MostPasted+1)} {
		if _, err := papers.ReadMinutes(t.Context(), december(), "small", "cosi-2021-12", text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("a text of %d bytes: %v", len(text), err)
		}
	}
}

// Whatever is pasted is read, and nothing is drafted that the meeting cannot conclude.
func FuzzReadMinutes(f *testing.F) {
	f.Add("1. The Committee adopted the OAP 2022 on fraud.\n\n2) ST 2/21 REV 1")
	f.Add("II. \x00\xff Der OAP wurde vertagt")
	f.Fuzz(func(t *testing.T, text string) {
		d := december()
		m, err := papers.ReadMinutes(t.Context(), d, "small", "cosi-2021-12", text)
		if err != nil {
			if policy.CodeOf(err) != policy.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		for path, outcome := range m.Drafts() {
			if !slices.ContainsFunc(d.meeting.Items, func(i rules.MeetingItem) bool { return i.Subject == path && slices.Contains(i.Outcomes, outcome) }) {
				t.Errorf("%q drafts %s of %s", text, outcome, path)
			}
		}
	})
}

func TestReadRelease_NamesWhatDoesNotAddUpWithBothNumbers(t *testing.T) {
	t.Parallel()
	svc := reads(t, recorded(t, "empact-2022-2025"), policy.Europol)
	read := func(text string) *papers.Release {
		r, err := papers.ReadRelease(t.Context(), svc, "empact-2022-2025", papers.ReleaseOf{Day: "jad-2023-11"}, text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := read(`Between 13 and 18 November 2023, law enforcement from 26 countries took part in joint action days.
In total, 566 suspects were arrested; 163 new investigations were initiated. Over 288 000 checks, including 215,273 persons checked and 67.277 vehicles checked.
More than 6 000 parcels were checked. EUR 2.5 million in assets seized, and 15 tonnes of drugs seized.`)
	want := map[string]papers.ClaimResult{
		"arrests": papers.ClaimAgrees, "investigations": papers.ClaimDiffers, "checks": papers.ClaimAgrees, "persons-checked": papers.ClaimAgrees,
		"vehicles-checked": papers.ClaimAgrees, "parcels-checked": papers.ClaimDiffers, "assets-seized": papers.ClaimNotRecorded, "drugs-seized": papers.ClaimNotRecorded,
	}
	got := map[string]papers.ClaimResult{}
	for _, c := range r.Claims {
		got[c.Indicator] = c.Result
		if c.Indicator == "investigations" && (c.Said.String() != "163" || c.Held[0].Value.String() != "121" || c.Difference != "42 more") {
			t.Errorf("163 investigations are held so: %+v", c)
		}
		if c.Indicator == "drugs-seized" && c.Said.String() != "15000" {
			t.Errorf("15 tonnes are %s kg", c.Said)
		}
		if c.Indicator == "assets-seized" && c.Said.String() != "2500000" {
			t.Errorf("EUR 2.5 million are %s", c.Said)
		}
	}
	for indicator, result := range want {
		if got[indicator] != result {
			t.Errorf("%s: %q, want %q", indicator, got[indicator], result)
		}
	}
	if len(got) != len(want) || len(r.Unread) != 1 { // the countries
		t.Errorf("read were %v, and unread is %q", got, r.Unread)
	}
}

// Numbers are written in many ways, and mean what they say.
func TestReadRelease_ReadsNumbersAsTheyArePrinted(t *testing.T) {
	t.Parallel()
	svc := reads(t, recorded(t, "empact-2022-2025"), policy.Europol)
	for text, want := range map[string]string{
		"1 234 arrests":                         "1234",
		"1\u00a0234 arrests":                    "1234",
		"1,234 arrests":                         "1234",
		"1.234 arrests":                         "1234",
		"1’234 arrests":                         "1234",
		"12 arrests":                            "12",
		"€12.5 million in assets seized":        "12500000",
		"12,5 Millionen Euro of assets seized":  "12500000",
		"assets seized worth EUR 3 billion":     "3000000000",
		"2,5 tonnes of drugs seized":            "2500",
		"850 kg of drugs seized":                "850",
		"1.2 thousand persons checked":          "1200",
		"in 2023, 40 networks were disrupted":   "40",
		"On 5 May 2024 officers made 7 arrests": "7",
	} {
		r, err := papers.ReadRelease(t.Context(), svc, "empact-2022-2025", papers.ReleaseOf{}, text)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Claims) != 1 || r.Claims[0].Said.String() != want || len(r.Unread) > 0 {
			t.Errorf("%q is read as %+v, unread %q, want %s", text, r.Claims, r.Unread, want)
		}
	}
	for _, text := range []string{"In 2023 there were arrests", "40 % of arrests", "Regulation (EU) 2016/794", "ST 8665/21"} {
		r, err := papers.ReadRelease(t.Context(), svc, "empact-2022-2025", papers.ReleaseOf{}, text)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Claims) > 0 {
			t.Errorf("%q is read as %+v", text, r.Claims)
		}
	}
}

func FuzzReadRelease(f *testing.F) {
	f.Add("1 234 arrests, EUR 9.999999999 billion, 3 t of drugs")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := papers.ReadRelease(t.Context(), counts{}, "small", papers.ReleaseOf{}, text)
		if err != nil && policy.CodeOf(err) != policy.CodeInvalid {
			t.Fatal(err)
		}
	})
}

// counts is a service that counts arrests and drugs.
type counts struct{ service.Service }

func (counts) ListRows(context.Context, service.RowFilter) ([]policy.Row, error) {
	return []policy.Row{
		{Key: "arrests", Body: &policy.Indicator{Title: "Arrests", Unit: "persons"}}, {Key: "drugs", Body: &policy.Indicator{Title: "Drugs seized", Unit: "kilograms"}},
	}, nil
}

func (counts) Summary(context.Context, string, rules.SummaryFilter) (*rules.Summary, error) {
	return &rules.Summary{Totals: rules.Sums{Figures: []rules.Sum{{Indicator: "arrests", Value: policy.Whole(3)}}}}, nil
}
