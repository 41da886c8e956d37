package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
)

// What waits is recorded together; each message has its own line in the trail, in the
// order in which they came, and an act among them is recorded.
func TestSignalsThatWaitAreRecordedTogetherAndEachOnItsOwn(t *testing.T) {
	t.Parallel()
	const rubbish = 120
	s := newStory(t, smallCycle())
	asked := map[string]int{}
	s.on("2021-04-12", func(p *stretch) {
		p.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
			asked[info.ActivityType.Name]++
		})
		for i := range rubbish {
			if i == rubbish/2 {
				p.env.SignalWorkflow(protocol.SignalAct, p.envelope(submits(policy.Europol, theAssessment, "2021-04-10"), p.env.Now()))
			}
			p.env.SignalWorkflow(protocol.SignalAct, fmt.Sprint("rubbish ", i))
		}
	})
	s.on("2021-04-13", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	trail, err := s.store.Trail(t.Context(), key, store.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var malformed []string
	recorded := false
	for _, line := range trail {
		if line.Act == "malformed" {
			malformed = append(malformed, line.ActID)
		}
		recorded = recorded || line.Act == string(policy.ActSubmit) && line.Accepted
	}
	if len(malformed) != rubbish || !recorded {
		t.Errorf("%d times rubbish stands in the trail, want %d; the assessment: %v", len(malformed), rubbish, recorded)
	}
	for i, id := range malformed {
		if want := evidence.Digest(fmt.Appendf(nil, "%q", fmt.Sprint("rubbish ", i))); id != want {
			t.Errorf("line %d is of another message", i)
			break
		}
	}
	if most := rubbish/protocol.MaxTogether + 2; asked[protocol.ActivityRecord]+asked[protocol.ActivityRecordAll] > most {
		t.Errorf("asked for %v, want %d at most", asked, most)
	}
}

// People who send one act after the other keep no run from continuing as new: it turns
// them back until it has.
func TestAFloodOfUpdatesDoesNotKeepARunFromContinuingAsNew(t *testing.T) {
	t.Parallel()
	const people, most = 8, 1000 // in flight; sent in all where nobody is turned back
	s := newStory(t, smallCycle())
	sent, taken, turnedBack := 0, 0, 0
	s.on("2021-04-12", func(p *stretch) {
		if sent > 0 { // the next stretch begins at the same instant
			return
		}
		p.env.SetContinueAsNewSuggested(true)
		var send func()
		send = func() {
			if sent++; sent > most {
				return
			}
			p.env.UpdateWorkflow(protocol.UpdateAct, fmt.Sprint("flood ", sent), &testsuite.TestUpdateCallback{
				OnAccept: func() {},
				OnReject: func(err error) {
					turnedBack++
					if codeOf(err) != policy.CodeUnavailable {
						t.Errorf("turned back with %v", err)
					}
				},
				OnComplete: func(any, error) { taken++; p.env.RegisterDelayedCallback(send, 0) },
			}, fmt.Sprint("rubbish ", sent))
		}
		for range people {
			send()
		}
	})
	s.on("2021-04-13", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	if s.continued != 1 || turnedBack == 0 || taken >= most {
		t.Errorf("continued as new %d times; %d updates taken, %d turned back", s.continued, taken, turnedBack)
	}
}

// News that comes as often as a run looks keeps it from continuing as new no more than acts do.
func TestAStreamOfNewsDoesNotKeepARunFromContinuingAsNew(t *testing.T) {
	t.Parallel()
	const most = 50 // pieces of news, where the run looks at each
	s := newStory(t, smallCycle())
	sent, looks := 0, 0
	s.on("2021-04-12", func(p *stretch) {
		if sent > 0 { // the next stretch begins at the same instant
			return
		}
		p.env.SetContinueAsNewSuggested(true)
		p.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
			if info.ActivityType.Name != protocol.ActivityLook {
				return
			}
			if looks++; sent < most {
				sent++
				p.env.SignalWorkflow(protocol.SignalWake, nil)
			}
		})
		sent++
		p.env.SignalWorkflow(protocol.SignalWake, nil)
	})
	s.sends("the assessment", submits(policy.Europol, theAssessment, "2021-04-13"))
	s.on("2021-04-14", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	s.accepted("the assessment")
	if s.continued != 1 || looks > 2 {
		t.Errorf("continued as new %d times; looked %d times before", s.continued, looks)
	}
}

// Whoever cancels a run loses nothing that it was sent before: it is recorded, and answered.
func TestARunThatIsCancelledDealsFirstWithWhatItWasSent(t *testing.T) {
	t.Parallel()
	const rubbish = 60
	s := newStory(t, smallCycle())
	s.on("2021-04-12", func(p *stretch) {
		for i := range rubbish {
			p.env.SignalWorkflow(protocol.SignalAct, fmt.Sprint("rubbish ", i))
		}
		p.update("the assessment", p.envelope(submits(policy.Europol, theAssessment, "2021-04-12"), p.env.Now()))
		p.env.CancelWorkflow()
	})
	if err := s.plays(theCycle, "2021-01-02"); !temporal.IsCanceledError(err) {
		t.Errorf("the run ended with %v", err)
	}
	s.accepted("the assessment")
	if said := s.malformed(); len(said) != rubbish {
		t.Errorf("%d signals stand in the trail, want %d", len(said), rubbish)
	}
}

// One input of an activity holds all that is recorded together. Were it larger than what a
// private Temporal takes, the run would ask for it for ever.
func TestWhateverWaitsTogetherFitsIntoOneMessage(t *testing.T) {
	t.Parallel()
	const rubbish, most = protocol.MaxTogether - 2, 512 << 10
	angles := func(n int) string { return strings.Repeat("<", n) } // six bytes each, once written again
	s := newStory(t, smallCycle())
	together, largest := 0, 0
	s.on("2021-04-12", func(p *stretch) {
		p.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, values converter.EncodedValues) {
			var args protocol.RecordAllArgs
			if info.ActivityType.Name != protocol.ActivityRecordAll {
				return
			}
			if err := values.Get(&args); err != nil {
				t.Error(err)
			}
			text, err := json.Marshal(args)
			if err != nil {
				t.Error(err)
			}
			together, largest = together+len(args.Messages), max(largest, len(text))
		})
		signal := func(encoding, key, text string) {
			p.env.SignalWorkflow(protocol.SignalAct, converter.NewRawValue(&commonpb.Payload{
				Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding), protocol.MetadataKey: []byte(key)}, Data: []byte(text),
			}))
		}
		signal(protocol.EncodingJSON, "", "rubbish") // while it is recorded the others come
		signal(protocol.EncodingJSON, "", `{"id":"`+angles(10_900)+`"}`)
		for i := range rubbish {
			if i%2 == 0 {
				signal(protocol.EncodingEncrypted, angles(60_000), fmt.Sprint(i))
				continue
			}
			signal(protocol.EncodingJSON, "", `{"act":{"date":"`+angles(60_000+i)+`"}}`)
		}
		signal(protocol.EncodingJSON, "", `{"id":"`+angles(evidence.MaxEnvelope-9)+`"}`)
	})
	s.on("2021-04-13", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	if together != protocol.MaxTogether || largest > most || largest < most*3/4 {
		t.Errorf("%d are recorded together, in %d bytes: want %d in %d at most", together, largest, protocol.MaxTogether, most)
	}
	trail, err := s.store.Trail(t.Context(), key, store.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, line := range trail {
		if !line.Accepted && line.Code == policy.CodeInvalid {
			refused++
		}
	}
	if want := 1 + protocol.MaxTogether; refused != want {
		t.Errorf("%d refusals stand in the trail, want %d", refused, want)
	}
}
