package workflows_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// typed is what somebody types, as the command of Temporal sends it.
func typed(text string) converter.RawValue {
	return converter.NewRawValue(&commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)}, Data: []byte(text),
	})
}

// types has somebody send a short message by update; its answer is kept under a name.
func (p *stretch) types(name string, message policy.Message, text string) {
	p.env.UpdateWorkflow(string(message), name, &testsuite.TestUpdateCallback{
		OnAccept: func() {},
		OnReject: func(err error) { p.answers[name] = answer{err: err} },
		OnComplete: func(result any, err error) {
			receipt, _ := result.(policy.Receipt)
			p.answers[name] = answer{receipt, err}
		},
	}, typed(text))
}

// at has something happen at an hour of a day of the story.
func (s *story) at(day string, hour int, do func(*stretch)) {
	s.acts = append(s.acts, event{at: noon(date(day)).Add(time.Duration(hour) * time.Hour), do: do})
}

// By short messages alone a cycle comes to the Council's decision: who types says who they are,
// by which document, and when; the run knows the rest, and answers with the receipt.
func TestTheCouncilsDecisionIsReachedByShortMessages(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	anna := func(document, day string) string {
		return fmt.Sprintf(`{"by":"anna@general-secretariat","document":%q,"date":%q}`, document, day)
	}
	const bert = `{"by":"bert@general-secretariat"}`
	for i, m := range []struct {
		day     string
		message policy.Message
		text    string
	}{
		{"2021-04-10", policy.MessageSubmit, `{"by":"mike@europol"}`},
		{"2021-04-15", policy.MessageSubmit, `{"by":"karl@commission","document":"COM(2021) 170"}`},
		{"2021-04-29", policy.MessageApprove, anna("ST 1/21", "2021-04-29")}, {"2021-04-29", policy.MessageConfirm, bert},
		{"2021-04-30", policy.MessageSubmit, `{"by":"joana@presidency","document":"ST 8665/21"}`},
		{"2021-05-04", policy.MessageConclude, `{"by":"anna@general-secretariat","outcome":"took note","document":"ST 2/21"}`}, {"2021-05-04", policy.MessageConfirm, bert},
		{"2021-05-18", policy.MessageApprove, anna("ST 3/21", "2021-05-18")}, {"2021-05-18", policy.MessageConfirm, bert},
		{"2021-05-26", policy.MessageApprove, anna("ST 4/21", "2021-05-26")}, {"2021-05-26", policy.MessageConfirm, bert},
	} {
		hour := 0
		if m.message == policy.MessageConfirm {
			hour = 1
		}
		s.at(m.day, hour, func(p *stretch) { p.types(fmt.Sprintf("%02d %s on %s", i, m.message, m.day), m.message, m.text) })
	}
	s.on("2021-05-28", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	for name := range s.answers {
		s.accepted(name)
	}
	if len(s.answers) != 11 {
		t.Errorf("%d messages were answered", len(s.answers))
	}
	standing := s.subject(priorities).Standing
	if standing.State != policy.StateClosed || standing.Outcome != policy.Adopted || standing.ClosedOn != date("2021-05-26") || standing.Version != 1 {
		t.Errorf("the priorities stand at %+v", standing)
	}
}

// Signals of different names are taken in the order in which they came, and so are those in
// envelopes among them: nobody was there when they were sent.
func TestSignalsOfDifferentNamesAreTakenAsTheyCame(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.on("2021-04-29", func(p *stretch) {
		for _, m := range []struct {
			name policy.Message
			text string
		}{
			{policy.MessageSubmit, `{"by":"mike@europol","date":"2021-04-10"}`},
			{policy.MessageSubmit, `{"by":"karl@commission","date":"2021-04-15"}`},
			{policy.MessageConclude, `{"by":"anna@general-secretariat","outcome":"postponed","document":"ST 1/21","date":"2021-04-16"}`},
			{policy.MessageConfirm, `{"by":"bert@general-secretariat"}`},
			{policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 2/21"}`},
			{policy.MessageConfirm, `{"by":"bert@general-secretariat"}`},
		} {
			p.env.SignalWorkflow(string(m.name), typed(m.text))
		}
		p.env.SignalWorkflow(protocol.SignalAct, p.envelope(submits(policy.Presidency, priorities, "2021-04-29"), p.env.Now()))
		p.env.SignalWorkflow(string(policy.MessageApprove), typed(`{"by":"anna@general-secretariat","document":"ST 3/21"}`))
	})
	s.on("2021-05-02", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	for _, line := range s.trail() {
		if !line.Accepted {
			t.Errorf("%s on %s was refused: %s", line.Act, line.Path, line.Message)
		}
	}
	if got := s.subject(priorities).Standing; got.Pending == "" || got.Turn[0] != policy.COSI {
		t.Errorf("the priorities stand at %+v", got)
	}
}

// A message typed twice is taken once and answers with the first receipt, by whichever way it
// came.
func TestAShortMessageTypedTwiceIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()[:4]...)
	const approval = `{"by":"anna@general-secretariat","document":"ST 2/21","date":"2021-05-04"}`
	const second = `{"by":"bert@general-secretariat"}`
	s.at("2021-05-04", 0, func(p *stretch) { p.types("the approval", policy.MessageApprove, approval) })
	s.at("2021-05-04", 1, func(p *stretch) { p.types("once more", policy.MessageApprove, approval) })
	s.at("2021-05-04", 2, func(p *stretch) { p.env.SignalWorkflow(string(policy.MessageApprove), typed(approval)) })
	s.at("2021-05-04", 3, func(p *stretch) { p.types("the confirmation", policy.MessageConfirm, second) })
	s.at("2021-05-04", 4, func(p *stretch) { p.types("confirmed once more", policy.MessageConfirm, second) })
	s.at("2021-05-04", 5, func(p *stretch) { p.types("after that", policy.MessageApprove, approval) })
	s.at("2021-05-05", 0, func(p *stretch) { p.types("the next day", policy.MessageConfirm, second) })
	s.on("2021-05-06", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-04-30"); err == nil {
		t.Error("the run was not cancelled")
	}
	s.accepted("the approval", "once more", "the confirmation", "confirmed once more", "after that")
	for again, first := range map[string]string{"once more": "the approval", "after that": "the approval", "confirmed once more": "the confirmation"} {
		if got, want := s.answered(again).receipt, s.answered(first).receipt; got.ID != want.ID || !got.Recorded.Equal(want.Recorded) {
			t.Errorf("%s: %s of %s, want %s of %s", again, got.ID, got.Recorded, want.ID, want.Recorded)
		}
	}
	s.refused("the next day", policy.CodeNotOpen)
	if got := s.subject(priorities).Standing; got.Pending != "" || got.Turn[0] != policy.Coreper {
		t.Errorf("the priorities stand at %+v", got)
	}
}

// What cannot be taken is refused to who waits for an answer, and stands in the trail with a
// sentence that says what to type.
func TestAShortMessageThatCannotBeTakenIsRefusedInTheTrail(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()[:4]...)
	wrong := []struct {
		message policy.Message
		text    string
		code    policy.Code
		says    string
	}{
		{policy.MessageApprove, `{"document":"ST 2/21"}`, policy.CodeInvalid, `say who records it as NAME@BODY, such as anna@general-secretariat; such a message may look like this: approve {"by":`},
		{policy.MessageApprove, `{"by":"anna","document":"ST 2/21"}`, policy.CodeInvalid, "is nobody who could record it"},
		{policy.MessageApprove, `{"by":"anna@general-secretariat","doc":"ST 2/21"}`, policy.CodeInvalid, `unknown field "doc"`},
		{policy.MessageApprove, `{"by":"anna@general-secretariat","date":"26 May"}`, policy.CodeInvalid, "is not a date"},
		{policy.MessageApprove, `{"by":"anna@general-secretariat"}`, policy.CodeInvalid, "name the document"},
		{policy.MessageApprove, `approve it`, policy.CodeInvalid, "it is not JSON; such a message may look like this"},
		{policy.MessageApprove, `{"by":"lucia@es","document":"ST 2/21"}`, policy.CodeNotCompetent, "General Secretariat does"},
		{policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 2/21","version":2}`, policy.CodeWrongVersion, "version 2"},
		{policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 2/21","date":"2021-06-13"}`, policy.CodeWrongDate, "lies in the future"},
		{policy.MessageConclude, `{"by":"anna@general-secretariat","document":"ST 2/21"}`, policy.CodeInvalid, "say what the body concluded"},
		{policy.MessageConclude, `{"by":"anna@general-secretariat","document":"ST 2/21","outcome":"liked it"}`, policy.CodeInvalid, "is not an outcome"},
		{policy.MessageConfirm, `{"by":"bert@general-secretariat"}`, policy.CodeNotOpen, "nothing here waits for a second person; open is empact/priorities (COSI)"},
		{policy.MessageSubmit, `{"by":"joana@presidency"}`, policy.CodeNotOpen, "nothing here is to be handed in; open is empact/priorities (COSI)"},
		{policy.MessageSubmit, `{"by":"joana@presidency","subject":"empact/masp/general"}`, policy.CodeInvalid, "is not settled here"},
	}
	for i, m := range wrong {
		s.at("2021-05-05", i, func(p *stretch) {
			p.types(m.text, m.message, m.text)
			if !json.Valid([]byte(m.text)) {
				return
			}
			p.env.SignalWorkflow(string(m.message), typed(m.text)) // stands there once
		})
	}
	s.on("2021-05-07", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-04-30"); err == nil {
		t.Error("the run was not cancelled")
	}
	said := map[string]int{}
	for _, line := range s.trail() {
		if !line.Accepted {
			said[line.Message]++
		}
	}
	for _, m := range wrong {
		s.refused(m.text, m.code)
		refused := s.answered(m.text).err
		if refused == nil || !strings.Contains(refused.Error(), m.says) {
			t.Errorf("%s %s: %v, want … %s …", m.message, m.text, refused, m.says)
			continue
		}
		text, _, _ := strings.Cut(refused.Error(), " (type:")
		if said[text] != 1 {
			t.Errorf("%s %s stands in the trail %d times: %s", m.message, m.text, said[text], text)
		}
	}
}
