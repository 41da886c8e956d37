package policy

import "strings"

// Stage is where a run stands as a whole.
type Stage string

// The stages of a cycle.
const (
	StageAssessment     Stage = "threat-assessment"
	StageAdvice         Stage = "policy-advice"
	StagePriorities     Stage = "priority-setting"
	StagePlanning       Stage = "planning"
	StageImplementation Stage = "implementation"
	// StageEvaluation is reached when the implementation window has ended
	// while the evaluation or a last report is outstanding.
	StageEvaluation Stage = "evaluation"
	StageClosed     Stage = "closed"
	// StageNoPriorities ends a cycle on whose priorities the Council did not
	// agree.
	StageNoPriorities Stage = "ended-without-priorities"
)

// The stages of a plan, of the obligations and of the evaluation.
const (
	StageDrafting     Stage = "drafting"
	StageDeciding     Stage = "deciding"
	StageInForce      Stage = "in-force"
	StageCompleted    Stage = "completed"
	StageNotAgreed    Stage = "not-agreed"
	StageDiscontinued Stage = "discontinued"
	StageRunning      Stage = "running"
)

// CycleStages lists the stages that a cycle passes, in order.
var CycleStages = []Stage{
	StageAssessment, StageAdvice, StagePriorities, StagePlanning, StageImplementation, StageEvaluation, StageClosed,
}

// Title gives the words people use for the stage.
func (s Stage) Title() string {
	switch s {
	case StageEvaluation:
		return "implementation ended, evaluation outstanding"
	case StageDeciding:
		return "being decided"
	default:
		return strings.ReplaceAll(string(s), "-", " ")
	}
}

// Ended says whether nothing more can happen in a run at this stage.
func (s Stage) Ended() bool {
	switch s {
	case StageClosed, StageNoPriorities, StageCompleted, StageNotAgreed, StageDiscontinued:
		return true
	default:
		return false
	}
}

// StageSpan is one stage of a cycle with its dates.
type StageSpan struct {
	Stage Stage `json:"stage"`
	Since Date  `json:"since,omitzero"` // left out while it has not begun
	Until Date  `json:"until,omitzero"` // left out while it lasts
	// Planned is when the definition foresees the end of the stage.
	Planned Date `json:"planned,omitzero"`
}
