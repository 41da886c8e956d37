package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/telemetry/survive"
)

// Waiting says what a demonstration has for whom.
type Waiting struct {
	For  string
	What string
}

// Demonstrate shows a cycle of real life to visitors until ctx ends. It tells what
// happened so far, once, and then sees to it that something always waits for each
// role: when a visitor has dealt with the last of a sort, it stages another. What
// visitors have begun it leaves to them. Once everything waits, it says so.
//
// What it has staged stands in the record, so that it goes on after a restart.
func Demonstrate(ctx context.Context, t Theatre, cycle string, told Told, log zerolog.Logger, ready func([]Waiting)) {
	k := &keeper{theatre: t, cycle: cycle, log: log.With().Str("cycle", cycle).Logger()}
	if k.persists(ctx, k.findOut) != nil {
		return
	}
	if len(k.done) == 0 {
		CatchUp(ctx, t, cycle, told, log)
	}
	if k.persists(ctx, k.prepare) != nil || k.persists(ctx, k.look) != nil {
		return
	}
	ready(k.waiting())
	k.keep(ctx)
}

// keeper sees to it that something waits for each role.
type keeper struct {
	theatre Theatre
	cycle   string
	log     zerolog.Logger

	today   policy.Date      // what the calendar showed at the last look
	done    map[string]bool  // the acts that stand in the record, by their ID
	plans   []policy.Subject // the OAPs in force
	actions []string         // their actions, PERIOD/OAP/CODE; nil until they are asked for
	tasks   []*task
	invited bool // whether answers of Member States were awaited at the last look

	warned sync.Once
}

// persists does something until it succeeds. The error is that of ctx.
func (k *keeper) persists(ctx context.Context, do func(context.Context) error) error {
	for {
		err := survive.Do(func() error { return do(ctx) })
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		level := zerolog.DebugLevel
		if !away(err) {
			k.warned.Do(func() { level = zerolog.WarnLevel })
		}
		k.log.WithLevel(level).Err(err).Msg("the demonstration cannot go on; it tries again")
		select {
		case <-ctx.Done():
		case <-time.After(setback):
		}
	}
}

// away says whether an engine or the records are away for a moment.
func away(err error) bool {
	code := policy.CodeOf(err)
	return code == policy.CodeUnavailable || code == policy.CodeOutcomeUnknown
}

// findOut finds out what was staged before a restart.
func (k *keeper) findOut(ctx context.Context) error {
	trail, err := k.theatre.Trail(ctx, k.cycle)
	if err != nil {
		return err
	}
	k.done = map[string]bool{}
	for _, line := range trail {
		if line.Accepted && strings.HasPrefix(line.ActID, actPrefix) {
			k.done[line.ActID] = true
		}
	}
	return nil
}

// prepare finds the OAPs in force and what was opened on them before a restart, and has
// Europol co-drive one.
func (k *keeper) prepare(ctx context.Context) error {
	script, err := k.theatre.FindScript(ctx, k.cycle)
	if err != nil {
		return err
	}
	k.plans = nil
	inForce := map[string]policy.Subject{}
	for _, e := range script.Definition.Agenda() {
		if e.Subject.Kind != policy.KindOAP {
			continue
		}
		found, err := k.theatre.FindSubject(ctx, e.Subject)
		if err != nil {
			return err
		}
		if found.Outcome.Adopts() {
			inForce[e.Subject.Key] = e.Subject // the last one takes the place of those before
		}
	}
	for _, key := range slices.Sorted(maps.Keys(inForce)) {
		k.plans = append(k.plans, inForce[key])
	}
	k.tasks = append(papersOf(k.cycle), changesOf(inForce)...)
	for _, t := range k.tasks {
		for n := 1; n <= len(k.done)+mostTaken; n++ {
			if k.done[actID(t.subject(n), "open")] {
				t.number = n
			}
		}
	}
	return k.tolerate(k.takesPost(ctx, "co-driver/online-fraud", policy.Europol))
}

// takesPost enters into the register of posts who holds one, once.
func (k *keeper) takesPost(ctx context.Context, post string, holder policy.Body) error {
	id := actPrefix + "posts"
	if k.done[id] {
		return nil
	}
	_, err := as(ctx, k.theatre, somebody(policy.GeneralSecretariat), service.Service.Enter, service.Enter{ID: id, Cycle: k.cycle, Rows: []policy.Row{{
		Register: policy.RegPosts, Key: post, Reason: holder.Title() + " has offered to co-drive the plan.",
		Body: &policy.Holding{Holder: holder, Person: "a-specialist"},
	}}})
	return err
}

// keep looks whenever something has changed, until ctx ends.
func (k *keeper) keep(ctx context.Context) {
	changed := make(chan struct{}, 1)
	go func() {
		_ = k.persists(ctx, func(ctx context.Context) error { // its error is that of ctx
			return k.theatre.Watch(ctx, k.cycle, func(service.Change) {
				select {
				case changed <- struct{}{}:
				default: // it will look anyway
				}
			})
		})
	}()
	// Changes come in groups, and may be missed.
	const calm, atLeast = time.Second, time.Minute
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(atLeast):
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(calm):
		}
		if k.persists(ctx, k.look) != nil {
			return
		}
	}
}

// look stages whatever does not wait for its role any more. The error is that of an
// engine that is away.
func (k *keeper) look(ctx context.Context) error {
	script, err := k.theatre.FindScript(ctx, k.cycle)
	if err != nil {
		return err
	}
	k.today = script.Calendar.Today(time.Now())
	inbox, err := k.theatre.Inbox(ctx, service.InboxFilter{Cycle: k.cycle})
	if err != nil {
		return err
	}
	for _, t := range k.tasks {
		if err := k.see(ctx, t, inbox); err != nil {
			return err
		}
	}
	return k.tolerate(k.invite(ctx))
}

// see stages what is missing of a task or, once a visitor has dealt with it, another.
// One that did not come to wait at all is not tried again before a restart.
func (k *keeper) see(ctx context.Context, t *task, inbox []service.InboxItem) error {
	if t.number > 0 {
		staged, err := k.stage(ctx, t)
		if err != nil {
			return err
		}
		if staged { // what was missing is there now
			if inbox, err = k.theatre.Inbox(ctx, service.InboxFilter{Cycle: k.cycle}); err != nil {
				return err
			}
		}
		if t.waits, err = k.waits(ctx, t, inbox); err != nil || t.waits || t.hopeless {
			return err
		}
	}
	opened, err := k.opens(ctx, t)
	if err != nil || !opened {
		return err
	}
	if _, err := k.stage(ctx, t); err != nil {
		return err
	}
	if inbox, err = k.theatre.Inbox(ctx, service.InboxFilter{Cycle: k.cycle}); err != nil {
		return err
	}
	t.waits, err = k.waits(ctx, t, inbox)
	t.hopeless = err == nil && !t.waits
	return err
}

// mostTaken is how many numbers in a row visitors may have taken.
const mostTaken = 100

// opens opens the next subject of a task under the first number that nobody has
// taken, and says whether it is open.
func (k *keeper) opens(ctx context.Context, t *task) (bool, error) {
	for number := t.number + 1; number <= t.number+mostTaken; number++ {
		err := t.opens(ctx, k, t.subject(number), actID(t.subject(number), "open"))
		switch {
		case err == nil:
			t.number = number
			return true, nil
		case policy.CodeOf(err) != policy.CodeConflict:
			return false, k.tolerate(err)
		}
	}
	return false, nil
}

// stage does what is missing of the subject of a task that was opened last, up to
// what is refused because a visitor came before, and says whether it did anything.
func (k *keeper) stage(ctx context.Context, t *task) (staged bool, err error) {
	subject := t.subject(t.number)
	for i, step := range t.steps {
		id := actID(subject, fmt.Sprint(i+1))
		if k.done[id] {
			continue
		}
		err := step(ctx, k, subject, id)
		if err != nil && policy.CodeOf(err) != policy.CodeConflict { // recorded on another day
			return staged, k.tolerate(err)
		}
		k.done[id], staged = true, true
	}
	return staged, nil
}

// waits says whether the subject of a task that was opened last still waits.
func (k *keeper) waits(ctx context.Context, t *task, inbox []service.InboxItem) (bool, error) {
	at := slices.IndexFunc(inbox, func(item service.InboxItem) bool { return item.Subject == t.subject(t.number) })
	if at < 0 || inbox[at].Awaits != t.awaits || !slices.Contains(inbox[at].Turn, t.turn) {
		return false, nil
	}
	switch {
	case t.silence:
		found, err := k.theatre.FindSubject(ctx, inbox[at].Subject)
		return err == nil && found.Silence.Open(k.today), err
	case t.draft: // a visitor may drop it, and then nothing is half written
		draft, err := as(ctx, k.theatre, somebody(t.turn), service.Service.FindDraft, inbox[at].Subject)
		return err == nil && draft.Revision > 0, k.tolerate(err)
	default:
		return true, nil
	}
}

// tolerate lets a refusal pass: what cannot be staged, because of the day or of a
// visitor, does not keep the rest from waiting. The error is that of an engine that
// is away.
func (k *keeper) tolerate(err error) error {
	if err == nil || away(err) || policy.CodeOf(err) == policy.CodeInternal {
		return err
	}
	k.log.Debug().Err(err).Msg("the demonstration cannot stage this")
	return nil
}

// waiting lists what waits, by the one for whom it does.
func (k *keeper) waiting() []Waiting {
	var all []Waiting
	for _, t := range k.tasks {
		if t.waits {
			all = append(all, t.Waiting)
		}
	}
	if k.invited {
		all = append(all, Waiting{"National coordinators", "invitations to actions, for each Member State"})
	}
	slices.SortStableFunc(all, func(a, b Waiting) int { return cmp.Compare(a.For, b.For) })
	return all
}

// actPrefix begins the ID of each act of a demonstration.
const actPrefix = "demonstration-"

// actID gives the ID of an act of a demonstration, the same however often it is done.
func actID(subject policy.Subject, step string) string {
	return actPrefix + strings.ReplaceAll(subject.Path(), "/", "-") + "-" + step
}
