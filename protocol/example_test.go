package protocol_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// Another system of the Council hands in the policy advisory document: any client of
// Temporal sends the envelope as the one argument of the Update. The same act has the same
// ID, so to send it again is safe.
func Example() {
	subject, err := policy.ParseSubject("empact-2022-2025/advisory-document")
	if err != nil {
		panic(err)
	}
	act := policy.Act{
		Kind: policy.ActSubmit, Subject: subject, Date: policy.NewDate(2021, time.April, 28),
		By: policy.Actor{Name: "joana", Body: policy.Presidency}, Document: "EX 8000/21 INIT",
	}
	envelope, err := evidence.Enclose("", protocol.WorkflowID(subject.Run()), act, time.Date(2021, time.April, 28, 9, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	text, err := json.MarshalIndent(envelope, "", "  ")
	if err != nil {
		panic(err)
	}
	// With go.temporal.io/sdk/client it is sent so:
	//
	//	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
	//		WorkflowID:   envelope.WorkflowID,
	//		UpdateName:   protocol.UpdateAct,
	//		Args:         []any{envelope},
	//		WaitForStage: client.WorkflowUpdateStageCompleted,
	//	})
	//	…
	//	err = handle.Get(ctx, &receipt) // a policy.Receipt: it is recorded
	fmt.Println(protocol.UpdateAct, envelope.WorkflowID)
	fmt.Println(string(text))
	// Output:
	// act cycle/empact-2022-2025
	// {
	//   "format": 1,
	//   "id": "ysuh4e2plabs46dj",
	//   "workflow_id": "cycle/empact-2022-2025",
	//   "act": {
	//     "kind": "submit",
	//     "subject": "empact-2022-2025/advisory-document",
	//     "date": "2021-04-28",
	//     "by": {
	//       "name": "joana",
	//       "body": "presidency"
	//     },
	//     "document": "EX 8000/21 INIT"
	//   },
	//   "issued_at": "2021-04-28T09:00:00Z"
	// }
}
