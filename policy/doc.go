// Package policy is the language of the field and its rules.
//
// It holds what the EU policy cycle against serious and organised crime is
// made of (cycles, priorities, plans, bodies, outcomes, dates) and the rules
// that say what may happen next. Everything here is pure: no I/O, no Temporal,
// no SQL and no clock of its own. Whoever needs "now" passes it in.
//
// What looks at a whole cycle, the rules among it, is in policy/rules.
//
// Three functions carry most of the weight:
//
//   - [Definition.Agenda] lists every subject a cycle has to settle, with its
//     dates and the chain of bodies it passes;
//   - [Judge] says whether an act may be recorded on a subject;
//   - [DesiredStateOf] says, from the records alone, where a run must stand.
package policy
