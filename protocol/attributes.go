package protocol

// The search attributes by which Temporal's own list is asked, once the namespace has them.
// They stand there in the clear, whatever is encrypted: the first three are public, the others
// LIMITE, as where things stand is to the reading matrix.
const (
	AttributeCycle     = "Cycle"     // keyword: the key of the cycle
	AttributeStage     = "Stage"     // keyword: the stage at which the run stands
	AttributeRehearsal = "Rehearsal" // bool
	AttributeTurn      = "Turn"      // list of keywords: those whose turn it is on anything open
	AttributeNextDue   = "NextDue"   // datetime: the beginning, in UTC, of the day on which the first of what is open is due
	AttributeOverdue   = "Overdue"   // bool: something open is overdue
)

// MemoTitle is the entry of the memo of a run that holds its title.
const MemoTitle = "title"
