package local

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// StartCycle implements service.Cycles. The definition is stored first, so
// that a cycle exists before its run does.
func (s *Service) StartCycle(ctx context.Context, start service.StartCycle) (*service.Cycle, error) {
	tidy(&start)
	if err := sound(start.Definition.ValidateStart()); err != nil {
		return nil, err
	}
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	if err := policy.AuthoriseDeed(who, policy.DeedStart, start.Definition.Key); err != nil {
		return nil, err
	}
	if s.engine == nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "no engine is configured here: no cycle can be started")
	}
	before, err := s.store.Before(ctx, &start.Definition)
	if err == nil && before != nil {
		err = policy.JudgeLineage(&start.Definition, before)
	}
	if err != nil {
		return nil, err
	}
	cycle := store.NewCycle{ID: start.Definition.Key, Definition: start.Definition, By: who.Actor, Now: s.now()}
	if start.Rehearsal == nil {
		if _, err := s.store.StartCycle(ctx, cycle); err != nil {
			return nil, err
		}
	} else if err := s.storeRehearsal(ctx, &cycle, start.Rehearsal); err != nil {
		return nil, err
	}
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle.ID}
	if err := s.setsGoing(ctx, run); err != nil {
		return nil, err
	}
	if err := s.takenUp(ctx, run); err != nil {
		return nil, err
	}
	return s.FindCycle(ctx, cycle.ID)
}

// setsGoing starts the work on a cycle that is recorded. Where that fails, the same command
// tries again, and so do the workers by themselves.
func (s *Service) setsGoing(ctx context.Context, run policy.Run) error {
	if err := s.engine.Start(ctx, run); err != nil {
		return notKnownGoing(run.Cycle, err)
	}
	return nil
}

func notKnownGoing(cycle string, cause error) error {
	return errors.Join(policy.Refuse(policy.CodeOutcomeUnknown,
		"%s is recorded, but it is not known whether the work on it has begun: repeat the same command, or wait until a worker sees to it", cycle), cause)
}

// takenUp looks for a moment whether the work on a new cycle begins. That no worker is there
// yet is no error, for it waits for one.
func (s *Service) takenUp(ctx context.Context, run policy.Run) error {
	const moment = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	return s.engine.TakenUp(ctx, run)
}

// storeRehearsal stores a rehearsal under its ID, or under the first that is free, so
// that a cycle can be rehearsed again and again, and then be started for real.
func (s *Service) storeRehearsal(ctx context.Context, c *store.NewCycle, r *service.Rehearsal) error {
	const most = 1000
	if err := s.keepScripted(ctx, c, r); err != nil {
		return err
	}
	key := c.Definition.Key
	length := time.Duration(r.YearSeconds * float64(time.Second))
	var err error
	if c.Calendar, err = policy.NewRehearsalCalendar(c.Definition.PolicyWindow.From, length); err != nil {
		return err
	}
	if r.ID != "" {
		return s.storeAs(ctx, c, key, r.ID)
	}
	for n := 1; n <= most; n++ {
		isNew, err := s.tryID(ctx, c, key, policy.RehearsalID(key, n))
		if isNew || err != nil && policy.CodeOf(err) != policy.CodeConflict {
			return err
		}
	}
	return policy.Refuse(policy.CodeConflict, "%s has been rehearsed %d times here: give the cycle file another key", key, most)
}

// tryID stores a rehearsal under an ID, unless that is taken, and says whether it did.
func (s *Service) tryID(ctx context.Context, c *store.NewCycle, key, id string) (bool, error) {
	if !policy.ValidKey(id) {
		return false, policy.Refuse(policy.CodeInvalid, "the key %q is too long for a rehearsal: at most 49 characters", key)
	}
	c.ID, c.Definition.Key, c.Now = id, id, s.now()
	return s.store.StartCycle(ctx, *c)
}

// storeAs stores a rehearsal under the ID that it is to have. What is there under it
// already is to be the same.
func (s *Service) storeAs(ctx context.Context, c *store.NewCycle, key, id string) error {
	if !policy.Rehearses(id, key) {
		refusal := policy.Refuse(policy.CodeInvalid, "%q is not the ID of a rehearsal of %s: it is like %s", id, key, policy.RehearsalID(key, 1))
		refusal.Field = "id"
		return refusal
	}
	isNew, err := s.tryID(ctx, c, key, id)
	if isNew || err != nil {
		return err
	}
	known, err := s.store.FindScript(ctx, id)
	if err != nil {
		return err
	}
	there, err := evidence.DigestOf(known.Script)
	if err != nil {
		return err
	}
	asked, err := evidence.DigestOf(c.Script)
	if err == nil && (there != asked || known.ScriptedRows != c.ScriptedRows || known.Calendar.YearSeconds != c.Calendar.YearSeconds) {
		err = policy.Refuse(policy.CodeConflict, "%s is rehearsed already, by another script or at another pace: choose another ID", id)
	}
	return err
}

// keepScripted keeps what the actors of a rehearsal will hand in and enter.
func (s *Service) keepScripted(ctx context.Context, c *store.NewCycle, r *service.Rehearsal) error {
	script := r.Script
	script.Documents = map[string]string{}
	c.Script = &script
	for path, content := range r.Documents {
		body, err := canonical(content)
		if err != nil {
			return err
		}
		digest, err := s.store.PutContent(ctx, store.MediaData, body)
		if err != nil {
			return err
		}
		script.Documents[path] = digest
	}
	if len(r.Rows) == 0 {
		return nil
	}
	rows := slices.Clone(r.Rows)
	// Rows of one day, register and person are entered together.
	slices.SortStableFunc(rows, func(a, b policy.Row) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Register, b.Register), cmp.Compare(a.By.String(), b.By.String()))
	})
	content, err := evidence.Canonical(rows)
	if err != nil {
		return err
	}
	c.ScriptedRows, err = s.store.PutContent(ctx, store.MediaData, content)
	return err
}

// FindScriptedRows implements service.Cycles.
func (s *Service) FindScriptedRows(ctx context.Context, id string) ([]policy.Row, error) {
	cycle, err := s.store.FindScript(ctx, id)
	if err != nil {
		return nil, err
	}
	visibility, err := s.mayRead(ctx, id, policy.MatterProgress, "the script of "+id)
	if err != nil || cycle.ScriptedRows == "" {
		return nil, err
	}
	content, err := s.store.FindContent(ctx, cycle.ScriptedRows)
	if err != nil {
		return nil, err
	}
	rows, err := policy.ReadRows(content)
	return slices.DeleteFunc(rows, func(r policy.Row) bool { return !visibility.Row(r) }), err
}

// sound refuses a definition with everything that is wrong with it.
func sound(problems []policy.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return policy.Unsound(problems, "the definition of the cycle is not sound: %s")
}

// AmendCycle implements service.Acts. Repeating an amendment that is in force
// gives its receipt again.
func (s *Service) AmendCycle(ctx context.Context, a service.AmendCycle) (*service.Receipt, error) {
	tidy(&a.Amendment)
	cycle, err := s.store.FindCycle(ctx, a.Cycle)
	if err != nil {
		return nil, err
	}
	basis := slices.IndexFunc(cycle.Acts, func(act store.Act) bool { return act.ID == a.Decision })
	if a.Decision == "" && a.Amendment.NeedsDecision() {
		return nil, &policy.Error{Code: policy.CodeInvalid, Field: "decision", Message: "name the recorded decision that the amendment rests on; only the calendar of meetings and proposed priorities change without one"}
	}
	if a.Decision != "" && basis < 0 {
		return nil, policy.Refuse(policy.CodeUnknown, "no decision %s is recorded in the cycle %s", a.Decision, a.Cycle)
	}
	today := cycle.Calendar.Today(s.now())
	var addedOn policy.Date // new priorities are candidates until the Council has decided
	if basis >= 0 && cycle.Subjects[policy.Subject{Cycle: a.Cycle, Kind: policy.KindPriorities}].State == policy.StateClosed {
		addedOn = cycle.Acts[basis].Date
	}
	amended := cycle.Definition.Amend(a.Amendment, addedOn)
	if err := sound(amended.ValidateAmended(cycle.Definition)); err != nil {
		return nil, err
	}
	content, err := evidence.Canonical(amended)
	if err != nil {
		return nil, err
	}
	if receipt := inForce(cycle, a.Decision, evidence.Digest(content)); receipt != nil {
		return receipt, nil
	}
	act := policy.Act{
		Kind: policy.ActAmend, Subject: policy.Subject{Cycle: a.Cycle, Kind: policy.KindDefinition},
		Date: a.Date, For: a.For, Comment: a.Amendment.Reason, Language: a.Language,
		Amendment: &policy.AmendmentRef{BaseVersion: cycle.DefinitionVersion, Decision: a.Decision},
	}
	if act.Date.IsZero() {
		act.Date = today
	}
	if act.Digest, err = s.keep(ctx, act, store.MediaData, content); err != nil {
		return nil, err
	}
	receipt, err := remarked(policy.RemarkAmended(cycle.Definition, &amended))(s.send(ctx, a.ID, act))
	if err == nil && s.enclosed == nil {
		s.goesOnAgain(ctx, cycle, today)
	}
	return receipt, err
}

// goesOnAgain starts the runs that an amendment set in motion, given the cycle before it:
// the one of a plan that came back has ended. Where that fails, the next act on the plan
// starts it, or a worker.
func (s *Service) goesOnAgain(ctx context.Context, before *store.Cycle, today policy.Date) {
	amended, err := s.store.FindCycle(ctx, before.ID)
	if err != nil || s.engine == nil {
		return
	}
	moved := before.Records(today).InMotion()
	for _, run := range amended.Records(today).InMotion() {
		if !slices.Contains(moved, run) {
			_ = s.engine.Start(ctx, run)
		}
	}
}

func inForce(cycle *store.Cycle, decision, digest string) *service.Receipt {
	for _, act := range cycle.Acts {
		if act.Amendment != nil && act.Amendment.Decision == decision && act.Digest == digest && act.AmendsTo == cycle.DefinitionVersion {
			return &service.Receipt{
				ID: act.ID, Subject: act.Subject, Version: act.AmendsTo, Digest: digest, Recorded: act.RecordedAt,
				Standing: policy.Standing{Subject: act.Subject},
			}
		}
	}
	return nil
}

// FindScript implements service.Cycles.
func (s *Service) FindScript(ctx context.Context, id string) (*service.Script, error) {
	cycle, err := s.store.FindScript(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.mayRead(ctx, id, policy.MatterProgress, "the script of "+id); err != nil {
		return nil, err
	}
	script := service.Script{Cycle: id, Definition: *cycle.Definition, Calendar: cycle.Calendar, Ended: cycle.Stage.Ended()}
	if cycle.Script != nil {
		script.Script = *cycle.Script
	}
	return &script, nil
}

// ListScripts implements service.Cycles.
func (s *Service) ListScripts(ctx context.Context) ([]string, error) {
	scripts, err := s.store.ListScripts(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := s.somewhere(ctx, "which rehearsals run")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(scripts, func(id string) bool { return !seen.in(id).Some(policy.MatterProgress) }), nil
}

// ListBodies implements service.Cycles. Which bodies there are is public, as cycles are.
func (s *Service) ListBodies(ctx context.Context) (policy.BodyTable, error) {
	return s.store.Bodies(ctx)
}
