package service

import (
	"context"

	"github.com/policycycle/policycycle/policy"
)

// Enclose is one act of any kind, of which the envelope is wanted: one of its fields is given.
type Enclose struct {
	ID string `json:"-"`
	// Short is a decision of which the records know the rest.
	Short    *Short      `json:"short,omitempty"`
	Decide   *Decide     `json:"decide,omitempty"`
	Confirm  *Second     `json:"confirm,omitempty"`
	SetAside *Second     `json:"set_aside,omitempty"`
	Launch   *Launch     `json:"launch,omitempty"`
	Position *Position   `json:"position,omitempty"`
	Correct  *Correct    `json:"correct,omitempty"`
	Submit   *Submit     `json:"submit,omitempty"`
	Finalise *Submit     `json:"finalise,omitempty"`
	Open     *OpenItem   `json:"open,omitempty"`
	Amend    *AmendCycle `json:"amend,omitempty"`
}

// Short is a decision as a short message has it: what is left out is what a run fills in.
type Short struct {
	Message policy.Message `json:"message"` // approve or conclude
	Decide
	// Said is the outcome of conclude, by its code or in the words of the body.
	Said string `json:"said,omitempty"`
}

// SetID names the record.
func (e *Enclose) SetID(id string) { e.ID = id }

// Do does the act with a service. None, or several, are policy.CodeInvalid.
func (e *Enclose) Do(ctx context.Context, s Acts, short func(context.Context, Short) (*Receipt, error)) (*Receipt, error) {
	var acts []func() (*Receipt, error)
	add := func(given bool, act func() (*Receipt, error)) {
		if given {
			acts = append(acts, act)
		}
	}
	add(e.Short != nil, func() (*Receipt, error) { e.Short.ID = e.ID; return short(ctx, *e.Short) })
	add(e.Decide != nil, func() (*Receipt, error) { e.Decide.ID = e.ID; return s.Decide(ctx, *e.Decide) })
	add(e.Confirm != nil, func() (*Receipt, error) { e.Confirm.ID = e.ID; return s.Confirm(ctx, *e.Confirm) })
	add(e.SetAside != nil, func() (*Receipt, error) { e.SetAside.ID = e.ID; return s.SetAside(ctx, *e.SetAside) })
	add(e.Launch != nil, func() (*Receipt, error) { e.Launch.ID = e.ID; return s.Launch(ctx, *e.Launch) })
	add(e.Position != nil, func() (*Receipt, error) { e.Position.ID = e.ID; return s.TakePosition(ctx, *e.Position) })
	add(e.Correct != nil, func() (*Receipt, error) { e.Correct.ID = e.ID; return s.Correct(ctx, *e.Correct) })
	add(e.Submit != nil, func() (*Receipt, error) { e.Submit.ID = e.ID; return s.Submit(ctx, *e.Submit) })
	add(e.Finalise != nil, func() (*Receipt, error) { e.Finalise.ID = e.ID; return s.Finalise(ctx, *e.Finalise) })
	add(e.Open != nil, func() (*Receipt, error) { e.Open.ID = e.ID; return s.OpenItem(ctx, *e.Open) })
	add(e.Amend != nil, func() (*Receipt, error) { e.Amend.ID = e.ID; return s.AmendCycle(ctx, *e.Amend) })
	if len(acts) != 1 {
		return nil, policy.Refuse(policy.CodeInvalid, "say one act to be put in an envelope, and no more")
	}
	return acts[0]()
}
