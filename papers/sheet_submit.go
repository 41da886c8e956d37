package papers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Submission is what is said with the versions of plans that a workbook has changed.
type Submission struct {
	service.Statement
	Document policy.DocumentRef `json:"document,omitempty"` // where one plan is changed
}

// HandedIn says of a plan that a workbook has changed whether it is handed in.
type HandedIn struct {
	Subject policy.Subject   `json:"subject"`
	Receipt *service.Receipt `json:"receipt,omitempty"` // left out where it was refused: it stays a draft
	// Refused says why it was, and Code in the word for machines.
	Refused string      `json:"refused,omitempty"`
	Code    policy.Code `json:"code,omitempty"`
	refusal *policy.Error
}

// Refusal gives why a plan is not handed in; nil where it is.
func (h HandedIn) Refusal() *policy.Error { return h.refusal }

// Plans gives the sheets that change plans. Each plan is handed in as a version of its own.
func (in *Incoming) Plans() []IncomingSheet {
	var plans []IncomingSheet
	for _, s := range in.Sheets {
		if s.plan != nil && len(s.Changes) > 0 {
			plans = append(plans, s)
		}
	}
	return plans
}

// Judge refuses a submission that does not fit what a workbook changes, before anything of it is taken.
func (in *Incoming) Judge(say Submission) error {
	n := len(in.Plans())
	switch {
	case n == 0:
		return policy.Refuse(policy.CodeInvalid, "only OAPs are handed in: rows are recorded once they are taken")
	case n > 1 && say.Document != "":
		return policy.Refuse(policy.CodeInvalid, "the workbook changes %d plans, and each has a register number of its own: hand them in one by one, or without a number", n)
	case n > 1 && say.ID != "":
		return policy.Refuse(policy.CodeInvalid, "the workbook changes %d plans, and each is a record of its own: leave out its ID", n)
	}
	return nil
}

// HandIn hands in the drafts that were taken, each as Submit does, and takes away what was handed in. What is refused
// stays a draft, keeps no other back, and is the error.
func (s Sheets) HandIn(ctx context.Context, in *Incoming, taken *Taken, say Submission) error {
	var refused *policy.Error
	var told []string
	for i, draft := range taken.saved {
		handed := HandedIn{Subject: draft.Subject}
		submit := service.Submit{Statement: say.Statement, Subject: draft.Subject, Document: say.Document, Revises: in.Plans()[i].Revises}
		err := submit.SetContent(draft.Content)
		if err == nil {
			handed.Receipt, err = s.Service.Submit(ctx, submit)
		}
		refusal, is := errors.AsType[*policy.Error](err)
		switch {
		case is:
			handed.refusal, handed.Refused, handed.Code = refusal, refusal.Message, refusal.Code
			told = append(told, draft.Subject.String()+": "+refusal.Message)
			if refused == nil {
				refused = refusal
			}
		case err != nil:
			return err
		default: // the draft has done its duty; one that is left is on its page
			_ = s.Service.DropDraft(ctx, service.SaveDraft{Subject: draft.Subject, Revision: draft.Revision})
		}
		taken.HandedIn = append(taken.HandedIn, handed)
	}
	if refused == nil {
		return nil
	}
	return &policy.Error{Code: refused.Code, Record: refused.Record, Mistakes: refused.Mistakes, Message: fmt.Sprintf(
		"%d of %d plans are handed in; the drafts of the others have what the workbook says: %s", len(taken.saved)-len(told), len(taken.saved), strings.Join(told, "; "))}
}
