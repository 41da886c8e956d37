package policy

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Script says what the actors of a rehearsal do. Whatever it does not mention
// goes well: every actor acts some days before it is due, with the outcome that
// lets the cycle go on.
type Script struct {
	// LeadDays is how many days before each due date the actors act.
	LeadDays int `json:"lead_days" jsonschema:"minimum=0,maximum=3660"`
	// ByHand says that what no scene mentions is left to people: the calendar waits
	// for them.
	ByHand bool `json:"by_hand,omitempty"`
	// Scenes are the acts that differ.
	Scenes []Scene `json:"scenes,omitempty"`
	// Items are extraordinary items that are opened on a day.
	Items []ScriptedItem `json:"items,omitempty"`
	// Documents holds the digest of what stands in a version that the actors
	// hand in, by path and version: "oap/2022/firearms/v1". It is made when the
	// rehearsal starts, and is no part of a file.
	Documents map[string]string `json:"documents,omitempty" jsonschema:"-"`
}

// RehearsalID gives the ID of the nth rehearsal of a cycle, which never stands in the way
// of the cycle itself.
func RehearsalID(key string, nth int) string { return fmt.Sprintf("%s-rehearsal-%d", key, nth) }

// Rehearses says whether an ID is that of a rehearsal of a cycle.
func Rehearses(id, key string) bool {
	nth, err := strconv.Atoi(strings.TrimPrefix(id, key+"-rehearsal-"))
	return err == nil && nth > 0 && id == RehearsalID(key, nth)
}

// DocumentFor gives the digest of what the actors hand in as a version: that of
// the version itself, or of the one before it that is there; empty for none.
func (s *Script) DocumentFor(subject Subject, version int) string {
	for v := version; v > 0; v-- {
		if digest := s.Documents[fmt.Sprintf("%s/v%d", subject.Path(), v)]; digest != "" {
			return digest
		}
	}
	return ""
}

// Scene is how the acts of one turn on the subjects it matches differ from all going
// well. The first scene that matches counts.
type Scene struct {
	// On is the path of the subjects within the cycle, with * for any part, such as
	// oap/2022/*.
	On string `json:"on"`
	// Body is whose outcome it is; left out for the handing-in.
	Body Body `json:"body,omitempty"`
	// Version is the only version that the scene is about; left out for any.
	Version int `json:"version,omitempty" jsonschema:"minimum=1"`

	// Date is when it happens; left out for a date relative to the due date.
	Date Date `json:"date,omitzero"`
	// DaysLate is how many days after the due date it happens; negative is
	// early. Left out, the actor acts as early as all others.
	DaysLate *int `json:"days_late,omitempty" jsonschema:"minimum=-3660,maximum=3660"`

	Outcome Outcome `json:"outcome,omitempty"` // what the body concludes
	// Items are what becomes of single priorities; those not listed are settled like
	// the whole.
	Items      []ItemOutcome `json:"items,omitempty"`
	Procedure  Procedure     `json:"procedure,omitempty"`   // how the body concludes
	Meeting    string        `json:"meeting,omitempty"`     // which meeting it is
	Document   DocumentRef   `json:"document,omitempty"`    // the register number of what is handed in
	Comment    string        `json:"comment,omitempty"`     // what the actor says of it
	SkipReason string        `json:"skip_reason,omitempty"` // why the bodies before this one are left out
	// Skip says that nobody ever acts on the turn: the calendar passes by.
	Skip bool `json:"skip,omitempty"`
	// ByHand says that the turn is left to people: the calendar stands still on its
	// day until somebody has acted.
	ByHand bool `json:"by_hand,omitempty"`
	// Irregular says why the outcome is recorded although a rule stands against
	// it.
	Irregular string `json:"irregular,omitempty"`
	// Source is the public source of what the scene says; left out, it is made up.
	Source string `json:"source,omitempty"`
}

// ScriptedItem is an extraordinary item, and the amendment of the cycle that
// follows from its adoption, if there is one.
type ScriptedItem struct {
	Key       string     `json:"key"`
	Opens     Date       `json:"opens"`               // when it is opened
	Opening   Opening    `json:"opening"`             // its title, when it is due, and which bodies it passes
	Amendment *Amendment `json:"amendment,omitempty"` // what follows from its adoption
	Source    string     `json:"source,omitempty"`    // the public source of it; left out, it is made up
}

// DefaultScript is what a rehearsal without a script plays: all goes well.
var DefaultScript = Script{LeadDays: 3}

// SceneFor finds the scene of a body's turn on a subject; an empty body is the
// handing-in. Where no scene matches, all goes well or is left to people.
func (s *Script) SceneFor(subject Subject, body Body, version int) Scene {
	at := slices.IndexFunc(s.Scenes, func(scene Scene) bool { return scene.about(subject, version) && scene.Body == body })
	if at < 0 {
		return Scene{ByHand: s.ByHand}
	}
	return s.Scenes[at]
}

func (s *Scene) about(subject Subject, version int) bool {
	matched, err := path.Match(s.On, subject.Path())
	return err == nil && matched && (s.Version == 0 || s.Version == version)
}

// Skipping finds the scene in which a later body concludes on a subject without
// the bodies before it, and whether there is one.
func (s *Script) Skipping(subject Subject, version int) (Scene, bool) {
	for _, scene := range s.Scenes {
		if scene.SkipReason != "" && scene.about(subject, version) {
			return scene, true
		}
	}
	return Scene{}, false
}

// When gives the date on which the scene is played for a turn due on a date.
func (s *Script) When(scene Scene, due Date) Date {
	switch {
	case !scene.Date.IsZero():
		return scene.Date
	case scene.DaysLate != nil:
		return due.AddDays(*scene.DaysLate)
	case scene.ByHand:
		return due // people have until then
	default:
		return due.AddDays(-s.LeadDays)
	}
}
