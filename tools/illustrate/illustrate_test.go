package main

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// story is an example played to its end, as its script has it.
type story struct {
	*cast
	folder *files.Folder
}

func tell(t *testing.T, s shape) *story {
	t.Helper()
	folder, err := files.ReadFolder(filepath.Join("..", "..", "examples", s.name))
	if err != nil {
		t.Fatal(err)
	}
	c := &cast{shape: s, script: folder.Script, d: amended(&folder.CycleFile)}
	c.course = played(&c.d, folder.Script)
	return &story{c, folder}
}

// on gives all there is to see on a day.
func (s *story) on(day policy.Date) *rules.Snapshot {
	r := policy.Records{Definition: &s.d, Standings: map[policy.Subject]policy.Standing{}, Items: s.course.items, Today: day}
	r.Drivers = policy.DriversOn(day, s.folder.Rows)
	acts, contents := map[policy.Subject][]policy.Recorded{}, map[policy.Subject]policy.Content{}
	for _, e := range s.course.entries {
		for _, act := range s.course.acts[e.Subject] {
			if act.Date.After(day) {
				continue
			}
			acts[e.Subject] = append(acts[e.Subject], act)
			if content := s.folder.Documents[e.Subject.Path()+"/v1"]; content != nil {
				contents[e.Subject] = content
			}
		}
		if !e.Opens.After(day) {
			r.Standings[e.Subject] = policy.StandingOf(e, e.Opens, acts[e.Subject])
		}
		if s := s.course.standings[e.Subject]; s.Outcome == policy.Lapsed && !s.ClosedOn.After(day) {
			r.Standings[e.Subject] = s
		}
	}
	d := rules.NewSnapshot(r, acts, contents, s.folder.Rows)
	for _, e := range s.course.entries { // reports are made of what was reported
		if len(acts[e.Subject]) > 0 && e.Subject.Kind == policy.KindReport {
			if round, err := d.RoundOn(e.Subject, s.handedIn(e.Subject)); err == nil {
				contents[e.Subject] = round.Compiled(illustrative)
				d.Contents[e.Subject] = contents[e.Subject]
			}
		}
	}
	return d
}

// end is when everything has happened.
func (s *story) end() policy.Date {
	end := s.d.ImplementationWindow.To
	for _, standing := range s.course.standings {
		end = policy.Latest(end, standing.ClosedOn)
	}
	return end.AddDays(60)
}

func TestExamples_AreWhatIsMade(t *testing.T) {
	t.Parallel()
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			made, err := illustrated(&s.folder.CycleFile, s.shape)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), s.name)
			if err := files.WriteFolder(dir, made); err != nil {
				t.Fatal(err)
			}
			again, err := files.ReadFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(again, s.folder) {
				t.Error("the example is not what is made: run go run ./tools/illustrate")
			}
			for key, content := range s.folder.Documents {
				if !policy.CoverOf(content).Illustrative {
					t.Errorf("%s is not marked as illustrative", key)
				}
			}
		})
	}
}

// What is planted in an example is all that the rules find in it.
func TestIllustrated_PlantsWhatTheRulesFindAndNothingElse(t *testing.T) {
	t.Parallel()
	planted := map[string][]string{
		"initial-2011-2013": {"S24 obligation/annual-report/2012-12-31", "S24 obligation/annual-report/2013-12-31"},
		"empact-2022-2025":  {"S11 report/2023/firearms/final", "S17 2022/firearms/4.1", "S22 attendance/cosi-2023-05/mt"},
	}
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			var got []string
			for _, f := range s.on(s.end()).Findings() {
				got = append(got, f.Rule+" "+f.Record)
			}
			if diff := cmp.Diff(planted[s.name], got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// On each subject of the examples, the rules find the same where they see no more than
// what they look at for it.
func TestIllustrated_ShowsTheSameOnASubjectAlone(t *testing.T) {
	t.Parallel()
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			begin := s.d.ImplementationWindow.From
			for _, day := range []policy.Date{begin, begin.AddDays(400), s.end()} {
				whole := s.on(day)
				whole.Planned = s.d.Agenda() // once
				findings := whole.Findings()
				for _, e := range whole.Agenda() {
					subjects, registers := rules.LooksAt(whole.Records, e.Subject)
					contents := map[policy.Subject]policy.Content{}
					for _, subject := range subjects {
						if content, kept := whole.Contents[subject]; kept {
							contents[subject] = content
						}
					}
					rows := slices.DeleteFunc(slices.Clone(s.folder.Rows), func(r policy.Row) bool { return !slices.Contains(registers, r.Register) })
					alone := rules.NewSnapshot(whole.Records, map[policy.Subject][]policy.Recorded{e.Subject: whole.Acts[e.Subject]}, contents, rows)
					about := func(all []policy.Finding) (lines []string) {
						for _, f := range all {
							if f.Subject == e.Subject.Path() {
								lines = append(lines, f.Rule+" "+string(f.Severity)+" "+f.Message)
							}
						}
						return lines
					}
					if diff := cmp.Diff(about(findings), about(alone.Findings())); diff != "" {
						t.Errorf("on %s, about %s: %s", day, e.Subject.Path(), diff)
					}
				}
			}
		})
	}
}

// Nothing stands against what a body settles, and nothing against what is put
// on an agenda.
func TestIllustrated_KeepsNothingOffAnAgenda(t *testing.T) {
	t.Parallel()
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			judge := func(subject policy.Subject, on policy.Date) {
				if err := s.on(on).JudgeTabling(subject); err != nil {
					t.Errorf("on %s: %v", on, err)
				}
			}
			for _, e := range s.course.entries {
				standing := s.course.standings[e.Subject]
				if standing.Positive() && e.Subject.Kind.Adopted() {
					judge(e.Subject, standing.ClosedOn)
				}
			}
			for _, row := range s.folder.Rows {
				if subject, tabled := policy.Tabled(s.d.Key, row); tabled {
					judge(subject, row.Date)
				}
			}
		})
	}
}

func TestIllustrated_EntersOnlyRowsThatAreTaken(t *testing.T) {
	t.Parallel()
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			d := s.on(s.end())
			for _, row := range s.folder.Rows {
				d := d
				if item, is := row.Body.(*policy.AgendaItem); is && item.Monitoring { // afterwards it would be late
					d = s.on(row.Date)
				}
				if err := d.JudgeRows(policy.Asserted(row.By), []policy.Row{row}, false); err != nil {
					t.Errorf("%s of %s: %v", row.Key, row.Date, err)
				}
				if row.By.Body.MemberState() && !row.By.Body.MemberOn(row.Date) {
					t.Errorf("%s of %s is entered by %s", row.Key, row.Date, row.By)
				}
			}
		})
	}
}

// Every action reports in every round, some days before it closes.
func TestIllustrated_LetsEveryActionReportInTime(t *testing.T) {
	t.Parallel()
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			end := s.on(s.end())
			last := map[string]policy.Date{}
			for _, row := range s.folder.Rows {
				parts := strings.Split(row.Key, "/")
				if row.Register == policy.RegProgress {
					path := "report/" + parts[0] + "/" + parts[1] + "/" + parts[2]
					last[path] = policy.Latest(last[path], row.Date)
				}
			}
			for _, e := range s.course.entries {
				if e.Subject.Kind != policy.KindReport {
					continue
				}
				round, err := end.Round(e.Subject)
				if err != nil || len(round.Late) > 0 {
					t.Errorf("%s: %v, late are %v", e.Subject, err, round.Late)
				}
				if handed := s.handedIn(e.Subject); last[e.Subject.Path()].AddDays(3).After(handed) || last[e.Subject.Path()].Before(e.Opens) {
					t.Errorf("%s is handed in on %s, and the last action reports on %s", e.Subject, handed, last[e.Subject.Path()])
				}
			}
		})
	}
}

func TestIllustrated_MakesPlansOfTheSizeOfRealOnes(t *testing.T) {
	t.Parallel()
	least := map[string]int{"initial-2011-2013": 64, "empact-2022-2025": 200, "empact-2026-2029": 130}
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, example)
			kinds := map[policy.ActionKind]bool{}
			for year := s.d.ImplementationWindow.From.Year(); year <= s.d.ImplementationWindow.To.Year(); year++ {
				running := 0
				for _, content := range s.folder.Documents {
					plan, is := content.(*policy.OperationalPlan)
					if !is {
						continue
					}
					for i := range plan.Actions {
						a := &plan.Actions[i]
						kinds[a.Kind] = true
						if a.From.Year() <= year && a.To.Year() >= year {
							running++
						}
						if at := slices.IndexFunc(a.Everybody(), func(b policy.Body) bool { return b.MemberState() && !b.MemberOn(a.From) }); at >= 0 {
							t.Errorf("%s takes part in %q", a.Everybody()[at], a.Title)
						}
						if strings.ContainsAny(a.Title+a.Description+a.Results, "{}") {
							t.Errorf("%q lacks words", a.Title)
						}
					}
				}
				if running < least[s.name] {
					t.Errorf("%d actions run in %d", running, year)
				}
			}
			if len(kinds) < 6 {
				t.Errorf("the actions are of the kinds %v", kinds)
			}
		})
	}
}
