package local

import (
	"context"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// snapshot gathers all that rules look at in a cycle, today, for what follows from it on a
// matter.
func (s *Service) snapshot(ctx context.Context, cycle string, m policy.Matter) (*rules.Snapshot, error) {
	if _, err := s.mayRead(ctx, cycle, m, "what stands in the documents of "+cycle); err != nil {
		return nil, err
	}
	found, err := s.cycle(ctx, cycle)
	if err != nil {
		return nil, err
	}
	return s.store.Snapshot(ctx, found, found.Calendar.Today(s.now()))
}

// snapshotFor gathers what rules look at for what is wrong with a subject, or with the
// whole cycle where its path is empty.
func (s *Service) snapshotFor(ctx context.Context, cycle, path string) (*rules.Snapshot, error) {
	if path == "" {
		return s.snapshot(ctx, cycle, policy.MatterFindings)
	}
	subject, err := policy.ParseSubject(cycle + "/" + path)
	if err != nil {
		return nil, err
	}
	if _, err := s.mayRead(ctx, cycle, policy.MatterFindings, "what stands in the documents of "+cycle); err != nil {
		return nil, err
	}
	found, err := s.cycleOn(ctx, subject)
	if err != nil {
		return nil, err
	}
	return s.store.SnapshotOn(ctx, found, subject, found.Calendar.Today(s.now()))
}

// roundSnapshot gathers what the report of a round is made of.
func (s *Service) roundSnapshot(ctx context.Context, report policy.Subject) (*rules.Snapshot, error) {
	found, err := s.cycleOn(ctx, report)
	if err != nil {
		return nil, err
	}
	return s.store.RoundSnapshot(ctx, found, report, found.Calendar.Today(s.now()))
}

// FindContent implements service.Contents.
func (s *Service) FindContent(ctx context.Context, subject policy.Subject, version int) (*service.Document, error) {
	versions, err := s.versions(ctx, subject)
	if err != nil {
		return nil, err
	}
	if version == 0 {
		if version, err = s.inForce(ctx, subject); err != nil {
			return nil, err
		}
	}
	if err := s.mayReadVersion(ctx, subject, version); err != nil {
		return nil, err
	}
	for _, v := range versions {
		if v.Version != version {
			continue
		}
		document := &service.Document{Subject: v.Subject, Version: v.Version, Content: v.Content, Marking: markingOf(v)}
		if err := s.redactContent(ctx, document, v.HandedIn); err != nil {
			return nil, err
		}
		if v.Unread != nil {
			return nil, v.Unread
		}
		document.ReplacedBy, err = s.replacedBy(ctx, subject)
		return document, err
	}
	return nil, policy.Refuse(policy.CodeUnknown, "nothing is kept here of version %d of %s", version, subject)
}

// inForce gives the version of the text of a subject that is in force; 0 for none.
func (s *Service) inForce(ctx context.Context, subject policy.Subject) (int, error) {
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return 0, err
	}
	if text := cycle.TextInForce(subject); text != nil {
		return text.Version, nil
	}
	return 0, nil
}

// withoutEffect gives the versions that are final texts which nobody confirmed: they wait for
// that, or were set aside.
func (s *Service) withoutEffect(ctx context.Context, subject policy.Subject) (map[int]bool, error) {
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return nil, err
	}
	acts, without := cycle.ActsOn(subject), map[int]bool{}
	for _, act := range acts {
		without[act.Version] = without[act.Version] || act.Kind == policy.ActFinalise
	}
	for _, act := range policy.InEffect(acts) {
		if act.Kind == policy.ActFinalise {
			without[act.Version] = false
		}
	}
	return without, nil
}

// mayReadVersion keeps what has no effect from those who do not read where things stand.
func (s *Service) mayReadVersion(ctx context.Context, subject policy.Subject, version int) error {
	without, err := s.withoutEffect(ctx, subject)
	if err != nil || !without[version] {
		return err
	}
	visibility, err := s.visibility(ctx, subject.Cycle)
	if err == nil && !visibility.Some(policy.MatterProgress) {
		err = visibility.Refuse(subject.String())
	}
	return err
}

// textHeld gives what stands in the text of a subject that is in force; version 0 where
// nothing of it is kept here as data.
func (s *Service) textHeld(ctx context.Context, subject policy.Subject) (store.VersionHeld, error) {
	held, err := s.store.ListVersions(ctx, subject.Cycle, subject.Path())
	if err != nil || len(held) == 0 {
		return store.VersionHeld{}, err
	}
	version, err := s.inForce(ctx, subject)
	for _, v := range held {
		if v.Version == version {
			return v, err
		}
	}
	return store.VersionHeld{}, err
}

// FindFile implements service.Contents.
func (s *Service) FindFile(ctx context.Context, subject policy.Subject, record string) (*service.File, error) {
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return nil, err
	}
	held, version := fileOf(cycle, subject, record)
	if held == nil {
		return nil, policy.Refuse(policy.CodeUnknown, "no file is kept here of %s under that record", subject)
	}
	if err := s.mayReadVersion(ctx, subject, version); err != nil {
		return nil, err
	}
	file, err := s.store.FindFile(ctx, held.Content)
	if err != nil {
		return nil, err
	}
	read := store.VersionHeld{Subject: subject, Version: version, Marking: held.Marking}
	if file.MediaType == store.MediaData && held.Version > 0 {
		read.Content, _ = policy.ReadContent(subject.Kind, file.Body)
	}
	found := &service.File{Subject: subject, Record: held.ID, Document: held.Document, Marking: markingOf(read), File: file}
	if err := s.redactContent(ctx, &service.Document{Subject: subject, Version: version, Content: read.Content, Marking: found.Marking}, held.Date); err != nil {
		return nil, err
	}
	return found, nil
}

// fileOf gives the act under a record with which something was handed in that is kept here, and
// the version that it is or says something about; an empty record is that of the text in force.
func fileOf(cycle *store.Cycle, subject policy.Subject, record string) (held *policy.Recorded, version int) {
	if record == "" {
		if text := cycle.TextInForce(subject); text != nil && text.Content != "" {
			return text, text.Version
		}
		return nil, 0
	}
	for _, act := range cycle.ActsOn(subject) {
		if act.Kind == policy.ActSubmit || act.Kind == policy.ActFinalise || act.Whole() {
			version = act.Version
		}
		if act.Content != "" && act.ID == record {
			return &act, version
		}
	}
	return nil, 0
}

// replacedBy gives the path of the change that took the place of an OAP last, or of the
// correction that took the place of a report; "" where it stands as it is.
func (s *Service) replacedBy(ctx context.Context, subject policy.Subject) (string, error) {
	changes, err := s.changesOf(ctx, subject)
	if err != nil || len(changes) == 0 {
		return "", err
	}
	return changes[len(changes)-1].Subject.Path(), nil
}

// changesOf lists where the settled changes of an OAP, or corrections of a report, stand, the
// last one last.
func (s *Service) changesOf(ctx context.Context, subject policy.Subject) ([]policy.Standing, error) {
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return nil, err
	}
	return cycle.Records(cycle.Calendar.Today(s.now())).Changes()[subject], nil
}

// standsBefore gives what stood before a change or a correction takes its place.
func (s *Service) standsBefore(ctx context.Context, subject policy.Subject) (policy.Subject, error) {
	before := subject.Changed()
	changes, err := s.changesOf(ctx, before)
	for _, change := range changes {
		if change.Subject == subject {
			break
		}
		before = change.Subject
	}
	return before, err
}

// handedIn gives the day on which a report was handed in last.
func (s *Service) handedIn(ctx context.Context, report policy.Subject) (policy.Date, error) {
	cycle, err := s.cycleOn(ctx, report)
	if err != nil {
		return policy.Date{}, err
	}
	handed := policy.Submission(cycle.ActsOn(report))
	if handed == nil {
		return policy.Date{}, policy.Refuse(policy.CodeNotOpen, "%s was not handed in: there is nothing to correct", report)
	}
	return handed.Date, nil
}

// versions gives what stands in the versions of a subject, at least one.
func (s *Service) versions(ctx context.Context, subject policy.Subject) ([]store.VersionHeld, error) {
	held, err := service.Remember(ctx, versionsOf{subject}, func() ([]store.VersionHeld, error) {
		return s.store.ListVersions(ctx, subject.Cycle, subject.Path())
	})
	if err != nil {
		return nil, err
	}
	if len(held) == 0 {
		if _, err := s.FindSubject(ctx, subject); err != nil {
			return nil, err // no such cycle or subject
		}
		return nil, policy.Refuse(policy.CodeUnknown, "nothing is kept here of what stands in %s", subject)
	}
	return held, nil
}

// CompareVersions implements service.Contents.
func (s *Service) CompareVersions(ctx context.Context, subject policy.Subject, was, is int) (*service.Comparison, error) {
	after, err := s.FindContent(ctx, subject, is)
	if err != nil {
		return nil, err
	}
	from := subject
	switch {
	case was == 0 && after.Version == 1 && subject.Changed() != subject: // it changes what stands there
		if from, err = s.standsBefore(ctx, subject); err != nil {
			return nil, err
		}
	case was == 0 && after.Version == 1, was < 0:
		return nil, policy.Refuse(policy.CodeUnknown, "there is no version before version %d of %s", after.Version, subject)
	case was == 0:
		if was, err = s.before(ctx, subject, after.Version); err != nil {
			return nil, err
		}
	}
	before, err := s.FindContent(ctx, from, was)
	if err != nil {
		return nil, err
	}
	differences, err := policy.Diff(before.Content, after.Content)
	if err != nil {
		return nil, err
	}
	compared := &service.Comparison{Subject: subject, Was: was, Is: after.Version, Differences: differences}
	if from != subject {
		compared.Against = from.Path()
	}
	return compared, nil
}

// before gives the version before another one.
func (s *Service) before(ctx context.Context, subject policy.Subject, version int) (was int, err error) {
	versions, err := s.versions(ctx, subject)
	if err != nil {
		return 0, err
	}
	without, err := s.withoutEffect(ctx, subject)
	for _, v := range versions {
		if v.Version < version && !without[v.Version] {
			was = v.Version
		}
	}
	return was, err
}

// RollOver implements service.Contents.
func (s *Service) RollOver(ctx context.Context, oap policy.Subject) (*rules.RolledOver, error) {
	d, err := s.snapshot(ctx, oap.Cycle, policy.MatterProgress)
	if err != nil {
		return nil, err
	}
	rolled, err := d.RollOver(oap)
	if err != nil {
		return nil, err
	}
	read, err := s.textHeld(ctx, rolled.From)
	if err == nil && read.Version > 0 {
		err = s.noteReads(ctx, read)
	}
	if err != nil {
		return nil, err
	}
	return rolled, nil
}

// FindRound implements service.Contents.
func (s *Service) FindRound(ctx context.Context, report policy.Subject) (*rules.RoundStatus, error) {
	visibility, err := s.mayRead(ctx, report.Cycle, policy.MatterProgress, "what stands in the documents of "+report.Cycle)
	if err != nil {
		return nil, err
	}
	d, err := s.roundSnapshot(ctx, report)
	if err != nil {
		return nil, err
	}
	round, err := d.Round(report)
	if err != nil {
		return nil, err
	}
	if s.reader != nil {
		for i := range round.Late {
			round.Late[i].MayReport = d.MayReport(*s.reader, report, round.Late[i].Action)
		}
		if slices.Contains(deedsIn(d.Records, d.Acts[report], *s.reader, report), policy.Deed(policy.ActSubmit)) {
			return round, nil // who gathers the report sees who has not reported on it yet
		}
	}
	round.Late = slices.DeleteFunc(round.Late, func(l rules.LateReporter) bool { return !visibility.Conduct(l.Leader) })
	return round, nil
}

// CloseRound implements service.Contents.
func (s *Service) CloseRound(ctx context.Context, c service.CloseRound) (*service.Receipt, error) {
	report := c.Report.Report() // of which c.Report may be a correction
	d, err := s.roundSnapshot(ctx, report)
	if err != nil {
		return nil, err
	}
	date := c.Date
	if date.IsZero() {
		date = d.Today
	}
	act := policy.Act{Kind: policy.ActSubmit, Subject: c.Report, Date: date, For: c.For}
	submit := service.Submit{Statement: c.Statement, Subject: c.Report, Document: c.Document, Revises: c.Revises}
	if may, err := s.mayKeep(ctx, act); err != nil {
		return nil, err
	} else if !may { // refused by the records, before anybody is told who has not reported
		return s.Submit(ctx, submit)
	}
	if c.Report != report { // it counts what the report could count
		if date, err = s.handedIn(ctx, report); err != nil {
			return nil, err
		}
	}
	round, err := d.RoundOn(report, date)
	if err != nil {
		return nil, err
	}
	if len(round.Late) > 0 {
		codes := make([]string, len(round.Late))
		for i, late := range round.Late {
			codes[i] = late.Action
		}
		return nil, policy.Refuse(policy.CodeNotReady, "the round on %s cannot close: nothing was reported on %s", c.Report.Plan(), strings.Join(codes, ", "))
	}
	content := round.Compiled(policy.CoverOf(d.PlanInForce(report.Plan())))
	content.Published = c.Published
	compiled, err := canonical(content)
	if err != nil {
		return nil, err
	}
	if submit.Held, err = s.keep(ctx, act, store.MediaData, compiled); err != nil {
		return nil, err
	}
	return s.Submit(ctx, submit)
}
