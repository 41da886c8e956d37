// Package local is the service done here: acts go through the engine, what is
// asked is read from the records.
package local

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Service implements service.Service.
type Service struct {
	store  *store.Store
	engine *engine.Engine
	sealer Sealer
	now    func() time.Time
	// reader is who reads and acts, and sees what that one may; nil is whoever operates
	// the machine, who sees everything and does nothing.
	reader  *policy.Principal
	reads   bool // whether it is recorded who reads what is marked LIMITE
	changes *changes
	found   *found
	// mail says whom mail may leave to; nil where none leaves.
	mail *mailing
	// hooks says where events may leave to; nil where none leaves.
	hooks *Webhooks
	// enclosed gets the envelope of an act that is not to be sent; nil where acts are sent.
	enclosed *evidence.Envelope
}

// Sealer seals acts on their way: with the key, or by asking who has it.
type Sealer interface {
	Seal(ctx context.Context, e evidence.Envelope) (evidence.Envelope, error)
}

var _ service.Service = (*Service)(nil)

// Key seals with the key itself.
type Key struct{ Signer *evidence.Signer }

// Seal implements Sealer.
func (k Key) Seal(_ context.Context, e evidence.Envelope) (evidence.Envelope, error) {
	return k.Signer.Seal(e)
}

// New gives a service on a store and an engine. The engine may be nil where
// nothing but reading is wanted: acts are then policy.CodeUnavailable. Without a
// sealer acts go unsealed.
func New(s *store.Store, e *engine.Engine, sealer Sealer) *Service {
	return &Service{store: s, engine: e, sealer: sealer, now: time.Now, changes: &changes{followers: map[chan store.Change]bool{}}, found: newFound()}
}

// RecordingReads gives a service that takes note of who reads what is marked
// LIMITE.
func (s *Service) RecordingReads() *Service {
	other := *s
	other.reads = true
	return &other
}

// At gives a service that goes by another clock.
func (s *Service) At(now func() time.Time) *Service {
	other := *s
	other.now = now
	return &other
}

// enclose puts an act in an envelope, in which persons stand by their numbers,
// and has it sealed. Who may not do such an act at all is told so here already;
// the records ask again.
func (s *Service) enclose(ctx context.Context, id string, act policy.Act) (evidence.Envelope, error) {
	who, err := s.me(ctx)
	if err != nil {
		return evidence.Envelope{}, err
	}
	act.By = who.Actor
	tidy(&act)
	if err := act.Check(); err != nil {
		return evidence.Envelope{}, err
	}
	if err := s.knowsBodies(ctx, act); err != nil {
		return evidence.Envelope{}, err
	}
	if _, err := s.acting(ctx, &act); err != nil {
		return evidence.Envelope{}, err
	}
	envelope, err := evidence.Enclose(id, protocol.WorkflowID(act.Subject.Run()), evidence.Nameless(act), s.now())
	if err == nil {
		err = envelope.CheckSize()
	}
	if err != nil || s.sealer == nil {
		return envelope, err
	}
	return s.sealer.Seal(ctx, envelope)
}

// knowsBodies refuses an act that names a body which its cycle does not have. The table of the
// cycle is looked up where one is named that does not ship.
func (s *Service) knowsBodies(ctx context.Context, act policy.Act) error {
	if policy.BodyTable(nil).JudgeAct(act) == nil {
		return nil
	}
	circle, err := s.store.FindCircle(ctx, act.Subject.Cycle)
	if err != nil {
		return err
	}
	return circle.Bodies.JudgeAct(act)
}

// acting gives as what somebody acts, and in the act the numbers of the people. Who
// may not do such an act at all is policy.CodeNotCompetent.
func (s *Service) acting(ctx context.Context, act *policy.Act) (policy.Principal, error) {
	who, err := s.me(ctx)
	if err != nil {
		return who, err
	}
	act.By = who.Actor
	if act.For != nil {
		other, err := s.store.PrincipalOf(ctx, *act.For)
		if err != nil {
			return who, err
		}
		who.OnBehalfOf, act.For = &other, &other.Actor
	}
	return who, who.HasRoleFor(*act)
}

// send is the way of every act. The receipt tells where the subject stands, as far
// as the reader may see that.
func (s *Service) send(ctx context.Context, id string, act policy.Act) (*service.Receipt, error) {
	receipt, err := s.deliver(ctx, id, act)
	if err != nil {
		return nil, err
	}
	visibility, err := s.visibility(ctx, act.Subject.Cycle)
	if err != nil {
		visibility = policy.Visibility{} // recorded it is
	}
	receipt.Standing.Silence = visibility.Silence(receipt.Standing.Silence)
	if receipt.Standing.State == policy.StateClosed {
		receipt.Words = s.settledIn(ctx, act.Subject)
	}
	return receipt, nil
}

// settledIn gives the words in which a subject was settled; the usual ones where the records
// do not say now, for what is recorded is recorded.
func (s *Service) settledIn(ctx context.Context, subject policy.Subject) policy.Wording {
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return nil
	}
	e, _ := cycle.Records(cycle.Calendar.Today(s.now())).Entry(subject)
	return cycle.Definition.SettledIn(e)
}

// deliver puts an act in an envelope, looks it up in the records and, unless it is
// there already, sends it to the run it belongs to, or gives the envelope where that is wanted.
func (s *Service) deliver(ctx context.Context, id string, act policy.Act) (*service.Receipt, error) {
	envelope, err := s.enclose(ctx, id, act)
	if err != nil {
		return nil, err
	}
	if receipt, there, err := s.store.FindReceipt(ctx, envelope); err != nil || there {
		if there {
			s.wake(ctx, act.Subject.Run())
		}
		return &receipt, err
	}
	if s.enclosed != nil {
		*s.enclosed = envelope
		return &service.Receipt{}, nil
	}
	if s.engine == nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "no engine is configured here: nothing can be recorded")
	}
	for {
		receipt, err := s.try(ctx, envelope)
		if err == nil {
			s.goesOnAfter(ctx, envelope.Act, receipt)
			return &receipt, nil
		}
		if errors.Is(err, engine.ErrNoTurn) && goesOn(ctx) {
			continue
		}
		unanswered := policy.CodeOf(err) == policy.CodeOutcomeUnknown || ctx.Err() != nil
		if !unanswered && policy.CodeOf(err) != policy.CodeUnavailable {
			return nil, err
		}
		// Nobody answered, or nobody could: the records know.
		if receipt, there := s.recorded(ctx, envelope); there {
			s.wake(ctx, act.Subject.Run())
			return receipt, nil
		}
		if !unanswered {
			return nil, err
		}
		if !goesOn(ctx) {
			return nil, unknown(envelope.ID, err)
		}
	}
}

// wake has a run look at the record on which something stands that it may not have answered:
// then it does not know it. Where it cannot be told now, a worker tells it within the hour.
func (s *Service) wake(ctx context.Context, run policy.Run) {
	if s.engine == nil {
		return
	}
	const patience = time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = s.engine.Wake(ctx, run)
}

// goesOnAfter sets a cycle going again that has ended, where an act has opened one of its
// subjects again. Where that fails, the workers do so by themselves.
func (s *Service) goesOnAfter(ctx context.Context, act policy.Act, receipt policy.Receipt) {
	if !act.Corrects() || !receipt.Standing.Open() {
		return
	}
	if cycle, err := s.store.FindScript(ctx, act.Subject.Cycle); err == nil && cycle.Stage.Ended() {
		_ = s.engine.Start(ctx, policy.Run{Kind: policy.RunCycle, Cycle: cycle.ID})
	}
}

// try sends an act to its run once, and sets the run going where it is not.
func (s *Service) try(ctx context.Context, envelope evidence.Envelope) (policy.Receipt, error) {
	bounded, cancel := context.WithTimeout(ctx, s.engine.Patience())
	defer cancel()
	receipt, err := s.engine.Act(bounded, envelope)
	if errors.Is(err, engine.ErrGone) {
		return s.revive(bounded, envelope)
	}
	return receipt, err
}

// recorded looks an act up, even for somebody who no longer waits, but then not for
// long.
func (s *Service) recorded(ctx context.Context, e evidence.Envelope) (*service.Receipt, bool) {
	const lastLook = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	receipt, there, err := s.store.FindReceipt(ctx, e)
	return &receipt, there && err == nil
}

// goesOn says whether to go on waiting for an act that nobody has answered: where
// somebody watches, who ends it when there is no sign of life. The run knows the
// same envelope again, and goes on with it.
func goesOn(ctx context.Context) bool {
	const breath = 250 * time.Millisecond // where no answer comes at once
	if !advance.Watched(ctx) {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(breath):
		return true
	}
}

// unknown says of which act nobody knows whether it is recorded.
func unknown(id string, cause error) error {
	refusal := policy.Refuse(policy.CodeOutcomeUnknown, "no answer came in time: the act may or may not be recorded; repeat the same command to learn which, it is recorded once")
	refusal.Record = id
	return errors.Join(refusal, cause)
}

// revive deals with an act whose run takes none. It may have been recorded before the run
// ended. A run that must be in motion is started, and the act sent once more; one that
// need not begins anew for what puts something right, else it is why nothing can be recorded.
func (s *Service) revive(ctx context.Context, envelope evidence.Envelope) (policy.Receipt, error) {
	if receipt, there, err := s.store.FindReceipt(ctx, envelope); err != nil || there {
		return receipt, err
	}
	subject := envelope.Act.Subject
	cycle, err := s.store.FindCycleOn(ctx, subject)
	if err != nil {
		return policy.Receipt{}, err
	}
	records := cycle.Records(cycle.Calendar.Today(s.now()))
	run := subject.Run()
	if !slices.Contains(records.InMotion(), run) {
		if envelope.Act.Corrects() {
			return s.engine.ActAnew(ctx, run, envelope)
		}
		return policy.Receipt{}, explain(cycle, records, subject)
	}
	err = s.engine.Start(ctx, run)
	var receipt policy.Receipt
	if err == nil {
		receipt, err = s.engine.Act(ctx, envelope)
	}
	if errors.Is(err, engine.ErrGone) || err != nil && policy.CodeOf(err) == policy.CodeInternal {
		return receipt, errors.Join(policy.Refuse(policy.CodeUnavailable,
			"the work on %s stands still and could not be set going again; nothing was recorded: repeat the same command, and tell whoever operates this if it stays so", subject), err)
	}
	return receipt, err
}

// explain says why no run takes acts on a subject.
func explain(cycle *store.Cycle, records policy.Records, subject policy.Subject) error {
	if known, opened := cycle.Subjects[subject]; opened && known.State == policy.StateClosed {
		return policy.RefuseSettled(known.Standing)
	}
	if cycle.Stage.Ended() {
		return policy.Refuse(policy.CodeNotOpen, "the cycle %s ended on %s", cycle.ID, cycle.StageSince)
	}
	if e, planned := records.Entry(subject); planned {
		return records.NotOpenYet(e)
	}
	return policy.Refuse(policy.CodeUnknown, "the cycle %s has no subject %s", subject.Cycle, subject.Path())
}

// Decide implements service.Acts.
func (s *Service) Decide(ctx context.Context, d service.Decide) (*service.Receipt, error) {
	act, err := s.completed(ctx, d)
	if err != nil {
		return nil, err
	}
	return s.send(ctx, d.ID, act)
}

// completed gives the act of a decision with what was left out.
func (s *Service) completed(ctx context.Context, d service.Decide) (policy.Act, error) {
	act := d.Act
	if act.Kind != "" && act.Kind != policy.ActDecide {
		return act, &policy.Error{Code: policy.CodeInvalid, Field: "kind", Message: "only a decision is recorded here: leave kind out"}
	}
	act.Kind = policy.ActDecide
	brief, err := s.store.FindBriefFor(ctx, d.ID, act.Subject)
	if err != nil {
		return act, err
	}
	act.Version, act.Digest = versionOr(act.Version, act.Digest, brief)
	if act.Procedure == "" {
		act.Procedure = policy.Meeting
	}
	if act.Procedure == policy.SilenceProcedure && act.Date.IsZero() && brief.Acted.IsZero() {
		found, err := s.FindSubject(ctx, act.Subject)
		if err != nil {
			return act, err
		}
		if found.Silence != nil {
			act.Date = found.Silence.Deadline
		}
	}
	act.Date = s.dateOr(act.Date, brief)
	return act, nil
}

// Confirm implements service.Acts.
func (s *Service) Confirm(ctx context.Context, c service.Second) (*service.Receipt, error) {
	return s.second(ctx, policy.ActConfirm, c)
}

// SetAside implements service.Acts.
func (s *Service) SetAside(ctx context.Context, c service.Second) (*service.Receipt, error) {
	return s.second(ctx, policy.ActSetAside, c)
}

func (s *Service) second(ctx context.Context, kind policy.ActKind, c service.Second) (*service.Receipt, error) {
	subject, stated, err := s.store.FindStated(ctx, c.Record)
	if err != nil {
		return nil, err
	}
	act, _, err := s.stated(ctx, kind, subject, c.Statement)
	if err != nil {
		return nil, err
	}
	act.Confirms, act.Digest = c.Record, stated
	return s.send(ctx, c.ID, act)
}

// Submit implements service.Acts.
func (s *Service) Submit(ctx context.Context, in service.Submit) (*service.Receipt, error) {
	return s.handIn(ctx, policy.ActSubmit, in)
}

// Finalise implements service.Acts.
func (s *Service) Finalise(ctx context.Context, in service.Submit) (*service.Receipt, error) {
	return s.handIn(ctx, policy.ActFinalise, in)
}

// handIn hands in a version, or enters a final text.
func (s *Service) handIn(ctx context.Context, kind policy.ActKind, in service.Submit) (*service.Receipt, error) {
	if len(in.Content) > service.MaxContent {
		return nil, policy.Refuse(policy.CodeInvalid, "the document has %d bytes: at most %d are kept", len(in.Content), service.MaxContent)
	}
	act, brief, err := s.stated(ctx, kind, in.Subject, in.Statement)
	if err != nil {
		return nil, err
	}
	act.Marking, act.Holder, act.TextDigest, act.Document, act.Rectifies = in.Marking, in.Holder, in.TextDigest, in.Document, in.Rectifies
	act.Revises = in.Revises
	if act.Content, err = s.keepVersion(ctx, in, act, brief.Keeps(in.Subject.Kind)); err != nil {
		return nil, err
	}
	if act.Digest, err = evidence.VersionDigest(in.Subject, in.Document, act.Content, act.TextDigest); err != nil {
		return nil, err
	}
	return s.send(ctx, in.ID, act)
}

// OpenItem implements service.Acts.
func (s *Service) OpenItem(ctx context.Context, o service.OpenItem) (*service.Receipt, error) {
	act, _, err := s.stated(ctx, policy.ActOpen, o.Subject, o.Statement)
	if err != nil {
		return nil, err
	}
	act.Opening = &o.Opening
	return remarked(policy.RemarkDaysOff(o.Opening.Due))(s.send(ctx, o.ID, act))
}

// remarked adds remarks to the receipt of what is recorded.
func remarked(remarks []policy.Remark) func(*service.Receipt, error) (*service.Receipt, error) {
	return func(receipt *service.Receipt, err error) (*service.Receipt, error) {
		if err != nil {
			return nil, err
		}
		return receipt.With(remarks...), nil
	}
}

// stated gives an act of a kind on a subject with what everything has that somebody
// records, and the brief of the subject.
func (s *Service) stated(ctx context.Context, kind policy.ActKind, on policy.Subject, st service.Statement) (policy.Act, store.Brief, error) {
	act := policy.Act{Kind: kind, Subject: on}
	st.Fill(&act)
	brief, err := s.store.FindBriefFor(ctx, st.ID, on)
	act.Date = s.dateOr(act.Date, brief)
	return act, brief, err
}

// versionOr gives the version that an act is on, and its digest; where they are left
// out, those of the version handed in last.
func versionOr(version int, digest string, last store.Brief) (is int, its string) {
	if version == 0 {
		version = max(last.Version, 1) // that none is handed in yet is judged with the records
	}
	if digest == "" && version == last.Version {
		digest = last.Digest
	}
	return version, digest
}

// dateOr gives the date; where none is given, that on which the same act was
// recorded before, else what the calendar of the cycle shows.
func (s *Service) dateOr(d policy.Date, brief store.Brief) policy.Date {
	switch {
	case !d.IsZero():
		return d
	case !brief.Acted.IsZero():
		return brief.Acted
	default:
		return brief.Calendar.Today(s.now())
	}
}
