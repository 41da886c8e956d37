package files

import (
	"io"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
)

// headNote stands before a cycle file that is to be filled in, notes before its parts.
const headNote = `A cycle file, drafted from the cycle before: look at every date, title and priority.
What each field means is told in docs/cycle-file.md. When it is done:
  policycycle cycle check FILE
  policycycle cycle start FILE --as NAME@general-secretariat`

var notes = map[string]string{
	"key":                   "The name of the cycle in commands: small letters, digits and hyphens.",
	"predecessor":           "The key of the cycle before.",
	"policy_window":         "When its policy is made: from the assessment to the Council's conclusions.",
	"implementation_window": "When its plans are carried out.",
	"assessment":            "The threat assessment that Europol delivers.",
	"advisory_document":     "The policy advisory document; leave it out where there is none.",
	"conclusions":           "The Council's conclusions on the priorities.",
	"review":                "The interim assessment for the mid-cycle review; leave it out where there is none.",
	"evaluation":            "The independent evaluation: when work on it begins, and when COSI is to have dealt with it.",
	"chains":                "Through which bodies each kind of document goes, and how many days before it is due.\nA kind that is left out goes the usual way.",
	"masp":                  "The Multi-Annual Strategic Plans: a general one, one for each priority (per_priority: true), or both.",
	"strategic_goals":       "The common horizontal strategic goals.",
	"periods":               "The stretches with OAPs of their own: when drafting begins, when COSI is to have adopted\nthe OAPs, and the rounds in which their drivers report.",
	"priorities":            "The priorities proposed to the Council. Each says by its lineage what became of one of the cycle\nbefore: kept, split, merged, became-horizontal. One that ends goes under lineage below, as ended.\nAn OAP names its driver where it has one, such as driver: es.",
	"obligations":           "Who owes which report to whom, and when.",
	"reminders":             "When those whose turn it is are reminded.",
	"voting":                "Which bodies decide by a majority; any other by consensus.",
	"meetings":              "The calendar of the bodies. What a meeting settles falls due when it meets.",
	"attendance_level":      "The level at which Member States take part in COSI.",
	"keeps":                 "The kinds of document and the registers whose content is kept here; of others, the numbers alone.",
}

// WritePattern writes the draft of a cycle as a cycle file with comments, to be filled in.
func WritePattern(w io.Writer, d *policy.Definition) error {
	return writeYAML(w, d, func(n *yaml.Node) {
		listsStay(n)
		for i := 0; i+1 < len(n.Content); i += 2 {
			n.Content[i].HeadComment = notes[n.Content[i].Value]
		}
		n.Content[0].HeadComment = headNote
	})
}
