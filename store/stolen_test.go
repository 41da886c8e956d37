package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// institution is a cycle as institutions run it: people are known by a provider, serve has the
// key, a worker records what serve has sealed.
type institution struct {
	*desk
	worker *store.Store
	signer *evidence.Signer
	ring   *evidence.Keyring
	people map[string]policy.Actor
}

func institute(t *testing.T) *institution {
	t.Helper()
	i := &institution{people: map[string]policy.Actor{}}
	i.desk, i.worker, i.signer, i.ring = sealedDesk(t)
	for name, at := range map[string]policy.Body{
		"anna": policy.GeneralSecretariat, "bert": policy.GeneralSecretariat, "eva": policy.Europol, "pia": policy.Presidency,
	} {
		i.people[name] = policy.Actor{Person: i.comes(name, "2021-01-01", "official@"+string(at)), Body: at}
	}
	i.people["ghost"] = policy.Actor{Person: i.comes("ghost", "2021-01-01"), Body: policy.GeneralSecretariat}
	asOwner(t, i.url, "UPDATE sealed_from SET entries = '2020-01-01'") // what was entered later is to be sealed
	d := definition()
	d.Stores = []string{"warnings"}
	if _, err := i.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: d, By: i.people["anna"], Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	i.does("eva", "assessment", "2021-04-10", policy.Act{Kind: policy.ActSubmit, Subject: on("assessment"), Digest: "sha256:a"})
	i.does("pia", "proposal", "2021-04-20", policy.Act{Kind: policy.ActSubmit, Subject: on("priorities"), Digest: "sha256:p"})
	i.does("anna", "council", "2021-05-26", policy.Act{
		Kind: policy.ActDecide, Subject: on("priorities"), Body: policy.Council, Outcome: policy.Adopted, Procedure: policy.Meeting,
		Document: "ST 1/21 INIT", Version: 1, Digest: "sha256:p", SkipReason: "they did not meet",
	})
	warning := policy.Row{Register: policy.RegWarnings, Key: "kits", Date: date("2021-06-01"), Body: &policy.Warning{Title: "Kits", Area: "firearms"}}
	warning.By = i.people["eva"]
	if _, err := i.Enter(t.Context(), store.Entering{ID: "warned", Cycle: key, By: warning.By, Rows: []policy.Row{warning}, Now: noon("2021-06-02")}); err != nil {
		t.Fatal(err)
	}
	return i
}

// does has somebody do an act as serve and a worker bring it about.
func (i *institution) does(who, id, day string, act policy.Act) {
	i.t.Helper()
	if answer := i.sends(who, id, day, act); answer.Refusal != nil {
		i.t.Fatalf("%s: %v", id, answer.Refusal)
	}
}

func (i *institution) sends(who, id, day string, act policy.Act) store.Answer {
	i.t.Helper()
	look(i.t, i.worker, day)
	act.By, act.Date = i.people[who], date(day)
	e, err := evidence.Enclose(id, "cycle/"+key, evidence.Nameless(act), time.Now())
	if err == nil {
		e, err = i.signer.Seal(e)
	}
	if err != nil {
		i.t.Fatal(err)
	}
	answer, err := i.worker.Record(i.t.Context(), store.Recording{Run: theCycle, Now: noon(day), Received: time.Now(), Channel: "update", Envelope: e})
	if err != nil {
		i.t.Fatal(err)
	}
	return answer
}

// unsealed opens the records with a stolen login and whatever program the thief likes: our
// own, which is made to ask for no seal.
func (i *institution) unsealed(role string) *store.Store {
	i.t.Helper()
	s, err := store.Open(i.t.Context(), storetest.As(i.t, i.url, role), store.Options{})
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(s.Close)
	return s
}

// With a stolen login of the database alone, no key and no token, nobody becomes an official,
// and nothing is shown as decided that was not, without being found: in the database and in
// the dossier.
func TestFindAudit_ShowsWhatAStolenLoginDid(t *testing.T) {
	t.Parallel()
	const refused = "refused"
	official := policy.Grant{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat}
	closes := "UPDATE subjects SET state = 'closed', outcome = 'adopted', closed_on = '2021-05-26', due = NULL, turn = '{}', pending = NULL WHERE path = 'priorities'"
	sql := func(text string) func(*institution, string) error {
		return func(i *institution, role string) error { return i.steals(role, text) }
	}
	acts := func(channel, who string, act policy.Act) func(*institution, string) error {
		return func(i *institution, role string) error {
			act.By, act.Date = i.people[who], date("2021-06-10")
			e, err := evidence.Enclose("forged", "cycle/"+key, evidence.Nameless(act), time.Now())
			if err != nil {
				return err
			}
			answer, err := i.unsealed(role).Record(i.t.Context(), store.Recording{Run: theCycle, Now: noon("2021-06-10"), Received: time.Now(), Channel: channel, Envelope: e})
			if err == nil && answer.Refusal != nil {
				err = answer.Refusal
			}
			return err
		}
	}
	confirms := func(i *institution) policy.Act {
		_, stated, err := i.FindStated(i.t.Context(), "council")
		if err != nil {
			i.t.Fatal(err)
		}
		return policy.Act{Kind: policy.ActConfirm, Subject: on("priorities"), Confirms: "council", Digest: stated}
	}
	for name, test := range map[string]struct {
		does   func(*institution, string) error
		serve  string // what is said of it, or refused
		worker string
	}{
		"a role for somebody without one": {func(i *institution, role string) error {
			return i.forgesAs(role, evidence.PersonLine{Act: evidence.PersonRole, Person: i.people["anna"].Person, Role: &official, Source: evidence.FromHand, Given: true}, nil)
		}, "of the trail of people, about person", refused},
		"a role that was withdrawn": {sql(`INSERT INTO people_trail SELECT (SELECT max(sequence) + 1 FROM people_trail), person, account, body, hash, key_id, signature
			FROM people_trail WHERE body::jsonb ->> 'act' = 'role' AND person = (SELECT person FROM acts WHERE id = 'council') LIMIT 1`), "it stands in another place than it was written for", refused},
		"an account of another":   {sql("UPDATE accounts SET person = (SELECT person FROM acts WHERE id = 'council')"), refused, refused},
		"a name":                  {sql("UPDATE persons SET name = 'Bert' WHERE id = (SELECT person FROM acts WHERE id = 'council')"), `is shown as "Bert": another name was recorded`, refused},
		"a subject as adopted":    {sql(closes), "the records show priorities as closed, adopted", "the records show priorities as closed, adopted"},
		"a stage":                 {sql("UPDATE cycles SET stage = 'closed', stage_since = '2021-06-01'"), "the records show the cycle at the stage closed", "the records show the cycle at the stage closed"},
		"a title":                 {sql("UPDATE cycles SET title = 'Another'"), `the records show the cycle as "Another"`, `the records show the cycle as "Another"`},
		"what waits for a second": {sql("UPDATE subjects SET pending = NULL WHERE path = 'priorities'"), "leaves it deciding on version 1, before COSI, where an outcome waits", "where an outcome waits for a second person"},
		"an act without a seal":   {func(i *institution, role string) error { return acts("update", "bert", confirms(i))(i, role) }, "forged bears no seal", "forged bears no seal"},
		"an act as if taken over": {func(i *institution, role string) error { return acts("import", "bert", confirms(i))(i, role) },
			"forged came by import", "forged came by import"},
		"a decision of the calendar": {func(i *institution, role string) error {
			return acts("calendar", "pia", policy.Act{
				Kind: policy.ActOpen, Subject: on("item/ukraine"), Opening: &policy.Opening{Title: "Ukraine", Due: date("2021-09-01"), Through: []policy.Body{policy.COSI}},
			})(i, role)
		}, "forged says that a silence procedure had ended", "forged says that a silence procedure had ended"},
		"rows of a register": {func(i *institution, role string) error {
			row := policy.Row{Register: policy.RegWarnings, Key: "toys", Date: date("2021-06-01"), Body: &policy.Warning{Title: "Toys", Area: "firearms"}, By: i.people["eva"]}
			_, err := i.unsealed(role).Enter(i.t.Context(), store.Entering{ID: "forged", Cycle: key, By: row.By, Rows: []policy.Row{row}, Now: noon("2021-06-10")})
			return err
		}, "forged: the rows bear no seal", refused},
		"a checkpoint":                {sql(fmt.Sprintf("INSERT INTO checkpoints VALUES ('%s', 3, 'policycycle/%[1]s', now())", key)), "the checkpoint is signed by no key", refused},
		"a line of the trail":         {sql("UPDATE trail SET message = ''"), refused, refused},
		"an outcome":                  {sql("UPDATE decisions SET outcome = 'not-agreed'"), refused, refused},
		"since when seals are wanted": {sql("UPDATE sealed_from SET people = 1000, entries = now()"), refused, refused},
		"the end of the trail":        {sql("UPDATE cycles SET sequence = 1"), "as the last one of the trail", "as the last one of the trail"},
	} {
		for role, want := range map[string]string{storetest.Serve: test.serve, storetest.Worker: test.worker, storetest.Auditor: refused} {
			t.Run(name+" with the login of "+role, func(t *testing.T) {
				t.Parallel()
				i := institute(t)
				err := test.does(i, role)
				if want == refused {
					denied := err != nil && (strings.Contains(err.Error(), "SQLSTATE 42501") || policy.CodeOf(err) == policy.CodeSeal)
					if r := checks(t, i.Store, i.ring); !denied || !r.OK() {
						t.Errorf("not refused: %v; %s", err, faultsOf(r))
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				r := checks(t, i.Store, i.ring)
				if !slices.ContainsFunc(r.Faults, func(f evidence.Fault) bool { return strings.Contains(f.Message, want) }) {
					t.Errorf("not found: %s", faultsOf(r))
				}
			})
		}
	}
}

func faultsOf(r *evidence.Report) (messages []string) {
	for _, f := range r.Faults {
		messages = append(messages, fmt.Sprintf("%d %s", f.Sequence, f.Message))
	}
	return messages
}

// What the thief wrote gives nobody anything while it stands there, either.
func TestRecord_TakesNothingFromWhoeverHasNoRoleUnderSeal(t *testing.T) {
	t.Parallel()
	i := institute(t)
	official := policy.Grant{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat}
	i.forges(evidence.PersonLine{Act: evidence.PersonRole, Person: i.people["ghost"].Person, Role: &official, Source: evidence.FromHand, Given: true}, nil)
	_, stated, err := i.FindStated(t.Context(), "council")
	if err != nil {
		t.Fatal(err)
	}
	answer := i.sends("ghost", "confirmed", "2021-05-27", policy.Act{Kind: policy.ActConfirm, Subject: on("priorities"), Confirms: "council", Digest: stated})
	if answer.Refusal == nil || answer.Refusal.Code != policy.CodeNotCompetent {
		t.Errorf("ghost confirmed: %+v", answer)
	}
	i.does("bert", "confirmed-2", "2021-05-27", policy.Act{Kind: policy.ActConfirm, Subject: on("priorities"), Confirms: "council", Digest: stated})
}

// forgesAs writes a line into the trail of people with a stolen login.
func (d *desk) forgesAs(role string, l evidence.PersonLine, account *int64) error {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), storetest.As(d.t, d.url, role))
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close(d.t.Context())
	var last string
	if err := conn.QueryRow(d.t.Context(), "SELECT sequence, hash FROM people_trail ORDER BY sequence DESC LIMIT 1").Scan(&l.Sequence, &last); err != nil {
		return err
	}
	l.Sequence, l.Recorded = l.Sequence+1, noon("2021-01-05")
	kept, err := (*evidence.Signer)(nil).ChainPerson(last, l)
	if err != nil {
		return err
	}
	const sql = "INSERT INTO people_trail VALUES ($1, $2, $3, $4, $5, 'office.example.eu+00000000', 'c2lnbmVk')"
	_, err = conn.Exec(d.t.Context(), sql, l.Sequence, l.Person, account, kept.Body, kept.Hash)
	return err
}
