package policy

import "fmt"

// ThreatAssessment is the content of Europol's threat assessment (OCTA, SOCTA),
// and of an interim one: the threats, and what Europol recommends.
type ThreatAssessment struct {
	Cover
	Kind AssessmentKind `json:"kind"`
	// COSI validated both before Europol began.

	Methodology     Validated        `json:"methodology"`  // how Europol assesses
	Requirements    Validated        `json:"requirements"` // what its customers ask for
	Threats         []Threat         `json:"threats"`
	Recommendations []Recommendation `json:"recommendations"`
}

// Validated is a document that COSI validated.
type Validated struct {
	Document DocumentRef `json:"document"`
	On       Date        `json:"on"`
	// Item is the path of the item before COSI by which it was validated, such as
	// item/assessment-method.
	Item string `json:"item,omitempty"`
}

// Threat is one threat that the assessment describes.
type Threat struct {
	Key        string      `json:"key"`
	Title      string      `json:"title"`
	Area       string      `json:"area"` // crime area, such as "firearms"
	Region     string      `json:"region,omitempty"`
	Level      ThreatLevel `json:"level"`
	Trend      Trend       `json:"trend"`
	Indicators []string    `json:"indicators,omitempty"` // what the level rests on
}

// Recommendation is a priority that Europol recommends.
type Recommendation struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Threats []string `json:"threats"` // keys of the threats it answers
	// Provenance says what the recommendation rests on: data of Member States,
	// Europol's databases, agencies, third countries, open sources.
	Provenance []string `json:"provenance"`
}

// ThreatLevel is how grave a threat is.
type ThreatLevel string

// Trend is where a threat is going.
type Trend string

var (
	threatLevels = []ThreatLevel{"low", "moderate", "high", "very-high"}
	trends       = []Trend{"falling", "stable", "rising"}
)

// Words lists the levels, the lowest first.
func (ThreatLevel) Words() []string { return Texts(threatLevels) }

// UnmarshalText reads a level; empty text is none.
func (l *ThreatLevel) UnmarshalText(text []byte) error { return oneOf(l, text, "a level of threat") }

// Words lists the trends.
func (Trend) Words() []string { return Texts(trends) }

// UnmarshalText reads a trend; empty text is none.
func (t *Trend) UnmarshalText(text []byte) error { return oneOf(t, text, "a trend") }

var assessmentKinds = []AssessmentKind{OCTA, SOCTA, InterimSOCTA}

// Words lists the kinds of assessment.
func (AssessmentKind) Words() []string { return Texts(assessmentKinds) }

// UnmarshalText reads a kind of assessment; empty text is none.
func (k *AssessmentKind) UnmarshalText(text []byte) error {
	return oneOf(k, text, "a kind of threat assessment")
}

// Problems implements Content.
func (a *ThreatAssessment) Problems() []Problem {
	var ps problems
	ps.text("kind", string(a.Kind))
	threats := map[string]string{}
	for i, t := range a.Threats {
		field := fmt.Sprintf("threats[%d]", i)
		ps.code(field+".key", t.Key, threats)
		ps.text(field+".title", t.Title)
		ps.text(field+".area", t.Area)
		ps.text(field+".level", string(t.Level))
		ps.text(field+".trend", string(t.Trend))
	}
	taken := map[string]string{}
	for i, r := range a.Recommendations {
		field := fmt.Sprintf("recommendations[%d]", i)
		ps.code(field+".key", r.Key, taken)
		ps.text(field+".title", r.Title)
		for j, key := range r.Threats {
			if threats[key] == "" {
				ps.add(fmt.Sprintf("%s.threats[%d]", field, j), "is %q: the assessment describes no such threat", key)
			}
		}
	}
	return ps
}

// AdvisoryDocument is the content of the policy advisory document (PAD), by
// which the Presidency and the Commission lead from the recommendations to the
// Council's decision.
type AdvisoryDocument struct {
	Cover
	Advice []Advice `json:"advice"`
}

// Advice says what the document makes of recommendations.
type Advice struct {
	Recommendations []string  `json:"recommendations"` // keys in the assessment
	Does            Treatment `json:"does"`
	// Priorities are the keys of the priorities that it advises; none where a
	// recommendation is left.
	Priorities []string `json:"priorities,omitempty"`
	Reason     string   `json:"reason"`
}

// Treatment is what the advisory document does with recommendations.
type Treatment string

// The treatments.
const (
	Takes  Treatment = "takes"
	Merges Treatment = "merges"
	Splits Treatment = "splits"
	Leaves Treatment = "leaves"
)

var treatments = []Treatment{Takes, Merges, Splits, Leaves}

// Words lists the treatments.
func (Treatment) Words() []string { return Texts(treatments) }

// UnmarshalText reads a treatment; empty text is none.
func (t *Treatment) UnmarshalText(text []byte) error {
	return oneOf(t, text, "what is done with a recommendation")
}

// Problems implements Content.
func (a *AdvisoryDocument) Problems() []Problem {
	var ps problems
	for i, advice := range a.Advice {
		field := fmt.Sprintf("advice[%d]", i)
		n, m := len(advice.Recommendations), len(advice.Priorities)
		if n == 0 {
			ps.add(field+".recommendations", "is empty: expected the recommendations that this is about")
		}
		fits := map[Treatment]bool{Takes: n == 1 && m == 1, Merges: n > 1 && m == 1, Splits: n == 1 && m > 1, Leaves: m == 0}
		if n > 0 && !fits[advice.Does] {
			ps.add(field+".does", "is %q with %d recommendations and %d priorities: takes makes one of one, merges one of many, splits many of one, leaves none", advice.Does, n, m)
		}
		ps.text(field+".reason", advice.Reason)
	}
	return ps
}
