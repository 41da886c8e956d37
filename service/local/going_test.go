package local_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store/storetest"
)

// unwilling is a Temporal that greets and starts nothing.
type unwilling struct {
	workflowservice.UnimplementedWorkflowServiceServer
}

func (unwilling) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (unwilling) StartWorkflowExecution(context.Context, *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	return nil, serviceerror.ToStatus(serviceerror.NewPermissionDenied("not today", "")).Err()
}

// A cycle is recorded before the work on it begins: whoever starts it is not told then that
// nothing was changed.
func TestStartCycle_RecordsThoughTheWorkDoesNotBegin(t *testing.T) {
	t.Parallel()
	line, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	temporal := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(temporal, unwilling{})
	go func() { _ = temporal.Serve(line) }()
	t.Cleanup(temporal.Stop)
	e, err := engine.Dial(t.Context(), engine.Options{Address: line.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	text, err := examples.Files.Open("empact-2026-2029/cycle.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, err := files.ReadCycle("cycle.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	svc, err := service.As(t.Context(), local.New(storetest.New(t), e, nil), policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat})
	if err != nil {
		t.Fatal(err)
	}
	start := service.StartCycle{Definition: file.Definition}
	for range 2 { // to repeat it is safe
		_, err = svc.StartCycle(t.Context(), start)
		if policy.CodeOf(err) != policy.CodeOutcomeUnknown || !strings.Contains(err.Error(), file.Key+" is recorded") {
			t.Errorf("it is told %v", err)
		}
	}
	if found, err := svc.FindCycle(t.Context(), file.Key); err != nil || found.ID != file.Key {
		t.Errorf("in the records stands %+v, %v", found, err)
	}
}
