package local

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// keep keeps what goes with an act under its digest, which it gives. Of an act that
// the records will refuse whoever acts, nothing is kept: it goes its way to be
// refused there, and to stand in the trail.
func (s *Service) keep(ctx context.Context, act policy.Act, mediaType string, body []byte) (string, error) {
	may, err := s.mayKeep(ctx, act)
	if err != nil || !may {
		return evidence.Digest(body), err
	}
	return s.store.PutContent(ctx, mediaType, body)
}

// mayKeep says whether the records let somebody do such an act on its subject. Who
// may not do one at all is refused.
func (s *Service) mayKeep(ctx context.Context, act policy.Act) (bool, error) {
	who, err := s.acting(ctx, &act)
	if err != nil {
		return false, err
	}
	cycle, err := s.store.FindCycleOn(ctx, act.Subject)
	if err != nil {
		return false, err
	}
	today := cycle.Calendar.Today(s.now())
	if who.OnBehalfOf != nil {
		rows, err := s.store.ListRows(ctx, cycle.ID, []policy.Register{policy.RegSubstitutions}, "")
		if err != nil || policy.JudgeSubstitution(rows, who, act.Subject, today) != nil {
			return false, err
		}
	}
	if act.Kind == policy.ActAmend {
		return policy.Authorise(who, act, policy.Entry{Bodies: cycle.Definition.Bodies}) == nil, nil
	}
	entry, planned := cycle.RecordsOn(today, act.Date).Entry(act.Subject)
	return planned && policy.Authorise(who, act, entry) == nil, nil
}

// keepVersion checks the content of a version that is handed in and keeps it, and
// gives its digest; "" where there is none. kept says that the cycle keeps it as
// data.
func (s *Service) keepVersion(ctx context.Context, in service.Submit, act policy.Act, kept bool) (string, error) {
	switch {
	case in.Held != "" && len(in.Content) > 0:
		return "", policy.Refuse(policy.CodeInvalid, "a version has its content or the digest of one that is kept here, not both")
	case in.Held != "" || len(in.Content) == 0:
		return in.Held, nil
	case in.Marking.Above(s.store.Limits().Ceiling) && (!kept || !isSkeleton(in)): // before anything of it is kept
		return "", policy.JudgeKept(policy.Act{Subject: in.Subject, Marking: in.Marking, Content: "given"}, nil, s.store.Limits())
	case !kept:
		return s.keep(ctx, act, unread(in.MediaType), in.Content)
	}
	if !json.Valid(in.Content) {
		return "", &policy.Error{Code: policy.CodeInvalid, Field: "content", Message: fmt.Sprintf(
			"the cycle keeps what stands in %s as data: hand in YAML of the kind, as policycycle content schema %s describes it", in.Subject.Path(), in.Subject.Kind)}
	}
	content, err := policy.AdmitContent(in.Subject.Kind, in.Content)
	if err != nil {
		return "", err
	}
	if err := policy.JudgeMarking(in.Subject, content, s.store.Limits()); err != nil {
		return "", err
	}
	body, err := canonical(content)
	if err != nil {
		return "", err
	}
	return s.keep(ctx, act, store.MediaData, body)
}

// isSkeleton says whether what is handed in says of itself that it is a skeleton.
func isSkeleton(in service.Submit) bool {
	content, err := policy.ReadContent(in.Subject.Kind, in.Content)
	return err == nil && policy.SkeletonIn(content) != nil
}

// keepCorrection keeps the text of a corrigendum, and gives its digest, "" where there is
// none, and its marking: it is marked as what it corrects is, or as it says itself. kept says
// that the cycle keeps such documents as data: where the whole text comes as that, it is.
func (s *Service) keepCorrection(ctx context.Context, c service.Correct, act policy.Act, kept bool) (string, policy.Marking, error) {
	if len(c.Content) == 0 {
		return "", "", nil
	}
	marking, err := s.store.FindMarking(ctx, c.Subject)
	if err != nil {
		return "", "", err
	}
	content, err := policy.AdmitContent(c.Subject.Kind, c.Content)
	if err == nil && policy.CoverOf(content).Marking.Above(marking) {
		marking = policy.CoverOf(content).Marking
	}
	data, limits := kept && c.MediaType == store.MediaData, s.store.Limits()
	switch {
	case marking.Above(limits.Ceiling):
		return "", "", policy.JudgeKept(policy.Act{Subject: c.Subject, Marking: marking, Content: "given"}, nil, limits)
	case data && err != nil:
		return "", "", err
	case data:
		body, err := canonical(content)
		if err != nil {
			return "", "", err
		}
		held, err := s.keep(ctx, act, store.MediaData, body)
		return held, marking, err
	}
	held, err := s.keep(ctx, act, unread(c.MediaType), c.Content)
	return held, marking, err
}

// unread gives the media type of what nobody has looked into.
func unread(mediaType string) string {
	if mediaType == store.MediaData {
		return "application/octet-stream"
	}
	return mediaType
}

// canonical gives the bytes of a content by which it is kept.
func canonical(content policy.Content) ([]byte, error) {
	body, err := evidence.Canonical(content)
	if err == nil && len(body) > service.MaxContent {
		err = policy.Refuse(policy.CodeInvalid, "the content has %d bytes: at most %d are kept", len(body), service.MaxContent)
	}
	return body, err
}
